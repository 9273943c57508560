"""Tokens that the platform's key signed, with one claim wrong: each is refused by its own check."""

import json

import pytest

from connector.errors import LaunchRefused
from connector.lti.ports import DeploymentPolicy, DeploymentStanding
from tests.lti.harness import ABSENT, CLAIM, NOON, Scene

SECOND = int(NOON.timestamp())
LONG = "x" * 256

# (what is sent, the claim, its value, the code)
CLAIM_CASES = [
    ("issuer with a slash at the end", "iss", "https://moodle.example/", "iss_wrong"),
    ("issuer in capitals", "iss", "https://MOODLE.example", "iss_wrong"),
    ("issuer of somebody else", "iss", "https://evil.example", "iss_wrong"),
    ("issuer as list", "iss", ["https://moodle.example"], "iss_wrong"),
    ("no issuer", "iss", ABSENT, "iss_wrong"),
    ("foreign audience", "aud", "client-2", "aud_foreign"),
    ("second audience", "aud", ["client-1", "client-2"], "aud_foreign"),
    ("second audience first", "aud", ["client-2", "client-1"], "aud_foreign"),
    ("audience in capitals", "aud", "CLIENT-1", "aud_foreign"),
    ("empty audience list", "aud", [], "aud_missing"),
    ("empty audience", "aud", "", "aud_missing"),
    ("no audience", "aud", ABSENT, "aud_missing"),
    ("audience null", "aud", None, "aud_missing"),
    ("audience as number", "aud", 1, "aud_malformed"),
    ("audience as object", "aud", {"client-1": True}, "aud_malformed"),
    ("audience with a nested list", "aud", [["client-1"]], "aud_malformed"),
    ("several audiences without azp", "aud", ["client-1", "client-1"], "azp_missing"),
    ("foreign azp", "azp", "client-2", "azp_foreign"),
    ("azp as list", "azp", ["client-1"], "azp_foreign"),
    ("empty azp", "azp", "", "azp_foreign"),
    ("expired by 60 s", "exp", SECOND - 60, "token_expired"),
    ("expired long ago", "exp", 0, "token_expired"),
    ("no expiry", "exp", ABSENT, "exp_missing"),
    ("expiry null", "exp", None, "exp_missing"),
    ("expiry as text", "exp", str(SECOND + 60), "exp_malformed"),
    ("expiry as boolean", "exp", True, "exp_malformed"),
    ("expiry as list", "exp", [SECOND + 60], "exp_malformed"),
    ("expiry beyond all time", "exp", 10**40, "exp_malformed"),
    ("expiry negative", "exp", -1, "exp_malformed"),
    ("life of a day and a second", "exp", SECOND + 86401, "token_life_wrong"),
    ("ends as it begins", "exp", SECOND, "token_life_wrong"),
    ("issued 61 s ahead", "iat", SECOND + 61, "token_from_future"),
    ("no issue time", "iat", ABSENT, "iat_missing"),
    ("issue time as text", "iat", "now", "iat_malformed"),
    ("issue time as object", "iat", {}, "iat_malformed"),
    ("issued two days ago", "iat", SECOND - 172800, "token_life_wrong"),
    ("not before 61 s from now", "nbf", SECOND + 61, "token_not_yet_valid"),
    ("not before as text", "nbf", "later", "nbf_malformed"),
    ("no nonce", "nonce", ABSENT, "nonce_missing"),
    ("empty nonce", "nonce", "", "nonce_missing"),
    ("nonce as list", "nonce", ["n"], "nonce_missing"),
    ("made-up nonce", "nonce", "n" * 43, "nonce_wrong"),
    ("version 1.1", CLAIM + "version", "LTI-1p0", "version_wrong"),
    ("version 1.3", CLAIM + "version", "1.3", "version_wrong"),
    ("version as number", CLAIM + "version", 1.3, "version_wrong"),
    ("no version", CLAIM + "version", ABSENT, "version_wrong"),
    ("deep linking by a learner", CLAIM + "message_type", "LtiDeepLinkingRequest", "deep_linking_not_for_learners"),
    (
        "a message of Core that we do not serve",
        CLAIM + "message_type",
        "LtiSubmissionReviewRequest",
        "message_type_unknown",
    ),
    ("message type in small letters", CLAIM + "message_type", "ltiresourcelinkrequest", "message_type_unknown"),
    ("message type as list", CLAIM + "message_type", ["LtiResourceLinkRequest"], "message_type_unknown"),
    ("no message type", CLAIM + "message_type", ABSENT, "message_type_missing"),
    ("no deployment", CLAIM + "deployment_id", ABSENT, "deployment_missing"),
    ("empty deployment", CLAIM + "deployment_id", "", "deployment_malformed"),
    ("deployment as number", CLAIM + "deployment_id", 1, "deployment_malformed"),
    ("deployment of 256 characters", CLAIM + "deployment_id", LONG, "deployment_malformed"),
    ("deployment with NUL", CLAIM + "deployment_id", "dep\x00-1", "deployment_malformed"),
    ("target on another host", CLAIM + "target_link_uri", "https://evil.example/lti/launch", "target_link_uri_foreign"),
    ("target on another port", CLAIM + "target_link_uri", "https://tool.example:8443/", "target_link_uri_foreign"),
    ("target without TLS", CLAIM + "target_link_uri", "http://tool.example/", "target_link_uri_foreign"),
    (
        "target with our host as user",
        CLAIM + "target_link_uri",
        "https://tool.example@evil.example/",
        "target_link_uri_foreign",
    ),
    ("target with a user", CLAIM + "target_link_uri", "https://me@tool.example/", "target_link_uri_foreign"),
    (
        "target with a backslash",
        CLAIM + "target_link_uri",
        "https://evil.example\\@tool.example/",
        "target_link_uri_foreign",
    ),
    ("target with a tab", CLAIM + "target_link_uri", "https://tool\t.example/", "target_link_uri_foreign"),
    (
        "target with our host as prefix",
        CLAIM + "target_link_uri",
        "https://tool.example.evil.example/",
        "target_link_uri_foreign",
    ),
    ("target without scheme", CLAIM + "target_link_uri", "//tool.example/", "target_link_uri_foreign"),
    ("target as script", CLAIM + "target_link_uri", "javascript:alert(1)", "target_link_uri_foreign"),
    ("target with a broken port", CLAIM + "target_link_uri", "https://tool.example:x/", "target_link_uri_foreign"),
    ("target as number", CLAIM + "target_link_uri", 7, "target_link_uri_foreign"),
    ("no target", CLAIM + "target_link_uri", ABSENT, "target_link_uri_missing"),
    ("no resource link", CLAIM + "resource_link", ABSENT, "resource_link_missing"),
    ("resource link without id", CLAIM + "resource_link", {"title": "x"}, "resource_link_malformed"),
    ("resource link with empty id", CLAIM + "resource_link", {"id": ""}, "resource_link_malformed"),
    ("resource link id as number", CLAIM + "resource_link", {"id": 1}, "resource_link_malformed"),
    ("resource link id of 256 characters", CLAIM + "resource_link", {"id": LONG}, "resource_link_malformed"),
    ("resource link as text", CLAIM + "resource_link", "rl-1", "resource_link_malformed"),
    ("roles as text", CLAIM + "roles", "Instructor", "roles_malformed"),
    ("roles as number", CLAIM + "roles", 1, "roles_malformed"),
    ("roles as numbers", CLAIM + "roles", [1, 2], "roles_malformed"),
    ("roles as object", CLAIM + "roles", {"Instructor": True}, "roles_malformed"),
    ("201 roles", CLAIM + "roles", ["Learner"] * 201, "roles_malformed"),
    ("no roles", CLAIM + "roles", ABSENT, "roles_missing"),
    ("subject as number", "sub", 4, "sub_malformed"),
    ("subject as list", "sub", ["4"], "sub_malformed"),
    ("subject of 256 characters", "sub", LONG, "sub_malformed"),
    ("subject with half a surrogate pair", "sub", "\ud800", "sub_malformed"),
    ("context as text", CLAIM + "context", "c-1", "context_malformed"),
    ("context without id", CLAIM + "context", {"title": "x"}, "context_malformed"),
    ("context with empty id", CLAIM + "context", {"id": ""}, "context_malformed"),
    ("context id as number", CLAIM + "context", {"id": 4}, "context_malformed"),
    ("context as list", CLAIM + "context", [{"id": "c-1"}], "context_malformed"),
    ("custom as list", CLAIM + "custom", ["row=because"], "custom_malformed"),
    ("custom as text", CLAIM + "custom", "row=because", "custom_malformed"),
    ("presentation as text", CLAIM + "launch_presentation", "iframe", "launch_presentation_malformed"),
    (
        "return URL as script",
        CLAIM + "launch_presentation",
        {"return_url": "javascript:alert(1)"},
        "return_url_malformed",
    ),
    ("return URL as data", CLAIM + "launch_presentation", {"return_url": "data:text/html,x"}, "return_url_malformed"),
    ("return URL as path", CLAIM + "launch_presentation", {"return_url": "/course/1"}, "return_url_malformed"),
    (
        "return URL as list",
        CLAIM + "launch_presentation",
        {"return_url": ["https://a.example"]},
        "return_url_malformed",
    ),
]

