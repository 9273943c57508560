"""Choosing what a new link shows: from the platform's request to our signed answer, checked by our own key set."""

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

import jwt
import pytest

from connector.lti.deep_linking import CONTENT_ITEMS, DATA, SETTINGS
from connector.lti.visit import encode_visit
from connector.store import tables
from tests.lti.harness import ABSENT, CLAIM
from tests.lti.http.stage import MOODLE, TOOL, course, frames_of, hidden_fields, staged

RECORDED = Path(__file__).parents[1] / "recorded"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
RETURN = f"{MOODLE}/mod/lti/contentitem_return.php?course=4&id=1&sesskey=abc"
ASKED = {
    "deep_link_return_url": RETURN,
    "accept_types": ["ltiResourceLink"],
    "accept_presentation_document_targets": ["frame", "iframe", "window"],
    "accept_multiple": True,
    "data": "opaque <&> \u00e4",
}
OPTION = re.compile(r'<option value="(\d+)"')


@pytest.fixture(scope="module")
def stocked(shared):
    """One tool with courses for all tests here: launches leave it as it is."""
    shared.stock(history_of="4")
    return shared


@pytest.fixture
def alone(stage):
    """A tool of its own for a test that changes something."""
    stage.stock(history_of="4")
    return stage


def claims(roles=(MEMBERSHIP + "Instructor",), settings=None, **changes):
    asked = ASKED if settings is None else settings
    return {
        CLAIM + "message_type": "LtiDeepLinkingRequest",
        CLAIM + "resource_link": ABSENT,
        CLAIM + "roles": list(roles),
        SETTINGS: asked,
    } | changes


def asked_for(stage, **given):
    return stage.launch(**claims(**given))


def without(*names, **more):
    return {name: value for name, value in ASKED.items() if name not in names} | more


def choose(stage, page, do="add", **fields):
    """Press a button of the page."""
    assert page.status_code in {200, 422}, page.text
    form = {"selection": hidden_fields(page.text)["selection"], "row": "page", "layout": "track", "do": do, **fields}
    return stage.browser().post("/lti/deep-linking", base_url=TOOL, data=form)


def verified(stage, answer, audience=MOODLE):
    """Return the claims of an answer that our own published key verifies, for the platform alone."""
    assert answer.status_code == 200, answer.text
    token = hidden_fields(answer.text)["JWT"]
    header = jwt.get_unverified_header(token)
    published = stage.browser().get("/lti/jwks", base_url=TOOL).json["keys"]
    key = next(one for one in published if one["kid"] == header["kid"])
    assert header["alg"] == "RS256"
    now = {"verify_exp": False, "verify_iat": False}
    return jwt.decode(token, jwt.PyJWK(key).key, ["RS256"], audience=audience, options=now)


def code_of(answer) -> str:
    return re.search(r"<code>(\w+)</code>", answer.text)[1]


# --- the page ----------------------------------------------------------------------------------------------------


def test_a_teacher_gets_a_page_to_choose_on_that_only_the_platform_may_frame(alone):
    page = asked_for(alone)
    assert page.status_code == 200
    assert "What should this link show?" in page.text
    assert frames_of(page) == [MOODLE]
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in page.headers
    assert alone.count(tables.learner) == 1  # the one with a history; who chooses is not kept


def test_only_courses_whose_row_can_be_filled_are_offered_by_title(stocked):
    page = asked_for(stocked)
    offered = re.findall(r'<option value="\d+">(Course \d+)</option>', page.text)
    assert offered == ["Course 1", "Course 2", "Course 3", "Course 4"]


def test_words_find_courses_and_keep_what_was_chosen(stocked):
    page = choose(stocked, asked_for(stocked), do="find", words="COURSE 3", layout="grid", title="Next steps")
    assert re.findall(r">(Course \d+)</option>", page.text) == ["Course 3"]
    assert 'value="grid" selected' in page.text
    assert 'value="Next steps"' in page.text
    assert 'value="course" checked' in page.text


def test_words_that_find_nothing_leave_the_page_usable(stocked):
    page = choose(stocked, asked_for(stocked), do="find", words="<nothing>")
    assert "0 of 0 courses" in page.text
    assert "&lt;nothing&gt;" in page.text


