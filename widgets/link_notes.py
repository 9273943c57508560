"""What who teaches is told about their link: one sentence each, with the parameter's name and what to write instead."""

from markupsafe import Markup

from widgets.sentences import filled
from widgets.view import NoteCode, NoteView
from widgets.wording import Wording

LONGEST_VALUE = 60


def link_note(note: NoteView, wording: Wording) -> Markup:
    """Return the sentence of a note, escaped; a long value is cut."""
    value = note.value if len(note.value) <= LONGEST_VALUE else f"{note.value[:LONGEST_VALUE]}…"
    match note.code:
        case NoteCode.UNKNOWN_VALUE:
            message = wording.gettext(
                "This link says %(parameter)s=%(value)s, which means nothing; it can be %(known)s."
            )
        case NoteCode.UNKNOWN_ANCHOR:
            message = wording.gettext(
                "This link says %(parameter)s=%(value)s, but no such course is known here; it can be the address of a "
                "course's page."
            )
        case NoteCode.NO_ROW_YET:
            message = wording.gettext(
                "This link says %(parameter)s=%(value)s, but nothing can be recommended after it yet: learners see the "
                "whole page."
            )
        case _:
            message = wording.gettext(
                "This link says %(parameter)s=%(value)s: a learner who has that row sees it alone, others see the "
                "whole page."
            )
    return filled(message, parameter=note.parameter, value=value, known=", ".join(note.known))
