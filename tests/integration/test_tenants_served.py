"""One server and one worker for several tenants: each is served as if it were alone, with keys of its own."""

import copy
from datetime import timedelta
from shutil import copyfile
from threading import Thread
from time import monotonic, sleep
from uuid import UUID

import jwt
import pytest
from pydantic import SecretStr
from sqlalchemy import select

from connector.administer import keys, platforms, push, tenants
from connector.administer.keyring import Keyring
from connector.administer.site import site_on
from connector.administer.sources import NewSource, add
from connector.cli.working import Crew
from connector.domain import Identifier, IfiKind
from connector.lti.visit import encode_visit
from connector.settings import Settings
from connector.statements.identity import hash_identifier
from connector.store import learners, tables
from tests.integration.command import SECRET, LrsOverHttp
from tests.integration.pushing_under_test import NAME, VERSION, done
from tests.integration.site_under_test import synced
from tests.integration.stating import said
from tests.lti.harness import NOON
from tests.lti.http.asking import ask
from tests.lti.http.stage import MOODLE, SECRET_KEY, TOOL, Stage, staged, visit_of


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


def with_another(stage, name="other", client="client-2") -> Stage:
    """The stage as another tenant's, made while the server runs; its platform shares issuer and keys with the first."""
    tenants.add(name, stage.site.engine, stage.site.seal, stage.clock)
    other = copy.copy(stage)
    other.site = site_on(stage.site.engine, stage.site.seal, name)
    other.add_platform("moodle", client_id=client)
    return other


def launch(stage, client, **changes):
    browser = stage.browser()
    login = stage.login(browser, client_id=client)
    return stage.post(browser, stage.form(login, aud=client, **changes))


def learner_of(stage, subject="4"):
    who = hash_identifier(stage.site.keys.hashing, Identifier(IfiKind.ACCOUNT, subject, MOODLE))
    with stage.site.readers.begin() as session:
        return learners.by_identity(session, stage.site.tenant, who)


# --- launches ------------------------------------------------------------------------------------------------------


def test_a_tenant_that_is_added_while_the_server_runs_is_served_with_its_own_keys(stage):
    other = with_another(stage)
    mine, theirs = stage.decoded(stage.visit()), other.decoded(visit_of(launch(other, "client-2")))
    assert (mine.tenant, theirs.tenant) == (stage.site.tenant, other.site.tenant)
    assert (mine.learner, theirs.learner) == (learner_of(stage), learner_of(other))
    assert stage.site.keys.hashing != other.site.keys.hashing
    identities = stage.rows(tables.identity)
    assert len({row.exact for row in identities}) == 2, "the same person hashes to another value in each tenant"
    assert stage.count(tables.learner) == 2


def test_a_visit_under_the_key_of_another_tenant_is_foreign(stage_on_sqlite):
    stage = stage_on_sqlite
    other = with_another(stage)
    mine = stage.decoded(stage.visit())
    theirs = other.decoded(visit_of(launch(other, "client-2")))
    for visit, wrong in ((mine, other), (theirs, stage)):
        answer = ask(stage, "/page", encode_visit(visit, wrong.site.keys.session))
        assert (answer.status_code, "visit_foreign" in answer.text) == (401, True)
    named = f"{other.site.tenant}.{jwt.get_unverified_header(stage.visit())['kid'].partition('.')[2]}"
    forged = jwt.encode({}, stage.site.keys.session, "HS256", headers={"typ": "onward-visit+jwt", "kid": named})
    assert ask(stage, "/page", forged).status_code == 401


def test_the_signing_keys_of_all_tenants_are_in_one_set_with_an_id_each(stage_on_sqlite):
    stage = stage_on_sqlite
    other = with_another(stage)
    rotated = keys.rotate_signing(other.site.tenant, stage.site.sessions, stage.site.seal, stage.clock)
    found = [key["kid"] for key in stage.browser().get("/lti/jwks", base_url=TOOL).json["keys"]]
    ring = Keyring(stage.site.readers, stage.site.seal, stage.clock)
    assert found == [ring.signing_key(stage.site.tenant).id, rotated.made, *rotated.retired]
    assert len(set(found)) == 3


def test_a_page_names_the_sources_of_its_own_tenant_only(stage_on_sqlite):
    stage = stage_on_sqlite
    other = with_another(stage)
    for one, name in ((stage, "campus records"), (other, "factory records")):
        add(NewSource(name, "xapi", "https://lrs.example/xapi", "k", "s"), *_of(one))
    assert "campus records" in stage.launch().text
    assert "factory records" not in stage.launch().text
    assert "factory records" in launch(other, "client-2").text
    assert "campus records" not in launch(other, "client-2").text