# (what is sent, the payload's bytes, the code)
PAYLOAD_CASES = [
    ("a list", b"[]", "token_malformed"),
    ("a text", b'"x"', "token_malformed"),
    ("nothing", b" ", "token_malformed"),
    ("no JSON", b"{iss}", "token_malformed"),
    ("no UTF-8", b'{"iss":"\xff"}', "token_malformed"),
    ("NaN as expiry", b'{"exp":NaN}', "token_malformed"),
    ("Infinity as expiry", b'{"exp":Infinity}', "token_malformed"),
    ("a number of 5,000 digits", b'{"exp":' + b"9" * 5000 + b"}", "token_malformed"),
    ("a claim twice", b'{"iss":"https://moodle.example","iss":"https://evil.example"}', "token_malformed"),
    ("20,000 nested lists", b'{"a":' + b"[" * 20000 + b"]" * 20000 + b"}", "token_malformed"),
    ("an empty object", b"{}", "iss_wrong"),
]


@pytest.mark.parametrize(
    ("claim", "value", "code"), [case[1:] for case in CLAIM_CASES], ids=[c[0] for c in CLAIM_CASES]
)
def test_a_signed_launch_with_one_wrong_claim_is_refused_by_its_code(claim, value, code):
    with pytest.raises(LaunchRefused) as refused:
        Scene().launch(**{claim: value})
    assert refused.value.code == code


