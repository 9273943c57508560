"""Suspicion: one thing that looks wrong, and the command that settles it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from connector.store import quality
from connector.store.quality import Burst, Look


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One thing that looks wrong.

    Parameters
    ----------
    id : str
        Stable: the same fault has the same id in every look; ``kind`` is its first part.
    source : int
        The Source's number, 0 where it is not one Source's.
    count, sample : int, str
        How many Statements, and the id of one ("" where there is none).
    resembles : str
        A known bug of this kind, with where it is told; "" where none is known.
    remedy : str
        The one command that settles it.
    rules : tuple of mappings
        The rows of ``ignore_rule`` that settle it; none where something else does.
    by_stored : bool
        Whether reading the Source by ``stored`` settles it.
    """

    id: str
    kind: str
    source: int
    seen: str
    count: int
    sample: str
    resembles: str
    remedy: str
    rules: tuple[Mapping[str, Any], ...] = field(default=())
    by_stored: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """What all detectors share: the look, and words for Sources and Verbs by number."""

    session: Session
    look: Look
    sources: Mapping[int, str]
    verbs: Mapping[int, str]
    bursts: Sequence[Burst]

    def people(self, identities: set[int]) -> dict[int, str]:
        """Return words for Identities that do not say who they are."""
        return quality.describe_people(self.session, self.look.tenant, identities)


def settle_command(finding: str) -> str:
    """Return the command that settles a finding."""
    return f"onward quality settle {finding}"
