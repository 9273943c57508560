"""Dynamic registration without I/O: Moodle's recorded exchange, other products simulated, and what is refused."""

import json

import pytest

from connector.lti.dynamic import (
    ENDPOINTS,
    PLATFORM_FIELD,
    ROSTER_SCOPE,
    TOOL_FIELD,
    Tool,
    error_code_of,
    judge,
    read_answer,
    read_configuration,
    write_request,
)
from connector.lti.products import OTHER, PRODUCTS
from connector.lti.registration_codes import RegistrationRefused
from connector.lti.switches import Switches
from tests.lti.registering import EXCHANGE, MOODLE, TOOL, brightspace, canvas, sakai, school

HTTPS = frozenset({"https"})
WELL_KNOWN = "https://moodle.example/mod/lti/openid-configuration.php"
NOTHING = Switches()
BOTH = ["LtiResourceLinkRequest", "LtiDeepLinkingRequest"]


def read(document):
    return read_configuration(json.dumps(document).encode())


def refusal(document, url=WELL_KNOWN, schemes=HTTPS) -> tuple[str, str]:
    with pytest.raises(RegistrationRefused) as refused:
        judge(read(document), url, schemes)
    return refused.value.code, refused.value.detail


# --- the recorded Moodle -----------------------------------------------------------------------------------------


def test_the_recorded_configuration_of_a_moodle_is_read():
    configuration = read(MOODLE)
    assert configuration.issuer == "http://localhost:8080"
    assert configuration.registration_endpoint == "http://localhost:8080/mod/lti/openid-registration.php"
    assert configuration.product.name == "Moodle"
    assert configuration.version == "5.1+ (Build: 20251017)"
    judge(configuration, "http://localhost:8080/mod/lti/openid-configuration.php", frozenset({"http", "https"}))


def test_our_request_to_moodle_has_the_fields_of_the_one_that_it_accepted():
    there = Tool("http://localhost:9000/login", "http://localhost:9000/launch", "http://localhost:9000/jwks")
    ours, accepted = write_request(read(MOODLE), there, NOTHING), EXCHANGE["sent"]
    assert set(accepted) - set(ours) == {"logo_uri"}
    same = [
        "application_type",
        "grant_types",
        "response_types",
        "token_endpoint_auth_method",
        "initiate_login_uri",
        "redirect_uris",
        "jwks_uri",
    ]
    assert {name: ours[name] for name in same} == {name: accepted[name] for name in same}
    assert set(accepted[TOOL_FIELD]) == set(ours[TOOL_FIELD])
    assert ours[TOOL_FIELD]["domain"] == accepted[TOOL_FIELD]["domain"] == "localhost:9000"
    assert ours[TOOL_FIELD]["target_link_uri"] == accepted[TOOL_FIELD]["target_link_uri"]


def test_the_recorded_answer_of_moodle_is_read():
    agreed = read_answer(json.dumps(EXCHANGE["got"]).encode(), EXCHANGE["sent"])
    assert (agreed.client_id, agreed.deployment) == ("2c2Mj0x5sHdexS4", "1")
    assert agreed.messages == ("LtiDeepLinkingRequest",)
    assert len(agreed.scopes) == 6
    assert agreed.shares_names


def test_nothing_about_people_is_asked_for_unless_it_is_switched_on():
    request = write_request(read(school()), TOOL, NOTHING)
    assert request["scope"] == "openid"
    assert request[TOOL_FIELD]["claims"] == ["iss", "sub"]
    assert request[TOOL_FIELD]["custom_parameters"] == {}
    assert [message["type"] for message in request[TOOL_FIELD]["messages"]] == BOTH


def test_each_switch_asks_for_its_own_thing_only():
    def asked(**switches):
        tool = write_request(read(school()), TOOL, Switches(**switches))[TOOL_FIELD]
        return tool["claims"][2:], tool["custom_parameters"]

    assert asked(username=True) == ([], {"username": "$User.username"})
    assert asked(idnumber=True) == ([], {"person_sourcedid": "$Person.sourcedId"})
    assert asked(given_name=True) == (["given_name"], {})
    assert asked(roster=True) == ([], {})


