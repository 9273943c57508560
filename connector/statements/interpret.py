"""Interpretation: the bytes of one Statement in, Facts out.

Every Statement that can be read gives at least one Fact, also one that will be ignored: what a Fact means is decided
when it is read (``connector.statements.verbs``). Bytes that cannot be read give a ``Rejected`` with a reason:

=============================  ========================================================================================
``not_json``                   no JSON, or not UTF-8
``too_deep``                   nested beyond what can be decoded
``not_an_object``              JSON, but no object
``bad_id``                     the id is no UUID
``no_canonical_form``          no id, and the bytes cannot be brought into the form that an id is made from
``no_actor``, ``bad_actor``    the actor is absent, or a field of it has a wrong shape
``two_identifiers``            an Actor with more than one identifier (xAPI 1.0.3 part 2, 2.4.2)
``bad_mbox``                   no ``mailto`` IRI
``bad_mbox_sha1sum``           not 40 hex digits
``bad_openid``                 no URI
``bad_account``                an account without name or home page
``group_too_large``            a Group of more than 10,000 members
``no_verb``, ``bad_verb``      the Verb or its id is absent, or its id is no IRI
``no_object``, ``bad_object``  the object is absent, or a field of it has a wrong shape
``bad_object_type``            an objectType that xAPI does not have
``bad_activity_id``            an Activity without an IRI, or with one of more than 2,000 bytes
``bad_statement_ref``          a StatementRef whose id is no UUID
``bad_voiding``                ``voided`` said of something else than a Statement
``bad_result``                 a field of the result has a wrong shape
``bad_context``                a field of the context has a wrong shape
``bad_stored``                 stored is no date and time
``bad_timestamp``              the timestamp is no date and time
``no_timestamp``               neither timestamp nor stored
``unexpected``                 a mistake of ours in reading it: please report it
=============================  ========================================================================================
"""

from datetime import datetime
from functools import lru_cache, partial
from typing import Final

from msgspec import Struct

from connector.domain import FactDraft, Flag, HashedIdentity, Iri, Rejected, VoidingDraft
from connector.errors import BadInput
from connector.statements import wire
from connector.statements.actors import identifier_in, is_group, people_of
from connector.statements.identity import hash_identifier
from connector.statements.iris import fold_term, is_usable
from connector.statements.items import Grain
from connector.statements.mentions import digests_in
from connector.statements.objects import ReadObject, read_object
from connector.statements.results import flags_of, is_past_threshold, progress_of, score_of
from connector.statements.verbs import PARTICULAR, fold_verb, suits
from connector.statements.voiding import voiding_of
from connector.statements.wire import Unreadable, WireActor, WireStatement, present

SHORTEST_KEY: Final = 16
"""Bytes of the hashing key; with fewer, digests of short identifiers could be searched."""
LARGEST_REMEMBERED: Final = 8192
"""Bytes of an object with its context Activities beyond which it is not remembered."""

_TERMINATED: Final = frozenset(
    map(fold_term, ("http://adlnet.gov/expapi/verbs/terminated", "https://w3id.org/xapi/video/verbs/terminated"))
)


class ReadStatement(Struct, frozen=True, gc=False):
    """What one Statement leaves: Facts (member 0 first, at least one), and what it voids, if anything."""

    facts: tuple[FactDraft, ...]
    voiding: VoidingDraft | None


