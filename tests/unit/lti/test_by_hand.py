"""Registration by hand without I/O: what goes where in each LMS, what follows from what, and which field is wrong."""

import re

import pytest

from connector.errors import BadInput
from connector.lti.by_hand import FIELDS, our_values, pasted
from connector.lti.by_hand_checks import Fault, Filled, judged
from connector.lti.by_hand_words import LMSS, lms_called
from connector.lti.canvas import canvas_configuration
from connector.lti.dynamic import tool_at
from connector.lti.products import PRODUCTS

HTTPS = frozenset({"https"})
TOOL = tool_at("https://onward.example")
UUID = "fe3ebd13-39a4-42c4-8b83-194f08e77f8a"
KEYSET = "https://lms.example.edu/api/lti_consumer/v1/public_keysets/31ca7b1e-8f0c-4c58-9c39-2f6f0a7d1b55"
GOOD = {
    "moodle": {"site": "https://moodle.example.edu", "client_id": "2c2Mj0x5sHdexS4"},
    "canvas": {"site": "https://school.instructure.com", "client_id": "10000000000001"},
    "blackboard": {"site": "https://learn.example.edu", "client_id": UUID},
    "brightspace": {"site": "https://school.brightspace.com", "client_id": UUID},
    "open-edx": {"client_id": UUID, "jwks_url": KEYSET},
    "sakai": {"site": "https://sakai.example.edu", "client_id": UUID},
    "other": {
        "issuer": "https://lms.example.edu/",
        "client_id": "c 1".replace(" ", ""),
        "auth_url": "https://lms.example.edu/auth",
        "jwks_url": "https://keys.example.edu/jwks",
    },
}


def filled(code, schemes=HTTPS, **changes) -> Filled:
    result = judged(lms_called(code), GOOD[code] | changes, schemes)
    assert isinstance(result, Filled), result
    return result


def faults(code, schemes=HTTPS, **changes) -> dict[str, str]:
    """What is wrong, by the LMS's own name of the field."""
    result = judged(lms_called(code), GOOD[code] | changes, schemes)
    assert not isinstance(result, Filled), result
    return {fault.name: fault.said() for fault in result}


# --- what goes where ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lms", LMSS, ids=lambda lms: lms.code)
def test_every_lms_gets_all_three_addresses_in_fields_of_its_own(lms):
    values = [value for _, value in pasted(lms, TOOL)]
    for ours in (TOOL.login_url, TOOL.launch_url, TOOL.jwks_url):
        assert any(ours in value for value in values), ours
    assert not any("{" in value for value in values)


@pytest.mark.parametrize("lms", LMSS, ids=lambda lms: lms.code)
def test_every_lms_says_what_it_calls_what_we_need_and_where_that_was_read(lms):
    assert lms.sources
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", lms.read_on)
    assert "not" in lms.tried or lms.code == "other"
    keys = [one.key for one in lms.theirs]
    assert len(keys) == len(set(keys))
    assert set(keys) <= set(FIELDS)
    assert {"issuer", "client_id", "auth_url", "jwks_url"} <= set(keys)
    for one in lms.theirs:
        assert not (one.marks and one.example) or re.fullmatch(one.marks, one.example), one


def test_moodles_form_is_in_the_order_of_its_fields():
    names = [one.name for one, _ in pasted(lms_called("moodle"), TOOL)]
    wanted = ["Tool URL", "LTI version", "Public keyset", "Initiate login URL", "Redirection URI(s)"]
    assert [name for name in names if name in wanted] == wanted


def test_what_is_chosen_is_not_what_is_copied():
    shown = {one.name: one.copied for one, _ in pasted(lms_called("moodle"), TOOL)}
    assert (shown["Public keyset"], shown["Public key type"]) == (True, False)


def test_every_lms_is_a_product_with_a_next_step():
    assert {one.code for one in LMSS} - {"other"} == {product.code for product in PRODUCTS}


def test_an_lms_that_nobody_knows_is_refused_with_those_there_are():
    with pytest.raises(BadInput, match="moodle, canvas, blackboard, brightspace, open-edx, sakai, other"):
        lms_called("ilias")


# --- what follows ------------------------------------------------------------------------------------------------


def test_of_a_moodle_the_address_and_the_client_id_are_enough():
    assert filled("moodle", site="https://moodle.example.edu/") == Filled(
        issuer="https://moodle.example.edu",
        client_id="2c2Mj0x5sHdexS4",
        deployments=(),
        auth_url="https://moodle.example.edu/mod/lti/auth.php",
        token_url="https://moodle.example.edu/mod/lti/token.php",
        jwks_url="https://moodle.example.edu/mod/lti/certs.php",
        frame_origins=("https://moodle.example.edu",),
    )


def test_a_moodle_in_a_folder_keeps_its_folder():
    found = filled("moodle", site="https://www.example.edu/moodle")
    assert (found.issuer, found.jwks_url) == (
        "https://www.example.edu/moodle",
        "https://www.example.edu/moodle/mod/lti/certs.php",
    )
    assert found.frame_origins == ("https://www.example.edu",)


