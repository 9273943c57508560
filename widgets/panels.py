"""What each state of a page says of itself: a quiet panel, a greeting, or one neutral line."""

from dataclasses import dataclass

from markupsafe import Markup

from widgets.sentences import filled, title
from widgets.view import MessageKind, MessageView, OwnRows, PageView, State
from widgets.wording import Wording


@dataclass(frozen=True, slots=True)
class Panel:
    """A title, what it means, and the motif beside it ("" for none)."""

    title: str
    text: str | Markup
    motif: str = ""


def hello(state: State, wording: Wording) -> Panel | None:
    """Return the greeting of a page about whose reader nothing is known, else None."""
    if state is not State.NEWCOMER:
        return None
    return Panel(
        wording.gettext("Good places to start"),
        wording.gettext(
            "Nothing is known about your learning yet, so these rows are the same for everyone here. "
            "They become yours when you complete something."
        ),
        "sheets2",
    )


def line(page: PageView, wording: Wording) -> Panel | None:
    """Return the one neutral line above the rows, where the page has one, else None."""
    if page.own_rows is OwnRows.SHOWN:
        return Panel(
            wording.gettext("Your own rows."),
            wording.gettext("These rows come from what you completed yourself. Your visit is not counted."),
        )
    if page.state is State.PREVIEW and page.sample_of:
        text = wording.gettext("A learner who completed %(title)s sees this. Your visit is not counted.")
        return Panel(wording.gettext("Preview."), filled(text, title=title(page.sample_of, wording)))
    lines = {
        State.OPTED_OUT: Panel(
            wording.gettext("Personal rows are off."),
            wording.gettext("What you completed is left out; nothing else about you was used."),
        ),
        State.ANONYMOUS: Panel(
            wording.gettext("Your learning platform did not say who you are."),
            wording.gettext("Everyone sees these rows; nothing about you was used."),
        ),
        State.PREVIEW: Panel(
            wording.gettext("Preview."),
            wording.gettext("These rows are a sample; each learner sees rows of their own. Your visit is not counted."),
        ),
    }
    return lines.get(page.state)


def quiet(state: State, wording: Wording) -> Panel | None:
    """Return the panel that stands where personal rows would, else None."""
    panels = {
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
    }
    return panels.get(state)


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
