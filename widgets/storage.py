"""The two pages of a launch whose secret the platform keeps in the browser: one puts it there, one gets it back.

Both are whole without script: the first has a link that goes on, the second the button that opens a new tab.
"""

from dataclasses import dataclass

from markupsafe import Markup

from widgets import panels
from widgets.poster import symbols
from widgets.templating import template
from widgets.view import FormView, MessageKind, MessageView, Theme
from widgets.wording import Wording, wording_for

MOTIF = "tiles1"


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageView:
    """Which frame is asked, at which origin, and under which name the secret is kept."""

    frame: str
    origin: str
    key: str
    language: str = "en"
    theme: Theme = Theme.LIGHT
    demo: bool = False
    static_url: str = "/static/"


def render_put(view: StorageView, *, secret: str, next_url: str, words: Wording | None = None) -> Markup:
    """Return the page that has ``secret`` kept and then goes on to ``next_url``, whatever comes of it."""
    drawn = {"symbols": symbols([MOTIF]), "motif": MOTIF}
    return _rendered("storage_put.html", view, words, secret=secret, next_url=next_url, **drawn)


def render_get(
    view: StorageView, *, form: FormView, new_tab: FormView, again: str, words: Wording | None = None
) -> Markup:
    """Return the page that gets the secret and posts ``form`` with it; if it gets none it offers ``new_tab``.

    ``again`` is the link under which it stays in the browser's history, "" for none.
    """
    panel = panels.message(MessageView(kind=MessageKind.NEW_TAB), words or wording_for(view.language))
    drawn = {"symbols": symbols([panel.motif]), "panel": panel}
    return _rendered("storage_get.html", view, words, form=form, new_tab=new_tab, again=again, **drawn)


def _rendered(name: str, view: StorageView, words: Wording | None, **given: object) -> Markup:
    html = template(name, words or wording_for(view.language)).render(page=view, **given)
    return Markup(html)  # noqa: S704 (the output of an autoescaping template)
