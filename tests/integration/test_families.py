"""Families over the whole stack: what people or the certain rule join counts as one, and no Fact is touched."""

import json

import pytest

from connector.administer import families as use
from connector.administer.families import NamedItem
from connector.errors import BadInput, UnknownName
from connector.statements.families import Confidence, Rule
from connector.store import families, items
from tests.integration.canonical import state_of
from tests.integration.site_under_test import open_site, page_of, shown_in, synced, trained
from tests.integration.stating import LMS, course_iri, said
from tests.integration.test_invariants import tastes

OLD, NEW = "course-v1:ORG+DL+2024", "course-v1:ORG+DL+2025"


def about(iri, title="", kind="https://w3id.org/xapi/cmi5/activitytype/course"):
    """The object of a Statement about a course of any IRI."""
    return {"id": iri, "definition": {"type": kind, "name": {"en": title or iri}}}


@pytest.fixture
def taught(site, now):
    """A site that learned from three tastes; ann completed items 0 and 1 of the first and is shown others of it."""
    synced(site, [*tastes(), said(1000, "ann", about=0), said(1001, "ann", about=1)], now, page_size=500)
    trained(site, now)
    return site


def join(site, *iris):
    return use.join(iris, site.tenant, site.sessions)


def family_of(site, iri):
    with site.readers.begin() as session:
        number = items.numbers(session, site.tenant, [iri])[iri]
        return items.of_numbers(session, site.tenant, [number])[number].family


def offered(site):
    return [(one.proposal.rule, [item.iri for item in one.items]) for one in use.proposed(site.tenant, site.readers)]


# --- what a Family does ------------------------------------------------------------------------------------------


def test_what_is_done_in_one_run_closes_all_runs_at_the_next_request_and_opens_them_again_with_a_split(taught, now):
    before = page_of(taught, "ann", now)
    first = shown_in(before)[0]
    assert join(taught, course_iri(0), first) == 2
    assert first not in shown_in(page_of(taught, "ann", now))
    use.split(first, taught.tenant, taught.sessions)
    assert page_of(taught, "ann", now) == before


def test_two_runs_stand_on_a_page_once_and_after_the_next_training_too(taught, now):
    one, other = sorted(set(shown_in(page_of(taught, "ann", now))))[:2]
    join(taught, one, other)
    for _ in range(2):
        assert len({one, other} & set(shown_in(page_of(taught, "ann", now)))) == 1
        trained(taught, now)


# --- by hand -----------------------------------------------------------------------------------------------------


def test_joining_two_families_brings_all_of_both_together(site, now):
    synced(site, [said(number, about=number) for number in range(1, 6)], now)
    assert join(site, course_iri(1), course_iri(2)) == 2
    assert join(site, course_iri(3), course_iri(4)) == 2
    assert join(site, course_iri(2), "http://lms.example/course/view.php?id=4&utm_source=mail") == 4
    (found,) = use.listed(site.tenant, site.readers)
    assert found.by_hand
    assert [one.title for one in found.items] == ["Course 1", "Course 2", "Course 3", "Course 4"]


def test_a_split_leaves_the_others_together_and_no_fact_changes(site, engine, now):
    synced(site, [said(number, about=number) for number in range(1, 4)], now)
    facts = state_of(engine, site.tenant)["facts"]
    join(site, course_iri(1), course_iri(2), course_iri(3))
    use.split(course_iri(1), site.tenant, site.sessions)
    assert family_of(site, course_iri(2)) == family_of(site, course_iri(3)) != family_of(site, course_iri(1))
    assert state_of(engine, site.tenant)["facts"] == facts


def test_what_cannot_be_joined_is_told_in_a_sentence_and_changes_nothing(site, now):
    synced(site, [said(1, about=1), said(2, about=2)], now)
    with pytest.raises(BadInput, match="two items at least"):
        join(site, course_iri(1), course_iri(1).replace("https", "http"))
    with pytest.raises(UnknownName, match=r"No item has the IRI .*id=9"):
        join(site, course_iri(1), course_iri(9))
    with pytest.raises(UnknownName, match="onward item list"):
        use.split(course_iri(9), site.tenant, site.sessions)
    assert use.listed(site.tenant, site.readers) == []


def test_families_of_two_tenants_share_nothing(site, engine, now):
    other = open_site(engine, now, "another")
    for each in (site, other):
        synced(each, [said(1, object=about(OLD)), said(2, object=about(NEW))], now)
    join(site, OLD, NEW)
    assert family_of(other, OLD) != family_of(other, NEW)
    assert use.listed(other.tenant, other.readers) == []
    assert len(offered(other)) == 1


# --- proposed by rules -------------------------------------------------------------------------------------------


