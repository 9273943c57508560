"""Our adapter against a Ralph that runs: three hundred Statements, late ones, and what an operator gets wrong."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lrs_adapters.base import LRSRefused, LRSUnavailable, MoreShape
from lrs_adapters.http import Patience
from lrs_adapters.registry import open_source
from lrs_adapters.walk import from_the_beginning
from tests.contract.statement_source_contract import START, ids, minutely, position_after, statement
from tests.lrs.ralph_under_test import RalphUnderTest

pytestmark = pytest.mark.lrs


@pytest.fixture
def lrs(ralph):
    return RalphUnderTest(ralph)


def test_three_hundred_statements_are_read_once_in_four_pages_the_last_empty(lrs):
    lrs.add(minutely(0, 300))
    pages = list(lrs.open(100).tail(None))
    assert sorted(ids(pages)) == list(range(300))
    assert [len(page.statements) for page in pages] == [100, 100, 100, 0]


def test_ralph_does_not_deliver_order_and_we_do_not_believe_it(lrs):
    lrs.add(minutely(0, 150))
    assert [page.in_order for page in lrs.open(100).tail(None)] == [False, False]


def test_a_month_late_is_found_only_when_the_sweep_starts_from_the_beginning(lrs):
    lrs.add(minutely(0, 30))
    position = position_after(lrs.open(100).tail(None))
    lrs.add([statement(99, START - timedelta(days=30))])
    swept = list(lrs.open(100).sweep(position))
    assert 99 not in ids(swept)
    assert 99 in ids(lrs.open(100).sweep(from_the_beginning(position_after(swept))))


def test_a_device_whose_clock_is_years_ahead_hides_nothing_that_follows(lrs):
    lrs.add([statement(1, START.replace(year=2099))])
    position = position_after(lrs.open(100).tail(None))
    lrs.add([statement(2, START.replace(year=2098))])
    assert set(ids(lrs.open(100).tail(position))) == {1, 2}


def test_a_more_that_ralph_no_longer_knows_loses_nothing(lrs):
    lrs.add(minutely(0, 150))
    first = next(lrs.open(100).tail(None))
    walk = first.next_position["sweep"]
    forgotten = {
        **first.next_position,
        "sweep": {**walk, "more": walk["more"].replace("search_after=", "search_after=9")},
    }
    assert sorted(ids(lrs.open(100).tail(forgotten))) == list(range(150))


def test_a_probe_tells_that_ralph_has_no_about_no_consistent_through_and_no_order(lrs):
    lrs.add(minutely(0, 3))
    probe = lrs.open(2).probe()
    assert (probe.versions, probe.consistent_through) == ((), False)
    assert (probe.ascending, probe.more) == (False, MoreShape.PATH)


def test_a_wrong_key_and_a_wrong_secret_are_refused_at_once(ralph):
    for key, secret in ((ralph.key, "wrong"), ("nobody", ralph.secret)):
        with pytest.raises(LRSRefused, match="401: key or secret wrong"):
            list(open_source("ralph", ralph.url, key, secret).tail(None))


def test_a_wrong_path_says_that_capitals_count(ralph):
    source = open_source("ralph", ralph.url.lower(), ralph.key, ralph.secret)
    with pytest.raises(LRSRefused, match=r"404: there is no .*/xapi/statements.* /xAPI \(Ralph\)"):
        source.probe()


def test_a_ralph_that_stopped_is_unavailable_and_goes_on_from_the_stored_position(own_ralph):
    lrs = RalphUnderTest(own_ralph)
    lrs.add(minutely(0, 150))
    first = next(lrs.open(100).tail(None))
    own_ralph.stop()
    source = open_source(
        "ralph",
        own_ralph.url,
        own_ralph.key,
        own_ralph.secret,
        patience=replace(Patience(), retries=1, backoff=timedelta()),
    )
    with pytest.raises(LRSUnavailable, match="cannot be reached"):
        list(source.tail(first.next_position))
    assert own_ralph.process.poll() is not None


def test_the_secret_is_not_kept_in_clear(ralph):
    assert ralph.secret not in (ralph.folder / "auth.json").read_text()
    assert ralph.secret not in repr(ralph)
