"""The steps LMS, LRS and matching of the setup room, through the real application; the LMS and the LRS on loopback."""

import json
import re
from html import unescape

import pytest

from connector.administer.accounts import accounts_of
from connector.settings import Environment
from connector.store import platforms, sources, tables
from tests.integration.command import SECRET, LrsOverHttp
from tests.lti.harness import CLAIM
from tests.lti.http.stage import MOODLE, TOOL, staged

PASSWORD = "four quiet words here"
FROM_US = {"Origin": TOOL, "Sec-Fetch-Site": "same-origin"}
KEYS = {"keys": [{"kty": "RSA", "use": "sig", "kid": "k1", "n": "AQAB", "e": "AQAB"}]}
CLIENT = "2c2Mj0x5sHdexS4"
SETUP = "/admin/setup"
ERROR = re.compile(r'<p class="error" id="([\w-]+)-error">([^<]+)</p>')


class Room:
    """Somebody who is signed in and sends forms with the token of the page that they saw."""

    def __init__(self, stage) -> None:
        self.stage, self.browser, self.page = stage, stage.browser(), ""
        accounts_of(stage.site, stage.settings.public_url, stage.clock).add("Ada", PASSWORD)
        self.get("/admin/sign-in")
        assert self.send("/admin/sign-in", name="Ada", password=PASSWORD).status_code == 303

    def get(self, path):
        answer = self.browser.get(path, base_url=TOOL)
        self.page = answer.text or self.page
        return answer

    def send(self, path, **fields):
        token = re.search(r'name="csrf" value="([^"]+)"', self.page)[1]
        return self.browser.post(path, base_url=TOOL, headers=FROM_US, data={"csrf": token, **fields})

    def step(self, page="lms"):
        answer = self.get(f"{SETUP}/{page}")
        assert answer.status_code == 200, answer.text
        return unescape(answer.text)

    def form(self, page, **fields):
        """Send a form of the step's page, after looking at it."""
        self.get(f"{SETUP}/{page.partition('/')[0]}")
        return self.send(f"{SETUP}/{page}", **fields)

    def records(self):
        with self.stage.site.readers.begin() as session:
            return {one.name: one for one in platforms.all_of(session, self.stage.site.tenant)}

    def sources(self):
        with self.stage.site.readers.begin() as session:
            return {one.name: one for one in sources.all_of(session, self.stage.site.tenant)}

    def told(self):
        """Everything that the audit holds, as text."""
        return json.dumps([row.detail for row in self.stage.rows(tables.audit)])


def errors_of(answer) -> dict[str, str]:
    assert answer.status_code == 422, answer.status_code
    return {name: unescape(sentence) for name, sentence in ERROR.findall(answer.text)}


@pytest.fixture
def room(sqlite_url):
    with staged(sqlite_url, env=Environment.DEVELOPMENT) as stage:
        yield Room(stage)


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    """A room for tests that change nothing, or are refused."""
    with staged(f"sqlite:///{tmp_path_factory.mktemp('room') / 'onward.db'}", env=Environment.DEVELOPMENT) as stage:
        yield Room(stage)


@pytest.fixture
def lms(httpserver):
    """A Moodle of which only the keys are asked; the address of its site."""
    httpserver.expect_request("/mod/lti/certs.php").respond_with_json(KEYS)
    return httpserver.url_for("").rstrip("/")


# --- Canvas' JSON ------------------------------------------------------------------------------------------------


def test_canvas_fetches_our_side_without_a_session_and_it_holds_no_secret(calm):
    answer = calm.stage.browser().get("/lti/canvas.json", base_url=TOOL)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json["public_jwk_url"] == f"{TOOL}/lti/jwks"
    assert answer.json["extensions"][0]["privacy_level"] == "anonymous"
    assert "Set-Cookie" not in answer.headers


# --- who may see it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["lms", "lms/moodle", "lrs", "matching"])
def test_nobody_sees_a_step_without_a_session(calm, page):
    answer = calm.stage.browser().get(f"{SETUP}/{page}", base_url=TOOL)
    assert answer.status_code == 303
    assert "/admin/" in answer.location


@pytest.mark.parametrize("page", ["lms/ilias", "lms/moodle/other", "lrs/other", "matching/other"])
def test_a_page_that_is_none_is_a_404(calm, page):
    assert calm.get(f"{SETUP}/{page}").status_code == 404


# --- by one URL --------------------------------------------------------------------------------------------------


