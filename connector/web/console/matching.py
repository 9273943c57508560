"""The step "matching": which rule links who launched with whom Statements know, at which rate; switched by a click."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from connector.administer import matching as use
from connector.administer import people
from connector.administer.doctor import LOWEST_MATCH_RATE
from connector.administer.matching import Sight
from connector.administer.people import Tried
from connector.administer.site import OpenSite
from connector.clock import Clock
from connector.domain import ClaimKind
from connector.errors import BadInput, UnknownName
from connector.statements.identity import parse_identifier
from connector.store import learners, platforms, sources
from connector.store.learners import Matching
from connector.web.console.matching_views import match_view, tried_words
from connector.web.console.steps import Asked, Shown, Stage, Standing, Went, Wrong

TEMPLATE = "console_matching.html"
APPLY, REMOVE, TRY = "apply", "remove", "try"
PAGES = frozenset({"", APPLY, REMOVE, TRY})
UNREAD = "Nothing can be matched yet: the learning records were not read to their end."


@dataclass(frozen=True, slots=True)
class MatchingStep:
    """Shows and switches match rules; identifiers of people are never shown, only how they look."""

    site: OpenSite
    clock: Clock
    key: str = "matching"
    title: str = "Matching"

    def standing(self) -> Standing:
        """Return the rate over all Platforms and Sources."""
        with self.site.readers.begin() as session:
            known = [one for one in sources.all_of(session, self.site.tenant) if one.active]
            ready = bool(platforms.all_of(session, self.site.tenant)) and bool(known)
            seen = learners.matching(session, self.site.tenant)
            if ready and not seen.matched and all(one.last_success_at is None for one in known):
                return Standing(Stage.WAITING, UNREAD, "Go on to the first sync, and look again after it.")
            return standing_of(seen, ready=ready)

    def view(self, asked: Asked, given: Mapping[str, str], errors: Mapping[str, str]) -> Shown:  # noqa: ARG002 - a step's signature
        """Show each Platform with each Source; an identifier that was typed is never shown again."""
        if asked.page not in PAGES:
            raise UnknownName("There is no such page.")
        return Shown(TEMPLATE, match_view(self._sights()))

    def submit(self, asked: Asked, form: MultiDict[str, str]) -> Went | Shown | Wrong:
        """Switch a rule on or off, or look one identifier up."""
        if asked.page == TRY:
            return self._try(form)
        if asked.page not in {APPLY, REMOVE}:
            raise UnknownName("There is no such form.")
        platform, rule = form.get("platform", ""), _rule(form)
        return self._apply(platform, rule, form) if asked.page == APPLY else self._remove(platform, rule)

    def _apply(self, platform: str, rule: ClaimKind, form: MultiDict[str, str]) -> Went | Wrong:
        if rule is ClaimKind.EMAIL and "knows" not in form:
            return Wrong(
                {
                    "": "E-mail can be taken over: who is given an address would see the history of whoever had "
                    "it. Tick that you know, if your platform rules that out."
                }
            )
        home, site = form.get("home_page", ""), self.site
        done = use.apply(platform, rule, home, site.tenant, site.sessions, self.clock)
        left = len(done.ambiguous) + len(done.two_people)
        more = f" {left} were left as they are, because it is not certain who they are." if left else ""
        said = f"The rule {rule} holds for {platform}: {done.linked} linked.{more}"
        return Went(said, told={"platform": platform, "rule": rule.value, "linked": done.linked})

    def _remove(self, platform: str, rule: ClaimKind) -> Went:
        done = use.remove(platform, rule, self.site.tenant, self.site.sessions, self.clock)
        told = {"platform": platform, "rule_removed": rule.value, "undone": done.undone}
        return Went(f"The rule {rule} is off for {platform}: {done.undone} un-linked.", told=told)

    def _try(self, form: MultiDict[str, str]) -> Shown | Wrong:
        platform = form.get("platform", "")
        try:
            tried: Tried = people.try_identifier(self.site, platform, parse_identifier(form.get("identifier", "")))
        except BadInput as error:
            return Wrong({"identifier": str(error)})
        return Shown(TEMPLATE, match_view(self._sights(), tried_words(platform, tried)))

    def _sights(self) -> Sequence[Sight]:
        return use.show(self.site.tenant, self.site.readers)


def _rule(form: Mapping[str, str]) -> ClaimKind:
    try:
        return ClaimKind(form.get("rule", ""))
    except ValueError as error:
        raise BadInput("There is no such rule.") from error


def standing_of(matching: Matching, *, ready: bool) -> Standing:
    """Return how many match, and what is next."""
    if not ready:
        return Standing(Stage.BLOCKED, "It needs an LMS and an LRS first.", "Register and connect them.")
    if matching.rate is None:
        return Standing(Stage.WAITING, "Nobody has launched yet.", "Open the tool in a course, as a learner.")
    sentence = f"{matching.matched} of {matching.launched} who launched match learning records."
    if matching.rate < LOWEST_MATCH_RATE:
        return Standing(Stage.CURRENT, sentence, "See which rule would match more.")
    return Standing(Stage.DONE, sentence)
