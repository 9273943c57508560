"""What goes over the wire of a registration: a server on loopback that answers well, badly, slowly or elsewhere."""

import json
import socket
import time
from datetime import timedelta

import pytest
from werkzeug import Response

from connector.lti.registration_codes import RegistrationRefused
from connector.outside.fetch import FetchLimits
from connector.outside.registration import HttpPlatforms
from connector.outside.urls import DEVELOPMENT, PRODUCTION

HASTY = FetchLimits(timeout=timedelta(seconds=0.5), size=10_000)
DOCUMENT = {"issuer": "http://localhost"}


@pytest.fixture
def platforms():
    return HttpPlatforms(DEVELOPMENT, HASTY)


def refused(ask, *arguments) -> tuple[str, str]:
    with pytest.raises(RegistrationRefused) as refusal:
        ask(*arguments)
    return refusal.value.code, refusal.value.detail


def test_the_configuration_is_asked_for_with_the_token_as_bearer(platforms, httpserver):
    httpserver.expect_oneshot_request("/c", headers={"Authorization": "Bearer T"}).respond_with_json(DOCUMENT)
    assert json.loads(platforms.configuration(httpserver.url_for("/c"), "T")) == DOCUMENT
    assert httpserver.log[0][0].headers["User-Agent"].startswith("Onward")


def test_without_a_token_none_is_sent(platforms, httpserver):
    httpserver.expect_request("/c").respond_with_json(DOCUMENT)
    platforms.configuration(httpserver.url_for("/c"), "")
    assert "Authorization" not in httpserver.log[0][0].headers


def test_the_request_is_json_with_the_token_and_any_status_comes_back(platforms, httpserver):
    httpserver.expect_request("/r", method="POST", json={"a": 1}).respond_with_json({"error": "no"}, status=422)
    answered = platforms.register(httpserver.url_for("/r"), "T", {"a": 1})
    assert (answered.status, json.loads(answered.body)) == (422, {"error": "no"})
    sent = httpserver.log[0][0].headers
    assert (sent["Authorization"], sent["Content-Type"], sent["Accept"]) == (
        "Bearer T",
        "application/json",
        "application/json",
    )


def test_a_redirect_to_another_host_is_refused_and_the_token_stays(platforms, httpserver):
    elsewhere = httpserver.url_for("/other").replace("localhost", "127.0.0.1")
    assert elsewhere != httpserver.url_for("/other")
    httpserver.expect_request("/c").respond_with_data("", status=302, headers={"Location": elsewhere})
    assert refused(platforms.configuration, httpserver.url_for("/c"), "T") == (
        "configuration_unreachable",
        "It redirects to another host.",
    )
    assert [request.path for request, _ in httpserver.log] == ["/c"]


def test_a_redirect_of_the_registration_is_not_followed(platforms, httpserver):
    headers = {"Location": httpserver.url_for("/other")}
    httpserver.expect_request("/r").respond_with_data("", status=307, headers=headers)
    assert platforms.register(httpserver.url_for("/r"), "T", {}).status == 307
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_a_configuration_that_is_refused_says_by_which_status(platforms, httpserver, status):
    httpserver.expect_request("/c").respond_with_data("<h1>secret</h1>", status=status)
    code, detail = refused(platforms.configuration, httpserver.url_for("/c?token=once"), "T")
    assert (code, detail) == ("configuration_unreachable", f"The answer was {status}.")


def test_a_huge_answer_is_cut_off(platforms, httpserver):
    httpserver.expect_request("/c").respond_with_data("x" * 10_001)
    httpserver.expect_request("/r").respond_with_data("x" * 10_001)
    assert refused(platforms.configuration, httpserver.url_for("/c"), "")[0] == "configuration_unreachable"
    assert refused(platforms.register, httpserver.url_for("/r"), "", {})[0] == "platform_unreachable"


def test_a_slow_answer_is_given_up(platforms, httpserver):
    def drip(_request):
        return Response((time.sleep(0.2) or b"x" for _ in range(8)), headers={"Content-Length": "8"})

    httpserver.expect_request("/c").respond_with_handler(drip)
    began = time.monotonic()
    assert refused(platforms.configuration, httpserver.url_for("/c"), "")[0] == "configuration_unreachable"
    assert time.monotonic() - began < 1.5


def test_a_closed_port_is_told_without_the_url(platforms):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    code, detail = refused(platforms.configuration, f"http://127.0.0.1:{port}/c?token=once", "T")
    assert code == "configuration_unreachable"
    assert "once" not in detail


@pytest.mark.parametrize(
    "url",
    ["http://moodle.example/c", "https://127.0.0.1/c", "https://10.0.0.1/c", "https://[::1]/c", "https://localhost/c"],
)
def test_in_production_neither_http_nor_a_private_address_is_asked(url):
    production = HttpPlatforms(PRODUCTION, HASTY)
    assert refused(production.configuration, url, "T")[0] == "configuration_refused"
    assert refused(production.check, url, "jwks_uri")[0] == "endpoint_refused"
    assert refused(production.register, url, "T", {})[0] == "platform_unreachable"
