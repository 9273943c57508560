"""Connecting an LRS by command: every way to sign in, what differs from the profile, and what is said at once."""

import json
import re
from base64 import b64encode
from dataclasses import dataclass

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.contract.stub_lrs import StubLrs
from tests.integration.command import SECRET
from tests.integration.stating import said

BASIC = "Basic " + b64encode(f"reader:{SECRET}".encode()).decode()


@dataclass
class Doors:
    """An LRS that opens to one header, at a path of its own, and counts what it is asked."""

    server: HTTPServer
    path: str = "/xapi"
    header: str = "Authorization"
    value: str = BASIC
    versions: tuple[str, ...] = ("1.0.3",)

    def __post_init__(self) -> None:
        self.stub = StubLrs(page_max=50)
        self.url = self.server.url_for(self.path)
        self.tokens = self.server.url_for("/token")
        self.asked: list[Request] = []
        self.granted: list[dict[str, str]] = []
        self.server.expect_request(f"{self.path}/statements").respond_with_handler(self._statements)
        self.server.expect_request(f"{self.path}/about").respond_with_handler(self._about)
        self.server.expect_request("/token").respond_with_handler(self._token)

    def _about(self, _request: Request) -> Response:
        return Response(json.dumps({"version": list(self.versions)}))

    def _statements(self, request: Request) -> Response:
        self.asked.append(request)
        if self.header and request.headers.get(self.header) != self.value:
            return Response(status=401)
        if request.headers["X-Experience-API-Version"][0] not in {version[0] for version in self.versions}:
            return Response(status=400)
        status, headers, body = self.stub.answer("/xapi/statements", request.args.to_dict())
        return Response(body, status, headers)

    def _token(self, request: Request) -> Response:
        self.granted.append(request.form.to_dict())
        return Response(json.dumps({"access_token": "t-1", "token_type": "Bearer", "expires_in": 600}))


@pytest.fixture
def database_url(sqlite_url):
    """What is said and asked here does not depend on the database; what is kept does, see test_sources_files."""
    return sqlite_url


@pytest.fixture
def doors(httpserver):
    return Doors(httpserver)


def shown(onward, name="lrs"):
    return json.loads(onward("source", "show", name, "--json").out)


def test_adding_asks_at_once_and_says_what_was_seen(onward, doors):
    doors.stub.statements += [said(1), said(2)]
    added = onward("source", "add", "lrs", "--url", doors.url, "--key", "reader", "--secret-stdin", told=SECRET)
    assert added.code == 0, added.err
    assert "taken for the kind xapi" in added.out
    assert "lrs answers. It looks healthy." in added.out
    assert "statements in a page: 2 of 500 asked for" in added.out
    kept = shown(onward)
    assert (kept["probe"]["statements"], kept["probe"]["at"][:2], kept["secret"]) == (2, "20", "sealed")
    assert SECRET not in json.dumps(kept)
    assert "asked: 20" in onward("source", "show", "lrs").out


def test_a_header_of_the_lrs_s_own_is_sent_and_its_value_asked_for(onward, doors):
    doors.header, doors.value = "x-api-key", SECRET
    options = ("--url", doors.url, "--auth", "header", "--secret-stdin")
    assert onward("source", "add", "lrs", *options, told=SECRET).code == 2
    assert onward("source", "add", "lrs", *options, "--header-name", "x-api-key", "--key", "k", told=SECRET).code == 1
    assert onward("source", "add", "lrs", *options, "--header-name", "x-api-key", told=SECRET).code == 0
    assert (shown(onward)["auth"], shown(onward)["key"]) == ("header", "x-api-key")
    doors.value = "another"
    assert "401: the value of the header x-api-key is wrong" in onward("source", "test", "lrs").err


def test_a_token_is_asked_for_with_all_that_was_said_and_the_lrs_gets_the_token_only(onward, doors):
    doors.value = "Bearer t-1"
    options = ("--url", doors.url, "--auth", "oauth2", "--key", "onward", "--scope", "all", "--audience", "lrs")
    wanting = onward("source", "add", "lrs", *options, "--secret-stdin", told=SECRET)
    assert "needs the address of the token endpoint" in wanting.err
    options = (*options, "--token-url", doors.tokens, "--token-auth", "client_secret_post", "--secret-stdin")
    added = onward("source", "add", "lrs", *options, told=SECRET)
    assert added.code == 0, added.err
    assert doors.granted[0] == {
        "grant_type": "client_credentials",
        "scope": "all",
        "audience": "lrs",
        "client_id": "onward",
        "client_secret": SECRET,
    }
    assert {one.headers["Authorization"] for one in doors.asked} == {"Bearer t-1"}
    refused = onward("source", "change", "lrs", "--token-url", "ftp://issuer.example/token")
    assert (refused.code, "http" in refused.err) == (1, True)


def test_an_open_lrs_needs_neither_key_nor_secret(onward, doors):
    doors.header = ""
    assert onward("source", "add", "lrs", "--url", doors.url, "--auth", "none", "--key", "k").code == 1
    assert onward("source", "add", "lrs", "--url", doors.url, "--auth", "none").code == 0
    assert "Authorization" not in doors.asked[-1].headers
    assert shown(onward)["secret"] == "none"


