"""``ONWARD_PUBLIC_URL`` is the only source of our own origin: no header changes an address that we write."""

import pytest

from connector.app import create_app
from tests.lti.harness import CLAIM
from tests.lti.http.stage import TOOL, begun, settings_for, staged, visit_of

EVIL = "https://evil.example"
HEADERS = [
    {"Host": "evil.example"},
    {"Host": "evil.example:443"},
    {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Server": "evil.example"},
    {"Forwarded": "host=evil.example;proto=http"},
    {"X-Original-URL": "/lti/jwks", "X-Rewrite-URL": "/lti/jwks"},
    {"X-Forwarded-Proto": "http", "X-Forwarded-Port": "81", "X-Forwarded-Prefix": "/evil"},
    {"Host": "tool.example\\@evil.example"},
    {"Host": ""},
]


@pytest.fixture(params=[0, 1], ids=["no proxy", "one proxy"])
def tool(request, tmp_path):
    with staged(f"sqlite:///{tmp_path / 'onward.db'}", trusted_proxies=request.param) as stage:
        yield stage


@pytest.mark.parametrize("headers", HEADERS, ids=" ".join)
def test_forged_headers_change_nothing_in_a_login_a_launch_or_a_page(tool, headers):
    browser = tool.app.test_client(use_cookies=False)
    answer = browser.post("/lti/login", base_url=TOOL, data=tool.scene.login_fields(), headers=headers)
    login = begun(answer)
    assert login.sent["redirect_uri"] == f"{TOOL}/lti/launch"
    assert answer.location.startswith("https://moodle.example/auth?")
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    assert "omain=" not in answer.headers["Set-Cookie"]
    page = browser.post("/lti/launch", base_url=TOOL, data=tool.form(login), headers=headers | {"Cookie": cookie})
    assert visit_of(page)
    assert "evil" not in page.text + str(page.headers) + answer.text


@pytest.mark.parametrize("path", ["//lti/login", "/lti//login", "///evil.example/..", "//evil.example/%2e%2e"])
def test_a_doubled_slash_is_no_redirect_to_a_forged_host(tool, path):
    answer = tool.browser().get(
        "/", base_url=TOOL, headers={"Host": "evil.example"}, environ_overrides={"PATH_INFO": path}
    )
    assert answer.status_code in {400, 404}
    assert "Location" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/lti/launch", "/nothing", "/lti/jwks", "/health/ready"])
def test_no_page_repeats_a_forged_host(tool, path):
    for headers in HEADERS[:5]:
        answer = tool.browser().get(path, base_url=TOOL, headers=headers)
        assert "evil" not in answer.text + str(answer.headers)


def test_a_target_on_the_forged_host_is_foreign(tool):
    fields = tool.scene.login_fields(target_link_uri=f"{EVIL}/lti/launch")
    answer = tool.browser().post("/lti/login", base_url=TOOL, data=fields, headers={"Host": "evil.example"})
    assert "<code>target_link_uri_foreign</code>" in answer.text
    claim = {CLAIM + "target_link_uri": f"{EVIL}/lti/launch"}
    assert "<code>target_link_uri_foreign</code>" in tool.launch(**claim).text


def test_only_https_pages_promise_https(stage, tmp_path):
    assert "Strict-Transport-Security" in stage.browser().get("/", base_url=TOOL).headers
    plain = settings_for(stage.settings.database_url, public_url="http://127.0.0.1:8000", env="development")
    answer = create_app(plain, stage.parts).test_client().get("/")
    assert "Strict-Transport-Security" not in answer.headers