@pytest.mark.parametrize(("payload", "code"), [case[1:] for case in PAYLOAD_CASES], ids=[c[0] for c in PAYLOAD_CASES])
def test_a_signed_payload_that_is_no_clean_json_object_is_refused(payload, code):
    scene = Scene()
    with pytest.raises(LaunchRefused) as refused:
        scene.launch_raw(scene.token(payload))
    assert refused.value.code == code


def test_an_expiry_that_overflows_to_infinity_is_refused():
    scene = Scene()
    login = scene.login()
    payload = json.dumps(scene.claims(login.nonce, exp=0)).replace('"exp": 0', '"exp": 1e999').encode()
    with pytest.raises(LaunchRefused, match="exp_malformed"):
        scene.post({"state": login.state, "id_token": scene.token(payload)}, login.cookies)


def test_the_nonce_of_another_login_is_refused():
    scene = Scene()
    other, mine = scene.login(), scene.login()
    token = scene.token(scene.claims(other.nonce))
    with pytest.raises(LaunchRefused, match="nonce_wrong"):
        scene.post({"state": mine.state, "id_token": token}, mine.cookies)


def test_an_unknown_deployment_is_refused_where_the_policy_says_known_only():
    scene = Scene()
    scene.switch(deployment_policy=DeploymentPolicy.KNOWN)
    with pytest.raises(LaunchRefused, match="deployment_unknown"):
        scene.launch(**{CLAIM + "deployment_id": "dep-2"})


def test_a_deployment_that_waits_for_approval_is_refused_under_either_policy():
    scene = Scene()
    scene.book.standings["dep-2"] = DeploymentStanding.PENDING
    with pytest.raises(LaunchRefused, match="deployment_pending"):
        scene.launch(**{CLAIM + "deployment_id": "dep-2"})
