"""The two pages of a registration: what will be asked for, and what was agreed; whole documents, no decision."""

from dataclasses import dataclass

from markupsafe import Markup

from widgets.poster import symbols
from widgets.templating import template
from widgets.view import FormView, Theme
from widgets.wording import Wording, wording_for

MOTIF = "tiles1"


@dataclass(frozen=True, slots=True)
class FactView:
    """One thing that is agreed: what it is, how it stands, and what that means ("" if it needs no word)."""

    name: str
    value: str
    meaning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationView:
    """A page of a registration.

    ``next_step`` is what the administrator does then, "" before. ``close_origins`` are the origins that may hear that
    the page wants to be closed; with none there is no button for it. Without script that button is not shown.
    """

    title: str
    lead: str
    facts: tuple[FactView, ...]
    language: str = "en"
    theme: Theme = Theme.LIGHT
    form: FormView | None = None
    next_step: str = ""
    close_origins: tuple[str, ...] = ()
    demo: bool = False
    static_url: str = "/static/"


def render_registration(view: RegistrationView, words: Wording | None = None) -> Markup:
    """Return ``view`` as an HTML document, in the translation of ``view.language`` if no other ``words`` are given."""
    html = template("registration.html", words or wording_for(view.language)).render(
        page=view, motif=MOTIF, symbols=symbols([MOTIF]), origins=" ".join(view.close_origins)
    )
    return Markup(html)  # noqa: S704 (the output of an autoescaping template)
