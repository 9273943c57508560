"""What is kept of one person: show it, hand it out, erase it.

An identifier comes in clear from whoever asks and is hashed at once; it is in no log and no table. Statements in
quarantine are opened and searched for it, in memory, one after the other.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import Identifier, IfiKind, TenantId
from connector.errors import UnknownName
from connector.statements.identity import fold_identifier, hash_identifier, sha1_of_mbox
from connector.statements.mentions import digests_in, identifiers_in
from connector.store import erase as erasing
from connector.store import events, leases, names, person, retention, set_aside
from connector.store.erase import Tombstone
from connector.store.person import Person
from connector.store.records import Record
from connector.store.scrub import scrub
from connector.store.seal import Seal
from connector.store.set_aside import SealedStatement

log = structlog.get_logger()

SHORTEST_CLEAR = 6
"""Shorter identifiers, and numbers, are not searched for as text: they stand in half of all Statements."""

Bury = Callable[[Sequence[Tombstone]], None]


def in_the_database_only(_tombstones: Sequence[Tombstone]) -> None:
    """Keep tombstones nowhere else."""


@dataclass(frozen=True, slots=True)
class PrivacyDesk:
    """Where people's requests are answered: one Tenant, its database, seal and hashing key."""

    tenant: TenantId
    sessions: sessionmaker[Session]
    readers: sessionmaker[Session]
    seal: Seal
    key: bytes
    clock: Clock


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure did.

    ``gone`` counts rows by table, ``tombstones`` the digests that were new. ``remains`` is "" or a sentence about bytes
    that are still in the database's files.
    """

    gone: dict[str, int]
    tombstones: int
    remains: str

    @property
    def rows(self) -> int:
        """How many rows went, of all tables."""
        return sum(self.gone.values())


# --- show and export ----------------------------------------------------------------------------------------------


def export(desk: PrivacyDesk, identifier: Identifier) -> dict[str, Any]:
    """Return everything that is kept of a person, by table, in words; hashes are left out, they say nothing.

    ``quarantine`` has the Statements that surely name the person; how many more may name them is in
    ``quarantine_in_doubt``: those may be somebody else's, so they are not handed out.

    Raises
    ------
    UnknownName
        If nothing is known by that identifier.
    """
    with desk.readers.begin() as session:
        who = _asked_for(session, desk, identifier)
        named = list(_naming(session, desk, who, identifier))
        found = person.everything(session, desk.tenant, who)
        kept_for = retention.days(session, desk.tenant)
    certain = [_as_record(one, desk) for one, sure in named if sure]
    if not who.learners and not named:
        raise _nobody()
    return {
        "made_at": desk.clock(),
        "kept": found | {"quarantine": certain},
        "quarantine_in_doubt": len(named) - len(certain),
        "retention_days": kept_for,
    }


def summary(desk: PrivacyDesk, identifier: Identifier) -> dict[str, Any]:
    """Return what is kept of a person in counts and dates, without any Statement; raises UnknownName."""
    told = export(desk, identifier)
    kept = told["kept"]
    facts, learners = kept["fact"], kept["learner"]
    return {
        "rows": {table: len(rows) for table, rows in kept.items()},
        "identities": [
            {name: one[name] for name in ("kind", "home_page", "shape", "from_launch", "from_statement")}
            for one in kept["identity"]
        ],
        "launched_at": max((one["launched_at"] for one in learners if one["launched_at"]), default=None),
        "switches": [{name: one[name] for name in ("personal_rows", "objects", "trains")} for one in learners],
        "facts_by_meaning": _counted(one["means"] for one in facts),
        "facts_by_source": _counted(one["source"] for one in facts),
        "first_fact": min((one["timestamp"] for one in facts), default=None),
        "last_fact": max((one["timestamp"] for one in facts), default=None),
        "quarantine_in_doubt": told["quarantine_in_doubt"],
        "retention_days": told["retention_days"],
    }


def _counted(words: Iterator[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for word in words:
        found[word] = found.get(word, 0) + 1
    return dict(sorted(found.items()))


def _as_record(one: SealedStatement, desk: PrivacyDesk) -> Record:
    statement = desk.seal.open(one.sealed).decode(errors="replace")
    return {
        "number": one.number,
        "source": one.source,
        "reason": one.reason,
        "readable_id": one.readable_id,
        "seen_at": one.seen_at,
        "statement": statement,
    }


# --- erase --------------------------------------------------------------------------------------------------------


def erase(desk: PrivacyDesk, identifier: Identifier, bury: Bury = in_the_database_only) -> Erasure:
    """Erase a person in one transaction, and overwrite what was deleted; asks for a training without them.

    Parameters
    ----------
    bury : callable
        Keeps the tombstones somewhere else, too, before anything is deleted: what it raises stops the erasure.

    Raises
    ------
    UnknownName
        If nothing is known by that identifier. Somebody who was erased before is erased again.
    Busy
        If a training runs.
    """
    with desk.sessions.begin() as session:
        erasing.hold(session, desk.tenant)
        who = _asked_for(session, desk, identifier)
        named = [one.number for one, _ in _naming(session, desk, who, identifier)]
        if not who.learners and not named and not names.erased(session, desk.tenant, who.digests):
            raise _nobody()
        gone, new = _erased(session, desk, who, named, bury)
    return _scrubbed(desk, gone, new)


def erase_again(desk: PrivacyDesk, tombstones: Sequence[Tombstone]) -> Erasure:
    """Erase everybody whom these tombstones name: after a restore, or as another site's list says; raises Busy."""
    digests = frozenset(one.digest for one in tombstones)
    with desk.sessions.begin() as session:
        erasing.hold(session, desk.tenant)
        nobody = Person(frozenset(), frozenset(), digests)
        found = person.of_digests(session, desk.tenant, digests) or nobody
        who = replace(found, digests=found.digests | digests)
        named = [one.number for one, _ in _naming(session, desk, who, None)]
        erasing.bury(session, desk.tenant, tombstones)
        gone, new = _erased(session, desk, replace(who, digests=found.digests), named, in_the_database_only)
    return _scrubbed(desk, gone, new)


