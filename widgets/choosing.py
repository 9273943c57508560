"""The two pages of choosing what a new link shows: the choice, and the form that takes the answer back."""

from dataclasses import dataclass

from markupsafe import Markup

from widgets.deed_lines import LINES
from widgets.deeds import BECAUSE
from widgets.poster import symbols
from widgets.templating import template
from widgets.view import Deed, Layout, RowKind, Theme
from widgets.wording import Wording, wording_for

MOTIF = "tiles1"
PAGE = "page"
COURSE = "course"
"""The value of the choice that needs a course besides."""


@dataclass(frozen=True, slots=True)
class OptionView:
    """One thing to choose: its value, its name, and what it means."""

    value: str
    name: str
    meaning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoosingView:
    """The page on which a teacher chooses.

    ``courses`` are those whose row can be filled, ``fitting`` counts all of them that fit ``words``. ``chosen``,
    ``layout`` and ``course`` are values of the options. ``error`` is a sentence, "" if nothing is wrong.
    """

    action: str
    selection: str
    courses: tuple[OptionView, ...]
    fitting: int
    words: str = ""
    chosen: str = PAGE
    layout: str = Layout.TRACK.value
    course: str = ""
    title: str = ""
    error: str = ""
    deed: Deed = Deed.COMPLETED
    language: str = "en"
    theme: Theme = Theme.LIGHT
    demo: bool = False
    static_url: str = "/static/"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """The page whose form takes the signed answer back to the platform, by script or by its button."""

    return_url: str
    token: str
    chosen: str
    language: str = "en"
    theme: Theme = Theme.LIGHT
    demo: bool = False
    static_url: str = "/static/"


def row_options(wording: Wording, deed: Deed = Deed.COMPLETED) -> tuple[OptionView, ...]:
    """Return what a link can show without a course, in the word of what the site goes by."""
    lines = LINES[deed]
    rows = {
        PAGE: (
            wording.gettext("Learn next"),
            wording.gettext("The whole page: all rows that fit, the strongest first."),
        ),
        RowKind.BECAUSE.value: (
            wording.gettext(lines.because),
            wording.gettext(lines.last),
        ),
        RowKind.CONTINUE.value: (wording.gettext("Continue"), wording.gettext("One row of what each learner began.")),
        RowKind.TOP_PICKS.value: (
            wording.gettext("Top picks"),
            wording.gettext(lines.all_of_it),
        ),
        RowKind.POPULAR.value: (
            wording.gettext("Popular with people here"),
            wording.gettext(lines.most),
        ),
    }
    return tuple(OptionView(value, *words) for value, words in rows.items())


def layout_options(wording: Wording) -> tuple[OptionView, ...]:
    """Return how a link can show it."""
    return (
        OptionView(Layout.TRACK.value, wording.gettext("Sideways: rows that page, for a page of its own")),
        OptionView(Layout.GRID.value, wording.gettext("Grid: all cards below one another")),
        OptionView(Layout.COMPACT.value, wording.gettext("Compact: one low row, for a frame of 220 to 260 pixels")),
    )


def row_title(chosen: str, course: str, wording: Wording, deed: Deed = Deed.COMPLETED) -> str:
    """Return what a link is called that nobody gave a title."""
    if chosen == COURSE:
        return wording.gettext(BECAUSE[deed]) % {"title": course}
    return next(option.name for option in row_options(wording, deed) if option.value == chosen)


def link_text(wording: Wording) -> str:
    """Return the sentence that the platform may show below a link."""
    return wording.gettext("What to learn next, with the reason for each.")


def render_choosing(view: ChoosingView, words: Wording | None = None) -> Markup:
    """Return the page of the choice as an HTML document."""
    wording = words or wording_for(view.language)
    html = template("choosing.html", wording).render(
        page=view,
        rows=row_options(wording, view.deed),
        one_course=wording.gettext(LINES[view.deed].one),
        one_course_means=wording.gettext(LINES[view.deed].who),
        layouts=layout_options(wording),
        course_value=COURSE,
        symbols=symbols([]),
    )
    return Markup(html)  # noqa: S704 (the output of an autoescaping template)


def render_answer(view: AnswerView, words: Wording | None = None) -> Markup:
    """Return the page that takes the answer back as an HTML document."""
    html = template("answer.html", words or wording_for(view.language)).render(
        page=view, motif=MOTIF, symbols=symbols([MOTIF])
    )
    return Markup(html)  # noqa: S704 (the output of an autoescaping template)
