"""Platforms and Deployments: which are admitted, which are not, and how several under one issuer are told apart."""

from connector.administer import platforms
from connector.domain import Identifier, IfiKind
from connector.statements.identity import hash_identifier
from connector.store import learners, tables
from tests.lti.harness import ABSENT, CLAIM
from tests.lti.http.asking import ask
from tests.lti.http.stage import staged, visit_of

DEPLOYMENT = CLAIM + "deployment_id"


def code_of(answer) -> str:
    return answer.text.partition("<code>")[2].partition("</code>")[0]


def test_a_deployment_seen_for_the_first_time_is_admitted_and_kept_where_the_policy_says_so(stage):
    for deployment in ("dep-1", "dep-2", "dep-1"):
        visit_of(stage.launch(**{DEPLOYMENT: deployment}))
    assert sorted((row.deployment_id, row.state) for row in stage.rows(tables.deployment)) == [
        ("dep-1", "approved"),
        ("dep-2", "approved"),
    ]
    assert stage.audited("deployment_added") == ["approve", "approve"]


def test_where_deployments_are_listed_no_other_is_admitted(sqlite_url):
    with staged(sqlite_url, deployments=("dep-1", "dep-2")) as stage:
        for deployment in ("dep-1", "dep-2"):
            visit_of(stage.launch(**{DEPLOYMENT: deployment}))
        answer = stage.launch(**{DEPLOYMENT: "dep-3"})
        assert (answer.status_code, code_of(answer)) == (403, "deployment_unknown")
        states = {row.deployment_id: row.state for row in stage.rows(tables.deployment)}
        assert states == {"dep-1": "approved", "dep-2": "approved", "dep-3": "pending"}


def test_the_case_of_a_deployment_counts(sqlite_url):
    with staged(sqlite_url, deployments=("dep-1",)) as stage:
        assert code_of(stage.launch(**{DEPLOYMENT: "DEP-1"})) == "deployment_unknown"


def test_a_disabled_platform_is_refused_at_its_login(stage):
    platforms.disable("moodle", stage.site.tenant, stage.site.sessions)
    answer = stage.login_answer(stage.browser())
    assert (answer.status_code, code_of(answer)) == (403, "registration_disabled")
    assert stage.count(tables.launch_state) == 0


def test_a_platform_that_is_disabled_between_login_and_launch_is_refused(stage):
    browser = stage.browser()
    form = stage.form(stage.login(browser))
    platforms.disable("moodle", stage.site.tenant, stage.site.sessions)
    answer = stage.post(browser, form)
    assert (answer.status_code, code_of(answer)) == (403, "registration_disabled")
    assert stage.count(tables.learner) == 0


def test_a_reload_after_the_platform_was_disabled_is_refused_and_not_sent_there(stage):
    browser = stage.browser()
    form = stage.form(stage.login(browser))
    visit_of(stage.post(browser, form))
    platforms.disable("moodle", stage.site.tenant, stage.site.sessions)
    answer = stage.post(browser, form)
    assert (answer.status_code, code_of(answer)) == (403, "registration_disabled")


def test_a_platform_that_is_enabled_again_is_admitted_again(stage):
    platforms.disable("moodle", stage.site.tenant, stage.site.sessions)
    platforms.enable("moodle", stage.site.tenant, stage.site.sessions)
    visit_of(stage.launch())


def test_an_open_page_says_by_its_code_what_was_switched_off(stage):
    tenant, sessions = stage.site.tenant, stage.site.sessions
    token = stage.visit()
    platforms.change("moodle", platforms.PlatformChange(refuse=("dep-1",)), tenant, sessions, stage.clock)
    assert code_of(ask(stage, "/page", token)) == "visit_deployment_disabled"
    platforms.disable("moodle", tenant, sessions)
    assert code_of(ask(stage, "/page", token)) == "visit_platform_disabled"