def _erased(
    session: Session, desk: PrivacyDesk, who: Person, quarantined: Collection[int], bury: Bury
) -> tuple[dict[str, int], int]:
    now = desk.clock()
    tombstones = [Tombstone(digest, now) for digest in sorted(who.digests)]
    bury(tombstones)
    gone = erasing.erase(session, desk.tenant, who)
    gone["quarantine"] = erasing.forget_quarantine(session, desk.tenant, quarantined)
    gone["launch_state"] = erasing.forget_logins(session, desk.tenant)
    new = erasing.bury(session, desk.tenant, tombstones)
    gone["model"] = erasing.forget_old_models(session, desk.tenant)
    leases.ask(session, desk.tenant, "train", "", now)
    events.audit(session, desk.tenant, "learner_erased", "", {"rows": sum(gone.values())}, now)
    return gone, new


def _scrubbed(desk: PrivacyDesk, gone: dict[str, int], new: int) -> Erasure:
    erasure = Erasure(gone, new, scrub(_engine(desk.sessions)))
    log.info("learner_erased", rows=erasure.rows, scrubbed=not erasure.remains)
    return erasure


def _engine(sessions: sessionmaker[Session]) -> Engine:
    with sessions() as session:
        return session.get_bind().engine


def _nobody() -> UnknownName:
    return UnknownName("Nobody with that identifier is known here; `onward doctor` says which forms the LRS has.")


# --- who is asked for ---------------------------------------------------------------------------------------------


def _asked_for(session: Session, desk: PrivacyDesk, identifier: Identifier) -> Person:
    """Return the person, known by more than what was asked with; without Learners when only that is known."""
    digests, folded = _digests(desk.key, identifier)
    hashed = hash_identifier(desk.key, identifier)
    nobody = Person(frozenset(), frozenset(), frozenset())
    found = person.find(session, desk.tenant, hashed) or nobody
    home_pages = found.home_pages | ({identifier.home_page} - {""})
    return replace(found, digests=found.digests | digests, folded=found.folded | folded, home_pages=home_pages)


def _digests(key: bytes, identifier: Identifier) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """Return the digests under which this identifier could come back, and its folded one."""
    hashed = hash_identifier(key, identifier)
    exact = {hashed.exact}
    if identifier.kind is IfiKind.MBOX:
        sums = {sha1_of_mbox(identifier), sha1_of_mbox(fold_identifier(identifier))}
        exact |= {hashed.folded} | {hash_identifier(key, one).exact for one in sums}
    if hashed.sha1:
        exact.add(hashed.sha1)
    return frozenset(exact), frozenset({hashed.folded})


def _naming(
    session: Session, desk: PrivacyDesk, who: Person, clear: Identifier | None
) -> Iterator[tuple[SealedStatement, bool]]:
    """Yield each Statement in quarantine that may name the person, and whether it surely does."""
    for one in set_aside.all_of(session, desk.tenant):
        raw = desk.seal.open(one.sealed)
        sure = not who.digests.isdisjoint(digests_in(desk.key, raw))
        if sure or _may_name(raw, desk.key, who, clear):
            yield one, sure


def _may_name(raw: bytes, key: bytes, who: Person, clear: Identifier | None) -> bool:
    """Tell whether a name without its home page, another spelling, or the bare text may be the person's."""
    for identifier in identifiers_in(raw, who.home_pages):
        hashed = hash_identifier(key, identifier)
        if hashed.exact in who.digests or hashed.folded in who.folded:
            return True
    value = clear.value.removeprefix("mailto:").casefold() if clear else ""
    return len(value) >= SHORTEST_CLEAR and not value.isdigit() and value in raw.decode(errors="replace").casefold()
