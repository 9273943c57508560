"""Keys: all that decides what a Fact means (Verb, Source, flags, progress) in one whole number, and its meaning."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.domain import Flag, Signal, TenantId
from connector.statements.verbs import DEFAULT_VERB_MAP, fold_verb
from connector.store import tables
from connector.store.interactions import Meanings, meanings

PROGRESS, FLAGS = 7, sum(Flag).bit_length()
"""Bits of progress (0 is none, else one more than the per cent) and of flags."""
_CODES = {signal: code for code, signal in enumerate(Signal)}


@dataclass(frozen=True, slots=True)
class Keys:
    """What keys mean on this site: its Verbs by number; ``source`` and ``verb`` are the bits of their numbers."""

    site: Meanings
    verbs: Mapping[int, str]
    source: int
    verb: int

    @classmethod
    def of(cls, session: Session, tenant: TenantId) -> Self:
        """Read the site's verb map and its Verbs."""
        source, verb = tables.source.c, tables.verb.c
        found = session.execute(select(verb.id, verb.iri).where(verb.tenant_id == tenant))
        known = {row[0]: row[1] for row in found}
        last = session.scalar(select(func.max(source.id)).where(source.tenant_id == tenant))
        widths = int(last or 0).bit_length(), max(known, default=0).bit_length()
        return cls(meanings(session, tenant), known, *widths)

    @property
    def bits(self) -> int:
        """The bits of a key."""
        return PROGRESS + FLAGS + self.source + self.verb

    @property
    def rates(self) -> bool:
        """Whether any Verb of the site may mean a rating."""
        said = {fold_verb(iri) for iri in self.verbs.values()}
        default = (DEFAULT_VERB_MAP.get(iri) for iri in said)
        return Signal.RATED in default or Signal.RATED.value in self.site.overrides.values()

    def signal(self, key: int, *, part: bool) -> int | None:
        """Return what a key means as a place in ``tuple(Signal)``; None where it means nothing."""
        rest, progress = divmod(key, 1 << PROGRESS)
        rest, flags = divmod(rest, 1 << FLAGS)
        verb, source = divmod(rest, 1 << self.source)
        told = progress - 1 if progress else None
        meant = self.site.of(source, self.verbs[verb], flags=flags, progress=told, part=part)
        return _CODES[meant] if isinstance(meant, Signal) else None
