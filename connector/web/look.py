"""What pages of this site look like, whoever they are for."""

from dataclasses import dataclass

from flask import request

from widgets.view import AboutView, Theme

STATIC_URL = "/static/"


@dataclass(frozen=True, slots=True)
class Look:
    """The site's theme, whether it is the demo, and what "What is this?" says."""

    theme: Theme
    demo: bool
    about: AboutView


def browser_language() -> str:
    """Return the language that the browser asks for first (BCP 47): for messages, where no Launch names one."""
    return request.accept_languages.best or "en"
