"""What differs between LRSs, as data: one Profile a kind. A kind with code of its own gets a file of its own."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from lrs_adapters.base import MoreShape


class SinceField(StrEnum):
    """The field that an LRS compares with ``since``; xAPI says Stored, some take Timestamp, some know no ``since``."""

    STORED = "stored"
    TIMESTAMP = "timestamp"
    NONE = "none"


class ConsistentThrough(StrEnum):
    """What X-Experience-API-Consistent-Through says (xAPI 1.0.3 part 3, 2.1.3); it is taken for a hint only."""

    PROMISE = "promise"
    NOW = "now"
    LAGS = "lags"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class EndCheck(StrEnum):
    """When a walk that ends without ``more`` is asked on from its newest moment, to see whether that was the end."""

    WHEN_FULL = "when_full"
    ALWAYS = "always"


class Evidence(StrEnum):
    """What a Profile rests on."""

    REAL = "real"
    SIMULATED = "simulated"
    SPECIFICATION = "specification"


@dataclass(frozen=True, slots=True)
class Profile:
    """How to read one kind of LRS.

    Attributes
    ----------
    kind : str
        Its name in settings and on the command line.
    product : str
        Its name among people.
    evidence : Evidence
        Whether it was run against the product, or against a stub that behaves as ``sources`` say.
    sources : tuple of str
        Where what is said here comes from.
    base_path : str
        Where its xAPI endpoint usually stands; "" when it stands anywhere, ``<id>`` for what is each customer's own.
    version : str
        The X-Experience-API-Version header that is sent.
    since_field : SinceField
        What the LRS compares with ``since``; the high water and the low mark are in this field.
    page_size : int
        The ``limit`` that is asked for; the LRS may send fewer.
    delivers_order : bool
        Whether ascending=true holds over a whole walk; where it does it is still verified page by page.
    consistent_through : ConsistentThrough
        What the header of that name means there.
    more_shape : MoreShape or None
        How it writes ``more``; None when nobody said.
    more_life : timedelta or None
        How long a ``more`` can be followed; None when it holds all it needs, or nobody said.
    more_mark : str
        A part of ``more`` that only this kind writes, or "".
    more_lacks_prefix : bool
        Whether ``more`` leaves out what a proxy puts before ``base_path``.
    end_check : EndCheck
        Whether an end is believed.
    rate_per_minute : int or None
        How many requests it allows; None when it sets no limit, or nobody said.
    overlap : timedelta
        How late a Statement may appear behind the newest and still be found: what a sweep reads again.
    tail_overlap : timedelta
        What a tail reads again.
    more_prefix : str
        Path put before a ``more`` that lacks it (an LRS behind a proxy that adds a path), or "".
    """

    kind: str
    product: str = ""
    evidence: Evidence = Evidence.SPECIFICATION
    sources: tuple[str, ...] = ()
    base_path: str = ""
    version: str = "1.0.3"
    since_field: SinceField = SinceField.STORED
    page_size: int = 500
    delivers_order: bool = True
    consistent_through: ConsistentThrough = ConsistentThrough.UNKNOWN
    more_shape: MoreShape | None = None
    more_life: timedelta | None = None
    more_mark: str = ""
    more_lacks_prefix: bool = False
    end_check: EndCheck = EndCheck.WHEN_FULL
    rate_per_minute: int | None = None
    overlap: timedelta = timedelta(seconds=60)
    tail_overlap: timedelta = timedelta(seconds=10)
    more_prefix: str = ""

    @property
    def sweep_every(self) -> timedelta:
        """Half the overlap: more often finds nothing that the next sweep would miss."""
        return self.overlap / 2


XAPI = Profile(
    kind="xapi",
    product="an LRS that keeps to xAPI 1.0.3",
    sources=("xAPI 1.0.3 part 3, 2.1.3",),
    consistent_through=ConsistentThrough.PROMISE,
)
"""Any LRS that keeps to xAPI 1.0.3."""

XAPI_2 = Profile(
    kind="xapi-2.0",
    product="an LRS that keeps to xAPI 2.0",
    sources=("IEEE 9274.1.1-2023",),
    version="2.0.0",
    consistent_through=ConsistentThrough.PROMISE,
)
"""Any LRS that keeps to xAPI 2.0 (IEEE 9274.1.1)."""
