"""Linking, merging and un-merging by hand, in any order, Statements in between: everybody gets their own back."""

from collections import defaultdict
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.administer import matching as rules
from connector.administer import people
from connector.clock import fixed
from connector.domain import ClaimKind, LearnerId
from connector.errors import BadInput, UnknownName
from tests.integration import site_under_test
from tests.integration.matching.launching import ISSUER, SSO, Lms, account, actor, mbox, sum_of


@pytest.fixture
def lms(lms):
    for number, name in enumerate("abc", start=1):
        lms.tell(actor(account(name)), number)
    return lms


def merge(lms, one, other):
    return people.merge(lms.site, account(one), account(other), fixed(lms.now))


def unmerge(lms, one, other=None):
    second = account(other) if other else None
    return people.unmerge(lms.site, account(one), second, fixed(lms.now))


def histories(lms, names="abc"):
    return lms.done_by([account(name) for name in names])


def test_a_merge_gives_both_one_history_and_unmerge_each_their_own(lms):
    merge(lms, "a", "b")
    assert histories(lms) == [[1, 2], [1, 2], [3]]
    lms.tell(actor(account("b")), 9)
    assert histories(lms) == [[1, 2, 9], [1, 2, 9], [3]]
    unmerge(lms, "a")
    assert histories(lms) == [[1], [2, 9], [3]]


@pytest.mark.parametrize("first", [("a", "b"), ("b", "c")])
def test_a_chain_is_undone_in_either_order(lms, first):
    merge(lms, "a", "b")
    merge(lms, "b", "c")
    assert histories(lms) == [[1, 2, 3]] * 3
    unmerge(lms, *first)
    assert histories(lms) == ([[1], [2, 3], [2, 3]] if first == ("a", "b") else [[1, 2], [1, 2], [3]])
    second = {("a", "b"): ("c", "b"), ("b", "c"): ("b", "a")}[first]
    unmerge(lms, *second)
    assert histories(lms) == [[1], [2], [3]]


def test_an_unmerge_that_could_mean_two_merges_is_refused_and_names_them(lms):
    a, b, c = (lms.who(account(name)) for name in "abc")
    merge(lms, "a", "b")
    merge(lms, "b", "c")
    with pytest.raises(BadInput, match=f"More than one merge could be meant: {a} and {b}, {b} and {c}"):
        unmerge(lms, "b")
    with pytest.raises(BadInput, match="More than one merge"):
        unmerge(lms, "a", "c")
    assert histories(lms) == [[1, 2, 3]] * 3


def test_what_cannot_be_undone_is_refused_with_a_reason(lms):
    with pytest.raises(BadInput, match="Nobody was joined"):
        unmerge(lms, "a")
    with pytest.raises(UnknownName, match="Nobody with that identifier"):
        unmerge(lms, "zoe")
    with pytest.raises(UnknownName, match="There is no learner 999999"):
        people.merge(lms.site, LearnerId(999_999), account("a"), fixed(lms.now))
    merge(lms, "a", "b")
    with pytest.raises(BadInput, match="one learner already"):
        merge(lms, "b", "a")
    with pytest.raises(BadInput, match="No single merge"):
        unmerge(lms, "a", "c")


def test_a_rules_link_is_not_for_hands_to_undo(lms):
    lms.launch("4", username="a")
    rules.apply(lms.name, ClaimKind.USERNAME, SSO, lms.site.tenant, lms.site.sessions, fixed(lms.now))
    with pytest.raises(BadInput, match="onward match remove"):
        unmerge(lms, "a")


def test_an_identifier_that_nobody_has_seen_is_linked_before_it_comes(lms):
    ann = lms.launch("4")
    people.link(lms.site, account("later"), ann, fixed(lms.now))
    lms.tell(actor(account("later")), 7)
    assert lms.done(ann) == [7]
    unmerge(lms, "later")
    assert (lms.done(ann), lms.done(account("later"))) == ([], [7])


def test_two_who_launched_may_be_merged_by_hand_and_launch_as_themselves_again_afterwards(lms):
    ann, ben = lms.launch("4"), lms.launch("5")
    lms.tell(actor(account("4", ISSUER)), 4)
    lms.tell(actor(account("5", ISSUER)), 5)
    people.merge(lms.site, ann, ben, fixed(lms.now))
    assert lms.launch("4") == lms.launch("5")
    assert lms.done(ann) == [4, 5]
    people.unmerge(lms.site, ann, None, fixed(lms.now))
    assert (lms.launch("4"), lms.launch("5")) == (ann, ben)
    assert (lms.done(ann), lms.done(ben)) == ([4], [5])


