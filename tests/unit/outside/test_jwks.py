import json
from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest

from connector.domain import PlatformId
from connector.errors import LaunchRefused
from connector.outside.jwks import JwksKeySource
from connector.outside.urls import DEVELOPMENT, guarded_session
from tests.lti.harness import MOODLE, NOON

SET = {"keys": [{"kid": "k-1", "kty": "RSA"}]}


class Clockwork:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self):
        return self.now

    def wait(self, **span) -> None:
        self.now += timedelta(**span)


class Platform:
    """A key set on loopback, and our key source in front of it."""

    def __init__(self, server, session) -> None:
        self.server = server
        self.clock = Clockwork()
        self.registration = replace(MOODLE, jwks_url=server.url_for("/jwks"))
        self.source = JwksKeySource(session, DEVELOPMENT, self.clock)

    def publishes(self, body: object, status: int = 200) -> None:
        self.server.clear()
        text = body if isinstance(body, (str, bytes)) else json.dumps(body)
        self.server.expect_request("/jwks").respond_with_data(text, status=status)

    def kids(self) -> list[object]:
        return [key.get("kid") for key in self.source.keys(self.registration)]

    def refetched(self, kid: str) -> list[object]:
        return [key.get("kid") for key in self.source.refetch(self.registration, kid)]

    @property
    def asked(self) -> int:
        return len(self.server.log)


@pytest.fixture
def platform(httpserver):
    with guarded_session(DEVELOPMENT) as session:
        made = Platform(httpserver, session)
        made.publishes(SET)
        yield made


def test_keys_are_asked_for_once_in_ten_minutes(platform):
    platform.kids()
    platform.clock.wait(minutes=9, seconds=59)
    assert platform.kids() == ["k-1"]
    assert platform.asked == 1
    platform.clock.wait(seconds=1)
    platform.kids()
    assert platform.asked == 2


def test_platforms_do_not_share_keys(platform):
    platform.kids()
    other = replace(platform.registration, platform_id=PlatformId(2))
    platform.source.keys(other)
    assert platform.asked == 2


def test_a_changed_address_of_the_keys_is_asked_at_once(platform):
    platform.kids()
    moved = replace(platform.registration, jwks_url=platform.server.url_for("/jwks?v=2"))
    platform.source.keys(moved)
    assert platform.asked == 2


def test_a_new_key_is_found_and_an_unknown_one_asked_for_once_a_minute(platform):
    platform.kids()
    platform.publishes({"keys": [{"kid": "k-2"}]})
    assert platform.refetched("k-2") == ["k-2"]
    assert platform.refetched("k-2") == ["k-2"]
    assert platform.asked == 1  # the log began anew with what is published
    platform.clock.wait(minutes=1)
    platform.refetched("k-2")
    assert platform.asked == 2


def test_a_flood_of_made_up_kids_asks_six_times_a_minute_at_most(platform):
    platform.kids()
    for number in range(50):
        platform.refetched(f"made-up-{number}")
    assert platform.asked == 1 + 6


@pytest.mark.parametrize(
    "body",
    ["", "<html>", "[]", "{}", '{"keys": {}}', '{"keys": null}', b"\xff", "[" * 100_000, {"keys": [{}] * 101}],
    ids=["empty", "html", "list", "no keys", "keys as object", "keys null", "no utf-8", "nested", "101 keys"],
)
def test_what_is_no_key_set_refuses_the_launch(platform, body):
    platform.publishes(body)
    with pytest.raises(LaunchRefused, match="keys_unavailable"):
        platform.kids()


def test_members_that_are_no_objects_are_left_out(platform):
    platform.publishes({"keys": [1, None, "x", {"kid": "k-1"}]})
    assert platform.kids() == ["k-1"]


def test_a_dead_platform_is_not_asked_again_for_ten_seconds(platform):
    platform.publishes("", status=500)
    for _ in range(3):
        with pytest.raises(LaunchRefused, match="keys_unavailable: The answer was 500"):
            platform.kids()
    assert platform.asked == 1
    platform.clock.wait(seconds=10)
    platform.publishes(SET)
    assert platform.kids() == ["k-1"]


def test_keys_outlive_a_hiccup_of_the_platform_but_not_for_ever(platform):
    platform.kids()
    platform.publishes("", status=503)
    platform.clock.wait(hours=1)
    assert platform.kids() == ["k-1"]
    platform.clock.wait(seconds=10)
    with pytest.raises(LaunchRefused, match="keys_unavailable"):
        platform.kids()


def test_a_failed_refetch_leaves_the_keys_usable(platform):
    platform.kids()
    platform.publishes("", status=500)
    assert platform.refetched("k-2") == ["k-1"]
    assert platform.kids() == ["k-1"]


def test_a_refetch_before_any_fetch_asks(platform):
    assert platform.refetched("k-1") == ["k-1"]


def test_many_threads_ask_once(platform):
    threads = [Thread(target=platform.kids) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert platform.asked == 1
