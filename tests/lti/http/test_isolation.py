"""Nobody sees or changes anything of another platform or tenant, whatever they ask for with a good token (A10)."""

import pytest

from tests.lti.http.neighbours import Neighbourhood
from tests.lti.http.stage import staged

SEED = 20_261_122


def lived(database_url: str, requests: int) -> Neighbourhood:
    with staged(database_url) as stage:
        place = Neighbourhood(stage, SEED)
        for _ in range(requests):
            place.act()
        place.check()
        return place


def test_a_thousand_requests_with_good_tokens_show_and_change_nothing_of_anybody_else(sqlite_url):
    place = lived(sqlite_url, 1_000)
    assert min(place.asked.values()) > 50, "something was hardly tried"
    assert all(one.visit for one in place.people)
    assert place.clicks


@pytest.mark.postgres
def test_the_same_on_postgresql_with_fewer_requests(postgres_url):
    assert sum(lived(postgres_url, 100).asked.values()) == 100


def test_the_neighbours_are_alike_but_for_their_marks_and_each_sees_the_own_ones(sqlite_url):
    """The test above looks for marks: they are there to be seen."""
    with staged(sqlite_url) as stage:
        place = Neighbourhood(stage, SEED)
        for one in place.people:
            place.launch(one)
            page = place._post("/page", one.token)
            told = page.text + str(page.headers)
            assert one.place.marks() <= {mark for mark in place.all_marks if mark in told}
        assert len({one.visit.learner for one in place.people}) == 12
