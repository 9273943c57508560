from datetime import timedelta

import pytest
from flask import Flask, request

from connector.lti.limits import Buckets, Budget, OpenLogins
from connector.lti.sender import Sender
from connector.web.limits import sender_of, source_of
from tests.conftest import NOW

OURS = "https://tool.example/lti/launch"


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self):
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def watch():
    return Watch()


def test_a_bucket_of_three_gives_three_and_one_more_each_twenty_seconds(watch):
    buckets = Buckets(3, timedelta(minutes=1), watch)
    assert [buckets.take("a") for _ in range(4)] == [True, True, True, False]
    watch.wait(19)
    assert not buckets.take("a")
    watch.wait(1)
    assert [buckets.take("a"), buckets.take("a")] == [True, False]
    assert buckets.take("b")


def test_a_bucket_is_never_more_than_full_and_a_clock_that_goes_back_takes_nothing(watch):
    buckets = Buckets(2, timedelta(minutes=1), watch)
    watch.wait(3600)
    assert [buckets.take("a") for _ in range(3)] == [True, True, False]
    watch.wait(-3600)
    assert not buckets.take("a")


def test_of_more_keys_than_may_be_remembered_the_one_seen_longest_ago_is_forgotten(watch):
    buckets = Buckets(1, timedelta(minutes=1), watch, most=2)
    for key in ("a", "b", "a", "c"):
        buckets.take(key)
    assert len(buckets) == 2
    assert [buckets.take("a"), buckets.take("b")] == [False, True]


def test_a_source_over_its_share_gives_up_its_own_oldest_login(watch):
    logins = OpenLogins(2, watch)
    assert [logins.opened("a", state) for state in (b"1", b"2")] == [(), ()]
    assert logins.opened("b", b"3") == ()
    assert logins.opened("a", b"4") == (b"1",)
    assert len(logins) == 3


def test_a_login_that_a_launch_has_ended_or_that_expired_counts_no_more(watch):
    logins = OpenLogins(2, watch)
    for state in (b"1", b"2"):
        logins.opened("a", state)
    logins.ended("a", b"1")
    logins.ended("a", b"1")
    logins.ended("nobody", b"1")
    assert logins.opened("a", b"3") == ()
    watch.wait(600)
    assert [logins.opened("a", state) for state in (b"4", b"5")] == [(), ()]
    assert len(logins) == 2


def test_logins_are_remembered_up_to_a_bound_over_all_sources(watch):
    logins = OpenLogins(10, watch, most=3)
    for number in range(20):
        assert logins.opened(f"source {number}", bytes([number])) == ()
    assert len(logins) == 3


def test_a_budget_is_spent_and_comes_back_with_the_next_window(watch):
    budget = Budget(2, timedelta(hours=1), watch)
    assert [budget.spend() for _ in range(3)] == [True, True, False]
    watch.wait(3599)
    assert not budget.spend()
    watch.wait(1)
    assert budget.spend()


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
        (None, ""),
        ("unix:", ""),
    ],
)
def test_a_source_is_an_address_or_the_network_of_a_house(address, source):
    assert source_of(address) == source


def test_who_sent_a_request_is_read_from_its_headers():
    headers = {"Origin": "https://tool.example", "Sec-Fetch-Site": "same-origin"}
    with Flask("x").test_request_context(headers=headers, environ_base={"REMOTE_ADDR": "192.0.2.7"}):
        assert sender_of(request) == Sender("192.0.2.7", "https://tool.example", "same-origin")


@pytest.mark.parametrize(
    ("origin", "site", "ours"),
    [
        ("https://tool.example", "same-origin", True),
        ("https://tool.example", "", True),
        ("https://tool.example:443", "same-origin", True),
        ("https://tool.example", "cross-site", False),
        ("https://tool.example", "none", False),
        ("https://moodle.example", "same-origin", False),
        ("http://tool.example", "same-origin", False),
        ("null", "same-origin", False),
        ("", "same-origin", False),
        ("", "", False),
    ],
)
def test_a_page_of_ours_is_told_by_its_origin(origin, site, ours):
    assert Sender(origin=origin, fetch_site=site).is_page_of(OURS) is ours
