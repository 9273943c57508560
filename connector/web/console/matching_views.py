"""What the page of the step "matching" is given: rates, rules and shapes, in plain words."""

from collections.abc import Iterator, Sequence

from connector.administer.matching import Candidate, Sight, best_of
from connector.administer.people import Tried
from connector.domain import ClaimKind
from connector.store.claims import Form
from widgets.console.connecting import MatchView, RuleView, SightView

WORDS = {
    ClaimKind.SUB: "The id in the LMS is the account's name",
    ClaimKind.USERNAME: "The user name is the account's name",
    ClaimKind.IDNUMBER: "The ID number is the account's name",
    ClaimKind.EMAIL: "The e-mail address is the mailbox",
}
CAREFUL = (
    "E-mail can be taken over: whoever is given an address, or may enter one that nobody checks, would see the history "
    "of whoever had it."
)
MISSING = "There is nothing to match yet: register an LMS and connect an LRS first."


def match_view(sights: Sequence[Sight], tried: tuple[str, ...] = ()) -> MatchView:
    """Return all sights."""
    names = dict.fromkeys(one.platform for one in sights)
    return MatchView(
        sights=tuple(_sight(number, one) for number, one in enumerate(sights, 1)),
        platforms=tuple((name, name) for name in names),
        tried=tried,
        missing="" if sights else MISSING,
    )


def _sight(number: int, one: Sight) -> SightView:
    sentence = f"{one.matched} of {one.launched} who launched match." if one.launched else one.advice[0]
    light = "waiting" if not one.launched else "ok" if one.matched == one.launched else "warning"
    return SightView(
        number=number,
        platform=one.platform,
        source=one.source,
        light=light,
        sentence=sentence,
        advice=tuple(_advice(one)) if one.launched else (),
        rules=tuple(_rule(rule, one) for rule in one.candidates) if one.launched else (),
        shapes=tuple(_shapes(one)),
    )


def _advice(one: Sight) -> list[str]:
    """Return what to do next; a rule that can be switched on has its button below."""
    best = best_of(one.candidates)
    if one.fix and best is not None:
        return [f"{best.matched} of {one.launched} would match by the rule {best.rule}: switch it on below."]
    return [sentence.replace("`", "“", 1).replace("`", "”", 1) for sentence in one.advice]


def _rule(one: Candidate, sight: Sight) -> RuleView:
    trouble = [
        f"{one.ambiguous} have a name that several people have" if one.ambiguous else "",
        f"{one.two_people} have the name of somebody else who launched" if one.two_people else "",
    ]
    act = {"always": "", "in force": "remove"}.get(one.state, "apply" if one.matched else "")
    return RuleView(
        rule=one.rule.value,
        words=WORDS[one.rule],
        home_page=one.home_page,
        matched=f"{one.matched} of {sight.launched}",
        trouble="; ".join(filter(None, trouble)),
        state={"always": "always in force", "in force": "in force"}.get(one.state, "off"),
        act=act,
        warning=CAREFUL if one.rule is ClaimKind.EMAIL and act == "apply" else "",
    )


def _shapes(one: Sight) -> Iterator[tuple[str, str, str]]:
    """Yield what does not match, by how it looks: never what it is."""
    for heading, forms in (
        ("A launch brings", one.launches),
        ("Statements have", one.statements),
        ("The best rule does not link", one.refused),
    ):
        for form in forms:
            yield heading, f"{form.kind} {form.shape}", _where(form)


def _where(form: Form) -> str:
    people = "1 person" if form.people == 1 else f"{form.people} people"
    return f"at {form.home_page}, {people}" if form.home_page else people


def tried_words(platform: str, tried: Tried) -> tuple[str, ...]:
    """Return what is known of one identifier, without repeating it."""
    stated = "Statements know it." if tried.stated is not None else "No statement has it."
    kinds = sorted({kind.value for said in tried.launched.values() for kind in said})
    launched = (
        f"Launches of {platform} brought it as {' and '.join(kinds)}."
        if kinds
        else (f"No launch of {platform} brought it.")
    )
    if tried.same:
        return stated, launched, "Both are the same learner."
    if tried.stated is not None and kinds:
        return stated, launched, "They are not the same learner yet: the rules above say which one would join them."
    return stated, launched
