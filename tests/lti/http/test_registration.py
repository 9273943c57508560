"""A registration by its one-time URL, through the real application: the platforms are fakes of the port."""

import json
from dataclasses import replace

import pytest

from connector.administer import invites
from connector.lti.dynamic import PLATFORM_FIELD, TOOL_FIELD
from connector.lti.ports import DeploymentPolicy
from connector.lti.switches import Switches
from connector.store import tables
from tests.lti.http.desk import CONFIGURATION, SCHOOL, Desk, code_of
from tests.lti.http.stage import TOOL, frames_of, visit_of
from tests.lti.registering import EXCHANGE, TOKEN, FakePlatforms, brightspace, canvas, refused_by_canvas, sakai


@pytest.fixture
def desk(stage):
    return Desk(stage)


@pytest.fixture
def shared_desk(shared):
    return Desk(shared)


# --- the whole way -----------------------------------------------------------------------------------------------


def test_an_lms_opens_the_url_a_person_agrees_and_a_launch_works(desk):
    answer = desk.register(name="campus")
    record = desk.records()["campus"]
    assert (record.issuer, record.client_id, record.product) == (SCHOOL, "client-9", "moodle")
    assert (record.auth_url, record.jwks_url) == (f"{SCHOOL}/mod/lti/auth.php", f"{SCHOOL}/mod/lti/certs.php")
    assert desk.deployments("campus") == {"1": "approved"}
    for said in ("campus", SCHOOL, "client-9", "not shared: fine", "Course → More → LTI External tools"):
        assert said in answer.text
    stage = desk.stage
    stage.scene.switch(client_id="client-9")
    deployment = {"https://purl.imsglobal.org/spec/lti/claim/deployment_id": "1"}
    assert visit_of(stage.launch(**deployment))


def test_the_lms_is_asked_twice_with_its_token_and_told_what_moodle_accepted(desk):
    desk.register()
    (_, first, token), (_, second, again, request) = desk.lms.sent
    assert (first, second) == (CONFIGURATION, f"{SCHOOL}/mod/lti/openid-registration.php")
    assert token == again == TOKEN
    assert request["redirect_uris"] == [f"{TOOL}/lti/launch"]
    assert (request["initiate_login_uri"], request["jwks_uri"]) == (f"{TOOL}/lti/login", f"{TOOL}/lti/jwks")
    assert request[TOOL_FIELD]["domain"] == "tool.example"
    assert desk.lms.checked == ["authorization_endpoint", "registration_endpoint", "jwks_uri", "token_endpoint"]


def test_what_was_agreed_is_kept_with_the_platform(desk):
    desk.register(switches=Switches(username=True))
    record = desk.records()["moodle-2"]
    assert record.switches == {"username": True, "idnumber": False, "given_name": False, "roster": False}
    assert record.agreed == {
        "scopes": ["openid"],
        "claims": ["iss", "sub"],
        "messages": ["LtiResourceLinkRequest", "LtiDeepLinkingRequest"],
        "version": "5.1+ (Build: 20251017)",
        "configuration": CONFIGURATION,
    }


def test_the_recorded_answer_of_moodle_is_taken(desk):
    desk.lms.body = json.dumps(EXCHANGE["got"]).encode()
    answer = desk.register()
    record = desk.records()["moodle-2"]
    assert (record.client_id, desk.deployments("moodle-2")) == ("2c2Mj0x5sHdexS4", {"1": "approved"})
    assert "lti-ags/scope/score" in answer.text
    assert "not shared" not in answer.text


@pytest.mark.parametrize(
    ("configuration", "url", "product", "says"),
    [
        (canvas(), "https://school.instructure.com/api/lti/security/openid-configuration", "canvas", "In Canvas"),
        (
            brightspace(),
            "https://school.brightspace.example/d2l/.well-known/openid-configuration?t=once",
            "brightspace",
            "Manage Extensibility",
        ),
        (sakai(), "https://sakai.example/imsblis/lti13/openid_configuration?key=4", "sakai", "In Sakai"),
    ],
    ids=["canvas", "brightspace", "sakai"],
)
def test_simulated_products_register_and_their_page_says_what_comes_next(desk, configuration, url, product, says):
    desk.lms.given, desk.lms.deployment = configuration, None
    answer = desk.register(url)
    record = desk.records()[product]
    assert record.product == product
    assert "?" not in record.agreed["configuration"]
    assert says in answer.text
    assert "comes with the first launch" in answer.text
    assert desk.deployments(product) == {}


@pytest.mark.parametrize(
    "placements",
    [["course_navigation"], ["account_navigation"], ["editor_button", "course_navigation"], []],
    ids=["course", "account", "editor", "none"],
)
def test_a_canvas_that_refuses_what_it_does_not_offer_is_asked_for_nothing_else(desk, placements):
    configuration = canvas()
    messages = [
        {"type": kind, "placements": placements} for kind in ("LtiResourceLinkRequest", "LtiDeepLinkingRequest")
    ]
    configuration[PLATFORM_FIELD]["messages_supported"] = messages
    desk.lms.given, desk.lms.deployment = configuration, None
    desk.register("https://school.instructure.com/api/lti/security/openid-configuration")
    assert "canvas" in desk.records()
    assert refused_by_canvas(configuration, desk.lms.sent[-1][3]) == []


