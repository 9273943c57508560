"""Whatever is posted to whichever route: no answer is ever our own failure, and none is empty."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.store import tables
from tests.lti.http.stage import TOOL, bearer

ROUTES = ["/lti/login", "/lti/launch", "/page", "/act"]
NAMES = [
    "iss", "login_hint", "target_link_uri", "client_id", "lti_message_hint", "lti_deployment_id", "deployment_id",
    "state", "id_token", "error", "error_description", "visit", "row", "personal_rows", "slate",
]  # fmt: skip
TEXT = st.text(st.characters(), max_size=60) | st.sampled_from(
    ["https://moodle.example", "client-1", "https://tool.example/", "\x00", "\ud800", "on", "because:1", "a.b.c"]
)
TYPES = [
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-16",
    "application/json", "application/json; charset=x", "multipart/form-data", "multipart/form-data; boundary=b",
    "multipart/form-data; boundary=", "text/plain", "", "/", "application/vnd.api+json", "\xe4/\xf6; \x01=2",
]  # fmt: skip
LANGUAGES = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30) | st.sampled_from(
    ["*", "xx-YY", "zh-Hant-TW", "a" * 500, "../../etc", "en;q=x", "de_DE@euro", "x-klingon", "i-default"]
)
SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def fine(answer) -> None:
    assert answer.status_code < 500
    assert answer.data or answer.status_code in {204, 302}
    assert "Content-Security-Policy" in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("route", ROUTES)
@SETTINGS
@given(body=st.binary(max_size=300), content_type=st.sampled_from(TYPES), language=LANGUAGES)
def test_any_bytes_of_any_type_are_answered(shared, route, body, content_type, language):
    headers = {"Accept-Language": language.encode("latin-1", "replace").decode("latin-1")}
    fine(shared.browser().post(route, base_url=TOOL, data=body, content_type=content_type, headers=headers))


@pytest.mark.parametrize("route", ROUTES)
@SETTINGS
@given(fields=st.lists(st.tuples(st.sampled_from(NAMES), TEXT), max_size=8))
def test_any_fields_are_answered(shared, route, fields):
    body = "&".join(f"{name}={_quoted(value)}" for name, value in fields)
    fine(shared.browser().post(route, base_url=TOOL, data=body, content_type="application/x-www-form-urlencoded"))


def _quoted(value: str) -> str:
    return "".join(f"%{byte:02X}" for byte in value.encode("utf-8", "surrogatepass"))


@SETTINGS
@given(fields=st.dictionaries(st.sampled_from(NAMES), TEXT, max_size=6))
def test_any_query_of_the_login_is_answered(shared, fields):
    query = "&".join(f"{name}={_quoted(value)}" for name, value in fields.items())
    fine(shared.browser().get(f"/lti/login?{query}", base_url=TOOL))


@pytest.mark.parametrize("route", ["/page", "/act"])
@SETTINGS
@given(token=st.text(st.characters(min_codepoint=33, max_codepoint=255), max_size=80))
def test_any_bearer_is_refused(shared, route, token):
    answer = shared.browser().post(route, base_url=TOOL, headers=bearer(token))
    assert answer.status_code == 401


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["slate", "clicks", "impressions", "item", "position"]), inner, max_size=4)
    ),
    max_leaves=6,
)


@SETTINGS
@given(body=JSON, row=TEXT, switch=TEXT)
def test_whatever_a_visit_brings_along_is_answered_and_keeps_nothing(shared, body, row, switch):
    token = shared.visit()
    browser, events = shared.browser(), shared.count(tables.event)
    acted = browser.post("/act", base_url=TOOL, headers=bearer(token), json=body)
    assert acted.status_code in {204, 400}
    form = {"row": row.encode("utf-8", "replace"), "personal_rows": switch.encode("utf-8", "replace")}
    fine(browser.post("/page", base_url=TOOL, headers=bearer(token), data=form))
    if switch not in {"on", "off"}:
        fine(browser.post("/act", base_url=TOOL, headers=bearer(token), data=form))
    assert shared.count(tables.event) == events
