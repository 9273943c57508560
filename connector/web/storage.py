"""The pages that put a login's secret into the Platform's storage and get it back (LTI postMessage Storage 0.1)."""

from flask import Response

from connector.lti.oidc import LoginRedirect
from connector.lti.storage import PlatformStorage
from connector.lti.verify import BROWSER_FIELD, StorageNeeded
from connector.web.look import STATIC_URL, Look, browser_language
from connector.web.security import framed_by
from widgets.storage import StorageView, render_get, render_put
from widgets.view import FormView


def put_page(login: LoginRedirect, storage: PlatformStorage, look: Look) -> Response:
    """Answer a login: the secret goes to the Platform's storage, then the browser to its authorization endpoint."""
    html = render_put(_view(storage, look), secret=login.browser_secret, next_url=login.url)
    return framed_by(Response(str(html), mimetype="text/html"), login.frame_origins)


def get_page(
    needed: StorageNeeded, new_tab: FormView, auth_origins: frozenset[str], again: str, look: Look
) -> Response:
    """Answer a launch without a cookie: post it once more with the secret, else offer a new tab.

    Its Referrer-Policy lets the browser say our own origin with that post: without it the secret counts for nothing.
    """
    fields = (("state", needed.state), ("id_token", needed.id_token), (BROWSER_FIELD, ""))
    form = FormView(action="/lti/launch", fields=fields)
    html = render_get(_view(needed.storage, look), form=form, new_tab=new_tab, again=again)
    answer = framed_by(Response(str(html), mimetype="text/html"), needed.frame_origins, forms=auth_origins)
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


def _view(storage: PlatformStorage, look: Look) -> StorageView:
    return StorageView(
        frame=storage.frame,
        origin=storage.origin,
        key=storage.key,
        language=browser_language(),
        theme=look.theme,
        demo=look.demo,
        static_url=STATIC_URL,
    )
