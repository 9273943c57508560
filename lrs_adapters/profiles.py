"""What differs between LRSs, as data: one Profile a kind. A kind with code of its own gets a file of its own."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class SinceField(StrEnum):
    """The field that an LRS compares with ``since``; xAPI says Stored, some take Timestamp."""

    STORED = "stored"
    TIMESTAMP = "timestamp"


@dataclass(frozen=True, slots=True)
class Profile:
    """How to read one kind of LRS.

    Attributes
    ----------
    kind : str
        Its name in settings and on the command line.
    version : str
        The X-Experience-API-Version header that is sent.
    since_field : SinceField
        What the LRS compares with ``since``; the high water and the low mark are in this field.
    page_size : int
        The ``limit`` that is asked for; the LRS may send fewer.
    delivers_order : bool
        Whether ascending=true holds over a whole walk; where it does it is still verified page by page.
    overlap : timedelta
        How late a Statement may appear behind the newest and still be found: what a sweep reads again.
    tail_overlap : timedelta
        What a tail reads again.
    more_prefix : str
        Path put before a ``more`` that lacks it (an LRS behind a proxy that adds a path), or "".
    """

    kind: str
    version: str = "1.0.3"
    since_field: SinceField = SinceField.STORED
    page_size: int = 500
    delivers_order: bool = True
    overlap: timedelta = timedelta(seconds=60)
    tail_overlap: timedelta = timedelta(seconds=10)
    more_prefix: str = ""

    @property
    def sweep_every(self) -> timedelta:
        """Half the overlap: more often finds nothing that the next sweep would miss."""
        return self.overlap / 2


XAPI = Profile(kind="xapi")
"""Any LRS that keeps to xAPI 1.0.3."""

XAPI_2 = Profile(kind="xapi-2.0", version="2.0.0")
"""Any LRS that keeps to xAPI 2.0 (IEEE 9274.1.1)."""
