"""Coming into the console and out of it: the setup code, passwords, sessions, forms of other sites."""

from datetime import timedelta
from hashlib import sha256

import pytest

from connector.administer.accounts import accounts_of
from connector.administer.signing_in import TRIES_OF_A_NAME
from connector.store import tables
from tests.lti.http.stage import TOOL, staged
from tests.lti.http.visitor import COOKIE, FROM_US, PASSWORD, Visitor, cleared


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """One site for the module: keys take long to make."""
    with staged(f"sqlite:///{tmp_path_factory.mktemp('doors') / 'onward.db'}") as stage:
        yield stage


@pytest.fixture
def stage(house):
    return cleared(house)


@pytest.fixture
def visitor(stage):
    return Visitor(stage)


@pytest.fixture
def accounts(stage):
    return accounts_of(stage.site, stage.settings.public_url, stage.clock)


@pytest.fixture
def ada(accounts, visitor):
    accounts.add("Ada", PASSWORD)
    assert visitor.sign_in().status_code == 303
    return visitor


def later(stage, **time):
    stage.scene.now += timedelta(**time)


def claim(visitor, code, name="Ada", password=PASSWORD):
    visitor.get("/admin/claim")
    return visitor.post("/admin/claim", code=code, name=name, password=password)


# --- the setup code ------------------------------------------------------------------------------------------------


def test_setup_leads_to_the_claim_and_the_code_makes_the_first_account(stage, accounts, visitor):
    code = accounts.new_code().code
    assert visitor.get("/setup").location == "/admin/setup"
    assert visitor.get("/admin/setup").location == "/admin/claim"
    answer = claim(visitor, code)
    assert (answer.status_code, answer.location) == (303, "/admin/setup")
    assert "Ada" in visitor.get("/admin/setup").text
    assert stage.audited("site_claimed") == [""]


def test_a_code_may_be_typed_in_small_letters_and_without_dashes(accounts, visitor):
    assert claim(visitor, accounts.new_code().code.lower().replace("-", " ")).status_code == 303


def test_only_the_hash_of_the_code_is_kept(stage, accounts):
    code = accounts.new_code().code
    assert code.replace("-", "") not in str(stage.rows(tables.choice))
    assert code not in str(stage.rows(tables.choice))


@pytest.mark.parametrize("how", ["foreign", "replaced", "expired", "used"])
def test_a_code_that_cannot_be_used_is_one_sentence_and_makes_nobody(stage, accounts, visitor, how):
    code = accounts.new_code().code
    if how == "replaced":
        accounts.new_code()
    if how == "expired":
        later(stage, days=7)
    if how == "used":
        assert claim(Visitor(stage), code).status_code == 303
        visitor.get("/admin/sign-in")
        answer = visitor.post("/admin/claim", code=code, name="Eve", password=PASSWORD)
    else:
        answer = claim(visitor, "AAAAA-BBBBB-CCCCC-DDDDD" if how == "foreign" else code)
    assert answer.status_code == 422
    assert "This setup code cannot be used" in answer.text
    assert [row.name for row in stage.rows(tables.account)] == (["Ada"] if how == "used" else [])
    assert stage.audited("setup_code_refused") == [""]


def test_a_password_that_is_refused_leaves_the_code_good(accounts, visitor):
    code = accounts.new_code().code
    answer = claim(visitor, code, password="tooshort")
    assert answer.status_code == 422
    assert 'id="password-error"' in answer.text
    assert "tooshort" not in answer.text
    assert claim(visitor, code).status_code == 303


def test_guessing_codes_ends_after_a_while(accounts, visitor):
    code = accounts.new_code().code
    for _ in range(60):
        assert claim(visitor, "AAAAA-BBBBB-CCCCC-DDDDD").status_code == 422
    assert claim(visitor, code).status_code == 429


def test_a_claimed_site_has_no_claim_page(ada, stage):
    assert Visitor(stage).get("/admin/claim").location == "/admin/setup"
    assert Visitor(stage).get("/setup").location == "/admin/setup"
    assert Visitor(stage).get("/admin/setup").location == "/admin/sign-in?to=%2Fsetup"