def test_before_the_first_training_rows_can_be_chosen_and_courses_not(stage):
    page = asked_for(stage)
    assert 'value="popular"' in page.text
    assert "Which course" not in page.text


def test_a_hidden_or_sensitive_course_is_not_offered(alone):
    with alone.site.sessions.begin() as session:
        session.execute(tables.item.update().where(tables.item.c.iri.endswith("id=2")).values(status="hidden"))
        session.execute(tables.item.update().where(tables.item.c.iri.endswith("id=3")).values(sensitive=True))
    page = asked_for(alone)
    assert re.findall(r">(Course \d+)</option>", page.text) == ["Course 1", "Course 4"]


# --- the answer --------------------------------------------------------------------------------------------------


def test_the_answer_is_signed_for_the_platform_and_echoes_its_data(stocked):
    answer = choose(stocked, asked_for(stocked))
    said = verified(stocked, answer)
    assert (said["iss"], said["aud"]) == ("client-1", [MOODLE])
    assert said["exp"] - said["iat"] == 300
    assert len(said["nonce"]) >= 32
    assert said[CLAIM + "message_type"] == "LtiDeepLinkingResponse"
    assert said[CLAIM + "version"] == "1.3.0"
    assert said[CLAIM + "deployment_id"] == "dep-1"
    assert said[DATA] == ASKED["data"]
    assert said[CONTENT_ITEMS] == [
        {
            "type": "ltiResourceLink",
            "title": "Learn next",
            "text": "What to learn next, with the reason for each.",
            "url": f"{TOOL}/lti/launch",
            "custom": {"row": "page"},
            "iframe": {"height": 260},
        }
    ]


def test_two_answers_have_two_nonces(stocked):
    page = asked_for(stocked)
    one, other = (verified(stocked, choose(stocked, page))["nonce"] for _ in range(2))
    assert one != other


def test_the_answer_goes_to_the_return_url_alone_by_itself_or_by_a_button(stocked):
    answer = choose(stocked, asked_for(stocked))
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["form-action"] == MOODLE
    assert frames_of(answer) == [MOODLE]
    action = re.search(r'<form method="post" action="([^"]+)" id="answer"', answer.text)[1]
    assert unescape(action) == RETURN
    assert '<button type="submit" class="btn go">Go on</button>' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("row", "value", "title"),
    [
        ("because", "because", "Because you completed …"),
        ("continue", "continue", "Continue"),
        ("top_picks", "top-picks", "Top picks"),
        ("popular", "popular", "Popular with people here"),
    ],
)
def test_a_row_is_put_into_custom_by_its_stable_name(stocked, row, value, title):
    (link,) = verified(stocked, choose(stocked, asked_for(stocked), row=row, layout="compact"))[CONTENT_ITEMS]
    assert link["custom"] == {"row": value, "layout": "compact"}
    assert link["title"] == title


def test_a_course_is_put_into_custom_by_its_address_and_the_new_link_shows_its_row(stocked):
    page = asked_for(stocked)
    number = OPTION.findall(page.text)[2]
    (link,) = verified(stocked, choose(stocked, page, row="course", anchor=number))[CONTENT_ITEMS]
    assert link["custom"] == {"row": "because", "anchor": course(3)}
    assert link["title"] == "Because you completed Course 3"
    launched = stocked.launch(**{CLAIM + "custom": link["custom"]})
    assert "Because you completed <bdi>Course 3</bdi>" in launched.text
    assert launched.text.count("<h2") == 1


def test_a_title_is_taken_without_control_characters_and_is_bounded(stocked):
    title = "Next\n steps\0" + "x" * 400
    (link,) = verified(stocked, choose(stocked, asked_for(stocked), title=title))[CONTENT_ITEMS]
    assert link["title"] == ("Next steps" + "x" * 400)[:200]


def test_cancel_answers_with_nothing(stocked):
    assert verified(stocked, choose(stocked, asked_for(stocked), do="cancel"))[CONTENT_ITEMS] == []