def _of(stage):
    return stage.site.tenant, stage.site.sessions, stage.site.seal, stage.clock


def test_a_refusal_is_written_down_where_its_platform_is(stage_on_sqlite):
    stage = stage_on_sqlite
    other = with_another(stage)
    platforms.disable("moodle", other.site.tenant, other.site.sessions, other.clock)
    stage.login_answer(stage.browser(), client_id="client-2")  # refused at the login
    platforms.enable("moodle", other.site.tenant, other.site.sessions, other.clock)
    launch(other, "client-2", nonce="another")  # refused at the launch
    stage.launch(nonce="another")
    stage.login_answer(stage.browser(), iss="https://nobody.example")
    refused = [(row.tenant_id, row.code) for row in stage.rows(tables.audit) if row.kind == "launch_refused"]
    assert sorted(refused) == sorted(
        [
            (other.site.tenant, "registration_disabled"),
            (other.site.tenant, "nonce_wrong"),
            (stage.site.tenant, "nonce_wrong"),
            (stage.site.tenant, "issuer_unknown"),  # nobody's: the first tenant's
        ]
    )


# --- pushes --------------------------------------------------------------------------------------------------------


def test_a_push_goes_to_the_source_of_the_tenant_whose_key_it_brings(stage):
    other, made = with_another(stage), {}
    for one in (stage, other):
        add(NewSource(NAME, "xapi", "https://lrs.example/xapi", "k", "s"), *_of(one))
        made[one] = push.switch_on(NAME, one.site.tenant, one.site.sessions, one.site.keys.hashing)
    for number, one in enumerate((stage, other, other), start=1):
        answer = stage.browser().post(
            "/xapi/statements",
            base_url=TOOL,
            json=done(number, "4", number),
            headers=VERSION,
            auth=(made[one].key, made[one].secret),
        )
        assert answer.status_code == 200
    assert [row.tenant_id for row in stage.rows(tables.fact)] == [
        stage.site.tenant,
        other.site.tenant,
        other.site.tenant,
    ]
    assert learner_of(stage) != learner_of(other)
    assert None not in {learner_of(stage), learner_of(other)}
    mixed = stage.browser().post(
        "/xapi/statements", base_url=TOOL, json=[], headers=VERSION, auth=(made[stage].key, made[other].secret)
    )
    assert mixed.status_code == 401


# --- the worker ----------------------------------------------------------------------------------------------------


def test_the_worker_reads_for_every_tenant_also_for_one_that_is_added_while_it_runs(stage_on_sqlite, httpserver):
    stage, lrs = stage_on_sqlite, LrsOverHttp(httpserver)
    lrs.hold([said(1), said(2, "ben")])
    development = Settings(_env_file=None, env="development", secret_key=SecretStr(SECRET_KEY), sync_seconds=2)
    crew = Crew(development, stage.site)
    add(NewSource("lrs", "xapi", lrs.url, "reader", SECRET), *_of(stage))
    working = Thread(target=crew.run, args=(0.1,), daemon=True)
    working.start()
    try:
        wait(lambda: facts_of(stage) == 2)
        other = with_another(stage)
        add(NewSource("lrs", "xapi", lrs.url, "reader", SECRET), *_of(other))
        wait(lambda: facts_of(other) == 2)
    finally:
        crew.stop.set()
        working.join(20)
    assert not working.is_alive()


def facts_of(stage) -> int:
    with stage.site.readers.begin() as session:
        return len(session.scalars(select(tables.fact.c.id).where(tables.fact.c.tenant_id == stage.site.tenant)).all())


def wait(so) -> None:
    """Wait until something is so; at most 20 seconds."""
    end = monotonic() + 20
    while not so():
        assert monotonic() < end, "it did not come to that"
        sleep(0.05)


def test_a_statement_of_the_same_id_is_a_fact_of_each_tenant(stage_on_sqlite):
    other = with_another(stage_on_sqlite)
    for one in (stage_on_sqlite, other):
        assert synced(one.site, [said(1)], NOON + timedelta(minutes=1)).added == 1
    assert {row.statement_id for row in stage_on_sqlite.rows(tables.fact)} == {UUID(said(1)["id"])}
