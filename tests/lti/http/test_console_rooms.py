"""The rooms: the lamps of home turn with what breaks, the steps are told from the data, forms are answered."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import delete, tuple_, update

from connector.administer.accounts import accounts_of
from connector.store import events, leases, sources, tables
from connector.sync import JOB
from connector.web.console.steps import ORDER
from tests.lti.harness import NOON
from tests.lti.http.stage import TOOL, staged
from tests.lti.http.visitor import PASSWORD, Visitor

LAMP = re.compile(
    r'<svg class="sign (\w+)"[^\n]*?<h[23]>([^<]*)</h[23]><p>(.*?)</p>(?:<p class="next">(.*?)</p>)?', re.DOTALL
)
MARK = re.compile(r"<[^>]+>")


def words(html: str) -> str:
    return unescape(MARK.sub("", html))


def lamps(page: str) -> dict[str, tuple[str, str, str]]:
    return {name: (light, words(sentence), words(action)) for light, name, sentence, action in LAMP.findall(page)}


def made_well(stage):
    stage.stock(history_of="4")
    change(stage, tables.source, last_success_at=NOON)
    work(stage, began=NOON)
    assert stage.launch().status_code == 200
    accounts_of(stage.site, stage.settings.public_url, stage.clock).add("Ada", PASSWORD)
    return stage


def signed_in(stage):
    visitor = Visitor(stage)
    assert visitor.sign_in().status_code == 303
    return visitor


@pytest.fixture(scope="module")
def well(tmp_path_factory):
    """One site for the module on which all is well: read and trained at noon, launched by a learner with history."""
    with staged(f"sqlite:///{tmp_path_factory.mktemp('rooms') / 'onward.db'}") as stage:
        made_well(stage)
        stage.ada = signed_in(stage)
        yield stage


CHANGED = (
    tables.source,
    tables.platform,
    tables.job,
    tables.model,
    tables.tenant,
    tables.identity,
    tables.item_text,
    tables.slate,
)


@pytest.fixture
def site(well):
    """The site; whatever the test broke is mended after it."""
    before = {table: [row._mapping for row in well.rows(table)] for table in CHANGED}
    yield well
    with well.site.sessions.begin() as session:
        session.execute(delete(tables.audit))
        for table, rows in before.items():
            keys = list(table.primary_key)
            kept = [tuple(row[key.name] for key in keys) for row in rows]
            session.execute(delete(table).where(tuple_(*keys).not_in(kept)))
            for row in rows:
                session.execute(update(table).where(*(key == row[key.name] for key in keys)).values(dict(row)))
    well.scene.now = NOON


@pytest.fixture
def visitor(site):
    return site.ada


def change(stage, table, **values):
    with stage.site.sessions.begin() as session:
        session.execute(update(table).values(**values))


def work(stage, began):
    with stage.site.sessions.begin() as session:
        leases.take(session, stage.site.tenant, JOB, "campus", "elsewhere:1:1", began)
        leases.give_back(session, stage.site.tenant, JOB, "campus", "elsewhere:1:1", began)
        leases.ask(session, stage.site.tenant, JOB, "campus", began)


def lamp(visitor, name):
    return lamps(visitor.get("/admin").text)[name]


def test_all_lamps_are_well_on_a_site_that_is(stage_on_both):
    visitor = signed_in(made_well(stage_on_both))
    shown = lamps(visitor.get("/admin").text)
    assert {name: light for name, (light, _, _) in shown.items()} == dict.fromkeys(
        ["Learning platform", "Learning records", "Worker", "Matching", "Catalogue", "Model", "Rows served"], "ok"
    )
    assert shown["Matching"][1] == "1 of 1 people who opened the tool have learning records."
    assert shown["Catalogue"][1] == "20 of 20 items have a title and a start link, and can be recommended."
    assert shown["Rows served"][1] == "1 of 1 pages of the last day showed a row."
    assert shown["Model"][1] == "Model 1 was trained on 2026-11-22 at 12:00 UTC, from 100 learners."
    assert not any(action for _, _, action in shown.values())


def test_without_a_platform_the_first_lamp_says_so(site, visitor):
    change(site, tables.platform, active=False)
    shown = lamp(visitor, "Learning platform")
    assert shown == ("error", "No learning platform is registered.", "Register your learning platform.")


def test_a_platform_that_nobody_opened_is_waited_for(site, visitor):
    change(site, tables.platform, launched_at=None)
    shown = lamp(visitor, "Learning platform")
    assert shown[0] == "warning"
    assert shown[1] == "moodle is registered, and nobody has opened the tool there yet."


def test_refused_launches_are_counted_for_a_day(site, visitor):
    with site.site.sessions.begin() as session:
        events.audit(session, site.site.tenant, "launch_refused", "state_unknown", {}, NOON)
        events.audit(session, site.site.tenant, "launch_refused", "state_unknown", {}, NOON - timedelta(days=2))
    shown = lamp(visitor, "Learning platform")
    assert shown[0] == "warning"
    assert shown[1].endswith("1 logins or launches were refused in the last day.")


def test_without_an_lrs_the_lamp_says_so(site, visitor):
    change(site, tables.source, active=False)
    assert lamp(visitor, "Learning records")[:2] == ("error", "No Learning Record Store is connected.")


def test_an_lrs_that_fails_says_why(site, visitor):
    change(site, tables.source, last_error="The LRS refuses the key.")
    shown = lamp(visitor, "Learning records")
    assert shown[:2] == ("error", "campus could not be read: The LRS refuses the key.")


def test_an_lrs_that_was_not_read_for_an_hour_is_behind(site, visitor):
    change(site, tables.source, last_success_at=NOON - timedelta(minutes=61))
    shown = lamp(visitor, "Learning records")
    assert shown == (
        "warning",
        "campus was last read on 2026-11-22 at 10:59 UTC.",
        "Start onward worker on the server.",
    )


def test_a_worker_that_stopped_is_missed_after_its_pause_and_a_minute(site, visitor):
    work(site, began=NOON - timedelta(seconds=90))
    assert lamp(visitor, "Worker")[0] == "ok"
    work(site, began=NOON - timedelta(seconds=91))
    shown = lamp(visitor, "Worker")
    assert shown[0] == "error"
    assert shown[1].startswith("No worker seems to run; the last work began on 2026-11-22 at 11:58 UTC.")
    assert shown[2] == "Start onward worker on the server."


def test_a_worker_that_runs_is_never_missed(site, visitor):
    with site.site.sessions.begin() as session:
        leases.take(session, site.site.tenant, JOB, "campus", "elsewhere:1:1", NOON - timedelta(hours=3))
    assert lamp(visitor, "Worker")[0] == "ok"


def test_learners_without_records_turn_the_lamp_of_matching(site, visitor):
    change(site, tables.identity, from_statement=False)
    shown = lamp(visitor, "Matching")
    assert shown[:2] == ("error", "0 of 1 people who opened the tool have learning records.")
    assert shown[2] == "Look which rule would match more of them."


def test_items_without_a_title_or_link_turn_the_lamp_of_the_catalogue(site, visitor):
    change(site, tables.item_text, title="")
    shown = lamp(visitor, "Catalogue")
    assert shown[:2] == ("error", "0 of 20 items have a title and a start link, and can be recommended.")


def test_an_old_model_and_none_turn_the_lamp_of_the_model(site, visitor):
    change(site, tables.model, trained_at=NOON - timedelta(days=2, seconds=1))
    assert lamp(visitor, "Model")[0] == "warning"
    change(site, tables.tenant, current_model_id=None)
    shown = lamp(visitor, "Model")
    assert shown == ("error", "Nothing was learned from the records yet.", "Train for the first time.")


def test_pages_without_rows_turn_the_last_lamp(site, visitor):
    change(site, tables.slate, shown=b"")
    assert lamp(visitor, "Rows served")[:2] == ("error", "0 of 1 pages of the last day showed a row.")
    change(site, tables.slate, shown_at=NOON - timedelta(days=1, seconds=1))
    assert lamp(visitor, "Rows served")[:2] == ("off", "No learner has opened the page in the last day.")


# --- steps ---------------------------------------------------------------------------------------------------------


STEP = re.compile(r'class="sign (\w+)"[^\n]*?<h2><a href="/admin/setup/(\w+)">')


def stages(visitor) -> dict[str, str]:
    return {key: stage for stage, key in STEP.findall(visitor.get("/admin/setup").text)}


def test_the_steps_stand_in_their_order_and_are_told_from_the_data(site, visitor):
    shown = stages(visitor)
    assert list(shown) == [key for key in ORDER if key in shown]
    assert (shown["first"], shown["page"]) == ("done", "done")
    change(site, tables.source, last_success_at=None)
    assert stages(visitor)["first"] == "current"
    change(site, tables.source, active=False)
    assert stages(visitor)["first"] == "blocked"
    change(site, tables.tenant, current_model_id=None)
    assert stages(visitor)["page"] == "blocked"


def test_each_step_can_be_opened_at_once_and_left_again(visitor):
    for key in stages(visitor):
        answer = visitor.get(f"/admin/setup/{key}")
        assert answer.status_code == 200, key
        assert 'aria-current="step"' in answer.text


@pytest.mark.parametrize("path", ["/admin/setup/nowhere", "/admin/setup/first/nowhere", "/admin/setup/page/nowhere"])
def test_a_step_that_is_not_there_is_404_in_the_console_s_own_words(visitor, path):
    answer = visitor.get(path)
    assert answer.status_code == 404
    assert "There is no such" in answer.text


def test_asking_for_the_work_asks_the_worker_is_said_once_and_is_audited(site, visitor):
    site.scene.now = NOON + timedelta(seconds=1)
    visitor.get("/admin/setup/first")
    answer = visitor.post("/admin/setup/first")
    assert (answer.status_code, answer.location) == (303, "/admin/setup/first")
    with site.site.readers.begin() as session:
        assert leases.asked(session, site.site.tenant, JOB, site.scene.now) == {"campus": site.scene.now}
        assert leases.is_asked(session, site.site.tenant, "train", "")
    assert "Asked for: one LRS is read" in visitor.get("/admin/setup/first").text
    assert "Asked for" not in visitor.get("/admin/setup/first").text
    assert site.audited("setup_changed") == ["first"]


def test_work_that_was_asked_for_and_does_not_begin_says_that_no_worker_runs(site, visitor):
    site.scene.now += timedelta(seconds=5)
    visitor.get("/admin/setup/first")
    visitor.post("/admin/setup/first")
    assert "no worker runs" not in visitor.get("/admin/setup/first").text
    site.scene.now += timedelta(seconds=16)
    page = visitor.get("/admin/setup/first").text
    assert "Nothing has begun: no worker runs." in page
    assert "No worker runs." in words(page)


def test_a_read_under_way_is_shown_with_what_was_measured(site, visitor):
    progress = {"walk": "first", "read": 12345, "added": 9, "per_second": 678.9, "share": 0.4321}
    progress["ends_at"] = (NOON + timedelta(minutes=7)).isoformat()
    with site.site.sessions.begin() as session:
        leases.take(session, site.site.tenant, JOB, "campus", "elsewhere:1:1", NOON)
        leases.beat(session, site.site.tenant, JOB, "campus", "elsewhere:1:1", progress)
    page = visitor.get("/admin/setup/first").text
    line = "campus: 12,345 statements read, 679 a second, about 43% of the time span, about 7 minutes left"
    assert line in words(page)
    assert '<progress max="100" value="43"' in page
    assert '<meta http-equiv="refresh" content="3;url=/admin/setup/first?live=1">' in page
    assert "Read and train" not in page


def test_what_became_of_the_statements_adds_up(visitor):
    page = words(visitor.get("/admin/setup/first").text)
    assert "Read4 statements, each counted once" in page.replace("\n", "")
    assert "Kept4 " in page.replace("\n", "")
    assert "Model 1 was learned from 900 completions of 20 items by 100 learners." in page


def test_the_last_step_shows_rows_of_the_site_s_own_data_and_the_whole_page(visitor):
    page = visitor.get("/admin/setup/page").text
    assert "Course 1" in page
    sample = visitor.get("/admin/sample")
    assert sample.status_code == 200
    assert "Course 1" in sample.text
    assert "frame-ancestors 'none'" in sample.headers["Content-Security-Policy"]


def test_the_sample_is_nobody_s_page_and_counts_for_nothing(site, visitor):
    before = site.count(tables.slate)
    visitor.get("/admin/sample")
    visitor.get("/admin/setup/page")
    assert site.count(tables.slate) == before


def test_on_an_empty_site_every_room_is_a_page_that_says_what_to_do(stage_on_both):
    stage = stage_on_both
    change(stage, tables.platform, active=False)
    accounts_of(stage.site, stage.settings.public_url, stage.clock).add("Ada", PASSWORD)
    visitor = signed_in(stage)
    assert visitor.get("/admin").status_code == 200
    for key in stages(visitor):
        assert visitor.get(f"/admin/setup/{key}").status_code == 200, key
    assert visitor.get("/admin/sample").status_code == 404
    visitor.get("/admin/setup/first")
    refused = visitor.post("/admin/setup/first")
    assert refused.status_code == 422
    assert "No LRS is connected: connect one first." in refused.text


# --- the address ---------------------------------------------------------------------------------------------------


def address(visitor, **headers):
    given = {"Sec-Fetch-Site": "same-origin", "Referer": f"{TOOL}/admin"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return lamps(visitor.get("/admin/setup/address", headers=given).text)


def test_the_clock_of_the_database_is_compared_with_ours(site, visitor):
    assert address(visitor)["Clock"][0] == "error"  # the tests' clock stands at noon of another day


def test_a_proxy_that_is_not_counted_is_seen(visitor):
    shown = address(visitor, X_Forwarded_For="10.1.1.1", X_Forwarded_Proto="https")["Proxy"]
    assert shown == (
        "warning",
        "A proxy is in front (X-Forwarded-For has 1 address), and ONWARD_TRUSTED_PROXIES is 0.",
        "Set ONWARD_TRUSTED_PROXIES=1, or all visitors count as one for limits.",
    )


def test_a_proxy_that_is_counted_and_does_not_speak_is_seen(sqlite_url):
    with staged(sqlite_url, trusted_proxies=1) as stage:
        accounts_of(stage.site, stage.settings.public_url, stage.clock).add("Ada", PASSWORD)
        visitor = Visitor(stage)
        visitor.sign_in()
        silent = address(visitor)["Proxy"]
        assert silent[0] == "error"
        assert silent[1] == "ONWARD_TRUSTED_PROXIES is 1, and X-Forwarded-For has no address."
        assert address(visitor, X_Forwarded_For="10.1.1.1")["Proxy"][1] == "The proxy sets no X-Forwarded-Proto."
        good = address(visitor, X_Forwarded_For="10.1.1.1", X_Forwarded_Proto="https")
        assert good["Proxy"][0] == good["Public address"][0] == good["https"][0] == "ok"


@pytest.mark.parametrize(
    ("seconds", "light", "sentence"),
    [
        (0, "ok", "Your clock and the server's agree."),
        (-30, "warning", "The server's clock is 30 seconds ahead of yours."),
        (90, "error", "The server's clock is 90 seconds behind yours."),
    ],
)
def test_the_browser_s_clock_is_compared(visitor, seconds, light, sentence):
    visitor.get("/admin/setup/address")
    told = str(round((NOON + timedelta(seconds=seconds)).timestamp() * 1000))
    assert lamps(visitor.post("/admin/setup/address", browser_now=told).text)["This browser"][:2] == (light, sentence)


@pytest.mark.parametrize("told", ["", "soon", "-1", "9" * 15, "١٢"])
def test_a_browser_that_does_not_tell_its_time_is_told_so(visitor, told):
    visitor.get("/admin/setup/address")
    answer = visitor.post("/admin/setup/address", browser_now=told)
    assert answer.status_code == 422
    assert "did not tell its time" in answer.text


def test_a_source_s_name_is_written_as_text(site, visitor):
    with site.site.sessions.begin() as session:
        values = {"name": "<b>x</b>", "kind": "xapi", "url": "https://lrs.example"}
        sources.add(session, site.site.tenant, values, NOON)
    page = visitor.get("/admin/setup/first").text
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<b>x</b>" not in page
