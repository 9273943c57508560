"""Refusals, errors, registrations: in the pseudo-locale all that they say stands in brackets, so it is translated."""

from dataclasses import fields
from itertools import product

import pytest
from flask import Flask, abort
from sqlalchemy.exc import DatabaseError, OperationalError

from connector.errors import BadInput, LaunchRefused, VisitRefused
from connector.lti.codes import REFUSALS
from connector.lti.dynamic import Agreed
from connector.lti.products import OTHER, PRODUCTS
from connector.lti.registration_codes import REGISTRATION_REFUSALS, RegistrationRefused
from connector.lti.switches import Switches
from connector.register import Asked, Offer, Registered
from connector.web import deep_linking, errors, health, launch, page, register
from connector.web.look import Look, browser_language
from tests.unit.widgets.brackets import hard_coded
from widgets.pseudo import TAG, pseudo
from widgets.view import AboutView, MessageKind, Theme
from widgets.wording import offer, wording_for

LOOK = Look(Theme.LIGHT, demo=True, about=AboutView())
HTTP = (400, 401, 403, 404, 405, 413, 414, 415, 429, 431, 500)
ALL, NONE = (Switches(*[on] * len(fields(Switches))) for on in (True, False))


class Sites(dict):
    """The errors that ``/raise/NAME`` raises."""


@pytest.fixture(scope="module")
def raised() -> Sites:
    return Sites()


@pytest.fixture(scope="module")
def client(raised):
    offer(pseudo())
    app = Flask("errors")
    errors.install(app, LOOK, damaged=DatabaseError)
    app.register_blueprint(health.blueprint(list, LOOK, "a-token"))

    @app.get("/raise")
    def fail():
        raise raised["error"]

    @app.get("/page")
    def fail_in_the_carousel():
        raise raised["error"]

    @app.get("/abort/<int:status>")
    def answer(status: int):
        abort(status)

    return app.test_client()


@pytest.fixture
def ask(client, raised):
    def asked(path: str, error: Exception | None = None, language: str = TAG) -> str:
        raised["error"] = error
        return client.get(path, headers={"Accept-Language": language}).text

    return asked


@pytest.mark.parametrize("code", REFUSALS)
def test_every_refusal_of_a_launch_is_a_message(ask, code):
    assert hard_coded(ask("/raise", LaunchRefused(code, "detail")), {code}) == []


@pytest.mark.parametrize("code", [code for code in REFUSALS if code.startswith("visit")])
def test_every_refusal_of_a_visit_is_a_message(ask, code):
    assert hard_coded(ask("/raise", VisitRefused(code)), {code}) == []


def test_a_refusal_is_said_in_the_first_language_of_the_browser_that_we_write(ask):
    said = ask("/raise", LaunchRefused("nonce_wrong"), language="sw, de-AT;q=0.8, en;q=0.5")
    assert '<html lang="de-AT"' in said
    assert "Die Nachricht Ihrer Lernplattform konnte nicht geprüft werden." in said


@pytest.mark.parametrize("sentence", [page.ON_OR_OFF, page.TOO_MANY_ACTS, page.OTHER_SHAPE])
def test_what_is_wrong_with_a_form_is_a_message(ask, sentence):
    assert hard_coded(ask("/raise", BadInput(sentence))) == []


@pytest.mark.parametrize("status", HTTP)
def test_every_answer_of_http_is_a_message(ask, status):
    assert hard_coded(ask(f"/abort/{status}"), {str(status)}) == []


def test_a_wrong_method_an_unknown_address_and_refused_metrics_are_messages(ask, client):
    wrong = client.post("/raise", headers={"Accept-Language": TAG}).text
    assert hard_coded(wrong, {"405"}) == hard_coded(ask("/nowhere"), {"404"}) == []
    assert hard_coded(ask("/metrics"), {"403"}) == []


@pytest.mark.parametrize("path", ["/raise", "/page"])
def test_a_failure_of_ours_is_a_message_with_a_code(ask, path):
    left = hard_coded(ask(path, ZeroDivisionError("secret")))
    assert len(left) == 1
    assert left[0].startswith("R-")
    down = ask(path, OperationalError("select", {}, Exception("down")))
    assert hard_coded(down, {"database_unavailable"}) == []


def test_the_front_page_is_a_message_and_says_what_lacks_as_operators_know_it(ask):
    assert hard_coded(ask("/"), {"Onward"}) == []
    with Flask("lacking").test_request_context(headers={"Accept-Language": TAG}):
        assert hard_coded(health._greeting(["ONWARD_KEY is missing."])) == []


@pytest.fixture
def context(client):
    with client.application.test_request_context(headers={"Accept-Language": TAG}) as found:
        yield found


def test_messages_of_a_launch_that_cannot_go_on_are_messages(context):
    assert hard_coded(launch._no_cookies(LOOK).get_data(as_text=True)) == []
    assert [hard_coded(launch._message(kind, LOOK).get_data(as_text=True)) for kind in MessageKind] == [[]] * len(
        MessageKind
    )


@pytest.mark.parametrize("code", REGISTRATION_REFUSALS)
def test_every_refusal_of_a_registration_is_a_message_but_for_its_technical_detail(context, code):
    assert hard_coded(register._refusal(RegistrationRefused(code), LOOK).get_data(as_text=True), {code}) == []
    detailed = register._refusal(RegistrationRefused(code, "jwks_uri"), LOOK).get_data(as_text=True)
    assert hard_coded(detailed, {code, "(jwks_uri)"}) == []


@pytest.mark.parametrize("switches", [ALL, NONE])
def test_what_a_registration_asks_for_is_made_of_messages(context, switches):
    asked = Offer(Asked("https://lms.example/configuration", "token"), switches)
    assert hard_coded(register._page(register._offered(asked, LOOK)).get_data(as_text=True), {"lms.example"}) == []


@pytest.mark.parametrize(
    ("product", "known_before", "policy", "active", "full"),
    [
        *((one.code, False, "any", True, True) for one in (OTHER, *PRODUCTS)),
        *(("", *each) for each in product((True, False), ("any", "known"), (True, False), (True, False))),
    ],
)
def test_what_was_agreed_is_made_of_messages(context, product, known_before, policy, active, full):
    shown = ("1", ("openid", "https://scope.example/a"), ("sub", "name")) if full else ("", ("openid",), ("sub",))
    agreed = Agreed("client-9", *shown, messages=())
    done = Registered(
        "School", "https://lms.example", product, agreed, ALL, known_before, policy, active, ("https://l",)
    )
    data = {"https://lms.example", "client-9", "1", "https://scope.example/a"}
    assert hard_coded(register._page(register._registered(done, LOOK)).get_data(as_text=True), data) == []


@pytest.mark.parametrize("sentence", [deep_linking.CHOOSE_A_COURSE, deep_linking.CHOOSE_AGAIN])
def test_what_is_wrong_with_a_choice_is_a_message(context, sentence):
    assert hard_coded(wording_for(browser_language()).gettext(sentence)) == []