def test_the_roster_is_a_scope_that_is_asked_for_only_where_it_is_switched_on_and_offered():
    assert write_request(read(school()), TOOL, Switches(roster=True))["scope"] == f"openid {ROSTER_SCOPE}"
    assert write_request(read(school(scopes_supported=["openid"])), TOOL, Switches(roster=True))["scope"] == "openid"
    assert write_request(read(canvas()), TOOL, Switches(roster=True))["scope"] == ROSTER_SCOPE


def test_deep_linking_is_asked_for_only_where_the_platform_names_it():
    def kinds(document):
        return [one["type"] for one in write_request(read(document), TOOL, NOTHING)[TOOL_FIELD]["messages"]]

    assert kinds(school()) == BOTH
    assert kinds(brightspace()) == BOTH[:1]
    silent = {PLATFORM_FIELD: {"product_family_code": "moodle", "messages_supported": []}}
    assert kinds(school(**silent)) == BOTH[:1]


def test_canvas_simulated_gets_the_pickers_that_it_offers_for_deep_linking():
    offered = [
        {"type": "LtiResourceLinkRequest", "placements": ["course_navigation"]},
        {"type": "LtiDeepLinkingRequest", "placements": ["editor_button", "homework_submission"]},
    ]
    document = canvas()
    document[PLATFORM_FIELD]["messages_supported"] = offered
    messages = write_request(read(document), TOOL, NOTHING)[TOOL_FIELD]["messages"]
    assert [(one["type"], one["placements"]) for one in messages] == [
        ("LtiResourceLinkRequest", ["course_navigation"]),
        ("LtiDeepLinkingRequest", ["editor_button"]),
    ]


# --- other products, simulated -----------------------------------------------------------------------------------


def test_canvas_simulated_gets_placements_that_it_offers_and_no_scope_that_it_does_not_know():
    request = write_request(read(canvas()), TOOL, NOTHING)
    assert request["scope"] == ""
    assert request[TOOL_FIELD]["claims"] == ["iss", "sub", "locale"]
    assert request[TOOL_FIELD]["messages"][0]["placements"] == ["course_navigation"]
    assert request[TOOL_FIELD]["https://canvas.instructure.com/lti/privacy_level"] == "anonymous"
    named = write_request(read(canvas()), TOOL, Switches(given_name=True))
    assert named[TOOL_FIELD]["https://canvas.instructure.com/lti/privacy_level"] == "name_only"


def test_canvas_simulated_answers_without_a_deployment_and_under_its_shared_issuer():
    judge(read(canvas()), "https://school.instructure.com/api/lti/security/openid-configuration", HTTPS)
    judge(read(canvas()), "https://lms.school.example/api/lti/security/openid-configuration", HTTPS)
    request = write_request(read(canvas()), TOOL, NOTHING)
    agreed = read_answer(json.dumps({**request, "client_id": "10000000000001"}).encode(), request)
    assert (agreed.client_id, agreed.deployment, agreed.shares_names) == ("10000000000001", "", False)


@pytest.mark.parametrize("field", ["authorization_endpoint", "jwks_uri", "token_endpoint"])
def test_a_shared_issuer_with_keys_logins_or_tokens_elsewhere_is_refused(field):
    forged = canvas(**{field: "https://canvaslms.com.evil.example/x"})
    assert refusal(forged, "https://school.instructure.com/x") == ("issuer_host_wrong", "canvaslms.com.evil.example")


@pytest.mark.parametrize(
    ("document", "name"), [(brightspace(), "Brightspace"), (sakai(), "Sakai")], ids=["brightspace", "sakai"]
)
def test_brightspace_and_sakai_simulated_are_known_and_get_a_plain_message(document, name):
    configuration = read(document)
    judge(configuration, f"{configuration.issuer}/.well-known/openid-configuration?token=once", HTTPS)
    message = write_request(configuration, TOOL, NOTHING)[TOOL_FIELD]["messages"][0]
    assert configuration.product.name == name
    assert set(message) == {"type", "target_link_uri", "label"}


def test_a_product_that_nobody_knows_is_registered_all_the_same():
    unknown = read(school(**{PLATFORM_FIELD: None}))
    assert unknown.product is OTHER
    judge(unknown, WELL_KNOWN, HTTPS)