# --- passwords -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/..//evil.example", "\\evil.example"])
def test_signing_in_leads_where_one_wanted_to_go_and_never_to_another_site(accounts, stage, wanted):
    accounts.add("Ada", PASSWORD)
    assert Visitor(stage).sign_in(to="/setup/first").location == "/admin/setup/first"
    assert Visitor(stage).sign_in(to=wanted).location == "/admin"


def test_a_wrong_password_an_unknown_name_and_a_disabled_account_get_the_same_answer(stage, accounts, visitor):
    accounts.add("Ada", PASSWORD)
    accounts.add("Bob", PASSWORD)
    accounts.disable("Bob")
    answers = [visitor.sign_in("Ada", "not her password"), visitor.sign_in("Eve"), visitor.sign_in("Bob")]
    assert {answer.status_code for answer in answers} == {403}
    assert all("Name or password is wrong." in answer.text for answer in answers)
    assert stage.audited("sign_in_failed") == ["", "", ""]
    assert "Eve" not in str([row.detail for row in stage.rows(tables.audit)])


def test_guessing_a_password_ends_after_a_while_and_begins_anew_later(stage, accounts, visitor):
    accounts.add("Ada", PASSWORD)
    for _ in range(TRIES_OF_A_NAME):
        assert visitor.sign_in("ADA", "not her password").status_code == 403
    assert visitor.sign_in().status_code == 429
    later(stage, minutes=15)
    assert visitor.sign_in().status_code == 303


def test_only_the_hash_of_the_cookie_is_kept(ada, stage):
    secret = ada.cookie().value
    kept = [row.token_hash for row in stage.rows(tables.console_session)]
    assert kept == [sha256(b"onward console session\0" + secret.encode()).digest()]
    assert stage.audited("signed_in") == [""]


def test_the_cookie_is_for_https_for_no_script_and_for_the_console_alone(accounts, visitor):
    accounts.add("Ada", PASSWORD)
    cookie = next(one for one in visitor.sign_in().headers.getlist("Set-Cookie") if one.startswith(COOKIE))
    assert {part.strip() for part in cookie.split(";")[1:]} == {"Secure", "HttpOnly", "Path=/admin", "SameSite=Lax"}


# --- sessions ------------------------------------------------------------------------------------------------------


def test_signing_in_gives_another_secret_and_ends_the_session_before(ada, stage):
    before = ada.cookie().value
    ada.get("/admin")
    assert ada.post("/admin/sign-in", name="Ada", password=PASSWORD).status_code == 303
    assert ada.cookie().value != before
    other = Visitor(stage)
    other.hold(before)
    assert not other.is_in()


def test_a_secret_that_a_browser_was_given_before_signing_in_is_no_session(accounts, visitor, stage):
    accounts.add("Ada", PASSWORD)
    visitor.get("/admin/sign-in")
    planted = visitor.cookie().value
    visitor.post("/admin/sign-in", name="Ada", password=PASSWORD)
    thief = Visitor(stage)
    thief.hold(planted)
    assert not thief.is_in()


def test_signing_out_ends_the_session_and_not_only_the_cookie(ada, stage):
    secret = ada.cookie().value
    ada.get("/admin")
    assert ada.post("/admin/sign-out").location == "/admin/sign-in"
    assert ada.cookie() is None
    ada.hold(secret)
    assert not ada.is_in()


def test_a_session_ends_after_half_an_hour_without_use(ada, stage):
    later(stage, minutes=29)
    assert ada.is_in()
    later(stage, minutes=29)
    assert ada.is_in()
    later(stage, minutes=31)
    assert not ada.is_in()


def test_a_page_that_looks_again_by_itself_keeps_no_session_alive(ada, stage):
    for _ in range(3):
        later(stage, minutes=9)
        assert ada.get("/admin/setup/first?live=1").status_code == 200
    later(stage, minutes=9)
    assert ada.get("/admin/setup/first?live=1").location == "/admin/sign-in?to=%2Fsetup%2Ffirst"


def test_no_session_lasts_longer_than_twelve_hours(ada, stage):
    for _ in range(35):
        later(stage, minutes=20)
        assert ada.is_in()
    later(stage, minutes=20)
    assert not ada.is_in()


