import pytest

from lrs_adapters.base import LRSProtocolError
from lrs_adapters.watch import Watch


def test_a_more_that_comes_twice_stops_the_walk():
    watch = Watch("")
    watch.page(frozenset("a"), "/more/1")
    watch.page(frozenset("b"), "/more/2")
    with pytest.raises(LRSProtocolError, match="the same `more` twice"):
        watch.page(frozenset("c"), "/more/1")


def test_the_more_that_the_run_started_with_counts_as_followed():
    with pytest.raises(LRSProtocolError, match="the same `more` twice"):
        Watch("/more/1").page(frozenset("a"), "/more/1")


def test_twenty_pages_without_a_new_statement_stop_the_walk_and_nineteen_do_not():
    watch = Watch("")
    watch.page(frozenset("a"), "/more/0")
    for number in range(1, 20):
        watch.page(frozenset("a"), f"/more/{number}")
    with pytest.raises(LRSProtocolError, match="20 pages in a row"):
        watch.page(frozenset("a"), "/more/20")


def test_a_new_statement_starts_the_count_anew():
    watch = Watch("")
    for number in range(60):
        watch.page(frozenset({str(number // 15)}), f"/more/{number}")


def test_the_end_is_never_a_circle():
    watch = Watch("")
    for number in range(19):
        watch.page(frozenset(), f"/more/{number}")
    watch.page(frozenset(), "")


def test_after_a_restart_known_statements_are_new_again():
    watch = Watch("")
    watch.page(frozenset("a"), "/more/1")
    watch.restart()
    watch.page(frozenset("a"), "/more/1")


def test_the_third_restart_stops_the_walk():
    watch = Watch("")
    watch.restart()
    watch.restart()
    with pytest.raises(LRSProtocolError, match="expired 3 times"):
        watch.restart()
