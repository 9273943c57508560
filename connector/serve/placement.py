"""What the custom parameters of a link mean: which Row, in which layout, hung on which Item; and what means nothing."""

from dataclasses import dataclass
from enum import StrEnum

from connector.domain import LinkChoice, RowKind
from connector.serve.links import course_iris
from connector.statements.iris import fold_item

ROW_NAMES: dict[str, RowKind | None] = {
    "page": None,
    "because": RowKind.BECAUSE,
    "continue": RowKind.CONTINUE,
    "top-picks": RowKind.TOP_PICKS,
    "popular": RowKind.POPULAR,
    "trending": RowKind.TRENDING,
    "succeeded": RowKind.SUCCEEDED,
    "up-next": RowKind.UP_NEXT,
    "new": RowKind.NEW,
    "short": RowKind.SHORT,
    "topics": RowKind.TOPICS,
    "renew": RowKind.RENEW,
    "different": RowKind.DIFFERENT,
}
"""The values of ``row``: stable, for they stand in courses; ``page`` is the whole page, as no value is."""


class Arrangement(StrEnum):
    """The values of ``layout``: sideways, all in sight, or one Row of lying Cards whatever the frame's height."""

    TRACK = "track"
    GRID = "grid"
    COMPACT = "compact"


class NoteCode(StrEnum):
    """What who teaches is told about their link.

    ``UNKNOWN_VALUE``: it has no such value. ``UNKNOWN_ANCHOR``: no such Item is known. ``NO_ROW_YET``: no Row can be
    made of that Item. ``SHOWS_ROW``: learners see that Row, of which there is no sample.
    """

    UNKNOWN_VALUE = "unknown_value"
    UNKNOWN_ANCHOR = "unknown_anchor"
    NO_ROW_YET = "no_row_yet"
    SHOWS_ROW = "shows_row"


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to say of a link: its parameter, the value as it was written, and the values that there are."""

    code: NoteCode
    parameter: str
    value: str
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What a link is to show.

    ``kind`` is None for the whole page. ``anchor`` is an Item's IRI or page, or a course's id in the Platform, "" for
    none. ``notes`` name what meant nothing, and was left out.
    """

    kind: RowKind | None
    arrangement: Arrangement
    anchor: str
    notes: tuple[Note, ...] = ()


def read_wish(choice: LinkChoice) -> Wish:
    """Say what a link's parameters mean; what means nothing is as if it were not there, and noted.

    An Anchor alone asks for its "because" Row; with another Row it says nothing.
    """
    row, layout = _spelled(choice.row), _spelled(choice.layout)
    notes = []
    if row and row not in ROW_NAMES:
        notes.append(Note(NoteCode.UNKNOWN_VALUE, "row", choice.row, tuple(ROW_NAMES)))
    if layout and layout not in set(Arrangement):
        notes.append(Note(NoteCode.UNKNOWN_VALUE, "layout", choice.layout, tuple(Arrangement)))
    kind = ROW_NAMES.get(row)
    wants_anchor = choice.anchor and (kind is RowKind.BECAUSE or row not in ROW_NAMES)
    return Wish(
        kind=RowKind.BECAUSE if wants_anchor else kind,
        arrangement=Arrangement(layout) if layout in set(Arrangement) else Arrangement.TRACK,
        anchor=choice.anchor if wants_anchor else "",
        notes=tuple(notes),
    )


def anchor_iris(anchor: str, issuer: str) -> tuple[str, ...]:
    """Return the folded IRIs that an Anchor may be known by: its own, else that of a course of the Platform."""
    return (fold_item(anchor),) if ":" in anchor else course_iris(issuer, anchor)


def _spelled(word: str) -> str:
    """Fold what people vary: case, and how two words are joined."""
    return "-".join(word.casefold().replace("_", " ").replace("-", " ").split())