@pytest.mark.parametrize("change", ["password", "disable"])
def test_another_password_and_a_disabled_account_end_every_session(ada, accounts, stage, change):
    other = Visitor(stage)
    assert other.sign_in().status_code == 303
    if change == "password":
        accounts.set_password("Ada", "five other quiet words")
    else:
        accounts.disable("Ada")
    assert not ada.is_in()
    assert not other.is_in()


# --- forms of other sites ------------------------------------------------------------------------------------------


FROM_OTHERS = [
    {},
    {"Origin": "https://evil.example"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    {"Origin": TOOL, "Sec-Fetch-Site": "cross-site"},
    {"Origin": TOOL, "Sec-Fetch-Site": "same-site"},
    {"Origin": "null"},
    {"Origin": f"{TOOL}.evil.example"},
]


def test_a_form_that_another_site_sent_does_nothing(ada, stage):
    for headers in FROM_OTHERS:
        ada.get("/admin")
        assert ada.post("/admin/sign-out", headers=headers).status_code == 403, headers
    assert ada.is_in()


@pytest.mark.parametrize("path", ["/admin/sign-out", "/admin/setup/first", "/admin/setup/address", "/admin/sign-in"])
def test_a_form_without_the_session_s_token_does_nothing(ada, path):
    for token in ("", "0" * 64, "é"):
        ada.get("/admin")
        answer = ada.post(path, csrf=token, name="Ada", password=PASSWORD)
        assert answer.status_code == 403
        assert "Nothing was changed" in answer.text
    assert ada.is_in()


def test_the_token_of_one_browser_is_none_for_another(ada, stage):
    other = Visitor(stage)
    other.sign_in()
    other.get("/admin")
    ada.page = other.page
    assert ada.post("/admin/sign-out").status_code == 403


def test_forms_of_who_is_not_signed_in_lead_to_the_door(accounts, visitor):
    accounts.add("Ada", PASSWORD)
    visitor.get("/admin/sign-in")
    assert visitor.post("/admin/setup/first").location == "/admin/sign-in"


def test_no_page_of_the_console_may_be_framed_or_kept(ada):
    for path in ("/admin", "/admin/setup", "/admin/setup/address", "/admin/sign-in", "/admin/setup/nowhere", "/setup"):
        headers = ada.get(path).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "same-origin"


def test_every_room_is_shut_for_who_is_not_signed_in(stage, accounts, visitor):
    accounts.add("Ada", PASSWORD)
    rules = [rule.rule.replace("<key>", "lms").replace("<path:page>", "x") for rule in stage.app.url_map.iter_rules()]
    rooms = {rule for rule in rules if rule.startswith("/admin")} - {"/admin/sign-in", "/admin/claim", "/admin/enter"}
    assert {"/admin", "/admin/setup", "/admin/sample", "/admin/setup/lms", "/admin/setup/lms/x"} <= rooms
    for room in rooms - {"/admin/sign-out"}:
        assert visitor.get(room).location.startswith("/admin/sign-in"), room
        visitor.hold("a secret that nobody gave")
        assert visitor.get(room).location.startswith("/admin/sign-in"), room


def test_a_page_opened_at_another_address_says_which_is_right(accounts, stage):
    accounts.add("Ada", PASSWORD)
    answer = stage.browser().get("/admin/sign-in", base_url="http://10.0.0.7:8000")
    assert (
        "You opened this page at http://10.0.0.7:8000, and the site&#39;s address is https://tool.example"
        in answer.text
    )


def test_in_development_over_http_the_cookie_has_a_plain_name(sqlite_url):
    with staged(sqlite_url, env="development", public_url="http://tool.example") as stage:
        accounts_of(stage.site, stage.settings.public_url, stage.clock).add("Ada", PASSWORD)
        answer = stage.browser().get("/admin/sign-in", base_url="http://tool.example")
        assert answer.headers["Set-Cookie"].startswith("onward-console=")
        assert "Secure" not in answer.headers["Set-Cookie"]


def test_from_us_is_what_a_browser_sends(ada):
    ada.get("/admin")
    assert ada.post("/admin/sign-out", headers=FROM_US).status_code == 303
