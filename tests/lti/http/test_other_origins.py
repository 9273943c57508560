"""Pages of other sites: no answer may be read by their scripts, no request of theirs carries anything of ours."""

import pytest

from connector.store import tables
from tests.lti.http.stage import TOOL, acts, bearer, slate_of, visit_of

PATHS = ["/page", "/act", "/lti/launch", "/lti/login", "/lti/again"]
ORIGINS = ["https://evil.example", "null", "https://moodle.example", "http://tool.example", TOOL]
READABLE = ("Access-Control-Allow-Origin", "Access-Control-Allow-Headers", "Access-Control-Allow-Credentials")


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("path", PATHS)
def test_no_script_of_another_site_may_ask_beforehand(shared, path, origin):
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    answer = shared.browser().options(path, base_url=TOOL, headers=asked)
    assert not [name for name in READABLE if name in answer.headers]


@pytest.mark.parametrize("origin", ORIGINS)
def test_no_script_of_another_site_may_read_a_page_even_with_its_visit(shared, origin):
    answer = shared.browser().post("/page", base_url=TOOL, headers=bearer(shared.visit()) | {"Origin": origin})
    assert answer.status_code == 200
    assert not [name for name in READABLE if name in answer.headers]


def test_a_form_of_another_site_changes_nothing_without_a_visit(stage):
    page = stage.launch()
    browser = stage.browser()
    visit_of(page)
    headers = {"Origin": "https://evil.example"}
    sent = browser.post("/act", base_url=TOOL, data={"personal_rows": "off"}, headers=headers)
    told = browser.post(
        "/act", base_url=TOOL, data=acts(slate_of(page.text)), content_type="text/plain", headers=headers
    )
    assert (sent.status_code, told.status_code) == (401, 401)
    assert [row.personal_rows for row in stage.rows(tables.learner)] == [True]
