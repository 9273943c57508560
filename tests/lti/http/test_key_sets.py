"""Key sets as platforms really serve them, fetched over HTTP at a launch: rotation, failures, floods; never a fault."""

from dataclasses import replace
from datetime import timedelta
from time import sleep

import pytest
from werkzeug import Response

from connector.outside import jwks
from connector.outside.fetch import FetchLimits
from connector.outside.jwks import JwksKeySource
from connector.outside.urls import DEVELOPMENT, guarded_session
from connector.store import platforms
from tests.lti.harness import jwk_of, rsa_key
from tests.lti.http.stage import visit_of


class Platform:
    """A stage whose platform serves its keys over HTTP."""

    def __init__(self, stage, server) -> None:
        self.stage, self.server = stage, server
        url = server.url_for("/jwks")
        with stage.site.sessions.begin() as session:
            platforms.change(session, stage.site.tenant, "moodle", {"jwks_url": url})
        keys = JwksKeySource(guarded_session(DEVELOPMENT), DEVELOPMENT, stage.clock)
        self.app = stage.app_with(launches=replace(stage.parts.launches, keys=keys))

    def publishes(self, *keys) -> None:
        self.server.expect_request("/jwks").respond_with_json({"keys": list(keys)})

    def launch(self, kid: str | None = None, key=None):
        browser = self.stage.browser(self.app)
        login = self.stage.login(browser)
        header = {} if kid is None else {"kid": kid}
        token = self.stage.scene.token(self.stage.scene.claims(login.nonce), key=key, header=header)
        return self.stage.post(browser, {"state": login.state, "id_token": token})

    def asked(self) -> int:
        return len(self.server.log)


@pytest.fixture
def platform(stage, httpserver):
    return Platform(stage, httpserver)


def refused(answer, code: str) -> None:
    assert answer.status_code == 401
    assert f"<code>{code}</code>" in answer.text


def test_keys_are_fetched_once_for_many_launches(platform):
    platform.publishes(jwk_of(rsa_key()))
    for _ in range(3):
        assert visit_of(platform.launch())
    assert platform.asked() == 1


def test_a_platform_that_changes_its_keys_launches_on_with_the_new_and_the_old_one(platform):
    new = rsa_key("new")
    platform.publishes(jwk_of(rsa_key()))
    visit_of(platform.launch())
    platform.server.clear()
    platform.publishes(jwk_of(rsa_key()), jwk_of(new, kid="new"))
    assert visit_of(platform.launch("new", new))
    assert visit_of(platform.launch())
    assert platform.asked() == 1


def test_an_old_key_that_is_taken_back_is_refused_when_the_set_is_read_anew(platform):
    platform.publishes(jwk_of(rsa_key()))
    visit_of(platform.launch())
    platform.server.clear()
    platform.publishes(jwk_of(rsa_key("new"), kid="new"))
    platform.stage.scene.wait(601)
    refused(platform.launch(), "key_unknown")


def test_one_id_for_two_keys_is_refused(platform):
    platform.publishes(jwk_of(rsa_key(), kid="k"), jwk_of(rsa_key("new"), kid="k"))
    refused(platform.launch("k"), "key_ambiguous")


def test_a_weak_key_is_refused(platform):
    weak = rsa_key("weak", 1024)
    platform.publishes(jwk_of(weak, kid="weak"))
    refused(platform.launch("weak", weak), "key_size_wrong")


KEY_SETS = [
    ("an error of the platform", Response("oops", 500)),
    ("a page that says no, as some Moodles do without User-Agent", Response("forbidden", 403)),
    ("nothing", Response("", 204)),
    ("a page of HTML", Response("<html>sign in</html>", mimetype="text/html")),
    ("half of a document", Response('{"keys": [')),
    ("a list", Response("[]")),
    ("keys as object", Response('{"keys": {}}')),
    ("a megabyte", Response('{"keys": ["' + "a" * 1_000_000 + '"]}')),
    ("a thousand keys", Response('{"keys": [' + ",".join(["{}"] * 1000) + "]}")),
    ("nested 10,000 deep", Response("[" * 10_000)),
    ("a redirect to another host", Response(status=302, headers={"Location": "https://evil.example/jwks"})),
    ("a redirect to an inner address", Response(status=302, headers={"Location": "http://169.254.169.254/"})),
    ("a redirect to a file", Response(status=302, headers={"Location": "file:///etc/passwd"})),
    ("a redirect in a circle", Response(status=302, headers={"Location": "/jwks"})),
]


@pytest.mark.parametrize("answer", [case[1] for case in KEY_SETS], ids=[case[0] for case in KEY_SETS])
def test_a_key_set_that_cannot_be_had_refuses_the_launch(platform, answer):
    platform.server.expect_request("/jwks").respond_with_response(answer)
    refused(platform.launch(), "keys_unavailable")
    assert platform.launch().status_code == 401


def test_a_platform_that_is_slow_is_given_up_and_not_waited_for_again(platform, monkeypatch):
    monkeypatch.setattr(jwks, "_LIMITS", FetchLimits(timeout=timedelta(seconds=0.2)))
    platform.server.expect_request("/jwks").respond_with_handler(lambda _request: sleep(0.6) or Response("{}"))
    refused(platform.launch(), "keys_unavailable")
    refused(platform.launch(), "keys_unavailable")
    assert platform.asked() <= 1


def test_made_up_key_ids_ask_the_platform_six_times_a_minute_at_most(platform):
    platform.publishes(jwk_of(rsa_key()))
    for number in range(20):
        refused(platform.launch(f"made-up-{number}"), "key_unknown")
    assert platform.asked() == 7
    assert visit_of(platform.launch())