def test_the_stub_of_canvas_refuses_foreign_placements_scopes_and_texts_for_messages():
    asked = {
        "scope": "https://example.org/scope",
        TOOL_FIELD: {
            "messages": ["LtiResourceLinkRequest", {"type": "LtiResourceLinkRequest", "placements": ["homework"]}]
        },
    }
    assert refused_by_canvas(canvas(), asked) == [
        "https://example.org/scope",
        "message LtiResourceLinkRequest",
        "placements ['homework']",
    ]


def test_a_201_is_an_answer_too(desk):
    desk.lms.status = 201
    desk.register()


def test_an_invite_that_knows_its_deployments_says_that_the_first_launch_is_refused(desk):
    desk.lms.deployment = None
    answer = desk.register(policy=DeploymentPolicy.KNOWN)
    assert desk.records()["moodle-2"].deployment_policy == "known"
    assert "first launch is refused" in answer.text


# --- pages and frames --------------------------------------------------------------------------------------------


def test_the_first_page_may_stand_in_any_frame_and_asks_nobody(shared_desk):
    page = shared_desk.open(shared_desk.invite())
    assert frames_of(page) == ["*"]
    assert "moodle.example" in page.text
    assert page.text.count("not asked for") == 4
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in page.headers
    assert shared_desk.lms.sent == []


def test_the_first_page_says_what_each_switch_does(shared_desk):
    page = shared_desk.open(shared_desk.invite(switches=Switches(idnumber=True, given_name=True)))
    assert "ID number; a keyed hash of it is kept" in page.text
    assert "while the page is open, none is kept" in page.text
    assert page.text.count("not asked for") == 2


def test_the_last_page_may_stand_in_frames_of_the_lms_only_and_closes_to_it_only(desk):
    desk.lms.given = canvas()
    answer = desk.register("https://school.instructure.com/api/lti/security/openid-configuration")
    expected = ["https://canvas.instructure.com", "https://school.instructure.com", "https://sso.canvaslms.com"]
    assert frames_of(answer) == expected
    assert f'data-origins="{" ".join(expected)}"' in answer.text
    assert list(desk.records()["canvas"].frame_origins) == expected


def test_what_the_lms_says_is_escaped(desk):
    desk.lms.client_id = "<script>alert(1)</script>"
    assert "<script>alert" not in desk.register().text


@pytest.mark.parametrize("headers", [{"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}])
def test_a_prefetch_gets_nothing_and_does_nothing(shared_desk, headers):
    answer = shared_desk.open(shared_desk.invite(), headers=headers)
    assert (answer.status_code, answer.data, shared_desk.lms.sent) == (204, b"", [])


def test_neither_head_nor_any_number_of_gets_registers_anything(shared_desk):
    path = shared_desk.invite()
    assert shared_desk.open(path, "HEAD").status_code == 204
    for _ in range(3):
        assert shared_desk.open(path).status_code == 200
    assert shared_desk.lms.sent == []
    assert shared_desk.is_untouched()


def test_a_post_with_the_fields_in_its_query_only_registers_nothing(shared_desk):
    answer = shared_desk.open(shared_desk.invite(), "POST")
    assert (answer.status_code, code_of(answer)) == (400, "configuration_missing")
    assert shared_desk.is_untouched()


# --- invites -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_foreign_invite_is_refused_with_a_page_that_any_frame_shows(shared_desk, method):
    answer = shared_desk.open("/lti/register/" + "A" * 43, method)
    assert (answer.status_code, code_of(answer), frames_of(answer)) == (403, "invite_unknown", ["*"])
    assert "onward platform invite" in answer.text
    assert shared_desk.lms.sent == []


def test_an_invite_works_once(desk):
    path = desk.invite()
    assert desk.agree(path).status_code == 200
    for answer in (desk.open(path), desk.app.test_client().post(path, base_url=TOOL)):
        assert (answer.status_code, code_of(answer)) == (403, "invite_used")
    assert len(desk.registered()) == 1


def test_an_invite_ends_with_its_last_day(desk):
    path = desk.invite(days=1)
    desk.stage.scene.wait(24 * 3600 - 1)
    assert desk.open(path).status_code == 200
    desk.stage.scene.wait(1)
    assert code_of(desk.open(path)) == "invite_expired"


def test_of_two_registrations_at_once_by_one_invite_one_is_kept(desk):
    path = desk.invite()
    fields = {"openid_configuration": CONFIGURATION, "registration_token": TOKEN}
    rival = replace(desk.parts.registrations, platforms=FakePlatforms(client_id="client-first"))
    secret = path.rpartition("/")[2]
    desk.lms.before_answering = lambda: rival.register(secret, fields.items())
    answer = desk.agree(path)
    assert code_of(answer) == "invite_used"
    assert {record.client_id for record in desk.records().values()} == {"client-1", "client-first"}
    assert len(desk.registered()) == 1


def test_an_invite_that_was_cancelled_is_unknown(shared_desk):
    path = shared_desk.invite()
    number = shared_desk.stage.rows(tables.invite)[-1].id
    invites.cancel(number, shared_desk.stage.site.tenant, shared_desk.stage.site.sessions, shared_desk.stage.clock)
    assert code_of(shared_desk.open(path)) == "invite_unknown"