def test_two_registrations_under_one_issuer_need_the_client_id(stage):
    stage.add_platform("second", client_id="client-2")
    answer = stage.login_answer(stage.browser(), client_id=ABSENT)
    assert (answer.status_code, code_of(answer)) == (400, "client_id_needed")
    assert stage.login(stage.browser(), client_id="client-2").sent["client_id"] == "client-2"
    visit_of(stage.launch())


def test_one_registration_needs_no_client_id(stage):
    assert stage.login(stage.browser(), client_id=ABSENT).sent["client_id"] == "client-1"


def test_a_token_for_the_one_registration_is_no_token_for_the_other(stage):
    stage.add_platform("second", client_id="client-2")
    browser = stage.browser()
    login = stage.login(browser, client_id="client-2")
    assert code_of(stage.post(browser, stage.form(login))) == "aud_foreign"
    second = stage.login(browser, client_id="client-2")
    visit_of(stage.post(browser, stage.form(second, aud="client-2")))


def test_the_same_subject_under_two_issuers_is_two_people(stage):
    first = stage.decoded(stage.visit())
    stage.add_platform("other", issuer="https://other.example")
    browser = stage.browser()
    login = stage.login(browser, iss="https://other.example")
    second = stage.decoded(visit_of(stage.post(browser, stage.form(login, iss="https://other.example"))))
    assert first.learner != second.learner
    assert stage.count(tables.learner) == 2


SSO = "https://sso.example"


def _learner_of_username(stage):
    identity = hash_identifier(stage.site.keys.hashing, Identifier(IfiKind.ACCOUNT, "ann.s", SSO))
    with stage.site.readers.begin() as session:
        return learners.by_identity(session, stage.site.tenant, identity)


def _with_history(stage):
    stage.stock(history_of="ann.s", home_page=SSO)
    return _learner_of_username(stage)


def test_a_username_links_where_the_platform_has_the_rule(sqlite_url):
    with staged(sqlite_url, match={"username": SSO}) as stage:
        _with_history(stage)
        page = stage.launch(**{CLAIM + "ext": {"user_username": "ann.s"}})
        assert _learner_of_username(stage) == stage.decoded(visit_of(page)).learner
        assert "Because you completed" in page.text


def test_a_username_links_nothing_where_the_platform_has_no_rule(stage):
    before = _with_history(stage)
    page = stage.launch(**{CLAIM + "ext": {"user_username": "ann.s"}})
    assert _learner_of_username(stage) == before != stage.decoded(visit_of(page)).learner
    assert "Because you completed" not in page.text


def test_a_username_that_the_platform_did_not_fill_in_is_no_claim(sqlite_url):
    with staged(sqlite_url, match={"username": SSO}) as stage:
        stage.visit(email="", **{CLAIM + "custom": {"username": "$User.username", "person_sourcedid": ""}})
        assert [row.kind for row in stage.rows(tables.launch_claim)] == ["sub"]
        assert stage.count(tables.identity) == 1


def test_what_a_launch_says_of_a_person_is_kept_as_claims(stage):
    person = {
        "email": "Ann@Post.example",
        CLAIM + "ext": {"user_username": "ann.s"},
        CLAIM + "lis": {"person_sourcedid": "4711"},
    }
    stage.visit(**person)
    kept = {row.kind: (row.shape, row.sha1 is not None) for row in stage.rows(tables.launch_claim)}
    assert kept == {
        "sub": ("digits(1)", False),
        "username": ("a.a", False),
        "idnumber": ("digits(4)", False),
        "email": ("a@host", True),
    }


def test_nobody_takes_over_the_username_of_somebody_who_has_launched(sqlite_url):
    with staged(sqlite_url, match={"username": SSO}) as stage:
        _with_history(stage)
        first = stage.decoded(stage.visit(**{CLAIM + "ext": {"user_username": "ann.s"}}))
        second = stage.decoded(stage.visit(sub="5", **{CLAIM + "ext": {"user_username": "ann.s"}}))
        assert _learner_of_username(stage) == first.learner != second.learner
        assert stage.audited("match_refused") == ["username"]