def test_of_an_issuer_that_is_given_alone_the_rest_follows_too():
    assert filled("moodle", site="", issuer="https://moodle.example.edu") == filled("moodle")


@pytest.mark.parametrize(
    ("site", "issuer", "keys"),
    [
        ("https://school.instructure.com", "https://canvas.instructure.com", "https://sso.canvaslms.com"),
        (
            "https://school.beta.instructure.com",
            "https://canvas.beta.instructure.com",
            "https://sso.beta.canvaslms.com",
        ),
        (
            "https://school.test.instructure.com",
            "https://canvas.test.instructure.com",
            "https://sso.test.canvaslms.com",
        ),
        ("https://canvas.school.edu", "https://canvas.instructure.com", "https://sso.canvaslms.com"),
    ],
)
def test_canvas_has_one_issuer_for_each_stage_and_is_framed_by_the_school(site, issuer, keys):
    found = filled("canvas", site=site)
    assert (found.issuer, found.jwks_url) == (issuer, f"{keys}/api/lti/security/jwks")
    assert found.auth_url == f"{keys}/api/lti/authorize_redirect"
    assert found.frame_origins == tuple(sorted({issuer, site}))


def test_a_canvas_of_ones_own_gives_its_own_addresses():
    own = "https://canvas.school.edu"
    found = filled("canvas", site=own, auth_url=f"{own}/api/lti/authorize", jwks_url=f"{own}/api/lti/security/jwks")
    assert (found.auth_url, found.jwks_url) == (f"{own}/api/lti/authorize", f"{own}/api/lti/security/jwks")


def test_blackboards_keys_are_those_of_the_application():
    found = filled("blackboard")
    assert found.issuer == "https://blackboard.com"
    assert found.jwks_url == f"https://developer.blackboard.com/api/v1/management/applications/{UUID}/jwks.json"
    assert found.frame_origins == ("https://blackboard.com", "https://learn.example.edu")


def test_brightspace_keeps_its_tokens_elsewhere():
    found = filled("brightspace")
    assert found.auth_url == "https://school.brightspace.com/d2l/lti/authenticate"
    assert found.token_url == "https://auth.brightspace.com/core/connect/token"
    assert found.jwks_url == "https://school.brightspace.com/d2l/.well-known/jwks"


def test_of_open_edx_everything_follows_from_the_keyset_and_its_learning_app_may_frame():
    found = filled("open-edx", frame_origin="https://apps.lms.example.edu")
    assert found.issuer == "https://lms.example.edu"
    assert found.auth_url == "https://lms.example.edu/api/lti_consumer/v1/launch/"
    assert found.token_url == KEYSET.replace("public_keysets", "token")
    assert found.frame_origins == ("https://apps.lms.example.edu", "https://lms.example.edu")


def test_sakais_keyset_may_have_a_number():
    assert filled("sakai").jwks_url == "https://sakai.example.edu/imsblis/lti13/keyset"
    numbered = "https://sakai.example.edu/imsblis/lti13/keyset/12"
    assert filled("sakai", jwks_url=numbered).jwks_url == numbered


def test_of_another_lms_a_last_slash_is_kept_to_the_letter():
    assert filled("other").issuer == "https://lms.example.edu/"


def test_in_development_http_is_fine():
    found = filled("moodle", schemes=frozenset({"http", "https"}), site="http://localhost:8080")
    assert found.auth_url == "http://localhost:8080/mod/lti/auth.php"
    assert found.frame_origins == ("http://localhost:8080",)


