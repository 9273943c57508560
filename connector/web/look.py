"""What pages of this site look like, whoever they are for."""

from dataclasses import dataclass

from flask import request

from widgets.view import AboutView, Theme
from widgets.wording import spoken

STATIC_URL = "/static/"


@dataclass(frozen=True, slots=True)
class Look:
    """The site's theme, whether it is the demo, and what "What is this?" says."""

    theme: Theme
    demo: bool
    about: AboutView


def browser_language() -> str:
    """Return the first language of the browser that we write (BCP 47): for messages, where no Launch names one."""
    return spoken(tag for tag, _ in request.accept_languages)