class Interpreter:
    """Reads the Statements of one Source; keeps nothing but bounded memories of what it found out before.

    Parameters
    ----------
    hash_key : bytes
        The site's key for hashing identifiers, at least 16 bytes.
    grain : Grain
        What counts as an Item of this Source.
    remember : int
        How many Actors and how many objects to remember, in memory only (an object with its context takes about 3 kB;
        those above 8 kB are read anew each time).

    Raises
    ------
    BadInput
        The key is too short.
    """

    def __init__(self, hash_key: bytes, grain: Grain = Grain.COURSE, *, remember: int = 5_000) -> None:
        if len(hash_key) < SHORTEST_KEY:
            raise BadInput(f"The key for hashing identifiers must have at least {SHORTEST_KEY} bytes.")
        self._key = hash_key
        self._identity = lru_cache(remember)(partial(_hashed, hash_key))
        self._large_object = partial(read_object, grain=grain)
        self._object = lru_cache(remember)(self._large_object)

    def read(self, raw: bytes) -> ReadStatement | Rejected:
        """Return what the bytes of one Statement leave, or why they cannot be read; raises for no bytes."""
        try:
            return self._read(raw, wire.decode(raw))
        except Unreadable as unreadable:
            return Rejected(unreadable.reason, wire.readable_id(raw), raw, digests_in(self._key, raw))
        except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError):  # our own mistake: keep the page
            return Rejected("unexpected", wire.readable_id(raw), raw, digests_in(self._key, raw))

    def _read(self, raw: bytes, statement: WireStatement) -> ReadStatement:
        statement_id = statement.id or wire.id_from_bytes(raw)
        stored, timestamp = _times(statement)
        actor, verb = present(statement.actor, "no_actor"), _verb(statement)
        about, result, context = self._about(statement), statement.result, statement.context
        flags = _flags(statement, actor, verb, about)
        attempt = wire.uuid_or_none(context.registration) if context else None
        score, progress = (score_of(result), progress_of(result)) if result else (None, None)
        facts = [
            FactDraft(
                statement_id,
                member,
                self._who(person),
                about.activity,
                verb,
                attempt,
                flags,
                score,
                progress,
                stored,
                timestamp,
            )
            for member, person in enumerate(people_of(actor))
        ]
        return ReadStatement(tuple(facts), voiding_of(verb, about.referenced, statement_id, stored))

    def _who(self, person: WireActor) -> HashedIdentity | None:
        account = person.account
        if account is None:
            return self._identity(person.mbox, person.mbox_sha1sum, person.openid, None, "")
        return self._identity(
            person.mbox, person.mbox_sha1sum, person.openid, account.name or "", account.home_page or ""
        )

    def _about(self, statement: WireStatement) -> ReadObject:
        around = statement.context.context_activities if statement.context else wire.ABSENT
        raw, raw_around = bytes(statement.object), bytes(around)
        reader = self._object if len(raw) + len(raw_around) <= LARGEST_REMEMBERED else self._large_object
        return reader(raw, raw_around)


def _hashed(
    key: bytes, mbox: str | None, mbox_sha1sum: str | None, openid: str | None, account: str | None, home_page: str
) -> HashedIdentity | None:
    identifier = identifier_in(mbox, mbox_sha1sum, openid, account, home_page)
    return None if identifier is None else hash_identifier(key, identifier)


def _times(statement: WireStatement) -> tuple[datetime | None, datetime]:
    """Return stored and timestamp; where there is no timestamp, stored stands for it (xAPI 1.0.3 part 2, 2.4.7)."""
    stored = wire.moment(statement.stored, "bad_stored")
    timestamp = wire.moment(statement.timestamp, "bad_timestamp")
    return stored, timestamp or present(stored, "no_timestamp")


def _verb(statement: WireStatement) -> Iri:
    verb = statement.verb
    return _folded(present(verb and verb.id, "no_verb"))


@lru_cache(maxsize=4096)
def _folded(verb: str) -> Iri:
    """Return the folded Verb; its id has to be an IRI (xAPI 1.0.3 part 2, 2.4.3)."""
    if not is_usable(verb):
        raise Unreadable("bad_verb")
    return fold_verb(verb)


def _flags(statement: WireStatement, actor: WireActor, verb: Iri, about: ReadObject) -> int:
    flags = flags_of(statement.result)
    if is_group(actor):
        flags |= Flag.GROUP
    if verb in PARTICULAR and about.activity and not suits(verb, about.activity.type):
        flags |= Flag.OTHER_OBJECT
    if about.video and verb in _TERMINATED and not flags & Flag.COMPLETION_GIVEN and _is_seen(statement):
        flags |= Flag.COMPLETION_GIVEN | Flag.COMPLETION_TRUE
    return int(flags)


def _is_seen(statement: WireStatement) -> bool:
    """Say whether a video was seen past its threshold: leaving it then completes it (video profile 1.0.3)."""
    extensions = statement.context.extensions if statement.context else None
    return is_past_threshold(statement.result, extensions.threshold if extensions else None)
