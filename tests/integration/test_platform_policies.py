"""Who is admitted: deployments that wait, are approved or refused, and platforms that are switched off, at once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from shutil import copyfile

import pytest

from connector.administer import platforms as use
from connector.administer.platforms import PlatformChange
from connector.errors import UnknownName
from connector.lti.ports import DeploymentPolicy
from connector.store import platforms, tables
from tests.lti.harness import CLAIM, NOON
from tests.lti.http.asking import ask, page_of, send
from tests.lti.http.stage import acts, staged, visit_of

DEPLOYMENT = CLAIM + "deployment_id"
INSTRUCTOR = {CLAIM + "roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"]}


@pytest.fixture
def stage(engine, database_url):
    """On either database; ``engine`` brings the schema."""
    with staged(database_url) as made:
        yield made


@pytest.fixture
def stage_on_sqlite(sqlite_url, sqlite_template):
    copyfile(sqlite_template, sqlite_url.removeprefix("sqlite:///"))
    with staged(sqlite_url) as made:
        yield made


def code_of(answer) -> str:
    return answer.text.partition("<code>")[2].partition("</code>")[0]


def change(stage, **wanted) -> None:
    use.change("moodle", PlatformChange(**wanted), stage.site.tenant, stage.site.sessions, stage.clock)


def deployments(stage) -> list[tuple]:
    found = use.deployments("moodle", stage.site.tenant, stage.site.readers)
    return [(one["deployment"], one["state"], one["first_seen"] - NOON) for one in found]


# --- deployments that were never seen ------------------------------------------------------------------------------


def test_a_new_deployment_waits_where_the_site_wants_to_be_asked_and_is_admitted_once_approved(stage):
    change(stage, policy=DeploymentPolicy.KNOWN)
    first = stage.launch(**{DEPLOYMENT: "new"})
    assert (first.status_code, code_of(first)) == (403, "deployment_unknown")
    stage.scene.now += timedelta(minutes=5)
    again = stage.launch(**{DEPLOYMENT: "new"})
    assert (again.status_code, code_of(again)) == (403, "deployment_pending")
    assert deployments(stage) == [("new", "pending", timedelta(0))]
    assert stage.audited("deployment_added") == ["pending"]
    assert stage.count(tables.learner) == 0
    change(stage, approve=("new",))
    visit_of(stage.launch(**{DEPLOYMENT: "new"}))
    assert deployments(stage) == [("new", "approved", timedelta(0))]


def test_what_was_refused_says_so_and_not_that_it_waits(stage_on_sqlite):
    change(stage_on_sqlite, refuse=("dep-1",))
    answer = stage_on_sqlite.launch()
    assert (answer.status_code, code_of(answer)) == (403, "deployment_disabled")
    assert "switched off" in answer.text


def test_the_policy_can_be_changed_either_way_and_what_was_admitted_stays(stage_on_sqlite):
    stage = stage_on_sqlite
    visit_of(stage.launch())
    change(stage, policy=DeploymentPolicy.KNOWN)
    visit_of(stage.launch())
    assert code_of(stage.launch(**{DEPLOYMENT: "late"})) == "deployment_unknown"
    change(stage, policy=DeploymentPolicy.APPROVE)
    assert code_of(stage.launch(**{DEPLOYMENT: "late"})) == "deployment_pending"  # somebody has to look at it
    visit_of(stage.launch(**{DEPLOYMENT: "later"}))


def test_fifty_deployments_wait_at_the_most_and_another_can_be_approved_all_the_same(stage_on_sqlite):
    stage = stage_on_sqlite
    change(stage, policy=DeploymentPolicy.KNOWN)
    with stage.site.sessions.begin() as session:
        record = platforms.by_name(session, stage.site.tenant, "moodle")
        platforms.add_deployments(session, record, [f"old{number}" for number in range(48)], "pending", NOON)
    for number in range(4):
        assert code_of(stage.launch(**{DEPLOYMENT: f"d{number}"})) == "deployment_unknown"
    assert [name for name, _, _ in deployments(stage) if name.startswith("d")] == ["d0", "d1"]
    assert len(deployments(stage)) == 50
    change(stage, approve=("d0", "d3"))
    visit_of(stage.launch(**{DEPLOYMENT: "d3"}))
    assert code_of(stage.launch(**{DEPLOYMENT: "d2"})) == "deployment_unknown"
    assert code_of(stage.launch(**{DEPLOYMENT: "d2"})) == "deployment_pending"  # one place was free again


# --- switched off while pages are open -----------------------------------------------------------------------------


def refused_everywhere(stage, token, slate, code) -> None:
    for answer in (ask(stage, "/page", token), ask(stage, "/act", token, form={"personal_rows": "off"})):
        assert (answer.status_code, code_of(answer)) == (403, code)
        assert "switched off" in answer.text
        assert token not in answer.text
    told = send(stage, token, acts(slate, clicks=[{"item": "1", "position": 0}]))
    assert (told.status_code, told.json) == (403, {"error": code})


def test_an_open_page_ends_with_its_platform_and_goes_on_with_it(stage_on_sqlite):
    stage = stage_on_sqlite
    stage.stock(history_of="4")
    token, slate, _ = page_of(stage)
    use.disable("moodle", stage.site.tenant, stage.site.sessions, stage.clock)
    refused_everywhere(stage, token, slate, "visit_platform_disabled")
    assert all(row.personal_rows for row in stage.rows(tables.learner))
    use.enable("moodle", stage.site.tenant, stage.site.sessions, stage.clock)
    assert ask(stage, "/page", token).status_code == 200
    assert stage.audited("platform_changed") == ["disabled", "enabled"]


def test_an_open_page_ends_with_its_deployment_and_others_of_the_platform_go_on(stage):
    stage.stock(history_of="4")
    (token, slate, _), (other, _, _) = page_of(stage), page_of(stage, **{DEPLOYMENT: "dep-2"})
    change(stage, refuse=("dep-1",))
    refused_everywhere(stage, token, slate, "visit_deployment_disabled")
    assert ask(stage, "/page", other).status_code == 200
    change(stage, approve=("dep-1",))
    assert ask(stage, "/page", token).status_code == 200
    assert stage.audited("deployment_changed") == ["disabled", "approved"]


def test_an_open_page_of_a_platform_that_was_removed_is_refused(stage_on_sqlite):
    token, slate, _ = page_of(stage_on_sqlite)
    with stage_on_sqlite.site.sessions.begin() as session:
        session.execute(tables.platform.delete())
    refused_everywhere(stage_on_sqlite, token, slate, "visit_platform_disabled")


# --- the last launch -----------------------------------------------------------------------------------------------


def last_launch(stage):
    (one,) = use.listed(stage.site.tenant, stage.site.readers)
    return one["last_launch"], one["last_launch_as"]


def test_the_last_launch_is_kept_once_a_minute_with_whose_it_was(stage):
    assert last_launch(stage) == (None, "")
    stage.launch(**INSTRUCTOR)
    assert last_launch(stage) == (NOON, "instructor")
    stage.scene.now += timedelta(seconds=59)
    stage.launch()
    assert last_launch(stage) == (NOON, "instructor")
    stage.scene.now += timedelta(seconds=1)
    stage.launch(sub=None)
    assert last_launch(stage) == (NOON + timedelta(minutes=1), "anonymous")


def test_a_launch_that_is_refused_is_not_the_last_launch(stage_on_sqlite):
    change(stage_on_sqlite, policy=DeploymentPolicy.KNOWN)
    stage_on_sqlite.launch()
    assert last_launch(stage_on_sqlite) == (None, "")


def test_of_many_launches_at_once_none_waits_for_another_to_keep_it(stage):
    """A launch that finds the row being written goes on without it: the other has not committed when it returns."""
    tenant, sessions = stage.site.tenant, stage.site.sessions
    if stage.site.engine.dialect.name == "sqlite":
        with ThreadPoolExecutor(4) as several:
            assert all(answer.status_code == 200 for answer in several.map(lambda _: stage.launch(), range(4)))
        assert last_launch(stage) == (NOON, "learner")
        return
    with sessions.begin() as first:
        record = platforms.by_name(first, tenant, "moodle")
        platforms.note_launch(first, record, "learner", NOON)
        with sessions.begin() as second:
            platforms.note_launch(second, record, "instructor", NOON)
    assert last_launch(stage) == (NOON, "learner")


# --- the commands --------------------------------------------------------------------------------------------------

PLATFORM = (
    *("--issuer", "https://lms.example", "--client-id", "c1", "--auth-url", "http://127.0.0.1/auth"),
    *("--jwks-url", "http://127.0.0.1/jwks"),
)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_commands_change_and_show_who_is_admitted(onward):
    assert onward("platform", "add", "moodle", *PLATFORM).code == 0
    (listed,) = json.loads(onward("platform", "list", "--json").out)
    assert (listed["new_deployments"], listed["pending"], listed["last_launch"]) == ("approve", 0, None)
    assert onward("platform", "change", "moodle", "--deployments", "known", "--refuse", "2", "--approve", "1").code == 0
    (listed,) = json.loads(onward("platform", "list", "--json").out)
    assert (listed["new_deployments"], listed["deployments"]) == ("known", {"1": "approved", "2": "disabled"})
    shown = json.loads(onward("platform", "deployments", "moodle", "--json").out)
    assert {one["deployment"]: one["state"] for one in shown} == {"1": "approved", "2": "disabled"}
    assert "first_seen" in onward("platform", "deployments", "moodle").out
    assert "last_launch_as" in onward("platform", "list").out
    assert onward("platform", "change", "moodle", "--deployments", "all").code == 2
    assert "There is no platform 'x'" in onward("platform", "deployments", "x").err


def test_deployments_that_wait_are_listed_first(stage_on_sqlite):
    stage = stage_on_sqlite
    stage.launch(**{DEPLOYMENT: "a"})
    change(stage, policy=DeploymentPolicy.KNOWN)
    stage.launch(**{DEPLOYMENT: "z"})
    assert [name for name, _, _ in deployments(stage)] == ["z", "a"]
    with pytest.raises(UnknownName):
        use.deployments("x", stage.site.tenant, stage.site.readers)