def test_every_product_says_what_comes_next_and_no_family_means_two():
    families = [family for product in PRODUCTS for family in product.families]
    assert len(families) == len(set(families))
    assert all(product.name in product.next_step for product in PRODUCTS)


# --- what is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["issuer", *ENDPOINTS])
@pytest.mark.parametrize(
    "value", [None, "", 7, ["https://moodle.example"], "https://x\x00y", "https://m/" + "x" * 2048]
)
def test_a_configuration_that_lacks_what_a_launch_needs_is_refused_by_the_fields_name(name, value):
    with pytest.raises(RegistrationRefused) as refused:
        read(school(**{name: value}))
    assert (refused.value.code, refused.value.detail) == ("configuration_malformed", name)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'"x"', b"\xff", b"[" * 100_000])
def test_a_configuration_that_is_no_object_is_refused(body):
    with pytest.raises(RegistrationRefused) as refused:
        read_configuration(body)
    assert refused.value.code == "configuration_malformed"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/openid-configuration",
        "https://moodle.example.evil.example/",
        "https://moodle.example:8443/openid-configuration",
        "https://sub.moodle.example/openid-configuration",
    ],
)
def test_an_issuer_of_another_origin_than_its_configuration_is_refused(url):
    assert refusal(school(), url) == ("issuer_host_wrong", "moodle.example")


def test_an_issuer_without_https_is_refused_in_production():
    assert refusal(school("http://moodle.example"), "http://moodle.example/c") == ("configuration_malformed", "issuer")


@pytest.mark.parametrize("issuer", ["https://moodle.example?x", "https://moodle.example#x", "https://[x", "moodle"])
def test_an_issuer_that_is_no_origin_or_path_is_refused(issuer):
    assert refusal(school(issuer=issuer)) == ("configuration_malformed", "issuer")


@pytest.mark.parametrize("host", ["a;script-src *", "a'b", "a,b", "münchen.example", "*.example", "a%3bb"])
def test_a_host_that_could_change_a_security_policy_is_refused(host):
    assert refusal(school(authorization_endpoint=f"https://{host}/auth")) == (
        "configuration_malformed",
        "authorization_endpoint",
    )


@pytest.mark.parametrize("algorithms", [None, [], ["HS256", "none"], "RS256"])
def test_a_platform_that_does_not_offer_rs256_is_refused(algorithms):
    document = school(id_token_signing_alg_values_supported=algorithms)
    assert refusal(document)[0] == "algorithm_missing"


@pytest.mark.parametrize("client_id", [None, "", 1.5, True, "x" * 256, "a\nb", ["x"]])
def test_an_answer_without_a_usable_client_id_is_refused(client_id):
    with pytest.raises(RegistrationRefused) as refused:
        read_answer(json.dumps({"client_id": client_id}).encode(), EXCHANGE["sent"])
    assert (refused.value.code, refused.value.detail) == ("answer_malformed", "client_id")


def test_an_answer_that_repeats_nothing_means_what_was_asked():
    request = write_request(read(school()), TOOL, NOTHING)
    agreed = read_answer(b'{"client_id": 10000000000001}', request)
    assert agreed.client_id == "10000000000001"
    assert (agreed.claims, agreed.messages) == (("iss", "sub"), tuple(BOTH))
    assert agreed.scopes == ("openid",)


def test_an_answer_with_odd_shapes_in_what_only_decorates_is_read():
    odd = {"client_id": "c", "scope": 7, TOOL_FIELD: {"claims": "sub", "messages": [3, {}], "deployment_id": 5}}
    agreed = read_answer(json.dumps(odd).encode(), EXCHANGE["sent"])
    assert (agreed.deployment, agreed.scopes, agreed.claims) == ("5", (), ())


def test_only_a_plain_word_of_a_refusal_is_repeated():
    assert error_code_of(b'{"error": "invalid_redirect_uri"}') == "invalid_redirect_uri"
    for body in (b'{"error": "<b>Ann</b>"}', b'{"error": 4}', b"[]", b"no", b'{"error": "' + b"a" * 61 + b'"}'):
        assert error_code_of(body) == ""
