"""What who teaches sees: a sample, or their own rows; and that nothing gives one person another's rows."""

import re
from dataclasses import replace

import pytest

from connector.domain import Audience, LearnerId
from connector.lti.own_tokens import SessionKey
from connector.lti.visit import encode_visit
from connector.store import tables
from tests.lti.harness import CLAIM
from tests.lti.http.asking import ask, send
from tests.lti.http.stage import acts, course, items_of, slate_of, visit_of

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
PERSON = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
TEACHES = {
    "instructor": [MEMBERSHIP + "Instructor"],
    "administrator": [PERSON + "Administrator"],
    "mentor": [MEMBERSHIP + "Mentor"],
    "observer": [PERSON + "Observer"],
}
HEADINGS = re.compile(r'<h2 class="(\w+)"')
BECAUSE = "Because you completed"


@pytest.fixture(scope="module")
def stocked(shared):
    """One tool with courses for all tests here that count nothing; "4" completed courses 1 to 4."""
    shared.stock(history_of="4")
    return shared


@pytest.fixture
def alone(stage):
    """A tool of its own for a test that counts."""
    stage.stock(history_of="4")
    return stage


def teaching(sub="77", roles=TEACHES["instructor"], **custom):
    return {"sub": sub, CLAIM + "roles": roles, CLAIM + "custom": custom}


@pytest.mark.parametrize("roles", TEACHES.values(), ids=TEACHES)
def test_who_teaches_or_watches_sees_a_sample_of_general_rows_and_is_told_so(stocked, roles):
    page = stocked.launch(**teaching(roles=roles))
    assert "<b>Preview.</b>" in page.text
    assert HEADINGS.findall(page.text) == ["popular"]
    assert BECAUSE not in page.text
    assert "Nothing about you was used." in page.text or "Why this?" in page.text


def test_a_mentor_named_for_a_learner_sees_nothing_of_that_learner(stocked):
    scope = {"https://purl.imsglobal.org/spec/lti/claim/role_scope_mentor": ["4"]}
    page = stocked.launch(**teaching(roles=TEACHES["mentor"]), **scope)
    assert HEADINGS.findall(page.text) == ["popular"]


def test_a_sample_of_an_anchor_shows_what_follows_it_and_says_whose_it_would_be(stocked):
    page = stocked.launch(**teaching(row="because", anchor=course(2)))
    assert HEADINGS.findall(page.text) == ["because"]
    assert "A learner who completed <bdi>Course 2</bdi> sees this." in page.text
    assert "You completed" not in page.text
    assert "Nothing about you was used." in page.text


def test_a_sample_is_the_same_whoever_teaches_and_whatever_learners_did(stocked):
    one = stocked.launch(**teaching("77", row="because", anchor=course(2)))
    other = stocked.launch(**teaching("78", row="because", anchor=course(2)))
    assert items_of(one.text) == items_of(other.text)


def test_a_sample_leaves_nothing_behind(alone):
    page = alone.launch(**teaching(row="because", anchor=course(2)))
    token, slate = visit_of(page), slate_of(page.text)
    send(alone, token, acts(slate, impressions=[{"item": items_of(page.text)[0], "position": 0}]))
    assert alone.count(tables.slate) == 0
    assert alone.count(tables.event) == 0


# --- own rows ----------------------------------------------------------------------------------------------------


def test_who_teaches_and_learns_can_see_their_own_rows_and_go_back(stocked):
    sample = stocked.launch(**teaching("4"))  # 4 completed courses 1 to 4
    assert HEADINGS.findall(sample.text) == ["popular"]
    assert "Show my own rows" in sample.text
    own = ask(stocked, "/page", form={"visit": visit_of(sample), "own_rows": "on"})
    assert HEADINGS.findall(own.text)[:2] == ["because", "because"]
    assert "<b>Your own rows.</b>" in own.text
    again = ask(stocked, "/page", visit_of(own))
    assert "<b>Your own rows.</b>" in again.text
    back = ask(stocked, "/page", form={"visit": visit_of(own), "own_rows": "off"})
    assert HEADINGS.findall(back.text) == ["popular"]


def test_own_rows_of_who_teaches_are_not_counted(alone):
    own = ask(alone, "/page", form={"visit": alone.visit(**teaching("4")), "own_rows": "on"})
    send(alone, visit_of(own), acts(slate_of(own.text), clicks=[{"item": items_of(own.text)[0], "position": 0}]))
    assert alone.count(tables.slate) == 0
    assert alone.count(tables.event) == 0
    assert [row.trains for row in alone.rows(tables.learner)].count(False) == 1


