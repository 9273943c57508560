"""Receive Statements that an LRS forwards: the same way into Facts as ``connector.sync``, without waiting for a read.

What is pushed and what is read meet by their ids, so each is kept once, whichever comes first. Nothing here is a
promise of completeness: forwarders drop what they could not deliver, so a Source is read as well.

PushRefused            the sentence is for who runs the LRS
├── PushIsOff          no Source takes pushes: the routes are not there
├── UnknownForwarder   no Source that takes pushes has this key and secret
└── NotAccepted        nothing of the body could be kept: the reasons; what could be set aside was
"""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import msgspec
import structlog
from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import FactDraft, Rejected, SourceId, TenantId, VoidingDraft
from connector.errors import ConnectorError
from connector.statements import wire
from connector.statements.interpret import Interpreter, ReadStatement
from connector.statements.wire import Unreadable
from connector.store import facts, pushing
from connector.store.facts import KnownNames
from connector.store.pushing import Forwarder
from connector.store.seal import Seal

log = structlog.get_logger()

Interpret = Callable[[TenantId, str], Interpreter]
"""From a Tenant and a Source's grain to what reads its Statements."""
HashKey = Callable[[TenantId], bytes | None]
"""From a Tenant to its key for hashing; None for one that is being removed."""


class PushRefused(ConnectorError):
    """Statements that were not taken; ``code`` is stable and counted."""

    code = "refused"


class PushIsOff(PushRefused):
    """No Source takes pushes."""

    code = "off"


class UnknownForwarder(PushRefused):
    """Key or secret wrong, or pushing is off for that Source."""

    code = "unknown"


class NotAccepted(PushRefused):
    """Nothing of it could be kept."""

    code = "not_accepted"


