"""Decisions of matching, as functions from values to values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.administer.matching import Candidate, best_of, verdicts
from connector.domain import ClaimKind, LearnerId, PlatformId
from connector.store.links import heads_among
from connector.store.matching import Reach, Rule, Verdict, judge, same_home

HOME = "https://lms.example"


def reach(learner, identity, owner, *, head=None, launched=False, home=HOME, stated=True, kind=ClaimKind.USERNAME):
    return Reach(
        platform=PlatformId(1),
        kind=kind,
        learner=LearnerId(learner),
        identity=identity,
        first=LearnerId(owner),
        ifi="account",
        home_page=home,
        stated=stated,
        owner=LearnerId(owner),
        head=LearnerId(head or learner),
        owner_launched=launched,
    )


def judged(*reaches):
    return [verdict for _, verdict in judge(reaches)]


# --- what is certain ---------------------------------------------------------------------------------------------


def test_one_name_of_one_person_is_certain():
    assert judged(reach(1, 10, 20)) == [Verdict.LINK]


def test_one_name_of_two_people_in_one_place_is_ambiguous():
    assert judged(reach(1, 10, 20), reach(1, 11, 21)) == [Verdict.AMBIGUOUS] * 2


def test_one_name_spelled_twice_of_one_person_is_certain():
    assert judged(reach(1, 10, 20), reach(1, 11, 20)) == [Verdict.LINK] * 2


def test_one_name_in_two_spellings_of_a_home_page_is_certain():
    assert judged(reach(1, 10, 20), reach(1, 11, 21, home=f"{HOME}/")) == [Verdict.LINK] * 2


def test_the_launchs_own_spelling_competes_only_where_statements_have_it_too():
    own = {"stated": False, "launched": True}
    assert judged(reach(1, 10, 1, **own), reach(1, 11, 21)) == [Verdict.LINK] * 2
    assert judged(reach(1, 10, 1, launched=True), reach(1, 11, 21)) == [Verdict.LINK, Verdict.AMBIGUOUS]


def test_somebody_who_launched_is_given_to_nobody_else():
    assert judged(reach(1, 10, 20, launched=True)) == [Verdict.TWO_PEOPLE]


def test_somebody_whom_two_people_reach_is_given_to_neither():
    assert judged(reach(1, 10, 20), reach(2, 11, 20)) == [Verdict.TWO_PEOPLE] * 2


def test_two_claims_of_people_who_are_one_already_do_not_compete():
    assert judged(reach(1, 10, 20), reach(2, 10, 20, head=1)) == [Verdict.LINK] * 2


def test_one_certain_identity_is_enough_to_match():
    found = verdicts([reach(1, 10, 20, launched=True), reach(1, 11, 21, home=f"{HOME}/")])
    assert found == {1: Verdict.LINK}


@pytest.mark.parametrize("other", ["http://lms.example", "https://LMS.example/", "https://lms.example:443"])
def test_home_pages_differ_by_more_than_their_spelling_or_are_one(other):
    assert same_home(HOME, other)
    assert not same_home(HOME, f"{other}/moodle" if not other.endswith("/") else f"{other}moodle")


def test_a_rule_is_about_its_platform_its_claim_and_its_home_page():
    rule = Rule(PlatformId(1), ClaimKind.USERNAME, f"{HOME}/", "why")
    assert rule.fits(reach(1, 10, 20))
    assert not rule.fits(reach(1, 10, 20, home="https://other.example"))
    assert not rule.fits(reach(1, 10, 20, kind=ClaimKind.SUB))
    assert not Rule(PlatformId(2), ClaimKind.USERNAME, HOME, "why").fits(reach(1, 10, 20))


# --- who is the head ---------------------------------------------------------------------------------------------


def test_the_smallest_who_launched_is_the_head_else_the_smallest():
    pairs = [(5, 3), (3, 9)]
    assert heads_among({3, 5, 9, 4}, pairs, set()) == {3: 3, 5: 3, 9: 3, 4: 4}
    assert heads_among({3, 5, 9}, pairs, {9, 5}) == {3: 5, 5: 5, 9: 5}


def test_a_pair_with_somebody_who_is_gone_counts_for_nothing():
    assert heads_among({1, 2}, [(1, 7), (7, 2)], set()) == {1: 1, 2: 2}


@given(
    st.sets(st.integers(1, 8)), st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8))), st.sets(st.integers(1, 8))
)
def test_heads_do_not_depend_on_the_order_or_direction_of_links(born, pairs, launched):
    turned = [(other, one) for one, other in reversed(pairs)]
    heads = heads_among(born, pairs, launched)
    assert heads == heads_among(born, turned, launched)
    assert all(heads[head] == head for head in heads.values())
    assert all(heads[one] == heads[other] for one, other in pairs if {one, other} <= born)


# --- what to propose ---------------------------------------------------------------------------------------------


def candidate(rule, matched, state=""):
    return Candidate(rule, "account", HOME, matched, 0, 0, state)


def test_the_rule_that_matches_most_is_the_best():
    most = candidate(ClaimKind.IDNUMBER, 9)
    assert best_of([candidate(ClaimKind.SUB, 3), most, candidate(ClaimKind.USERNAME, 8)]) == most


def test_of_rules_that_match_as_many_the_one_in_force_then_the_safest_is_the_best():
    sub, name = candidate(ClaimKind.SUB, 5), candidate(ClaimKind.USERNAME, 5)
    assert best_of([name, sub]) == sub
    assert best_of([candidate(ClaimKind.USERNAME, 5, "in force"), sub]).rule is ClaimKind.USERNAME


def test_email_is_the_best_only_where_nothing_else_matches_anybody():
    mail = candidate(ClaimKind.EMAIL, 100)
    assert best_of([mail, candidate(ClaimKind.SUB, 1)]).rule is ClaimKind.SUB
    assert best_of([mail, candidate(ClaimKind.SUB, 0)]) == mail
    assert best_of([candidate(ClaimKind.SUB, 0)]) is None