@pytest.mark.parametrize("data", [ABSENT, None, "", {"a": [1, None]}, "x" * 20_000])
def test_data_comes_back_as_it_was_and_only_if_it_came(stocked, data):
    settings = without("data") if data is ABSENT else without(data=data)
    said = verified(stocked, choose(stocked, asked_for(stocked, settings=settings)))
    assert said.get(DATA, ABSENT) == data


@pytest.mark.parametrize(
    ("targets", "how"),
    [
        (["iframe"], {"iframe": {"height": 260}}),
        (["window"], {"window": {"targetName": "_blank"}}),
        (["frame"], {}),
        ([], {}),
    ],
)
def test_a_link_is_to_be_shown_in_a_way_that_the_platform_has(stocked, targets, how):
    settings = without(accept_presentation_document_targets=targets)
    (link,) = verified(stocked, choose(stocked, asked_for(stocked, settings=settings)))[CONTENT_ITEMS]
    assert {name: link[name] for name in ("iframe", "window") if name in link} == how


@pytest.mark.parametrize(
    "wrong", [{"row": "course"}, {"row": "course", "anchor": "5"}, {"row": "course", "anchor": "x"}]
)
def test_a_choice_without_its_course_gives_the_page_again_and_says_so(stocked, wrong):
    page = choose(stocked, asked_for(stocked), **wrong)
    assert page.status_code == 422
    assert "Choose a course from the list, or another row." in page.text
    assert "JWT" not in page.text


@pytest.mark.parametrize("wrong", [{"row": "tiles"}, {"layout": "huge"}, {"row": ""}])
def test_a_choice_that_is_none_gives_the_page_again(stocked, wrong):
    page = choose(stocked, asked_for(stocked), **wrong)
    assert page.status_code == 422
    assert "That is not one of the choices." in page.text


# --- refused -----------------------------------------------------------------------------------------------------

REFUSED = {
    "a learner": (claims(roles=[MEMBERSHIP + "Learner"]), "deep_linking_not_for_learners"),
    "nobody's role": (claims(roles=[]), "deep_linking_not_for_learners"),
    "a mentor": (claims(roles=[MEMBERSHIP + "Mentor"]), "deep_linking_not_for_learners"),
    "no settings": (claims(**{SETTINGS: ABSENT}), "deep_linking_settings_missing"),
    "settings as text": (claims(**{SETTINGS: "x"}), "deep_linking_settings_malformed"),
    "types as text": (claims(settings=without(accept_types="ltiResourceLink")), "deep_linking_settings_malformed"),
    "targets as numbers": (
        claims(settings=without(accept_presentation_document_targets=[1])),
        "deep_linking_settings_malformed",
    ),
    "no types": (claims(settings=without("accept_types")), "deep_linking_type_not_accepted"),
    "files only": (claims(settings=without(accept_types=["file"])), "deep_linking_type_not_accepted"),
    "no return URL": (claims(settings=without("deep_link_return_url")), "deep_linking_return_url_malformed"),
    "another scheme": (
        claims(settings=without(deep_link_return_url="javascript:alert(1)")),
        "deep_linking_return_url_malformed",
    ),
    "a password": (
        claims(settings=without(deep_link_return_url="https://a:b@moodle.example/")),
        "deep_linking_return_url_malformed",
    ),
    "a new line": (
        claims(settings=without(deep_link_return_url="https://moodle.example/\nx")),
        "deep_linking_return_url_malformed",
    ),
}