def digest_of(hash_key: bytes, key: str, secret: str) -> bytes:
    """Return what is kept of a push credential: HMAC-SHA-256 of key and secret, 32 bytes.

    Quick on purpose: the secret is 256 random bits, which nobody can try out, so a slow hash would only let those who
    do not know it keep the server busy.
    """
    named = hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
    return hmac.digest(hash_key, b"onward push\0" + named + secret.encode("utf-8", "surrogatepass"), "sha256")


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a push: the ids that are kept, in the order they came; Facts and tombstones that were new.

    ``set_aside`` are the reasons of those that could not be read, with their place in the push, from 0.
    """

    ids: tuple[str, ...]
    added: int
    voided: int
    set_aside: tuple[tuple[int, str], ...]

    def require_some(self) -> None:
        """Raise NotAccepted where Statements came and none could be read."""
        if self.set_aside and not self.ids:
            raise NotAccepted(f"{_sentence(self.set_aside)} Set aside for the operator, not used.")


@dataclass(frozen=True, slots=True)
class Receive:
    """Takes in what is pushed to the Sources of all Tenants; key and secret say which Source it is.

    Parameters
    ----------
    sessions, readers : sessionmaker
        Writing and reading transactions.
    seal : Seal
        For what goes to quarantine.
    hash_key : callable
        Gives a Tenant's key for hashing.
    interpret : callable
        Makes what reads Statements, by Tenant and grain.
    clock : Clock
        Says when it was received.
    """

    sessions: sessionmaker[Session]
    readers: sessionmaker[Session]
    seal: Seal
    hash_key: HashKey
    interpret: Interpret
    clock: Clock
    _interpreters: dict[tuple[SourceId, str], Interpreter] = field(default_factory=dict)

    def require_on(self) -> None:
        """Raise PushIsOff unless some Source takes pushes."""
        self._forwarders()

    def forwarder(self, key: str, secret: str) -> Forwarder:
        """Return who has this key and secret, at the same cost whoever asks.

        Raises
        ------
        PushIsOff
            No Source takes pushes.
        UnknownForwarder
            None of them has this pair.
        """
        found, forwarders = None, self._forwarders()
        keys = {tenant: self.hash_key(tenant) for tenant in {one.tenant for one in forwarders}}
        given = {tenant: digest_of(its, key, secret) for tenant, its in keys.items() if its}
        for one in forwarders:
            if hmac.compare_digest(one.digest, given.get(one.tenant, b"")):
                found = one
        if found is None:
            raise UnknownForwarder("Key or secret wrong, or nothing may be pushed under this key.")
        return found

    def _forwarders(self) -> Sequence[Forwarder]:
        with self.readers.begin() as session:
            found = pushing.forwarders(session)
        if not found:
            raise PushIsOff("Nothing may be pushed here: `onward source push NAME --on` changes that.")
        return found

    def receive(self, sender: Forwarder, statements: Sequence[bytes]) -> Received:
        """Keep Statements in one transaction; those that cannot be read are set aside and the others kept.

        Parameters
        ----------
        sender : Forwarder
            From ``forwarder``.
        statements : sequence of bytes
            Each a JSON text of its own.
        """
        now = self.clock()
        batch = _read(self._interpreter(sender), statements, now)
        with self.sessions.begin() as session:
            added = facts.add(
                session, sender.tenant, sender.source, batch.facts, batch.voidings, known=KnownNames(), now=now
            )
            facts.set_aside(session, sender.tenant, sender.source, batch.rejected, seal=self.seal, now=now)
            pushing.pushed(session, sender.tenant, sender.source, now)
        received = Received(tuple(batch.ids), added.facts, added.voidings, tuple(batch.reasons))
        log.info(
            "push_accepted",
            source=sender.name,
            statements=len(received.ids),
            added=received.added,
            voided=received.voided,
            set_aside=len(received.set_aside),
        )
        return received

    def _interpreter(self, sender: Forwarder) -> Interpreter:
        key = sender.source, sender.grain
        if key not in self._interpreters:
            self._interpreters[key] = self.interpret(sender.tenant, sender.grain)
        return self._interpreters[key]


@dataclass(slots=True)
class _Batch:
    facts: list[FactDraft] = field(default_factory=list)
    voidings: list[VoidingDraft] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    reasons: list[tuple[int, str]] = field(default_factory=list)


def _read(interpreter: Interpreter, statements: Sequence[bytes], now: datetime) -> _Batch:
    batch = _Batch()
    for place, raw in enumerate(statements):
        one = _read_one(interpreter, raw, now)
        if isinstance(one, Rejected):
            batch.rejected.append(one)
            batch.reasons.append((place, one.reason))
            continue
        batch.facts += one.facts
        batch.voidings += [one.voiding] if one.voiding else []
        batch.ids.append(str(one.facts[0].statement_id))
    return batch


def _read_one(interpreter: Interpreter, raw: bytes, now: datetime) -> ReadStatement | Rejected:
    """Read one Statement, or return it as it came, so that coming twice it is set aside once."""
    try:
        one = interpreter.read(as_received(raw, now))
    except Unreadable:  # the reader says why
        one = interpreter.read(raw)
    return replace(one, raw=raw) if isinstance(one, Rejected) else one


def as_received(raw: bytes, now: datetime) -> bytes:
    """Return a Statement with what a receiver sets where it is absent: id and stored (xAPI 1.0.3 part 2, 2.4.1, 2.4.8).

    The id is made from the bytes as they came (``wire.id_from_bytes``), so a push that is repeated, as forwarders do
    after a lost answer, is kept once. Bytes that are no JSON object are returned as they are, to be refused by who
    reads them.

    Raises
    ------
    Unreadable
        There is no id, and none can be made.
    """
    try:
        fields = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except (ValueError, RecursionError):
        return raw
    lacking = {name for name in ("id", "stored") if bytes(fields.get(name, wire.ABSENT)) == b"null"}
    if "id" in lacking:
        fields["id"] = _text(str(wire.id_from_bytes(raw)))
    if "stored" in lacking:
        fields["stored"] = _text(now.isoformat())
    return msgspec.json.encode(fields) if lacking else raw


def _text(value: str) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def with_id(raw: bytes, wanted: UUID | None) -> bytes:
    """Return the Statement of a PUT with the id of its address (xAPI 1.0.3 part 3, 2.1.1).

    ``wanted`` is None where the address names none: then the Statement has to.

    Raises
    ------
    NotAccepted
        It has another id, or neither names one.
    """
    try:
        fields = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except (ValueError, RecursionError) as error:
        raise NotAccepted("A PUT takes one statement, a JSON object.") from error
    given = bytes(fields.get("id", wire.ABSENT))
    if given == b"null":
        if wanted is None:
            raise NotAccepted("A PUT names the statement: add statementId=… to the address.")
        return msgspec.json.encode(fields | {"id": _text(str(wanted))})
    if wanted is not None and wire.readable_id(raw) != str(wanted):
        raise NotAccepted("The statement has another id than statementId says.")
    return raw


def _sentence(set_aside: Sequence[tuple[int, str]]) -> str:
    """Return which places could not be read and why, the first ten."""
    told = ", ".join(f"{place}: {reason}" for place, reason in set_aside[:10])
    return f"{len(set_aside)} statements could not be read ({told})."