def test_a_wrong_secret_is_told_at_once_and_mended_by_change(onward, doors):
    options = ("--url", doors.url, "--key", "reader", "--secret-stdin")
    added = onward("source", "add", "lrs", *options, told="wrong")
    assert added.code == 1
    assert "401: key or secret wrong" in added.err
    assert "reader" in added.err
    assert "mend it with `onward source change lrs" in added.err
    mended = onward("source", "change", "lrs", "--secret-stdin", told=SECRET)
    assert (mended.code, "It looks healthy" in mended.out) == (0, True)
    assert onward("sync").code == 0


def test_a_wrong_path_says_the_right_one_and_the_kind_is_found_again(onward, httpserver):
    doors = Doors(httpserver, path="/data/xAPI")
    httpserver.expect_request(re.compile("/wrong/.*")).respond_with_data(status=404)
    options = ("--url", httpserver.url_for("/wrong"), "--key", "reader", "--secret-stdin")
    added = onward("source", "add", "lrs", *options, told=SECRET)
    assert added.code == 1
    assert f"set the source's address to {doors.url}" in added.err
    mended = onward("source", "change", "lrs", "--url", doors.url, "--kind", "auto")
    assert mended.code == 0, mended.err
    assert "taken for the kind learning-locker" in mended.out
    assert shown(onward)["kind"] == "learning-locker"


def test_an_lrs_that_knows_version_2_alone_is_recognised(onward, doors):
    doors.versions = ("2.0.0",)
    added = onward("source", "add", "lrs", "--url", doors.url, "--key", "reader", "--secret-stdin", told=SECRET)
    assert added.code == 0, added.err
    assert shown(onward)["kind"] == "xapi-2.0"


def test_nothing_is_asked_when_it_is_not_to_be_tested(onward, doors):
    options = ("--url", doors.server.url_for("/xAPI"), "--key", "k", "--secret-stdin", "--no-test")
    assert onward("source", "add", "lrs", *options, told="x").code == 0
    assert doors.asked == []
    assert shown(onward)["kind"] == "ralph"  # by its path alone
    assert shown(onward)["probe"] is None
    assert "asked: never" in onward("source", "show", "lrs").out


def test_options_stand_in_the_place_of_the_profile_s_until_they_are_taken_back(connected, lrs):
    lrs.hold([said(number) for number in range(1, 6)])
    options = ("--page-size", "2", "--overlap", "3d", "--since-field", "timestamp", "--rate", "6000")
    changed = connected("source", "change", "lrs", *options, "--more-prefix", "/p")
    assert "--from-start" in changed.out
    assert shown(connected)["options"] == {
        "page_size": 2,
        "overlap": "P3D",
        "since_field": "timestamp",
        "more_prefix": "/p",
        "rate_per_minute": 6000,
    }
    assert lrs.stub.asked[-1]["limit"] == "2"
    assert connected("source", "change", "lrs", "--more-prefix", "lrs").code == 1
    assert connected("source", "change", "lrs", "--overlap", "3 days").code == 2
    assert connected("source", "change", "lrs", "--profile-options").code == 0
    assert shown(connected)["options"] == {}
    assert lrs.stub.asked[-1]["limit"] == "500"


def test_what_a_statement_means_is_changed_without_asking_the_lrs(connected, lrs):
    asked = len(lrs.stub.asked)
    changed = connected("source", "change", "lrs", "--grain", "activity", "--groups-count", "--time-field", "stored")
    assert "holds for what comes from now on" in changed.out
    kept = shown(connected)
    assert (kept["grain"], kept["groups_count"], kept["time_field"]) == ("activity", True, "stored")
    assert connected("source", "change", "lrs", "--disable", "--no-groups-count").code == 0
    kept = shown(connected)
    assert (kept["active"], kept["groups_count"], len(lrs.stub.asked)) == (False, False, asked)
    assert connected("source", "change", "lrs", "--enable").code == 0
    assert shown(connected)["active"] is True


def test_another_way_to_sign_in_wants_its_own_name_and_secret(connected, lrs):
    lacking = connected("source", "change", "lrs", "--auth", "header", "--secret-stdin", told="v")
    assert "needs its name" in lacking.err
    changed = ("source", "change", "lrs", "--auth", "header", "--header-name", "x-key", "--no-test")
    assert "empty" in connected(*changed, "--secret-stdin", told="").err
    assert connected(*changed, "--secret-stdin", told="v").code == 0
    assert connected("source", "change", "lrs", "--auth", "none", "--no-test").code == 0
    assert (shown(connected)["auth"], shown(connected)["key"], shown(connected)["secret"]) == ("none", "", "none")
    assert connected("source", "change", "lrs", "--url", "ftp://lrs.example").code == 1
    assert connected("source", "change", "other", "--grain", "course").code == 1


def test_a_source_takes_pushes_from_on_to_off_and_shows_its_secret_once(connected):
    assert "--on allows it" in connected("source", "push", "lrs").out
    assert connected("source", "push", "lrs", "--renew").code == 1
    made = json.loads(connected("source", "push", "lrs", "--on", "--json").out)
    assert made["url"] == "https://onward.example/xapi"
    assert len(made["secret"]) == 43  # 256 bits in base64 without padding
    again = connected("source", "push", "lrs", "--on")
    assert (again.code, "--renew makes another" in again.err) == (1, True)
    assert "none came yet" in connected("source", "push", "lrs").out
    renewed = connected("source", "push", "lrs", "--renew").out
    assert made["key"] not in renewed
    assert made["secret"] not in renewed + json.dumps(shown(connected)) + connected("source", "list", "--json").out
    assert "Nothing may be pushed" in connected("source", "push", "lrs", "--off").out
    assert shown(connected)["push"] is False
