"""One person at a time: what is known of an identifier, and who is one with whom by hand."""

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy.orm import Session

from connector.administer.site import OpenSite
from connector.clock import Clock
from connector.domain import ClaimKind, Identifier, LearnerId
from connector.errors import BadInput, UnknownName
from connector.statements.identity import hash_identifier
from connector.store import claims, events, learners, linking, links, platforms
from connector.store.links import BY_HAND, Join, Link

Who = Identifier | LearnerId
"""How an operator names somebody: by an identifier that was typed, or by the number that ``match show`` told."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What is known of one identifier.

    ``stated`` is the Learner whom Statements know by it, or None. ``launched`` are those of whom a Platform's Launches
    said it, and as what.
    """

    stated: LearnerId | None
    launched: dict[LearnerId, frozenset[ClaimKind]]

    @property
    def same(self) -> bool:
        """Whether both sides know it, of one Learner only."""
        return self.stated is not None and set(self.launched) == {self.stated}


def try_identifier(site: OpenSite, platform: str, identifier: Identifier) -> Tried:
    """Say whether Statements and a Platform's Launches know an identifier; nothing is kept of it.

    Raises
    ------
    UnknownName
        If there is no such Platform.
    """
    hashed = hash_identifier(site.keys.hashing, identifier)
    with site.readers.begin() as session:
        number = platforms.by_name(session, site.tenant, platform).id
        said = claims.claimants(session, site.tenant, number, hashed)
        heads = links.heads_of(session, site.tenant, said)
        launched: dict[LearnerId, frozenset[ClaimKind]] = {}
        for born, kinds in said.items():
            head = LearnerId(heads.get(born, born))
            launched[head] = launched.get(head, frozenset()) | kinds
        return Tried(learners.stated(session, site.tenant, hashed), launched)


# --- by hand -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Born:
    """An Identity and the Learner to whom it was born."""

    identity: int
    learner: LearnerId


def link(site: OpenSite, identifier: Identifier, to: Who, clock: Clock) -> LearnerId:
    """Give an identifier, with everybody who is known by it, to a Learner; it need not have been seen yet.

    Returns whose it is now.

    Raises
    ------
    UnknownName
        If ``to`` is nobody.
    BadInput
        If they are one Learner already, or the person was erased.
    """
    hashed = hash_identifier(site.keys.hashing, identifier)
    with site.sessions.begin() as session:
        target = _born(session, site, to)
        if not learners.add_identity(session, site.tenant, hashed, clock()):
            raise BadInput("That person was erased here: nothing of them is taken in again.")
        return _joined(session, site, _born(session, site, identifier), target, clock)


def merge(site: OpenSite, one: Who, other: Who, clock: Clock) -> LearnerId:
    """Make two Learners one; return by which number they are known. Raises UnknownName and BadInput as ``link``."""
    with site.sessions.begin() as session:
        return _joined(session, site, _born(session, site, one), _born(session, site, other), clock)


def _joined(session: Session, site: OpenSite, one: Born, other: Born, clock: Clock) -> LearnerId:
    heads = links.heads_of(session, site.tenant, [one.learner, other.learner])
    if heads[one.learner] == heads[other.learner]:
        raise BadInput(f"These are one learner already: {heads[one.learner]}.")
    join = Join(one.identity, one.learner, other.learner, BY_HAND)
    links.join(session, site.tenant, [join], uuid4(), clock())
    events.audit(session, site.tenant, "match_by_hand", "merge", {}, clock())
    return LearnerId(links.heads_of(session, site.tenant, [one.learner])[one.learner])


def unmerge(site: OpenSite, one: Who, other: Who | None, clock: Clock) -> tuple[LearnerId, LearnerId]:
    """Take one merge or link by hand back; return the numbers of the two whom it had joined.

    Raises
    ------
    UnknownName
        If one of them is nobody.
    BadInput
        If nothing was joined by hand, if more than one merge could be meant, or if rules would keep them one.
    """
    with site.sessions.begin() as session:
        first = _born(session, site, one)
        second = _born(session, site, other) if other is not None else None
        taken = _meant(session, site, first, second)
        everybody = _identities(session, site, first)
        links.undo(session, site.tenant, [taken], clock())
        linking.link_identities(session, site.tenant, everybody, clock())  # what rules say of them, parted
        events.audit(session, site.tenant, "match_by_hand", "unmerge", {}, clock())
        heads = links.heads_of(session, site.tenant, [taken.join.one, taken.join.other])
        return LearnerId(heads[taken.join.one]), LearnerId(heads[taken.join.other])


def _meant(session: Session, site: OpenSite, one: Born, other: Born | None) -> Link:
    """Return the one link by hand that parts the two, or that alone holds ``one`` to somebody."""
    mine = links.of_identities(session, site.tenant, _identities(session, site, one))
    by_hand = [link for link in mine if link.join.why == BY_HAND]
    if not by_hand:
        raise BadInput(_nothing(mine))
    parting = [link for link in by_hand if other is None or _parts(link, mine, one, other)]
    near = [link for link in parting if _touches(link, one, other)]
    if not parting:
        raise BadInput("No single merge by hand joins these two: `onward match show` lists what was joined by hand.")
    chosen = near if len(near) == 1 else parting
    if len(chosen) > 1:
        raise BadInput(f"More than one merge could be meant: {_pairs(chosen)}. Name both learners of one of them.")
    return chosen[0]


def _identities(session: Session, site: OpenSite, one: Born) -> list[int]:
    head = links.heads_of(session, site.tenant, [one.learner])[one.learner]
    return links.identities_of(session, site.tenant, LearnerId(head))


def _nothing(mine: list[Link]) -> str:
    if mine:
        return "Only rules join this learner to others: `onward match remove` takes a rule away."
    return "Nobody was joined to this learner."


def _parts(link: Link, mine: list[Link], one: Born, other: Born) -> bool:
    rest = [(left.join.one, left.join.other) for left in mine if left is not link]
    born = {one.learner, other.learner, *(end for left in mine for end in (left.join.one, left.join.other))}
    heads = links.heads_among(born, rest, set())
    together = links.heads_among(born, [*rest, (link.join.one, link.join.other)], set())
    return together[one.learner] == together[other.learner] and heads[one.learner] != heads[other.learner]


def _touches(link: Link, one: Born, other: Born | None) -> bool:
    ends = {link.join.one, link.join.other}
    return one.learner in ends and (other is None or other.learner in ends)


def _pairs(found: list[Link]) -> str:
    return ", ".join(f"{link.join.one} and {link.join.other}" for link in found)


def _born(session: Session, site: OpenSite, who: Who) -> Born:
    if isinstance(who, Identifier):
        found = links.known(session, site.tenant, hash_identifier(site.keys.hashing, who))
        if found is None:
            raise UnknownName("Nobody with that identifier was seen; `onward match try` says who knows it.")
    else:
        found = links.first_of(session, site.tenant, who)
        if found is None:
            raise UnknownName(f"There is no learner {who}: `onward match show` tells numbers.")
    return Born(*found)


def by_hand(site: OpenSite) -> list[Link]:
    """Return what was joined by hand and is in force, oldest first."""
    with site.readers.begin() as session:
        return links.made_by(session, site.tenant, BY_HAND)
