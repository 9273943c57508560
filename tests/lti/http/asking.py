"""How the tests ask ``/page`` and ``/act`` with a Visit."""

from tests.lti.http.stage import TOOL, bearer, items_of, slate_of, visit_of


def ask(stage, path, token="", *, form=None, **given):
    """Post with the Visit as Bearer; without a token whatever the form holds."""
    headers = bearer(token) if token else {}
    return stage.browser().post(path, base_url=TOOL, data=form, headers=headers | given.pop("headers", {}), **given)


def send(stage, token, body, **given):
    """Post acts as script does."""
    return ask(stage, "/act", token, form=body, content_type="application/json", **given)


def page_of(stage, **changes):
    """Launch; return the Visit's token, the page's public name and its Items in order."""
    page = stage.launch(**changes)
    return visit_of(page), slate_of(page.text), items_of(page.text)
