"""The demo LMS as a process: its pages, its launch by ``lti1p3platform``, and the completion that it sends."""

import re
import socket
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from connector.demo.lms import LrsAccess, RunningLms, ToolRegistration, start_lms

PYTHON = Path(__file__).parents[3] / ".peers" / "lms" / "bin" / "python"
CLAIM = "https://purl.imsglobal.org/spec/lti/claim"
TOOL = ToolRegistration("http://127.0.0.1:2/lti/login", "http://127.0.0.1:2/lti/launch", "demo-client", "1")

pytestmark = [
    pytest.mark.peers,
    pytest.mark.skipif(
        not PYTHON.exists(), reason="the demo LMS's environment .peers/lms is missing: `make test` makes it"
    ),
]


@pytest.fixture(scope="module")
def lrs() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1") as server:
        yield server


@pytest.fixture(scope="module")
def lms(tmp_path_factory, lrs) -> Iterator[RunningLms]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with start_lms(
        PYTHON, tmp_path_factory.mktemp("lms"), port, TOOL, LrsAccess(lrs.url_for("/xAPI"), "k", "s")
    ) as running:
        yield running


@pytest.fixture
def visitor() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


def become(visitor: requests.Session, lms: RunningLms, user_id: str) -> requests.Response:
    return visitor.post(f"{lms.issuer}/person", data={"user_id": user_id}, timeout=10)


def login(visitor: requests.Session, lms: RunningLms, query: str) -> dict[str, str]:
    answer = visitor.get(f"{lms.issuer}/lti/launch?{query}", allow_redirects=False, timeout=10)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{TOOL.login_url}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def auth_request(sent: dict[str, str], **changed: str) -> dict[str, str]:
    return {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": "demo-client",
        "redirect_uri": TOOL.launch_url,
        "state": "s-1",
        "nonce": "n-1",
        "login_hint": sent["login_hint"],
        "lti_message_hint": sent["lti_message_hint"],
        **changed,
    }


def claims(lms: RunningLms, page: str) -> dict:
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))
    assert fields["state"] == "s-1"
    key = jwt.PyJWKClient(lms.jwks_url).get_signing_key_from_jwt(fields["id_token"])
    return jwt.decode(
        fields["id_token"],
        key,
        algorithms=["RS256"],
        audience="demo-client",
        issuer=lms.issuer,
        options={"require": ["exp", "iat"]},
    )


def launch(visitor: requests.Session, lms: RunningLms, user_id: str, query: str) -> dict:
    """Do what a tool does; the authentication request carries no cookie, as from a cross-site frame."""
    become(visitor, lms, user_id)
    answer = requests.get(lms.auth_url, auth_request(login(visitor, lms, query)), timeout=10)
    assert answer.status_code == 200
    assert f'action="{TOOL.launch_url}"' in answer.text
    return claims(lms, answer.text)


def test_the_first_page_offers_five_people_and_says_that_they_are_simulated(visitor, lms):
    page = visitor.get(lms.issuer, timeout=10)
    assert page.status_code == 200
    assert page.text.count('name="user_id"') == 5
    assert "all people here are simulated" in page.text


def test_choosing_a_person_opens_their_course_with_the_row_in_a_frame(visitor, lms):
    page = become(visitor, lms, "102")
    assert page.url == f"{lms.issuer}/course/view.php?id=121"
    assert "Invoices: check, approve, archive" in page.text
    assert '<iframe src="/lti/launch?course=121"' in page.text


@pytest.mark.parametrize("path", ["/", "/home", "/course/view.php?id=11", "/course/view.php?id=132"])
def test_every_page_of_a_signed_in_person_is_there_and_carries_the_banner(visitor, lms, path):
    become(visitor, lms, "103")
    page = visitor.get(f"{lms.issuer}{path}", timeout=10)
    assert page.status_code == 200
    assert "simulated" in page.text


def test_the_french_person_gets_french_words(visitor, lms):
    page = become(visitor, lms, "104")
    assert '<html lang="fr">' in page.text
    assert "Terminer ce cours" in page.text


@pytest.mark.parametrize("number", ["51", "98", "37", "999", "x"])
def test_a_hidden_pageless_or_unknown_course_answers_404(visitor, lms, number):
    become(visitor, lms, "102")
    assert visitor.get(f"{lms.issuer}/course/view.php?id={number}", timeout=10).status_code == 404


@pytest.mark.parametrize("path", ["/home", "/course/view.php?id=11", "/lti/launch?course=11"])
def test_without_a_person_every_other_page_leads_to_the_choice(visitor, lms, path):
    assert visitor.get(f"{lms.issuer}{path}", timeout=10).url == f"{lms.issuer}/"


def test_the_login_request_carries_what_lti_asks_for(visitor, lms):
    become(visitor, lms, "102")
    sent = login(visitor, lms, "course=12")
    assert sent.pop("lti_message_hint")
    assert sent == {
        "iss": lms.issuer,
        "target_link_uri": TOOL.launch_url,
        "login_hint": "102",
        "client_id": "demo-client",
        "lti_deployment_id": "1",
    }