def test_every_lms_can_be_chosen_and_shows_its_own_words(calm):
    page = calm.step("lms")
    for code, word in {
        "moodle": "Initiate login URL",
        "canvas": "OpenID Connect Initiation Url",
        "blackboard": "Login Initiation URL",
        "brightspace": "OpenID Connect Login URL",
        "open-edx": "Tool Initiate Login URL",
        "sakai": "Tool OpenID Connect/Initialization Endpoint",
        "other": "login initiation URL",
    }.items():
        assert f'href="{SETUP}/lms/{code}"' in page
        shown = calm.step(f"lms/{code}")
        assert word in shown
        assert f'value="{TOOL}/lti/login" readonly' in shown


def test_the_four_switches_are_off_and_each_has_its_sentence(calm):
    page = calm.step("lms/moodle")
    for name in ("username", "idnumber", "given_name", "roster"):
        assert re.search(rf'type="checkbox" id="{name}" name="{name}" value="on"(?! checked)', page)
    assert page.count("a keyed hash of it is kept") == 2
    assert "so it needs no roster" in page


def test_an_invite_is_shown_once_and_is_nowhere_else(room):
    answer = room.form("lms/moodle/invite", invite_name="campus", username="on")
    url = re.search(rf'value="({TOOL}/lti/register/[\w-]+)"', answer.text)[1]
    assert answer.status_code == 200
    assert "Manage tools → Tool URL" in unescape(answer.text)
    assert "a keyed hash of it is kept" in answer.text
    secret = url.rpartition("/")[2]
    assert secret not in room.step("lms")
    assert secret not in room.told()
    (invite,) = room.stage.rows(tables.invite)
    assert (invite.name, invite.switches["username"], invite.switches["roster"]) == ("campus", True, False)


def test_an_open_invite_waits_and_can_be_cancelled(room):
    room.form("lms/moodle/invite")
    number = room.stage.rows(tables.invite)[0].id
    assert "waiting for your LMS…" in room.step("lms")
    assert room.form("lms/cancel", invite=str(number)).status_code == 303
    assert "waiting for your LMS…" not in room.step("lms")
    assert room.form("lms/cancel", invite="x").status_code == 422


def test_an_lms_that_takes_no_url_gets_none(calm):
    assert "by one URL" not in calm.step("lms/blackboard")
    assert calm.form("lms/blackboard/invite").status_code == 422
    assert calm.stage.rows(tables.invite) == []


# --- by hand -----------------------------------------------------------------------------------------------------


def test_the_address_and_the_client_id_register_a_moodle(room, lms):
    answer = room.form("lms/moodle/by-hand", site=f"{lms}/", client_id=CLIENT, name="campus")
    assert (answer.status_code, answer.location) == (303, f"{SETUP}/lms")
    record = room.records()["campus"]
    assert (record.issuer, record.client_id, record.product) == (lms, CLIENT, "moodle")
    assert (record.auth_url, record.jwks_url) == (f"{lms}/mod/lti/auth.php", f"{lms}/mod/lti/certs.php")
    assert record.deployment_policy == "approve"
    page = room.step("lms")
    assert f"issuer {lms}" in page
    assert "Nobody has launched yet" in page
    assert "Course → More → LTI External tools" in page


def test_without_a_name_it_is_called_as_its_lms_with_a_number_where_that_is_taken(room, lms):
    assert room.form("lms/moodle/by-hand", site=lms, client_id=CLIENT).status_code == 303
    assert set(room.records()) == {"moodle", "moodle-2"}


def test_a_deployment_that_is_named_is_the_only_one(room, lms):
    room.form("lms/moodle/by-hand", site=lms, client_id=CLIENT, deployment="3", name="campus")
    record = room.records()["campus"]
    with room.stage.site.readers.begin() as session:
        assert platforms.deployments(session, record) == {"3": "approved"}
    assert record.deployment_policy == "known"


def test_wrong_fields_are_named_as_the_lms_does_and_what_was_typed_stays(calm, lms):
    answer = calm.form("lms/moodle/by-hand", site=f"{lms}/my/", client_id="1")
    errors = errors_of(answer)
    assert set(errors) == {"site", "client_id"}
    assert errors["site"].startswith("Platform ID: This is the address of a page of Moodle")
    assert "looks like Deployment ID" in errors["client_id"]
    assert f'value="{lms}/my/"' in answer.text
    assert set(calm.records()) == {"moodle"}


