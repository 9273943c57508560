"""Pushed Statements: the same Facts as by reading, kept once, seen on the page at the next request."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from connector.administer import push
from connector.administer.keys import make_keys
from connector.clock import fixed
from connector.receive import digest_of
from connector.store import tables
from connector.store.sources import all_of, change
from connector.worker import Worker
from tests.integration.pushing_under_test import NAME, Pushed, done
from tests.integration.site_under_test import synced, told, trained
from tests.integration.stating import voids
from tests.lti.harness import NOON
from tests.lti.http.stage import COURSE_TYPE, MOODLE, TOOL, course, staged, visit_of


@pytest.fixture
def pushed(database_url):
    with staged(database_url) as stage:
        yield Pushed(stage)


@pytest.fixture
def pushed_on_sqlite(sqlite_url):
    with staged(sqlite_url) as stage:
        yield Pushed(stage)


# --- one way in among two ----------------------------------------------------------------------------------------


def test_a_completion_that_is_pushed_leaves_the_page_at_the_next_request_and_is_not_doubled_by_reading(pushed):
    held = [done(10 * who + about, f"peer {who}", about) for who in range(1, 13) for about in range(1, 6)]
    held.append(done(1, "4", 1))
    synced(pushed.site, held, NOON, name=NAME)
    trained(pushed.site, NOON)
    browser = pushed.stage.browser()
    before = pushed.stage.launch(browser, sub="4")
    assert "Course 3" in before.text
    finished = done(900, "4", 3)
    answer = pushed.send(finished)
    assert (answer.status_code, answer.json) == (200, [finished["id"]])
    visit = {"Authorization": f"Bearer {visit_of(before)}"}
    after = browser.post("/page", base_url=TOOL, headers=visit)
    assert after.status_code == 200
    assert "Course 3" not in after.text
    assert "Course 2" in after.text
    held.append(finished)
    report = synced(pushed.site, held, NOON + timedelta(minutes=5), name=NAME)
    assert (report.added, len(pushed.facts())) == (0, 62)  # five each of 12 peers, two of the learner's


def test_what_was_read_first_is_not_doubled_by_a_push_nor_by_a_push_that_comes_twice(pushed):
    held = [done(1, "ann", 1), done(2, "ann", 2)]
    synced(pushed.site, held[:1], NOON, name=NAME)
    for _ in range(2):
        assert pushed.send(held).json == [held[0]["id"], held[1]["id"]]
    assert len(pushed.facts()) == 2
    assert pushed.last_push() == NOON


def test_a_pushed_voiding_takes_back_what_comes_later(pushed):
    assert pushed.send([voids(2, 1)]).status_code == 200
    assert pushed.send([done(1, "ann", 1)]).status_code == 200
    assert told(pushed.site, NOON)["statements"]["voided"] == 1


def test_of_a_batch_the_good_are_kept_and_the_bad_set_aside(pushed):
    bad = done(2, "ann", 2) | {"verb": {"id": "no-iri"}, "stored": None}
    answer = pushed.send([done(1, "ann", 1), bad, 17, done(3, "ann", 3)])
    assert answer.status_code == 200
    assert answer.json == [str(UUID(int=1)), str(UUID(int=3))]
    assert answer.headers["X-Onward-Set-Aside"] == "2"
    assert (len(pushed.facts()), pushed.reasons()) == (2, ["bad_verb", "not_an_object"])
    pushed.stage.scene.now += timedelta(minutes=1)
    pushed.send([bad])  # what we would have set as its stored is another now, its bytes are the same
    assert pushed.reasons() == ["bad_verb", "not_an_object"]


def test_a_single_statement_that_cannot_be_read_is_told_and_set_aside(pushed_on_sqlite):
    pushed = pushed_on_sqlite
    answer = pushed.send(done(1, "ann", 1) | {"actor": {"mbox": "nobody"}})
    assert answer.status_code == 400
    assert answer.json["error"].startswith("1 statements could not be read (0: bad_mbox)")
    assert "nobody" not in answer.text
    assert (pushed.facts(), pushed.reasons()) == ([], ["bad_mbox"])


def test_a_source_s_own_grain_decides_how_what_is_pushed_is_read(pushed_on_sqlite):
    pushed = pushed_on_sqlite
    with pushed.site.sessions.begin() as session:
        change(session, pushed.site.tenant, pushed.source, {"grain": "activity"})
    around = {"contextActivities": {"parent": [{"id": course(1), "definition": {"type": COURSE_TYPE}}]}}
    page = {"id": f"{MOODLE}/mod/page/view.php?id=7"}
    pushed.send([done(1, "ann", 1) | {"object": page, "context": around}])
    assert [row.iri for row in pushed.stage.rows(tables.item)] == [f"{MOODLE}/mod/page/view.php?id=7"]


# --- ids and times -----------------------------------------------------------------------------------------------


def test_what_comes_without_id_and_stored_gets_both_and_is_the_same_when_it_comes_again(pushed_on_sqlite):
    pushed = pushed_on_sqlite
    bare = {name: value for name, value in done(1, "ann", 1).items() if name not in {"id", "stored", "timestamp"}}
    first = pushed.send([bare])
    pushed.stage.scene.now += timedelta(minutes=1)
    assert pushed.send([bare]).json == first.json
    (kept,) = pushed.facts()
    assert [str(kept.statement_id)] == first.json
    assert (kept.stored, kept.timestamp) == (NOON, NOON)


def test_a_put_takes_its_id_from_the_address_or_the_body_and_both_must_agree(pushed_on_sqlite):
    pushed = pushed_on_sqlite
    whole = done(1, "ann", 1)
    bare = {name: value for name, value in whole.items() if name != "id"}
    at = {"statementId": str(UUID(int=77))}
    assert pushed.put(bare, query_string=at).status_code == 204
    assert pushed.put(whole, query_string={"statementId": whole["id"].upper()}).status_code == 204
    assert pushed.put(whole).status_code == 204  # as Ralph forwards it
    assert sorted(row.statement_id.int for row in pushed.facts()) == [1, 77]
    assert "another id" in pushed.put(whole, query_string=at).json["error"]
    assert "statementId" in pushed.put(bare).json["error"]
    assert "no UUID" in pushed.put(whole, query_string={"statementId": "7"}).json["error"]
    assert "one statement" in pushed.put([whole]).json["error"]
    assert len(pushed.facts()) == 2


# --- who may -----------------------------------------------------------------------------------------------------


def test_only_the_pair_that_was_shown_once_opens_and_only_its_keyed_hash_is_kept(pushed_on_sqlite):
    pushed = pushed_on_sqlite
    right = pushed.made
    for key, secret in ((right.key, "x"), ("x", right.secret), (right.key, ""), ("", "")):
        answer = pushed.send([], auth=(key, secret))
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert pushed.client.post("/xapi/statements", base_url=TOOL).status_code == 401
    assert (
        pushed.client.post("/xapi/statements", base_url=TOOL, headers={"Authorization": "Bearer x"}).status_code == 401
    )
    (kept,) = [row for row in pushed.stage.rows(tables.source) if row.name == NAME]
    assert bytes(kept.push_digest) == digest_of(pushed.site.keys.hashing, right.key, right.secret)
    assert right.secret.encode() not in repr(tuple(kept)).encode()
    assert pushed.send([]).json == []


def test_renewing_ends_the_old_pair_and_switching_off_or_disabling_ends_it_all(pushed_on_sqlite):
    pushed = pushed_on_sqlite
    site, old = pushed.site, pushed.made
    pushed.made = push.renew(NAME, site.tenant, site.sessions, site.keys.hashing)
    assert pushed.send([], auth=(old.key, old.secret)).status_code == 401
    assert pushed.send([]).status_code == 200
    with site.sessions.begin() as session:
        change(session, site.tenant, pushed.source, {"active": False})
    assert pushed.send([]).status_code == 404
    with site.sessions.begin() as session:
        change(session, site.tenant, pushed.source, {"active": True})
    push.switch_off(NAME, site.tenant, site.sessions)
    for method in ("POST", "PUT", "GET"):
        assert pushed.send([], method=method).status_code == 404
    assert pushed.client.get("/xapi/about", base_url=TOOL).status_code == 404


def test_a_pair_that_was_made_with_another_tenant_s_key_opens_nothing(pushed_on_sqlite):
    pushed = pushed_on_sqlite
    with pushed.site.sessions.begin() as session:
        other = session.execute(
            tables.tenant.insert().values(name="other", created_at=NOON).returning(tables.tenant.c.id)
        ).scalar_one()
        session.execute(update(tables.source).where(tables.source.c.name == NAME).values(tenant_id=other))
    assert pushed.send([]).status_code == 401  # it has no key yet
    make_keys(pushed.site.sessions, other, pushed.site.seal, fixed(NOON))
    assert pushed.send([]).status_code == 401  # its key is another one
    assert pushed.facts() == []


# --- at the same time --------------------------------------------------------------------------------------------


def test_forwarders_and_a_reader_that_bring_the_same_at_once_wait_for_each_other(pushed):
    held = [done(number, f"learner {number % 7}", number % 5) for number in range(1, 301)]
    assert pushed.send(held[:40]).status_code == 200  # all names are known then: only Facts can meet
    orders = [held, held[::-1], held[150:] + held[:150]]
    with ThreadPoolExecutor(4) as pool:
        reading = pool.submit(synced, pushed.site, held, NOON, name=NAME, page_size=300)
        sending = [pool.submit(_sent_by_one_of_its_own, pushed, order) for order in orders * 2]
        assert [one.result(60) for one in sending] == [200] * 6
        assert reading.result(60).quarantined == 0
    assert len(pushed.facts()) == 300


def _sent_by_one_of_its_own(pushed, statements):
    with pushed.stage.app.test_client() as client:
        pair = (pushed.made.key, pushed.made.secret)
        return client.post("/xapi/statements", base_url=TOOL, auth=pair, json=statements).status_code


def test_what_was_pushed_is_worth_a_training_though_reading_it_later_brings_nothing_new(pushed_on_sqlite):
    pushed = pushed_on_sqlite
    worker = Worker(pushed.stage.settings, pushed.site)
    worker._new_facts = False
    noticed = []
    for _ in range(2):
        pushed.send([done(1, "ann", 1)])
        with pushed.site.readers.begin() as session:
            worker._notice_pushes(all_of(session, pushed.site.tenant))
        noticed.append(worker._new_facts)
        worker._new_facts = False
    assert noticed == [True, False]  # at the same moment: the clock stands still here