@pytest.mark.parametrize(("changes", "code"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_answered_is_refused_with_its_code(shared, changes, code):
    answer = shared.launch(**changes)
    assert 400 <= answer.status_code < 500
    assert code_of(answer) == code
    assert "selection" not in hidden_fields(answer.text)


def _expired(stage, page):
    stage.scene.wait(3601)
    return hidden_fields(page.text)["selection"]


def _of_a_visit(stage, _page):
    return stage.visit()


def _changed(_stage, page):
    head, payload, signature = hidden_fields(page.text)["selection"].split(".")
    return f"{head}.{payload[:-4]}AAAA.{signature}"


TOKENS = {
    "expired": (_expired, "selection_expired"),
    "a visit": (_of_a_visit, "selection_foreign"),
    "changed": (_changed, "selection_foreign"),
    "garbage": (lambda *_: "garbage", "selection_malformed"),
    "nothing": (lambda *_: "", "selection_malformed"),
    "too long": (lambda *_: "a" * 140_000, "selection_malformed"),
}


@pytest.mark.parametrize(("forge", "code"), TOKENS.values(), ids=TOKENS)
@pytest.mark.parametrize("do", ["add", "cancel", "find"])
def test_a_selection_that_is_not_ours_now_is_answered_by_nothing(stocked, forge, code, do):
    page = asked_for(stocked)
    answer = stocked.browser().post(
        "/lti/deep-linking", base_url=TOOL, data={"selection": forge(stocked, page), "do": do, "row": "page"}
    )
    assert (answer.status_code, code_of(answer)) == (401, code)
    assert "JWT" not in answer.text


def test_a_selection_opens_no_page_and_switches_nothing(stocked):
    token = hidden_fields(asked_for(stocked).text)["selection"]
    for path in ("/page", "/act"):
        answer = stocked.browser().post(path, base_url=TOOL, data={"visit": token, "personal_rows": "off"})
        assert answer.status_code == 401


def test_a_platform_that_was_switched_off_meanwhile_gets_no_answer(alone):
    page = asked_for(alone)
    with alone.site.sessions.begin() as session:
        session.execute(tables.platform.update().values(active=False))
    answer = choose(alone, page)
    assert (answer.status_code, code_of(answer)) == (403, "registration_disabled")


def test_a_deployment_that_was_switched_off_meanwhile_gets_no_answer(alone):
    page = asked_for(alone)
    with alone.site.sessions.begin() as session:
        session.execute(tables.deployment.update().values(state="disabled"))
    answer = choose(alone, page)
    assert (answer.status_code, code_of(answer)) == (403, "deployment_disabled")


def test_get_chooses_nothing(stocked):
    assert stocked.browser().get("/lti/deep-linking", base_url=TOOL).status_code == 405


def test_a_visit_of_somebody_who_teaches_is_no_selection(stocked):
    visit = stocked.decoded(stocked.visit(**{CLAIM + "roles": [MEMBERSHIP + "Instructor"]}))
    later = replace(visit, expires_at=visit.expires_at - timedelta(minutes=1))
    token = encode_visit(later, stocked.parts.keyring.session_key(visit.tenant))
    answer = stocked.browser().post("/lti/deep-linking", base_url=TOOL, data={"selection": token, "do": "add"})
    assert code_of(answer) == "selection_foreign"


# --- a real Moodle's -------------------------------------------------------------------------------------------


def test_a_recorded_moodle_request_is_answered_in_the_shape_that_moodle_took(sqlite_url):
    sent = json.loads((RECORDED / "moodle-deep-linking.json").read_text())
    taken = json.loads((RECORDED / "moodle-deep-linking-answer.json").read_text())
    with staged(sqlite_url) as stage:
        stage.add_platform("recorded", issuer=sent["iss"], client_id=sent["aud"], jwks_url=f"{sent['iss']}/jwks")
        recorded = {"issuer": sent["iss"], "client_id": sent["aud"]}
        stage.scene.registration = replace(stage.scene.registration, **recorded)
        stage.scene.now = datetime.fromtimestamp(sent["iat"] + 1, stage.scene.now.tzinfo)
        changes = {**sent, CLAIM + "target_link_uri": f"{TOOL}/lti/launch", CLAIM + "resource_link": ABSENT}
        changes = {name: value for name, value in changes.items() if name != "nonce"}
        page = stage.launch(**changes)
        said = verified(stage, choose(stage, page, row="popular"), sent["iss"])
        (link,) = said[CONTENT_ITEMS]
        ours = set(said) - {DATA}
        assert ours == set(taken) - {DATA}  # Moodle's request has no data, so nothing is echoed
        assert said["aud"] == taken["aud"]
        assert said["iss"] == taken["iss"]
        assert said[CLAIM + "deployment_id"] == taken[CLAIM + "deployment_id"]
        kept_by_moodle = {"title", "text", "icon", "url", "custom", "lineItem"}
        assert set(link) & kept_by_moodle == {"title", "text", "url", "custom"}
        assert all(isinstance(value, str) for value in link["custom"].values())
        assert not any("=" in name or "\n" in name + value for name, value in link["custom"].items())