def test_a_rule_that_goes_while_a_merge_stays_takes_only_its_own_person_away(lms):
    ann = lms.launch("4", username="a")
    rules.apply(lms.name, ClaimKind.USERNAME, SSO, lms.site.tenant, lms.site.sessions, fixed(lms.now))
    people.merge(lms.site, ann, account("b"), fixed(lms.now))
    assert lms.done(ann) == [1, 2]
    rules.remove(lms.name, ClaimKind.USERNAME, lms.site.tenant, lms.site.sessions, fixed(lms.now))
    assert lms.done(ann) == [2]
    assert lms.done(account("a")) == [1]


def test_another_form_of_a_mailbox_goes_with_that_mailbox(lms):
    lms.tell(actor(mbox("ann@post.example")), 5)
    people.merge(lms.site, mbox("ann@post.example"), account("a"), fixed(lms.now))
    lms.tell(actor(sum_of("ann@post.example")), 6)
    assert lms.done(account("a")) == [1, 5, 6]
    people.unmerge(lms.site, account("a"), None, fixed(lms.now))
    assert (lms.done(account("a")), lms.done(mbox("ann@post.example"))) == ([1], [5, 6])


def test_an_unmerge_asks_the_rules_again(lms):
    """The merge hid that the rule would have linked "a" by itself; afterwards it does."""
    ann = lms.launch("4", username="a")
    people.merge(lms.site, ann, account("a"), fixed(lms.now))
    rules.apply(lms.name, ClaimKind.USERNAME, SSO, lms.site.tenant, lms.site.sessions, fixed(lms.now))
    people.unmerge(lms.site, ann, None, fixed(lms.now))
    assert lms.done(ann) == [1]
    rules.remove(lms.name, ClaimKind.USERNAME, lms.site.tenant, lms.site.sessions, fixed(lms.now))
    assert lms.done(ann) == []


# --- any order ---------------------------------------------------------------------------------------------------

PEOPLE = 5
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["merge", "link"]), st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)),
        st.tuples(st.just("unmerge"), st.integers(0, 99), st.just(0)),
        st.tuples(st.just("tell"), st.integers(0, PEOPLE - 1), st.integers(1, 40)),
    ),
    min_size=4,
    max_size=12,
)


class Model:
    """What must be true: who did what, and which pairs are joined."""

    def __init__(self) -> None:
        self.own = defaultdict[int, list[int]](list)
        self.pairs: list[tuple[int, int]] = []

    def together(self, person: int) -> set[int]:
        found, new = set(), {person}
        while new:
            found |= new
            new = {end for pair in self.pairs for end in pair if found & set(pair)} - found
        return found

    def done(self, person: int) -> list[int]:
        return sorted(number for one in self.together(person) for number in self.own[one])


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, order=st.randoms(use_true_random=False))
def test_after_all_is_undone_everybody_has_what_they_had_and_what_came_meanwhile(engine_of_all, now, steps, order):
    lms = Lms(site_under_test.open_site(engine_of_all, now, f"round {uuid4()}"), now)
    who = [account(f"person {number}") for number in range(PEOPLE)]
    model = Model()
    for number in range(PEOPLE):
        tell(lms, model, who, number, 50 + number)
    for step, one, other in steps:
        if step == "tell":
            tell(lms, model, who, one, other)
        elif step == "unmerge" and model.pairs:
            part(lms, model, who, model.pairs[one % len(model.pairs)])
        elif step in {"merge", "link"}:
            bring_together(lms, model, who, step, (one, other))
        check(lms, model, who)
    rest = list(model.pairs)
    order.shuffle(rest)
    for pair in rest:
        part(lms, model, who, pair)
    check(lms, model, who)
    assert lms.done_by(who) == [sorted(model.own[number]) for number in range(PEOPLE)]
    assert len({lms.who(one) for one in who}) == PEOPLE


def tell(lms, model, who, person, course):
    lms.tell(actor(who[person]), course)
    model.own[person].append(course)


def bring_together(lms, model, who, step, pair):
    one, other = pair
    join = people.merge if step == "merge" else people.link
    if other in model.together(one):
        with pytest.raises(BadInput, match="one learner already"):
            join(lms.site, who[one], who[other], fixed(lms.now))
    else:
        join(lms.site, who[one], who[other], fixed(lms.now))
        model.pairs.append(pair)


def part(lms, model, who, pair):
    people.unmerge(lms.site, who[pair[0]], who[pair[1]], fixed(lms.now))
    model.pairs.remove(pair)


def check(lms, model, who):
    assert lms.done_by(who) == [model.done(number) for number in range(PEOPLE)]