def test_who_teaches_and_has_learned_nothing_is_offered_nothing(stocked):
    assert "Show my own rows" not in stocked.launch(**teaching("77")).text


@pytest.mark.parametrize("who", [{"sub": "9"}, {"sub": None}], ids=["learner", "anonymous"])
def test_own_rows_mean_nothing_to_others(stocked, who):
    token = stocked.visit(**who)
    page = ask(stocked, "/page", form={"visit": token, "own_rows": "on"})
    assert "Your own rows." not in page.text
    assert not stocked.decoded(visit_of(page)).own_rows


# --- one person's rows for another: each way that there is -------------------------------------------------------


def is_free_of_the_learner(page) -> bool:
    """Nothing on it is of the person 4, who completed courses 1 to 4 and alone has "because" rows."""
    return page.status_code == 200 and BECAUSE not in page.text and "You completed" not in page.text


def test_a_form_field_names_nobody(stocked):
    token = stocked.visit(sub="9")
    for name in ("learner", "sub", "user_id", "n", "as", "view_as", "own_rows", "learner_id"):
        assert is_free_of_the_learner(ask(stocked, "/page", form={"visit": token, name: "1"})), name
        assert is_free_of_the_learner(ask(stocked, "/page", form={"visit": token, name: "4"})), name


def test_an_address_names_nobody(stocked):
    token = stocked.visit(sub="9")
    for query in ({"learner": "1"}, {"sub": "4"}, {"visit": "x", "n": "1"}):
        assert is_free_of_the_learner(ask(stocked, "/page", token, query_string=query))


def test_the_row_of_another_persons_anchor_is_nobodys(stocked):
    token = stocked.visit(sub="9")
    for number in range(1, 21):
        page = ask(stocked, "/page", form={"visit": token, "row": f"because:{number}"})
        assert is_free_of_the_learner(page), number


@pytest.mark.parametrize("custom", [{"sub": "4"}, {"learner": "1"}, {"row": "because", "anchor": course(1)}, {"n": 1}])
def test_a_custom_parameter_names_nobody(stocked, custom):
    assert is_free_of_the_learner(stocked.launch(sub="9", **{CLAIM + "custom": custom}))


def test_a_lis_or_ext_claim_names_nobody(stocked):
    others = {CLAIM + "lis": {"person_sourcedid": "4"}, CLAIM + "ext": {"user_username": "4"}, "email": "4@x.example"}
    assert is_free_of_the_learner(stocked.launch(sub="9", **others))


def test_a_changed_token_is_none(stocked):
    head, payload, signature = stocked.visit(sub="9").split(".")
    theirs = stocked.visit().split(".")[1]
    for token in (f"{head}.{theirs}.{signature}", f"{head}.{payload}.{signature[::-1]}", f"{head}.{theirs}."):
        assert ask(stocked, "/page", token).status_code == 401


def test_a_header_goes_before_a_field_so_two_tokens_are_one_person(stocked):
    mine, theirs = stocked.visit(sub="9"), stocked.visit()
    assert is_free_of_the_learner(ask(stocked, "/page", mine, form={"visit": theirs}))


def test_a_slate_of_another_person_takes_no_acts(alone):
    page = alone.launch()
    slate, first = slate_of(page.text), items_of(page.text)[0]
    send(alone, alone.visit(sub="9"), acts(slate, clicks=[{"item": first, "position": 0}]))
    assert [row.kind for row in alone.rows(tables.event)] == []


def test_the_switch_of_who_teaches_is_not_the_learners(alone):
    ask(alone, "/act", form={"visit": alone.visit(**teaching("4")), "personal_rows": "off"})
    assert all(row.personal_rows for row in alone.rows(tables.learner))


def test_a_learner_does_not_become_who_teaches_by_a_token_of_the_other_kind(stocked):
    asked = stocked.launch(**teaching("77"))
    decoded = stocked.decoded(visit_of(asked))
    assert (decoded.audience, decoded.own_rows) == (Audience.INSTRUCTOR, False)
    forged = encode_visit(replace(decoded, learner=LearnerId(1), own_rows=True), SessionKey(b"k" * 32))
    assert ask(stocked, "/page", forged).status_code == 401
