"""What a browser does by itself, or a person by hand: nothing is minted, everything is explained."""

import pytest

from connector.store import tables
from tests.lti.http.stage import TOOL, frames_of


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Sec-Purpose": "PREFETCH"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
    ],
    ids=lambda headers: " ".join(f"{name} {value}" for name, value in headers.items()),
)
def test_a_prefetched_login_mints_nothing(shared, headers):
    before = shared.count(tables.launch_state)
    answer = shared.login_answer(shared.browser(), method="GET", headers=headers)
    assert answer.status_code == 204
    assert "Set-Cookie" not in answer.headers
    assert "Location" not in answer.headers
    assert shared.count(tables.launch_state) == before


def test_a_head_of_the_login_mints_nothing(shared):
    before = shared.count(tables.launch_state)
    answer = shared.login_answer(shared.browser(), method="HEAD")
    assert answer.status_code == 204
    assert "Set-Cookie" not in answer.headers
    assert shared.count(tables.launch_state) == before


@pytest.mark.parametrize("path", ["/lti/login", "/lti/launch", "/page", "/act"])
def test_a_method_that_is_not_served_mints_nothing_and_says_which_are(shared, path):
    before = shared.count(tables.launch_state)
    answer = shared.browser().put(path, base_url=TOOL, data=shared.scene.login_fields())
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert answer.text
    assert shared.count(tables.launch_state) == before


def test_a_launch_url_that_is_opened_by_hand_explains_what_to_do(shared):
    answer = shared.browser().get("/lti/launch", base_url=TOOL)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert "<h1" in answer.text
    assert frames_of(answer) == ["*"]


@pytest.mark.parametrize("path", ["/page", "/act"])
def test_a_page_that_is_opened_by_hand_explains_and_takes_no_visit_by_get(shared, path):
    token = shared.visit()
    answer = shared.browser().get(
        path, base_url=TOOL, query_string={"visit": token}, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 405
    assert "data-item" not in answer.text
    assert "<h1" in answer.text
