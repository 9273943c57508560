"""What each state of a page says of itself: a quiet panel, a greeting, or one neutral line."""

from dataclasses import dataclass

from markupsafe import Markup

from widgets.deed_lines import LINES
from widgets.sentences import filled, title
from widgets.view import MessageKind, MessageView, OwnRows, PageView, State
from widgets.wording import Wording


@dataclass(frozen=True, slots=True)
class Panel:
    """A title, what it means, and the motif beside it ("" for none)."""

    title: str
    text: str | Markup
    motif: str = ""


def hello(page: PageView, wording: Wording) -> Panel | None:
    """Return the greeting of a page with rows about whose reader nothing is known, else None."""
    if page.state is not State.NEWCOMER or _is_empty(page):
        return None
    return Panel(wording.gettext("Good places to start"), wording.gettext(LINES[page.deed].hello), "sheets2")


def line(page: PageView, wording: Wording) -> Panel | None:
    """Return the one neutral line above the rows, where the page has one, else None."""
    if page.own_rows is OwnRows.SHOWN:
        return Panel(wording.gettext("Your own rows."), wording.gettext(LINES[page.deed].own))
    if page.state is State.PREVIEW and page.sample_of:
        text = wording.gettext(LINES[page.deed].sample)
        return Panel(wording.gettext("Preview."), filled(text, title=title(page.sample_of, wording)))
    return _lines_of_empty(wording).get(page.state) if _is_empty(page) else _lines(wording).get(page.state)


def _is_empty(page: PageView) -> bool:
    return not any(row.cards or row.tiles for row in page.rows)


def _lines(wording: Wording) -> dict[State, Panel]:
    """Return the lines of pages with rows."""
    return {
        State.OPTED_OUT: _opted_out(wording),
        State.ANONYMOUS: Panel(
            wording.gettext("Your learning platform did not say who you are."),
            wording.gettext("Everyone sees these rows; nothing about you was used."),
        ),
        State.CURATED: Panel(
            wording.gettext("Selected by hand."),
            wording.gettext("This page shows only what your organisation selects; it is the same for everyone."),
        ),
        State.PREVIEW: Panel(
            wording.gettext("Preview."),
            wording.gettext("These rows are a sample; each learner sees rows of their own. Your visit is not counted."),
        ),
    }


def _lines_of_empty(wording: Wording) -> dict[State, Panel]:
    """Return the lines of pages without any row: what can be done, or is not counted."""
    preview = wording.gettext("Each learner sees rows of their own. Your visit is not counted.")
    return {State.OPTED_OUT: _opted_out(wording), State.PREVIEW: Panel(wording.gettext("Preview."), preview)}


def _opted_out(wording: Wording) -> Panel:
    return Panel(
        wording.gettext("Personal rows are off."),
        wording.gettext("What you completed is left out; nothing else about you was used."),
    )


def quiet(page: PageView, wording: Wording) -> Panel | None:
    """Return the panel that stands where personal rows would, or where any would; else None."""
    panel = _quiet(wording).get(page.state)
    return panel or (_quiet_without_rows(wording).get(page.state) if _is_empty(page) else None)


def _quiet(wording: Wording) -> dict[State, Panel]:
    """Return the panels of pages that have no personal row, whatever else they have."""
    return {
        State.ALL_DONE: Panel(
            wording.gettext("You have done everything here"),
            wording.gettext(
                "Every course that can be shown here is completed. New ones will be shown when they arrive."
            ),
            "steps0",
        ),
        State.NOTHING_RELEVANT: Panel(
            wording.gettext("Nothing fits well enough today"),
            wording.gettext("Guessing would waste your time. What you and others complete next can change this."),
            "tiles1",
        ),
        State.NO_MODEL: Panel(
            wording.gettext("There are no recommendations yet"),
            wording.gettext(
                "They appear here once the learning records of this site have been read. There is nothing that you "
                "need to do."
            ),
            "columns0",
        ),
        State.NO_ROWS: Panel(
            wording.gettext("This page shows nothing at the moment"),
            wording.gettext(
                "Your organisation has switched its rows off. Your courses and your progress are safe in your learning "
                "platform."
            ),
            "sheets0",
        ),
    }


def _quiet_without_rows(wording: Wording) -> dict[State, Panel]:
    """Return the panels of pages that could have rows which are the same for everyone, and have none."""
    few = wording.gettext("Not enough people have done the same things yet to say what is popular here.")
    return {
        State.NEWCOMER: Panel(wording.gettext("Nothing is known about your learning yet"), few, "sheets2"),
        State.ANONYMOUS: Panel(wording.gettext("Your learning platform did not say who you are."), few, "tiles0"),
        State.OPTED_OUT: Panel(wording.gettext("There is nothing yet that everyone sees"), few, "tiles1"),
        State.PREVIEW: Panel(wording.gettext("There is no sample to show yet"), few, "tiles2"),
        State.CURATED: Panel(
            wording.gettext("Nothing is selected at the moment"),
            wording.gettext(
                "This page shows only what your organisation selects. What it selects next will appear here."
            ),
            "sheets2",
        ),
    }


def message(view: MessageView, wording: Wording) -> Panel:
    """Return title and sentence of a message page: the view's own, or those of its kind."""
    usual = _usual(view.kind, wording)
    return Panel(view.title or usual.title, view.sentence or usual.text, usual.motif)


def _usual(kind: MessageKind, wording: Wording) -> Panel:
    match kind:
        case MessageKind.REFUSED:
            heading = wording.gettext("This page could not be opened")
            text = wording.gettext("The sign-in from your learning platform could not be checked.")
            return Panel(heading, text, "sheets0")
        case MessageKind.NEW_TAB:
            heading = wording.gettext("One more click")
            text = wording.gettext("Your browser blocks what this frame needs to know you. In a new tab it works.")
            return Panel(heading, text, "tiles0")
        case MessageKind.EXPIRED:
            heading = wording.gettext("This page was open for a long time")
            text = wording.gettext("For your safety it has to be opened afresh. Nothing is lost.")
            return Panel(heading, text, "tiles2")
        case MessageKind.UNAVAILABLE:
            heading = wording.gettext("The recommendations cannot be shown right now")
            text = wording.gettext("Your courses and your progress are safe in your learning platform.")
            return Panel(heading, text, "sheets0")
        case _:
            return Panel(wording.gettext("Learn next"), "", "tiles1")


def remedy(view: MessageView, wording: Wording) -> str:
    """Return what to do about it: the view's own words, or those of its kind."""
    usual = {
        MessageKind.REFUSED: wording.gettext("Go back to your course and open it again from there."),
        MessageKind.EXPIRED: wording.gettext("Go back to your course and open it again from there."),
        MessageKind.UNAVAILABLE: wording.gettext("Try again in a minute."),
    }
    return view.remedy or usual.get(view.kind, "")