def test_the_id_token_verifies_with_the_published_key_and_names_person_course_and_language(visitor, lms):
    got = launch(visitor, lms, "104", "course=84")
    assert (got["sub"], got["nonce"], got["given_name"]) == ("104", "n-1", "Camille")
    assert got[f"{CLAIM}/message_type"] == "LtiResourceLinkRequest"
    assert got[f"{CLAIM}/version"] == "1.3.0"
    assert got[f"{CLAIM}/deployment_id"] == "1"
    assert got[f"{CLAIM}/target_link_uri"] == TOOL.launch_url
    assert got[f"{CLAIM}/roles"] == ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"]
    assert got[f"{CLAIM}/context"]["id"] == "84"
    assert got[f"{CLAIM}/context"]["title"].startswith("Piloter son premier")
    assert got[f"{CLAIM}/resource_link"]["id"] == "84"
    assert got[f"{CLAIM}/custom"] == {"course_id": "84"}
    presentation = got[f"{CLAIM}/launch_presentation"]
    assert (presentation["locale"], presentation["document_target"]) == ("fr", "iframe")
    assert presentation["return_url"] == f"{lms.issuer}/course/view.php?id=84"


def test_a_name_is_sent_only_for_people_whose_name_is_shared(visitor, lms):
    got = launch(visitor, lms, "101", "course=11")
    assert not {"name", "given_name", "family_name", "email"} & set(got)


def test_the_instructor_launches_the_site_home_in_a_window(visitor, lms):
    got = launch(visitor, lms, "105", "target=window")
    assert got[f"{CLAIM}/roles"] == ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"]
    assert got[f"{CLAIM}/context"]["id"] == "1"
    assert got[f"{CLAIM}/context"]["type"] == ["Group"]
    assert got[f"{CLAIM}/launch_presentation"]["document_target"] == "window"


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "http://127.0.0.1:2/elsewhere"},
        {"client_id": "another"},
        {"scope": "profile"},
        {"response_mode": "query"},
        {"response_type": "code"},
        {"prompt": "login"},
        {"nonce": ""},
        {"state": ""},
        {"login_hint": "103"},
        {"lti_message_hint": "WyIxMDIiXQ.forged.hint"},
    ],
)
def test_a_wrong_authentication_request_gets_no_token(visitor, lms, changed):
    become(visitor, lms, "102")
    answer = requests.post(lms.auth_url, auth_request(login(visitor, lms, "course=12"), **changed), timeout=10)
    assert answer.status_code == 400
    assert "id_token" not in re.findall(r'name="(\w+)"', answer.text)


def test_completing_a_course_sends_moodles_statement_and_then_offers_the_new_row(visitor, lms, lrs):
    taken: list[Request] = []

    def take(request: Request) -> Response:
        taken.append(request)
        return Response('["id"]', mimetype="application/json")

    lrs.expect_oneshot_request("/xAPI/statements", method="POST").respond_with_handler(take)
    become(visitor, lms, "102")
    page = visitor.post(f"{lms.issuer}/course/complete", data={"id": "12"}, timeout=10)
    assert page.url == f"{lms.issuer}/course/view.php?id=12&recorded=yes"
    assert "Recorded. The row below follows within seconds." in page.text
    assert 'data-reload-after="4"' in page.text
    assert "Complete this course" not in page.text
    (request,) = taken
    statement = request.get_json()
    assert (request.authorization.username, request.authorization.password) == ("k", "s")
    assert request.headers["X-Experience-API-Version"] == "1.0.3"
    assert statement["actor"]["account"] == {"homePage": lms.issuer, "name": "102"}
    assert statement["verb"]["id"] == "http://adlnet.gov/expapi/verbs/completed"
    assert statement["object"]["id"] == f"{lms.issuer}/course/view.php?id=12"


def test_a_completion_that_the_lrs_does_not_take_is_told_and_can_be_tried_again(visitor, lms, lrs):
    lrs.expect_oneshot_request("/xAPI/statements", method="POST").respond_with_data("down", status=503)
    become(visitor, lms, "103")
    page = visitor.post(f"{lms.issuer}/course/complete", data={"id": "20"}, timeout=10)
    assert "Not recorded" in page.text
    assert "Complete this course" in unescape(page.text)


def test_an_instructor_cannot_complete_a_course(visitor, lms):
    assert "Only learners complete courses" in become(visitor, lms, "105").text
    assert visitor.post(f"{lms.issuer}/course/complete", data={"id": "11"}, timeout=10).status_code == 403


def test_the_key_is_private_public_part_only_and_large_enough(lms):
    (key,) = requests.get(lms.jwks_url, timeout=10).json()["keys"]
    assert (key["kty"], key["alg"], key["use"]) == ("RSA", "RS256", "sig")
    assert "d" not in key
    assert len(key["n"]) >= 342
