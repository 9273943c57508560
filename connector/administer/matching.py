"""Matching, for operators: how well each rule would do, and one of them switched on or off."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from shlex import quote

from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import ClaimKind, IfiKind, TenantId
from connector.errors import BadInput
from connector.match import RuleChange, set_rules
from connector.statements.iris import fold_item
from connector.store import claims, matching, platforms, sources
from connector.store.claims import Form
from connector.store.matching import Reach, Verdict, judge, same_home
from connector.store.platforms import PlatformRecord
from connector.store.sources import SourceRecord

EMAIL_WORD = "--i-know-that-email-can-be-taken-over"
MOST_HOME_PAGES = 3
PREFERENCE = tuple(ClaimKind)
"""Of rules that match as many, the first: the Platform's own number cannot be given to somebody else, e-mail can."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible rule and what it would do for those who launched from one Platform, with one Source's Statements.

    ``account`` is the kind of the Actor's identifier; ``home_page`` is "" for mailboxes. ``matched`` people would
    match, of ``ambiguous`` the name is that of more than one person, ``two_people`` would become one with somebody who
    launched too. ``state`` is "always", "in force" or "".
    """

    rule: ClaimKind
    account: str
    home_page: str
    matched: int
    ambiguous: int
    two_people: int
    state: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """What one Platform's Launches and one Source's Statements have to do with each other.

    ``launched`` people launched, ``sent`` counts of how many each claim was sent, ``matched`` match as things are.
    ``fix`` is the command that applies the best rule, "" when there is nothing to apply. ``launches`` and
    ``statements`` are forms that do not match, ``refused`` those whom the best rule does not link.
    """

    platform: str
    source: str
    launched: int
    matched: int
    sent: dict[ClaimKind, int]
    candidates: tuple[Candidate, ...]
    advice: tuple[str, ...]
    fix: str
    launches: tuple[Form, ...]
    statements: tuple[Form, ...]
    refused: tuple[Form, ...]


def show(
    tenant: TenantId, readers: sessionmaker[Session], platform: str | None = None, source: str | None = None
) -> list[Sight]:
    """Look at each Platform with each Source, or at those that are named; raises UnknownName."""
    with readers.begin() as session:
        lms = [platforms.by_name(session, tenant, platform)] if platform else platforms.all_of(session, tenant)
        lrs = [sources.by_name(session, tenant, source)] if source else sources.all_of(session, tenant)
        return [_sight(session, one, other) for one in lms for other in lrs]


def _sight(session: Session, platform: PlatformRecord, source: SourceRecord) -> Sight:
    tenant = platform.tenant
    sent = claims.counts(session, tenant, platform.id)
    launched = sent.get(ClaimKind.SUB, 0)
    reaches = matching.reached(session, tenant, platform=platform.id, source=source.id)
    brought = claims.home_pages(session, tenant, source.id)
    found = candidates(platform, reaches, brought, sent)
    best = best_of(found)
    return Sight(
        platform=platform.name,
        source=source.name,
        launched=launched,
        matched=claims.matched_now(session, tenant, platform.id, source.id),
        sent=sent,
        candidates=tuple(found),
        advice=tuple(advice(platform, source.name, found, launched, people=bool(brought))),
        fix=command(platform, best) if best and not best.state else "",
        launches=tuple(claims.unmatched_launches(session, tenant, platform.id, source.id)),
        statements=tuple(claims.unmatched_statements(session, tenant, source.id)),
        refused=tuple(_refused(session, platform, reaches, best)),
    )


# --- rules that are possible -------------------------------------------------------------------------------------

Place = tuple[ClaimKind, str, str]
"""A claim's kind, the kind of the Actors' identifier, and the folded home page."""


def candidates(
    platform: PlatformRecord,
    reaches: Iterable[Reach],
    brought: Sequence[tuple[str, str, int]],
    sent: Collection[ClaimKind],
) -> list[Candidate]:
    """Return the rules that are in force, that reach anybody, or that could be meant; the best first.

    Parameters
    ----------
    brought : sequence of (kind, home page, people)
        What the Source's Statements bring, the most frequent first.
    sent : collection of ClaimKind
        What the Platform's Launches say.
    """
    by_place = defaultdict[Place, list[Reach]](list)
    for one in reaches:
        by_place[one.kind, one.ifi, fold_item(one.home_page)].append(one)
    spelled: dict[tuple[str, str], str] = {(kind, fold_item(home)): home for kind, home, _ in reversed(brought)}
    places = {*by_place, *_in_force(platform), *_possible(brought, sent)}
    found = [_candidate(platform, place, by_place[place], spelled) for place in places]
    return sorted(found, key=lambda one: (-one.matched, PREFERENCE.index(one.rule), one.account, one.home_page))


def _in_force(platform: PlatformRecord) -> set[Place]:
    account = IfiKind.ACCOUNT.value
    homes = [
        (ClaimKind.SUB, platform.issuer),
        *((ClaimKind(rule), home) for rule, home in platform.match_rules.items()),
    ]
    return {
        (rule, account, fold_item(home)) if rule is not ClaimKind.EMAIL else (rule, IfiKind.MBOX.value, "")
        for rule, home in homes
    }


def _possible(brought: Sequence[tuple[str, str, int]], sent: Collection[ClaimKind]) -> set[Place]:
    homes = [(kind, fold_item(home)) for kind, home, _ in brought if kind == IfiKind.ACCOUNT][:MOST_HOME_PAGES]
    return {(rule, kind, home) for rule in sent if rule is not ClaimKind.EMAIL for kind, home in homes}


def _candidate(
    platform: PlatformRecord, place: Place, reaches: Collection[Reach], spelled: dict[tuple[str, str], str]
) -> Candidate:
    rule, kind, home = place
    of = verdicts(reaches)
    counted = {verdict: sum(one is verdict for one in of.values()) for verdict in Verdict}
    return Candidate(
        rule,
        kind,
        spelled.get((kind, home), home),
        counted[Verdict.LINK],
        counted[Verdict.AMBIGUOUS],
        counted[Verdict.TWO_PEOPLE],
        _state(platform, rule, home),
    )


def verdicts(reaches: Collection[Reach]) -> dict[int, Verdict]:
    """Return what a rule would do with each Learner whom it reaches: one certain Identity is enough to match."""
    found: dict[int, Verdict] = {}
    for one, verdict in judge(reaches):
        if found.get(one.learner) is not Verdict.LINK:
            found[one.learner] = verdict
    return found


def _state(platform: PlatformRecord, rule: ClaimKind, home: str) -> str:
    if rule is ClaimKind.SUB and same_home(home, platform.issuer):
        return "always"
    given = platform.match_rules.get(rule)
    return "in force" if given is not None and (rule is ClaimKind.EMAIL or same_home(given, home)) else ""


def best_of(found: Collection[Candidate]) -> Candidate | None:
    """Return the rule that matches most, e-mail only where nothing else matches anybody; None when nothing does."""
    useful = [one for one in found if one.matched]
    safe = [one for one in useful if one.rule is not ClaimKind.EMAIL]
    return max(
        safe or useful, key=lambda one: (one.matched, bool(one.state), -PREFERENCE.index(one.rule)), default=None
    )


def _refused(
    session: Session, platform: PlatformRecord, reaches: Iterable[Reach], best: Candidate | None
) -> list[Form]:
    if best is None:
        return []
    mine = [
        one
        for one in reaches
        if (one.kind, one.ifi) == (best.rule, best.account) and same_home(one.home_page, best.home_page)
    ]
    out = {learner for learner, verdict in verdicts(mine).items() if verdict is not Verdict.LINK}
    return claims.forms_of(session, platform.tenant, platform.id, best.rule, out)


# --- what to do --------------------------------------------------------------------------------------------------


def advice(
    platform: PlatformRecord, source: str, found: Sequence[Candidate], launched: int, *, people: bool
) -> list[str]:
    """Return sentences that say what to do next."""
    if not launched:
        return [
            f"Nobody has launched from {platform.name} yet: open the page in the LMS as a learner, then look again."
        ]
    if not people:
        return [f"Source {source} has brought no people yet: run `onward sync --source {quote(source)}`."]
    best = best_of(found)
    useless = [one for one in found if one.state == "in force" and not one.matched]
    return [*(_useless(one, launched) for one in useless), _next(platform, best, launched)]


def _useless(one: Candidate, launched: int) -> str:
    where = f" at {one.home_page}" if one.home_page else ""
    return f"The rule {one.rule}{where} is in force and matches nobody: 0 of {launched}."


def _next(platform: PlatformRecord, best: Candidate | None, launched: int) -> str:
    if best is None:
        return (
            "No rule matches anybody. Compare the forms below: if statements have user names and launches do not bring "
            "any, set the custom parameter username=$User.username in the LMS."
        )
    if best.state:
        return f"The best rule, {best.rule}, is in force: it matches {best.matched} of {launched}."
    warning = " E-mail can be taken over: read docs/how-to/match.md first." if best.rule is ClaimKind.EMAIL else ""
    return f"{best.matched} of {launched} would match by {best.rule}: run `{command(platform, best)}`.{warning}"


def command(platform: PlatformRecord, one: Candidate) -> str:
    """Return the command line that applies a rule."""
    line = f"onward match apply {quote(platform.name)} {one.rule}"
    if one.rule is ClaimKind.EMAIL:
        return f"{line} {EMAIL_WORD}"
    return line if same_home(one.home_page, platform.issuer) else f"{line} --home-page {quote(one.home_page)}"


# --- rules on and off --------------------------------------------------------------------------------------------


def apply(
    name: str, rule: ClaimKind, home_page: str, tenant: TenantId, sessions: sessionmaker[Session], clock: Clock
) -> RuleChange:
    """Switch a rule on for a Platform, or give it another home page; everybody who launched is linked now.

    Parameters
    ----------
    home_page : str
        Of the accounts that Statements bring; "" is the Platform's issuer. E-mail has none.

    Raises
    ------
    BadInput
        For a rule that needs no switch.
    UnknownName
        If there is no such Platform.
    """
    with sessions.begin() as session:
        record = platforms.by_name(session, tenant, name)
        home = "" if rule is ClaimKind.EMAIL else home_page or record.issuer
        if rule is ClaimKind.SUB and same_home(home, record.issuer):
            raise BadInput("The rule sub at the issuer always holds: give another home page with --home-page.")
        return set_rules(session, tenant, name, {**record.match_rules, rule.value: home}, clock())


def remove(name: str, rule: ClaimKind, tenant: TenantId, sessions: sessionmaker[Session], clock: Clock) -> RuleChange:
    """Switch a rule off: what it linked is un-linked, and both sides have their own history back.

    Raises
    ------
    BadInput
        If the rule is not in force.
    UnknownName
        If there is no such Platform.
    """
    with sessions.begin() as session:
        record = platforms.by_name(session, tenant, name)
        if rule not in record.match_rules:
            known = ", ".join(sorted(record.match_rules)) or "none"
            raise BadInput(f"The rule {rule} is not in force for {name}. In force: {known}.")
        wanted = {one: home for one, home in record.match_rules.items() if one != rule}
        return set_rules(session, tenant, name, wanted, clock())
