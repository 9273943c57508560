"""The pages of the console: who administers the site sees them; whole documents, no decision."""

from typing import Any

from markupsafe import Markup

from widgets.console.frame import Frame
from widgets.templating import template
from widgets.wording import Wording, wording_for

__all__ = ["Frame", "render_console"]


def render_console(name: str, frame: Frame, view: Any = None, words: Wording | None = None) -> Markup:
    """Return a page of the console as an HTML document.

    Parameters
    ----------
    name : str
        Of a template that extends ``console_base.html`` or ``console_step.html``.
    frame : Frame
        What is around every page.
    view : Any
        What the template knows as ``step``.
    words : Wording, optional
        How to speak; English if not given.
    """
    html = template(name, words or wording_for(frame.language)).render(frame=frame, page=frame, step=view)
    return Markup(html)  # noqa: S704 (the output of an autoescaping template)
