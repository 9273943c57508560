"""A page that was made, with all that is needed to draw it, and what who teaches is told about their link."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from connector.domain import Audience, Deed, Item, ItemId, Row, Slate, Visit
from connector.recipes.base import PageInput
from connector.recipes.filters import deed_of
from connector.serve.placement import Arrangement, Note, NoteCode, Wish
from connector.store.platforms import PlatformRecord


@dataclass(frozen=True, slots=True)
class ServedPage:
    """A Slate with what is needed to draw it.

    ``row`` is set when one Row alone was asked for ("See all"). ``personal_rows`` is the Learner's switch, None when
    there is no Learner to have one. ``frame_origins`` are the Platform's, for ``frame-ancestors``.

    ``notes`` are for who teaches: what of the link means nothing, or cannot be seen in a sample. ``sample_of`` is the
    Item whose learners a sample is of. ``has_own_rows`` is set where somebody who teaches has learned something too.
    ``sources`` are the names of the Tenant's Sources, for "What is this?"; ``deed`` is what the Model goes by.
    """

    id: UUID
    visit: Visit
    slate: Slate
    items: Mapping[ItemId, Item]
    personal_rows: bool | None
    frame_origins: tuple[str, ...]
    platform_url: str
    row: Row | None = None
    arrangement: Arrangement = Arrangement.TRACK
    notes: tuple[Note, ...] = ()
    sample_of: ItemId | None = None
    has_own_rows: bool = False
    sources: tuple[str, ...] = ()
    deed: Deed = Deed.COMPLETED

    def shown(self) -> tuple[ItemId, ...]:
        """Return the Items of all Cards in page order."""
        rows = (self.row,) if self.row else self.slate.rows
        return tuple(card.item for row in rows for card in row.cards)


@dataclass(frozen=True, slots=True)
class Freshness:
    """Up to when the records were read, whether that is too long ago, and from which Sources of this Tenant."""

    as_of: datetime | None
    late: bool
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Everything one page is made from, read in one transaction."""

    input: PageInput
    visit: Visit
    fresh: Freshness
    personal_rows: bool | None
    platform: PlatformRecord | None
    has_own_rows: bool

    def served(self, slate: Slate) -> ServedPage:
        """Return a Slate of this table with what is needed to draw it."""
        return ServedPage(
            id=uuid4(),
            visit=self.visit,
            slate=replace(slate, as_of=self.fresh.as_of, late=self.fresh.late),
            items=self.input.shelf.items,
            personal_rows=self.personal_rows,
            frame_origins=self.platform.frame_origins if self.platform else (),
            platform_url=self.platform.issuer if self.platform else "",
            has_own_rows=self.has_own_rows,
            sources=self.fresh.sources,
            deed=deed_of(self.input),
        )


def notes_of(served: ServedPage, wish: Wish, anchor: ItemId | None) -> tuple[Note, ...]:
    """Say to who teaches what of their link means nothing, or is not in their sample; learners are told nothing."""
    if served.visit.audience is not Audience.INSTRUCTOR or served.visit.own_rows:
        return ()
    if wish.anchor and anchor is None:
        return (*wish.notes, Note(NoteCode.UNKNOWN_ANCHOR, "anchor", wish.anchor))
    if anchor is not None and served.sample_of is None:
        return (*wish.notes, Note(NoteCode.NO_ROW_YET, "anchor", wish.anchor))
    if wish.kind not in {None, *(row.kind for row in served.slate.rows)}:
        return (*wish.notes, Note(NoteCode.SHOWS_ROW, "row", str(wish.kind)))
    return wish.notes


def freshness_of(read_at: datetime | None, sources: tuple[str, ...], oldest_good: datetime) -> Freshness:
    """As of the Source that was read longest ago; late when that is before ``oldest_good``."""
    return Freshness(read_at, late=read_at is not None and read_at < oldest_good, sources=sources)
