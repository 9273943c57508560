"""``/``, health, metrics and static files: who may see them, and what they say."""

import pytest

from connector.administer import platforms
from tests.lti.http.stage import TOOL, frames_of, staged

TOKEN = "a token of forty characters for metrics!"
FORWARDED = ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Real-IP", "Via"]


def get(stage, path, **given):
    return stage.browser().get(path, base_url=TOOL, **given)


def test_metrics_are_for_loopback(shared):
    answer = get(shared, "/metrics", environ_overrides={"REMOTE_ADDR": "127.0.0.1"})
    assert answer.status_code == 200
    assert "onward_request_seconds" in answer.text


@pytest.mark.parametrize("address", ["::1", "127.8.9.10"])
def test_every_loopback_address_is_loopback(shared, address):
    assert get(shared, "/metrics", environ_overrides={"REMOTE_ADDR": address}).status_code == 200


@pytest.mark.parametrize("address", ["10.0.0.1", "203.0.113.9", "fe80::1", "0.0.0.0", "", "::ffff:10.0.0.1", "unix:"])
def test_metrics_are_for_nobody_else(shared, address):
    answer = get(shared, "/metrics", environ_overrides={"REMOTE_ADDR": address})
    assert answer.status_code == 403
    assert "onward_request_seconds" not in answer.text


@pytest.mark.parametrize("name", FORWARDED)
def test_what_a_proxy_on_this_machine_forwards_is_not_loopback(shared, name):
    headers = {name: "127.0.0.1"}
    assert get(shared, "/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": "127.0.0.1"}).status_code == 403


def test_with_a_token_metrics_are_for_its_bearer_alone(sqlite_url):
    with staged(sqlite_url, metrics_token=TOKEN) as stage:
        loopback = {"environ_overrides": {"REMOTE_ADDR": "127.0.0.1"}}
        assert get(stage, "/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
        assert get(stage, "/metrics", **loopback).status_code == 403
        for wrong in (f"Bearer {TOKEN}x", "Bearer ", f"Basic {TOKEN}", "Bearer \u00e4"):
            assert get(stage, "/metrics", headers={"Authorization": wrong}, **loopback).status_code == 403
        assert get(stage, "/metrics", query_string={"token": TOKEN}, **loopback).status_code == 403


def test_no_metric_names_a_person(shared):
    shared.launch(sub="subject-4711", given_name="Annabella")
    text = get(shared, "/metrics", environ_overrides={"REMOTE_ADDR": "127.0.0.1"}).text
    assert "subject-4711" not in text
    assert "Annabella" not in text


def test_a_tool_without_a_source_says_so(stage):
    ready = get(stage, "/health/ready")
    assert (ready.status_code, ready.json["ready"]) == (503, False)
    assert ready.json["missing"] == ["No LRS is connected: `onward source add`."]
    assert "No LRS is connected" in get(stage, "/").text


def test_a_tool_without_an_active_platform_says_so(stocked):
    platforms.disable("moodle", stocked.site.tenant, stocked.site.sessions)
    ready = get(stocked, "/health/ready")
    assert ready.json == {"ready": False, "missing": ["No platform is registered: `onward platform add`."]}


def test_a_tool_that_is_set_up_is_ready(stocked):
    assert get(stocked, "/health/ready").json == {"ready": True, "missing": []}
    home = get(stocked, "/")
    assert home.status_code == 200
    assert "open it from your course there" in home.text
    assert frames_of(home) == ["'none'"]


def test_the_tool_lives(shared):
    assert get(shared, "/health/live").json == {"live": True}


def test_the_key_set_is_public_and_holds_no_private_half(shared):
    answer = get(shared, "/lti/jwks")
    (key,) = answer.json["keys"]
    assert set(key) == {"kty", "n", "e", "use", "alg", "kid"}
    assert answer.headers["Cache-Control"] == "public, max-age=600"


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/..%2fapp.py", "/static/onward.css", "/nothing", "/lti/"]
)
def test_what_is_not_there_is_a_page_that_says_so(shared, path):
    answer = get(shared, path)
    assert answer.status_code == 404
    assert "<h1" in answer.text
    assert frames_of(answer) == ["*"]


def test_static_files_are_kept_for_ever_and_packed(shared):
    page = shared.launch().text
    name = page.partition('href="/static/')[2].partition('"')[0]
    plain, packed = get(shared, f"/static/{name}"), get(shared, f"/static/{name}", headers={"Accept-Encoding": "gzip"})
    assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data)
    assert plain.headers["Vary"] == "Accept-Encoding"