# --- what is wrong, and in which field ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "changes", "field", "says"),
    [
        ("moodle", {"site": ""}, "Platform ID", "missing"),
        ("moodle", {"client_id": " "}, "Client ID", "missing"),
        ("moodle", {"site": "moodle.example.edu"}, "Platform ID", "no web address"),
        ("moodle", {"site": "https://moodle example.edu"}, "Platform ID", "no web address"),
        ("moodle", {"site": "https://moodle.example.edu;frame-src"}, "Platform ID", "no web address"),
        ("moodle", {"site": "https://a:b@moodle.example.edu"}, "Platform ID", "no web address"),
        ("moodle", {"site": "https://[::1"}, "Platform ID", "no web address"),
        ("moodle", {"site": "http://moodle.example.edu"}, "Platform ID", "give the address with https"),
        ("moodle", {"site": "https://moodle.example.edu/my/"}, "Platform ID", "only https://moodle.example.edu"),
        ("moodle", {"site": "https://moodle.example.edu/course/view.php?id=2"}, "Platform ID", "belongs to a page"),
        ("moodle", {"issuer": "https://moodle.example.edu/"}, "Platform ID", "without a slash at the end"),
        ("moodle", {"issuer": "https://other.example.edu"}, "Platform ID", "another host (other.example.edu)"),
        ("moodle", {"client_id": "1"}, "Client ID", "looks like Deployment ID"),
        ("moodle", {"client_id": "https://moodle.example.edu"}, "Client ID", "is a web address"),
        ("moodle", {"client_id": "2c2Mj0x5sH\ndexS4"}, "Client ID", "spaces or line breaks"),
        ("moodle", {"client_id": "c" * 256}, "Client ID", "over 255"),
        ("moodle", {"deployment": "2c2Mj0x5sHdexS9"}, "Deployment ID", "looks like Client ID"),
        (
            "moodle",
            {"auth_url": "https://sso.example.edu/mod/lti/auth.php"},
            "Authentication request URL",
            "another host",
        ),
        ("canvas", {"site": "https://school.instructure.com/courses/1"}, "Address of your Canvas", "no path"),
        ("canvas", {"client_id": "42:" + "0" * 40}, "Client ID", "looks like Deployment ID"),
        ("canvas", {"jwks_url": "https://evil.example/api/lti/security/jwks"}, "Canvas Public JWKs", "another host"),
        ("canvas", {"jwks_url": "https://notcanvaslms.com/jwks"}, "Canvas Public JWKs", "another host"),
        ("blackboard", {"deployment": UUID}, "Deployment ID", "same as Application ID"),
        ("blackboard", {"issuer": "https://learn.example.edu"}, "Issuer", "another host"),
        ("brightspace", {"site": "https://school.brightspace.com/d2l/home/6606"}, "Issuer", "page of Brightspace"),
        ("open-edx", {"jwks_url": ""}, "Keyset URL", "missing"),
        ("open-edx", {"client_id": "1"}, "Client ID", "looks like Deployment ID"),
        ("open-edx", {"jwks_url": KEYSET.replace("public_keysets", "token")}, "Keyset URL", "looks like Access Token"),
        ("sakai", {"site": "https://sakai.example.edu/portal/site/1"}, "LTI 1.3 Platform Issuer", "page of Sakai"),
        ("other", {"auth_url": ""}, "Authentication request URL", "missing"),
        ("other", {"frame_origin": "https://lms.example.edu/frame"}, "Another address of the frame", "no path"),
    ],
)
def test_what_is_wrong_is_said_of_that_field_in_the_words_of_the_lms(code, changes, field, says):
    found = faults(code, **changes)
    assert list(found) == [field]
    assert says in found[field]


def test_swapped_values_are_wrong_in_both_fields():
    base = "https://moodle.example.edu/mod/lti"
    swapped = {"auth_url": f"{base}/token.php", "token_url": f"{base}/auth.php"}
    found = faults("moodle", client_id="7", deployment="2c2Mj0x5sHdexS4", **swapped)
    assert set(found) == {"Client ID", "Deployment ID", "Authentication request URL", "Access token URL"}
    assert found["Access token URL"].startswith("This looks like Authentication request URL.")


def test_everything_that_is_wrong_is_said_at_once():
    assert set(faults("other", issuer="", client_id="", auth_url="", jwks_url="")) == {
        "Issuer",
        "Client ID",
        "Authentication request URL",
        "Public keyset URL",
    }


def test_a_fault_is_told_in_another_language():
    fault = Fault("site", "Platform ID", "Wrong: %(host)s.", {"host": "a.example"})
    assert fault.said(lambda sentence: sentence.replace("Wrong", "Falsch")) == "Falsch: a.example."


# --- Canvas' JSON ------------------------------------------------------------------------------------------------


def test_canvas_can_read_our_side_and_it_asks_for_nothing_about_people():
    document = canvas_configuration(TOOL)
    assert document["oidc_initiation_url"] == "https://onward.example/lti/login"
    assert document["target_link_uri"] == "https://onward.example/lti/launch"
    assert document["public_jwk_url"] == "https://onward.example/lti/jwks"
    assert (document["scopes"], document["custom_fields"]) == ([], {})
    (extension,) = document["extensions"]
    assert (extension["platform"], extension["privacy_level"]) == ("canvas.instructure.com", "anonymous")
    assert extension["domain"] == "onward.example"
    placements = extension["settings"]["placements"]
    assert [(one["placement"], one["message_type"], one["enabled"]) for one in placements] == [
        ("course_navigation", "LtiResourceLinkRequest", True),
        ("link_selection", "LtiDeepLinkingRequest", True),
        ("editor_button", "LtiDeepLinkingRequest", True),
        ("global_navigation", "LtiResourceLinkRequest", False),
    ]
    assert {one["target_link_uri"] for one in placements} == {"https://onward.example/lti/launch"}
    assert set(document) == {
        "title",
        "description",
        "oidc_initiation_url",
        "target_link_uri",
        "public_jwk_url",
        "scopes",
        "extensions",
        "custom_fields",
    }


def test_the_address_of_the_json_is_what_canvas_is_told_to_paste():
    assert our_values(TOOL)["canvas_json"] == "https://onward.example/lti/canvas.json"
