"""Every answer that a person can get: not kept, without a referrer, framed by whom it may be, with links that leave."""

from html.parser import HTMLParser

import pytest

from connector.lti.deep_linking import SETTINGS
from tests.lti.harness import ABSENT, CLAIM
from tests.lti.http.asking import ask
from tests.lti.http.stage import MOODLE, TOOL, frames_of, hidden_fields

INSTRUCTOR = {"sub": "77", CLAIM + "roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"]}
ASKS = INSTRUCTOR | {
    CLAIM + "message_type": "LtiDeepLinkingRequest",
    CLAIM + "resource_link": ABSENT,
    SETTINGS: {"deep_link_return_url": f"{MOODLE}/return", "accept_types": ["ltiResourceLink"]},
}
OURS, ANYBODY = [MOODLE], ["*"]


@pytest.fixture(scope="module")
def stocked(shared):
    shared.stock(history_of="4")
    return shared


def _chosen(stage, do):
    form = {
        "selection": hidden_fields(stage.launch(**ASKS).text)["selection"],
        "row": "page",
        "layout": "track",
        "do": do,
    }
    return stage.browser().post("/lti/deep-linking", base_url=TOOL, data=form)


def _opened(stage, path, method="GET"):
    return stage.browser().open(path, method=method, base_url=TOOL)


def _switched_off(stage):
    return ask(stage, "/act", form={"visit": stage.visit(sub="5"), "personal_rows": "off"})


ANSWERS = {
    "launch": (lambda stage: stage.launch(), OURS),
    "launch of a newcomer": (lambda stage: stage.launch(sub="9"), OURS),
    "launch of nobody": (lambda stage: stage.launch(sub=None), OURS),
    "launch of who teaches": (lambda stage: stage.launch(**INSTRUCTOR), OURS),
    "page": (lambda stage: ask(stage, "/page", stage.visit()), OURS),
    "see all": (lambda stage: ask(stage, "/page", form={"visit": stage.visit(), "row": "popular"}), OURS),
    "switched off": (
        lambda stage: ask(stage, "/act", form={"visit": stage.visit(sub="5"), "personal_rows": "off"}),
        OURS,
    ),
    "choosing": (lambda stage: stage.launch(**ASKS), OURS),
    "choosing again": (lambda stage: _chosen(stage, "find"), OURS),
    "chosen": (lambda stage: _chosen(stage, "add"), OURS),
    "refused launch": (lambda stage: stage.launch(aud="client-9"), ANYBODY),
    "refused choosing": (lambda stage: stage.launch(**ASKS, **{CLAIM + "version": "1.1"}), ANYBODY),
    "refused page": (lambda stage: ask(stage, "/page", "garbage"), ANYBODY),
    "refused choice": (lambda stage: _opened(stage, "/lti/deep-linking", "POST"), ANYBODY),
    "launch by link": (lambda stage: _opened(stage, "/lti/launch"), ANYBODY),
    "page by link": (lambda stage: _opened(stage, "/page"), ANYBODY),
    "nowhere": (lambda stage: _opened(stage, "/nowhere"), ANYBODY),
}


class _Links(HTMLParser):
    """Targets of the links and forms that leave us."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.staying: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        leaves = tag == "a" and not (given.get("href") or "").startswith("#")
        if leaves and given.get("target") not in {"_top", "_blank"}:
            self.staying.append(given.get("href"))


@pytest.mark.parametrize(("answer", "frames"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_not_kept_tells_no_referrer_and_stands_in_its_frames_only(stocked, answer, frames):
    given = answer(stocked)
    assert given.headers["Cache-Control"] == "no-store"
    assert given.headers["Referrer-Policy"] == "no-referrer"
    assert frames_of(given) == frames
    assert _Links(given.text).staying == []


def test_only_in_a_window_of_its_own_a_page_begins_with_the_way_back(stocked):
    token = stocked.visit()
    for dest, there in (("document", True), ("iframe", False), ("", False)):
        page = ask(stocked, "/page", token, headers={"Sec-Fetch-Dest": dest} if dest else {})
        assert ('<p class="home">' in page.text) is there


@pytest.mark.parametrize("url", ["", "https://moodle.example/\u202e", "ftp://moodle.example/"])
def test_there_is_no_way_back_to_what_is_no_web_page(stocked, url):
    presentation = {CLAIM + "launch_presentation": {"return_url": url}}
    answer = stocked.launch(**presentation)
    assert "ftp:" not in answer.text
    assert answer.status_code == (400 if url.startswith("ftp") else 200)
