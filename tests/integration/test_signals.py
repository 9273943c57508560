"""What a site goes by: completions where there are enough, else what people started, enrolled in or opened."""

from datetime import timedelta

import pytest

from connector.administer.doctor import doctor
from connector.clock import fixed
from connector.domain import Deed
from connector.store import models
from tests.integration.site_under_test import page_of, synced, trained
from tests.integration.stating import VIEWED, course_iri, said
from tests.integration.test_invariants import tastes

VERBS = {Deed.STARTED: "launched", Deed.ENROLLED: "registered", Deed.OPENED: VIEWED}


def by(verb):
    """The three tastes of other tests, and ann in the first, all of it told with one verb."""
    told = [*tastes(), said(1000, "ann", about=0), said(1001, "ann", about=1)]
    for one in told:
        one["verb"] = {"id": verb if ":" in verb else f"http://adlnet.gov/expapi/verbs/{verb}"}
    return told


def model_of(site):
    with site.readers.begin() as session:
        return models.current(session, site.tenant)


@pytest.mark.parametrize(("deed", "verb"), VERBS.items())
def test_where_nothing_is_completed_rows_say_what_people_did_instead(site, now, deed, verb):
    synced(site, by(verb), now, page_size=500)
    trained(site, now)
    assert model_of(site).deed is deed
    rows = [row for row in page_of(site, "ann", now)["rows"] if row["kind"] == "because"]
    assert rows
    assert {row["anchor"] for row in rows} <= {"Course 0", "Course 1"}
    assert {(row["did"], card["did"]) for row in rows for card in row["cards"]} == {(deed.value, deed.value)}
    shown = {card["iri"] for row in rows for card in row["cards"]}
    assert shown <= {course_iri(number) for number in range(2, 6)}


def test_completions_lead_again_once_there_are_enough(site, now):
    synced(site, [*by(VIEWED), *(said(2000 + n, f"0-{n}", about=item) for n in range(24) for item in (n % 6,))], now)
    trained(site, now)
    assert model_of(site).deed is Deed.OPENED
    more = [said(3000 + 10 * n + item, f"{n % 3}-{n // 3}", about=item) for n in range(30) for item in range(5)]
    synced(site, more, now, name="more", page_size=500)
    trained(site, now)
    assert model_of(site).deed is Deed.COMPLETED
    assert not [row for row in page_of(site, "ann", now)["rows"] if row["kind"] == "because"]


def test_the_doctor_says_what_rows_go_by_and_from_how_many_people(site, now):
    synced(site, by(VIEWED), now, page_size=500)
    trained(site, now)
    told = doctor(site.tenant, site.readers, fixed(now), frozenset(), timedelta(hours=1))
    seen = next(one.seen for one in told if one.code == "model")
    assert "Rows go by what people opened: 73 of 73 learners did so with two items or more" in seen


def test_fifty_instant_completions_of_one_person_change_nobodys_row(site, now):
    calm = [*tastes(), said(1000, "ann", about=0), said(1001, "ann", about=1)]
    synced(site, calm, now, page_size=500)
    trained(site, now)
    before = ranked(page_of(site, "ann", now))
    burst = [
        said(5000 + n, "mallory", about=item, timestamp="2026-11-02T10:00:00Z")
        for n, item in enumerate((0, 1, 17, *range(100, 147)))
    ]
    synced(site, burst, now, name="burst", page_size=500)
    trained(site, now)
    assert ranked(page_of(site, "ann", now)) == before
    assert before


def ranked(page):
    return [(row["anchor"], [card["iri"] for card in row["cards"]]) for row in page["rows"] if row["kind"] == "because"]
