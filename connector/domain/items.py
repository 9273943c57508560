"""Items of the catalogue."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from connector.domain.ids import Iri, ItemId


class ItemStatus(StrEnum):
    """Whether an Item may be shown; anything but ``shown`` is never rendered."""

    SHOWN = "shown"
    BLOCKED = "blocked"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class ItemText:
    """Title and summary of an Item in one language (BCP 47; "und" when the Statement did not say)."""

    language: str
    title: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """An Item as serving needs it.

    ``url`` is the start link or "" (then the Item is never recommended); ``minutes`` is the length or None. ``iri`` is
    folded, ``page`` is the IRI as it was seen, which a browser can open ("" when it is ``iri`` itself). ``visible`` and
    ``enrolable`` are the feed's word, ``status`` is people's. A completion holds for ``renewal_days``, None for ever.
    ``audience`` names who may see it ("role:instructor", "course:ID", "platform:NAME"); empty is everybody. ``image``
    is the key of its Picture, "" where a poster is drawn.
    """

    id: ItemId
    iri: Iri
    family: int
    status: ItemStatus
    url: str
    texts: tuple[ItemText, ...]
    minutes: int | None = None
    level: str = ""
    language: str = ""
    provider: str = ""
    topics: tuple[str, ...] = ()
    sensitive: bool = False
    page: str = ""
    type: str = ""
    visible: bool = True
    enrolable: bool = True
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    renewal_days: int | None = None
    audience: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()
    image: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """An Item's image as pages show it: one crop of 16 to 9 as WebP, 320 by 180 and 640 by 360 pixels."""

    small: bytes = field(repr=False)
    wide: bytes = field(repr=False)