@pytest.fixture
def runs(site, now):
    """Two runs of an Open edX course and two Moodle courses whose titles differ in the year."""
    told = [
        said(1, object=about(OLD, "Data")),
        said(2, object=about(NEW, "Data")),
        said(3, object=about(course_iri(1), "Excel 2024")),
        said(4, object=about(course_iri(2), "Excel 2025")),
        said(5, object=about(course_iri(3), "Word")),
    ]
    synced(site, told, now)
    return site


def test_what_is_certain_is_joined_by_training_and_the_rest_waits_for_a_person(runs, now):
    assert family_of(runs, OLD) != family_of(runs, NEW)
    trained(runs, now)
    with runs.sessions.begin() as session:
        assert families.join_certain(session, runs.tenant) == 0
    assert family_of(runs, OLD) == family_of(runs, NEW)
    assert offered(runs) == [(Rule.RUN_IN_TITLE, [course_iri(1), course_iri(2)])]
    (found,) = use.listed(runs.tenant, runs.readers)
    assert not found.by_hand


def test_a_proposal_says_what_found_it_and_is_accepted_by_its_name(runs):
    certain, likely = use.proposed(runs.tenant, runs.readers)
    assert (certain.proposal.confidence, likely.proposal.confidence) == (Confidence.CERTAIN, Confidence.LIKELY)
    assert likely.items == (NamedItem(course_iri(1), "Excel 2024"), NamedItem(course_iri(2), "Excel 2025"))
    use.accept([likely.proposal.name], None, runs.tenant, runs.sessions)
    assert family_of(runs, course_iri(1)) == family_of(runs, course_iri(2))
    with pytest.raises(UnknownName, match=likely.proposal.name):
        use.accept([likely.proposal.name], None, runs.tenant, runs.sessions)


def test_all_proposals_of_a_rule_are_accepted_at_once(runs):
    assert [one.rule for one in use.accept([], Rule.RUN_IN_TITLE, runs.tenant, runs.sessions)] == [Rule.RUN_IN_TITLE]
    assert family_of(runs, course_iri(1)) == family_of(runs, course_iri(2))
    assert family_of(runs, OLD) != family_of(runs, NEW)
    with pytest.raises(BadInput, match="propose"):
        use.accept([], None, runs.tenant, runs.sessions)


def test_no_rule_joins_again_what_a_person_split(runs, now):
    trained(runs, now)
    use.split(NEW, runs.tenant, runs.sessions)
    trained(runs, now)
    assert family_of(runs, OLD) != family_of(runs, NEW)
    assert Rule.OPEN_EDX_RUN not in [rule for rule, _ in offered(runs)]


def test_a_new_run_comes_to_the_family_that_a_person_made(runs, now):
    join(runs, NEW, course_iri(3))
    synced(runs, [said(9, object=about("course-v1:ORG+DL+2026", "Data"))], now, name="later")
    trained(runs, now)
    families_of = {iri: family_of(runs, iri) for iri in (OLD, NEW, course_iri(3), "course-v1:ORG+DL+2026")}
    assert len(set(families_of.values())) == 1


def test_no_rule_brings_two_families_together_that_people_made(runs, now):
    join(runs, OLD, course_iri(1))
    join(runs, NEW, course_iri(3))
    trained(runs, now)
    assert family_of(runs, OLD) == family_of(runs, course_iri(1)) != family_of(runs, NEW)


# --- the command -------------------------------------------------------------------------------------------------


def test_the_commands_propose_accept_list_and_split(connected, lrs):
    lrs.hold([said(1, object=about(OLD, "Data")), said(2, object=about(NEW, "Data")), said(3, about=3)])
    assert connected("sync").code == 0
    proposed = connected("items", "families", "propose")
    assert "certain: joined at the next training without asking" in proposed.out
    assert f"  {OLD}  Data\n  {NEW}  Data\n" in proposed.out
    (one,) = json.loads(connected("items", "families", "propose", "--json").out)
    assert one["items"] == [{"iri": OLD, "title": "Data"}, {"iri": NEW, "title": "Data"}]
    assert (one["rule"], one["confidence"]) == ("open_edx_run", "certain")
    assert connected("items", "families", "accept", one["name"]).out == "Joined 2 items of 1 proposals.\n"
    assert "by hand:" in connected("items", "families", "list").out
    assert connected("items", "families", "propose").out == "Nothing looks like one family.\n"
    assert connected("items", "families", "join", OLD, course_iri(3)).out == "One family of 3 items.\n"
    assert connected("items", "families", "split", OLD).code == 0
    (left,) = json.loads(connected("items", "families", "list", "--json").out)
    assert [item["iri"] for item in left["items"]] == [NEW, course_iri(3)]


def test_a_wrong_name_ends_with_1_and_says_where_to_look(onward):
    for arguments in (("accept", "12345678"), ("accept",), ("join", "a:b"), ("split", f"{LMS}/nothing")):
        answer = onward("items", "families", *arguments)
        assert answer.code == 1, arguments
        assert answer.err.startswith("onward: "), arguments
    assert onward("items", "families", "list").out == "No item has another one in its family.\n"
