"""Registrations that are refused, that come again, and what is kept and told of them."""

import json
from datetime import timedelta

import pytest
import structlog
from sqlalchemy import update

from connector.administer import invites
from connector.administer import platforms as by_hand
from connector.lti.ports import DeploymentPolicy
from connector.lti.registration_codes import RegistrationRefused
from connector.lti.switches import Switches
from connector.store import platforms, site, tables
from tests.lti.harness import NOON
from tests.lti.http.desk import CONFIGURATION, SCHOOL, Desk, code_of
from tests.lti.http.stage import TOOL, frames_of
from tests.lti.registering import TOKEN, canvas, school


@pytest.fixture
def desk(stage):
    return Desk(stage)


@pytest.fixture
def shared_desk(shared):
    return Desk(shared)


# --- refusals that leave everything as it was --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code", "says"),
    [
        ({"down": "configuration"}, "configuration_unreachable", "Timeout"),
        ({"down": "registration"}, "platform_unreachable", "took too long"),
        ({"given": b"<html>"}, "configuration_malformed", "not JSON"),
        ({"given": school(jwks_uri=None)}, "configuration_malformed", "jwks_uri"),
        ({"given": school("https://evil.example")}, "issuer_host_wrong", "evil.example"),
        ({"given": school(id_token_signing_alg_values_supported=["HS256"])}, "algorithm_missing", "RS256"),
        ({"given": school(jwks_uri="https://10.0.0.1/jwks")}, "endpoint_refused", "jwks_uri"),
        ({"status": 400, "body": b'{"error": "invalid_redirect_uri", "x": "Ann"}'}, "platform_denied", "400 invalid_r"),
        ({"status": 422, "body": b"<p>Ann Learner</p>"}, "platform_denied", "422"),
        ({"status": 302, "body": b""}, "platform_denied", "302"),
        ({"status": 500, "body": b""}, "platform_denied", "500"),
        ({"body": b"{}"}, "answer_malformed", "client_id"),
        ({"body": b"thanks"}, "answer_malformed", "not JSON"),
    ],
)
def test_whatever_goes_wrong_at_the_lms_nothing_is_kept_and_the_link_stays_good(shared_desk, changes, code, says):
    for name, value in changes.items():
        setattr(shared_desk.lms, name, value)
    path = shared_desk.invite()
    answer = shared_desk.agree(path)
    assert (code_of(answer), answer.status_code // 100) == (code, 4)
    assert says in answer.text
    assert "the link stays good" in answer.text
    assert "Ann" not in answer.text
    assert frames_of(answer) == ["*"]
    assert shared_desk.is_untouched()
    assert shared_desk.open(path).status_code == 200


@pytest.mark.parametrize("url", ["", "moodle", "javascript:alert(1)", "https://u:p@moodle.example/", "https://"])
def test_without_the_address_of_a_configuration_the_page_says_where_to_paste_the_link(shared_desk, url):
    answer = shared_desk.open(shared_desk.invite(), url=url)
    assert (answer.status_code, code_of(answer)) == (400, "configuration_missing")


@pytest.mark.parametrize("token", ["a\r\nX: y", "a b", "\xe9", "x" * 8193])
def test_a_token_that_is_no_token_is_refused(shared_desk, token):
    assert code_of(shared_desk.open(shared_desk.invite(), token=token)) == "invite_fields_malformed"


def test_a_repeated_field_is_refused(shared_desk):
    path = f"{shared_desk.invite()}?openid_configuration={CONFIGURATION}&openid_configuration={CONFIGURATION}"
    answer = shared_desk.app.test_client().get(path, base_url=TOOL)
    assert code_of(answer) == "invite_fields_malformed"


# --- again -------------------------------------------------------------------------------------------------------


def test_a_second_registration_brings_up_to_date_and_keeps_what_belongs_to_people(desk):
    desk.register(name="campus")
    stage = desk.stage
    by_hand.change(
        "campus",
        by_hand.PlatformChange(approve=("7",), refuse=("8",), frame_origins=("https://www.moodle.example",)),
        stage.site.tenant,
        stage.site.sessions,
        stage.clock,
    )
    rules = {"username": SCHOOL}
    with stage.site.sessions.begin() as session:
        platforms.change(session, stage.site.tenant, "campus", {"match_rules": rules})
    before = desk.records()["campus"]
    desk.lms.given = school(jwks_uri=f"{SCHOOL}/new-keys", authorization_endpoint="https://sso.school.example/auth")
    answer = desk.register(name="university", switches=Switches(idnumber=True), policy=DeploymentPolicy.KNOWN)
    after = desk.records()["university"]
    assert "nothing was lost" in answer.text
    assert set(desk.records()) == {"moodle", "university"}
    assert (after.id, after.match_rules, after.deployment_policy) == (before.id, rules, "approve")
    assert after.jwks_url == f"{SCHOOL}/new-keys"
    assert after.switches["idnumber"]
    assert after.frame_origins == (SCHOOL, "https://sso.school.example", "https://www.moodle.example")
    assert desk.deployments("university") == {"1": "approved", "7": "approved", "8": "disabled"}


def test_a_platform_that_was_added_by_hand_is_brought_up_to_date_and_keeps_its_name(desk):
    desk.lms.client_id = "client-1"
    desk.register()
    assert set(desk.records()) == {"moodle"}
    assert desk.records()["moodle"].agreed is not None


def test_a_platform_that_is_switched_off_stays_off_and_the_page_says_so(desk):
    desk.lms.client_id = "client-1"
    by_hand.disable("moodle", desk.stage.site.tenant, desk.stage.site.sessions)
    answer = desk.register()
    assert "onward platform enable" in answer.text
    assert not desk.records()["moodle"].active


def test_two_platforms_that_are_called_the_same_get_two_names(desk):
    for client in ("client-8", "client-9"):
        desk.lms.client_id = client
        desk.register(name="moodle")
    assert set(desk.records()) == {"moodle", "moodle-2", "moodle-3"}


def test_another_tenants_registration_is_never_changed(desk):
    desk.register(name="campus")
    path = desk.invite()
    with desk.stage.site.sessions.begin() as session:
        other = site.add_tenant(session, "other", NOON)
        session.execute(update(tables.invite).where(tables.invite.c.used_at.is_(None)).values(tenant_id=other))
    before = desk.records()["campus"]
    answer = desk.agree(path)
    assert (answer.status_code, code_of(answer)) == (403, "registration_foreign")
    assert desk.records()["campus"] == before
    assert desk.open(path).status_code == 200


def test_another_school_under_a_shared_issuer_cannot_take_a_registration_over(desk):
    desk.lms.given = canvas()
    desk.register("https://school.instructure.com/api/lti/security/openid-configuration", name="school")
    before = desk.records()["school"]
    answer = desk.agree(desk.invite(name="mine"), "https://rival.instructure.com/api/lti/security/openid-configuration")
    assert code_of(answer) == "registration_foreign"
    assert desk.records()["school"] == before


# --- what is kept and told ---------------------------------------------------------------------------------------


def test_neither_secret_nor_token_is_in_any_table_or_log_line(desk, caplog):
    with structlog.testing.capture_logs() as logged:
        path = desk.invite()
        secret = path.rpartition("/")[2]
        desk.lms.status, desk.lms.body = 400, json.dumps({"error": TOKEN.replace("-", "_")}).encode()
        desk.agree(path)
        desk.lms.status, desk.lms.body = 400, b'{"error": "once"}'
        desk.agree(path, token="once")
        desk.lms.status, desk.lms.body = 200, None
        desk.agree(path, f"{CONFIGURATION}?token={TOKEN}")
        desk.open(path)
    kept = repr([desk.stage.rows(table) for table in tables.metadata.sorted_tables]) + repr(logged) + caplog.text
    assert len(secret) == 43
    assert "platform_registered" in kept
    for hidden in (secret, TOKEN, "'400 once'"):
        assert hidden not in kept


def test_the_registration_is_audited_and_logged_with_name_and_product_only(desk):
    with structlog.testing.capture_logs() as logged:
        desk.register(name="campus")
    assert [(row.code, row.detail) for row in desk.registered()] == [
        ("moodle", {"platform": "campus", "product": "moodle", "again": False})
    ]
    assert {"event": "platform_registered", "log_level": "info", "product": "moodle", "known_before": False} in logged


def test_a_fault_of_ours_tells_the_log_the_route_and_not_the_secret(shared_desk):
    def fails():
        raise ZeroDivisionError

    shared_desk.lms.before_answering = fails
    path = shared_desk.invite()
    with structlog.testing.capture_logs() as logged:
        assert shared_desk.agree(path).status_code == 500
    assert [line["path"] for line in logged] == ["/lti/register/<secret>"]
    assert path.rpartition("/")[2] not in repr(logged)
    assert shared_desk.is_untouched()


def test_on_both_databases_an_invite_is_taken_once_and_told_in_the_list(stage_on_both):
    desk = Desk(stage_on_both)
    desk.register(name="campus", days=3)
    desk.invite(days=1)
    desk.invite(days=2)
    rows = invites.listed(desk.stage.site.tenant, desk.stage.site.readers, NOON + timedelta(days=1))
    assert [(row["state"], row["platform"]) for row in rows] == [("used", "campus"), ("expired", ""), ("open", "")]
    with pytest.raises(RegistrationRefused):
        desk.parts.registrations.register("nothing", [])