@pytest.mark.parametrize(
    ("body", "content_type", "says"),
    [
        ("<!doctype html><title>Moodle</title>", "text/html", "a page for people"),
        ('{"keys": 7}', "application/json", "not with a key set"),
        ("no JSON", "text/plain", "not with a key set"),
        ('{"keys": [{"kty": "EC"}]}', "application/json", "no RSA key"),
        ('{"keys": [{"kty": "RSA", "use": "enc"}]}', "application/json", "no RSA key"),
    ],
)
def test_keys_that_are_none_are_the_fault_of_the_address_they_follow_from(calm, httpserver, body, content_type, says):
    httpserver.expect_request("/mod/lti/certs.php").respond_with_data(body, content_type=content_type)
    site = httpserver.url_for("").rstrip("/")
    errors = errors_of(calm.form("lms/moodle/by-hand", site=site, client_id=CLIENT))
    assert list(errors) == ["site"]
    assert says in errors["site"]
    assert f"{site}/mod/lti/certs.php" in errors["site"]


def test_keys_that_cannot_be_had_are_the_fault_of_the_field_that_was_typed(calm, httpserver):
    site = httpserver.url_for("").rstrip("/")
    typed = {"site": site, "client_id": CLIENT, "jwks_url": f"{site}/gone/mod/lti/certs.php"}
    httpserver.expect_request("/gone/mod/lti/certs.php").respond_with_data("", status=404)
    errors = errors_of(calm.form("lms/moodle/by-hand", **typed))
    assert list(errors) == ["jwks_url"]
    assert "could not be fetched from this server: The answer was 404" in errors["jwks_url"]


def test_in_production_a_private_address_is_named_and_never_asked(sqlite_url, lms, httpserver):
    with staged(sqlite_url) as stage:
        room = Room(stage)
        typed = {"site": lms.replace("http://localhost", "https://127.0.0.1"), "client_id": CLIENT}
        errors = errors_of(room.form("lms/moodle/by-hand", **typed))
    assert list(errors) == ["site"]
    assert "not on the public internet" in errors["site"]
    assert httpserver.log == []


def test_the_same_registration_twice_is_said_of_the_form(room, lms):
    room.form("lms/moodle/by-hand", site=lms, client_id=CLIENT, name="campus")
    answer = room.form("lms/moodle/by-hand", site=lms, client_id=CLIENT)
    assert answer.status_code == 422
    assert "registered already, as platform 'campus'" in unescape(answer.text)


def test_what_is_typed_is_escaped(calm):
    answer = calm.form("lms/moodle/by-hand", site='"><script>alert(1)</script>', client_id='"><i>x')
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert "<i>x" not in answer.text


# --- waiting, then launched --------------------------------------------------------------------------------------


def test_the_step_waits_and_then_says_as_what_somebody_launched(room):
    page = room.step("lms")
    assert "Waiting for the first launch…" in page
    assert 'http-equiv="refresh"' in page
    room.stage.launch(**{CLAIM + "roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"]})
    page = room.step("lms")
    assert "Launch seen as Instructor" in page
    assert 'http-equiv="refresh"' not in page


# --- LRS ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def lrs(httpserver):
    return LrsOverHttp(httpserver)


def connection(lrs, **changes):
    typed = {"name": "campus", "url": lrs.url, "kind": "auto", "auth": "basic", "key": "reader", "secret": SECRET}
    return typed | changes


def test_an_lrs_is_asked_and_kept_with_what_it_showed(room, lrs):
    assert "No LRS is connected yet" in room.step("lrs")
    assert room.form("lrs", **connection(lrs)).status_code == 303
    record = room.sources()["campus"]
    assert (record.url, record.auth_key, record.active) == (lrs.url, "reader", True)
    assert record.probe["asked"] > 0
    page = room.step("lrs")
    assert f"{lrs.url} answers." in page
    for word in ("xAPI versions", "Order", "New ones are found by", "Next page by"):
        assert word in page
    assert SECRET not in page
    assert SECRET not in room.told()


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"secret": "another"}, "secret", "401"),
        ({"secret": ""}, "secret", "missing"),
        ({"key": ""}, "key", "needs a key"),
        ({"name": " "}, "name", "needs a name"),
        ({"url": ""}, "url", "missing"),
        ({"url": "ftp://lrs.example/xapi"}, "url", "http"),
        ({"kind": "dump"}, "kind", "no such kind"),
        ({"auth": "magic"}, "auth", "Choose how"),
        ({"auth": "oauth2"}, "token_url", "gives tokens"),
    ],
)
def test_what_is_wrong_with_an_lrs_is_said_of_its_field_and_nothing_is_kept(calm, lrs, changes, field, says):
    answer = calm.form("lrs", **connection(lrs, **changes))
    errors = errors_of(answer)
    assert list(errors) == [field]
    assert says in errors[field]
    assert SECRET not in answer.text
    assert 'value="another"' not in answer.text
    assert calm.sources() == {}


def test_an_address_without_an_lrs_is_the_address_s_fault(calm, lrs, httpserver):
    httpserver.expect_request("/nothing/statements").respond_with_data("<html>", content_type="text/html")
    errors = errors_of(calm.form("lrs", **connection(lrs, url=httpserver.url_for("/nothing"), kind="xapi")))
    assert list(errors) == ["url"]


def test_a_name_is_taken_once(room, lrs):
    room.form("lrs", **connection(lrs))
    errors = errors_of(room.form("lrs", **connection(lrs)))
    assert "connected already" in errors["name"]


def test_an_lrs_is_asked_again(room, lrs):
    room.form("lrs", **connection(lrs))
    assert room.form("lrs/test", source="campus").status_code == 303
    lrs.down = True
    answer = room.form("lrs/test", source="campus")
    assert answer.status_code == 422
    assert "campus:" in answer.text


# --- matching ----------------------------------------------------------------------------------------------------


def test_before_there_is_an_lrs_there_is_nothing_to_match(calm):
    assert "register an LMS and connect an LRS first" in calm.step("matching")


def test_nobody_launched_yet_is_said_with_what_to_do(room):
    room.stage.stock(history_of="4")
    assert "Nobody has launched from moodle yet: open the page in the LMS as a learner" in room.step("matching")


def test_before_the_records_are_read_to_their_end_no_rate_is_a_reason_to_worry(room, lrs):
    room.form("lrs", **connection(lrs))
    room.stage.launch()
    page = room.step("matching")
    assert "Nothing can be matched yet: the learning records were not read to their end." in page
    assert "See which rule would match more." not in page


def test_the_rate_is_shown_and_a_rule_is_switched_on_and_off(room):
    room.stage.stock(history_of="a.bee", home_page="https://accounts.example")
    room.stage.launch(**{CLAIM + "custom": {"username": "a.bee"}})
    page = room.step("matching")
    assert "0 of 1 who launched match." in page
    assert "1 of 1 would match by the rule username: switch it on below." in page
    typed = {"platform": "moodle", "rule": "username", "home_page": "https://accounts.example"}
    assert room.form("matching/apply", **typed).status_code == 303
    assert room.records()["moodle"].match_rules == {"username": "https://accounts.example"}
    assert "1 of 1 who launched match." in room.step("matching")
    assert room.form("matching/remove", platform="moodle", rule="username").status_code == 303
    assert room.records()["moodle"].match_rules == {}


def test_nothing_of_people_is_on_the_page_but_how_it_looks(room):
    room.stage.stock(history_of="a.bee", home_page="https://accounts.example")
    room.stage.launch(sub="zz-4711", **{CLAIM + "custom": {"username": "somebody.else"}})
    page = room.step("matching")
    for name in ("a.bee", "zz-4711", "somebody.else", "Ann"):
        assert name not in page
    assert "at https://accounts.example, 1 person" in page


def test_e_mail_needs_a_tick(room):
    room.stage.stock(history_of="4")
    room.stage.launch()
    answer = room.form("matching/apply", platform="moodle", rule="email")
    assert answer.status_code == 422
    assert "E-mail can be taken over" in answer.text
    assert room.form("matching/apply", platform="moodle", rule="email", knows="on").status_code == 303
    assert "email" in room.records()["moodle"].match_rules


@pytest.mark.parametrize("typed", [{"platform": "nobody", "rule": "username"}, {"platform": "moodle", "rule": "x"}, {}])
def test_a_rule_or_platform_that_is_none_changes_nothing(calm, typed):
    assert calm.form("matching/apply", **typed).status_code == 422
    assert calm.records()["moodle"].match_rules == {}


def test_one_identifier_is_looked_up_and_never_shown_or_kept(room):
    room.stage.stock(history_of="4")
    room.stage.launch()
    answer = room.form("matching/try", platform="moodle", identifier=f"account:{MOODLE}|4")
    assert "Both are the same learner." in answer.text
    assert f"{MOODLE}|4" not in answer.text
    assert f"{MOODLE}|4" not in room.told()
    wrong = room.form("matching/try", platform="moodle", identifier="ann@example.edu")
    assert "This is not an identifier" in errors_of(wrong)["identifier"]
    assert "ann@example.edu" not in wrong.text
