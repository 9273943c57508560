"""Keys are replaced while people work: nobody is refused, and what was retired goes by itself."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from shutil import copyfile
from threading import Semaphore

import jwt
import pytest
from sqlalchemy import select

from connector.administer import keys
from connector.administer.keyring import Keyring
from connector.clock import fixed
from connector.domain import TenantId
from connector.errors import NotReady
from connector.lti.own_tokens import SessionKey, session_key_id
from connector.store import retention, secrets, tables
from tests.lti.harness import NOON
from tests.lti.http.stage import TOOL, bearer, staged, visit_of

MINUTE = timedelta(minutes=1)
HALF = MINUTE / 2


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


def rotated(stage, *, visits=False):
    rotate = keys.rotate_session if visits else keys.rotate_signing
    return rotate(stage.site.tenant, stage.site.sessions, stage.site.seal, stage.clock)


def published(stage) -> list[str]:
    answer = stage.browser().get("/lti/jwks", base_url=TOOL)
    return [key["kid"] for key in answer.json["keys"]]


def page(stage, token):
    return stage.browser().post("/page", base_url=TOOL, headers=bearer(token))


def another_process(stage) -> Keyring:
    """The keys as another server process on the same database holds them."""
    return Keyring(stage.site.readers, stage.site.seal, stage.clock)


# --- the key that signs for platforms ------------------------------------------------------------------------------


def test_a_new_signing_key_is_published_at_once_beside_the_old_one_which_goes_after_25_hours(stage):
    (before,) = published(stage)
    done = rotated(stage)
    assert (done.retired, done.until) == ((before,), NOON + timedelta(hours=25))
    assert published(stage) == [done.made, before]
    stage.scene.now = NOON + timedelta(hours=25) - timedelta(seconds=1)
    assert published(stage) == [done.made, before]
    stage.scene.now = NOON + timedelta(hours=25)
    assert published(stage) == [done.made]


def test_a_process_signs_with_the_new_key_within_a_minute_of_its_rotation(stage_on_sqlite):
    stage = stage_on_sqlite
    elsewhere, before = another_process(stage), published(stage)
    assert elsewhere.signing_key(stage.site.tenant).id == before[0]
    stage.scene.now += timedelta(seconds=30)
    made = rotated(stage).made
    stage.scene.now += timedelta(seconds=30)
    assert elsewhere.signing_key(stage.site.tenant).id == made
    assert another_process(stage).signing_key(stage.site.tenant).id == made


def test_of_a_key_that_signs_the_public_half_is_published_and_nothing_else(stage_on_sqlite):
    rotated(stage_on_sqlite)
    for key in stage_on_sqlite.browser().get("/lti/jwks", base_url=TOOL).json["keys"]:
        assert sorted(key) == ["alg", "e", "kid", "kty", "n", "use"]


def test_a_key_that_another_process_still_signs_with_is_in_the_set_that_platforms_fetch(stage_on_sqlite):
    stage = stage_on_sqlite
    late = another_process(stage).signing_key(stage.site.tenant)
    rotated(stage)
    token = jwt.encode({"aud": "lms"}, late.private, "RS256", headers={"kid": late.id})
    found = {key["kid"]: key for key in stage.browser().get("/lti/jwks", base_url=TOOL).json["keys"]}
    public = jwt.PyJWK(found[jwt.get_unverified_header(token)["kid"]])
    assert jwt.decode(token, public, ["RS256"], audience="lms") == {"aud": "lms"}


# --- the key of visits ---------------------------------------------------------------------------------------------


def test_a_visit_that_the_old_key_signed_is_good_until_its_end_and_renewed_under_the_new_key(stage_on_sqlite):
    stage = stage_on_sqlite
    token = stage.visit()
    old = jwt.get_unverified_header(token)["kid"]
    done = rotated(stage, visits=True)
    assert done.until == NOON + timedelta(hours=9)
    stage.scene.now += timedelta(minutes=59)
    renewed = visit_of(page(stage, token))
    assert old == f"{stage.site.tenant}.{done.retired[0]}"
    assert jwt.get_unverified_header(renewed)["kid"] == f"{stage.site.tenant}.{done.made}"
    assert page(stage, renewed).status_code == 200
    stage.scene.now += MINUTE
    assert "<code>visit_expired</code>" in page(stage, token).text


def test_a_visit_under_a_key_that_this_process_has_not_heard_of_is_opened_at_once(stage_on_sqlite):
    stage = stage_on_sqlite
    elsewhere = another_process(stage)
    elsewhere.session_key(stage.site.tenant)
    made = rotated(stage, visits=True).made
    assert elsewhere.find_session_key(stage.site.tenant, made) is not None
    stage.scene.now += 2 * MINUTE
    token = stage.visit()
    assert jwt.get_unverified_header(token)["kid"].endswith(made)


def test_a_key_that_was_retired_long_enough_ago_opens_nothing_and_its_row_goes_with_the_retention(stage):
    with stage.site.readers.begin() as session:
        old = session.scalar(select(tables.secret.c.sealed).where(tables.secret.c.name == "session"))
    name = session_key_id(SessionKey(stage.site.seal.open(bytes(old))))
    rotated(stage, visits=True)
    tenant, site = stage.site.tenant, stage.site
    stage.scene.now = NOON + timedelta(hours=9) - timedelta(seconds=1)
    assert another_process(stage).find_session_key(tenant, name) is not None
    with site.sessions.begin() as session:
        assert retention.forget_old(session, tenant, stage.scene.now)["secret"] == 0
    stage.scene.now = NOON + timedelta(hours=9)
    assert another_process(stage).find_session_key(tenant, name) is None
    with site.sessions.begin() as session:
        assert retention.forget_old(session, tenant, stage.scene.now)["secret"] == 1
    assert len(secrets_of(stage)) == 3


def secrets_of(stage) -> list[str]:
    return [row.name.partition(":")[0] for row in stage.rows(tables.secret)]


def test_a_process_that_runs_lets_a_key_go_when_its_time_is_over(stage_on_sqlite):
    stage = stage_on_sqlite
    running, old = another_process(stage), session_key_id(SessionKey(stage.site.keys.session))
    rotated(stage, visits=True)
    assert running.find_session_key(stage.site.tenant, old) is not None
    stage.scene.now = NOON + timedelta(hours=9)
    assert running.find_session_key(stage.site.tenant, old) is None


def test_the_key_that_hashes_identifiers_never_changes(stage_on_sqlite):
    stage = stage_on_sqlite
    before = stage.site.keys.hashing
    for _ in range(2):
        rotated(stage)
        rotated(stage, visits=True)
    assert another_process(stage).of(stage.site.tenant).hashing == before
    assert secrets_of(stage).count("identifier-hashing") == 1


def test_a_tenant_that_is_not_there_has_no_key(stage_on_sqlite):
    nobody = TenantId(10**17)
    ring = another_process(stage_on_sqlite)
    assert ring.find_session_key(nobody, "a" * 16) is None
    with pytest.raises(NotReady, match="missing"):
        ring.of(nobody)


# --- in the middle of work -----------------------------------------------------------------------------------------


ROUNDS = 5


def test_keys_that_are_rotated_amid_launches_and_pages_refuse_nobody(stage):
    stage.stock(history_of="4")
    late = another_process(stage)
    late.session_key(stage.site.tenant)
    stage.scene.now += HALF  # the two never look at the database at the same moment
    other = replace(stage.parts.pages, keys=late)
    processes, ended = [stage.app, stage.app_with(pages=other)], Semaphore(0)

    def somebody(number: int) -> list[str]:
        seen = []
        for _ in range(ROUNDS):
            token = visit_of(stage.launch(stage.browser(processes[number % 2]), sub=str(number)))
            for app in processes:  # the next request may reach any process
                token = visit_of(stage.browser(app).post("/page", base_url=TOOL, headers=bearer(token)))
                seen.append(jwt.get_unverified_header(token)["kid"])
            ended.release()
        return seen

    with ThreadPoolExecutor(4) as people:
        working = [people.submit(somebody, number) for number in range(4)]
        for _ in range(4):
            for _ in range(ROUNDS - 1):
                assert ended.acquire(timeout=30)
            rotated(stage)
            rotated(stage, visits=True)
            stage.scene.now += HALF  # now the one uses the new key and the other an older one
        seen = [kid for one in working for kid in one.result(60)]
    assert len(seen) == 4 * ROUNDS * 2
    assert len(set(seen)) >= 3, "hardly any visit was signed by a rotated key: the test tried nothing"


def test_rotations_at_once_leave_one_key_in_use(stage):
    with ThreadPoolExecutor(4) as several:
        list(several.map(lambda visits: rotated(stage, visits=visits), [True, True, False, False]))
    with stage.site.readers.begin() as session:
        used = [one.name.partition(":")[0] for one in secrets.in_use(session, stage.site.tenant)]
    assert sorted(used) == ["identifier-hashing", "session", "signing"]


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_command_rotates_and_lists_without_a_secret(onward):
    before = json.loads(onward("keys", "list", "--json").out)
    assert [(one["for"], one["state"]) for one in before] == [
        ("identifier hashing", "in use"),
        ("visits", "in use"),
        ("LTI signing", "in use"),
    ]
    made = json.loads(onward("keys", "rotate", "--json").out)
    told = onward("keys", "rotate", "--session").out
    assert "servers use it within a minute" in told
    after = json.loads(onward("keys", "list", "--json").out)
    signing = [one for one in after if one["for"] == "LTI signing"]
    assert [(one["id"], one["state"]) for one in signing] == [(made["made"], "in use"), (made["retired"][0], "retired")]
    assert [one["state"] for one in after if one["for"] == "visits"] == ["in use", "retired"]
    assert "retired" in onward("keys", "list").out
    assert "PRIVATE" not in json.dumps(after) + told


def test_a_rotation_is_in_the_audit_with_public_ids_only(stage_on_sqlite):
    done = rotated(stage_on_sqlite)
    (line,) = [row for row in stage_on_sqlite.rows(tables.audit) if row.kind == "key_rotated"]
    assert (line.code, line.detail) == ("signing", {"made": done.made, "retired": list(done.retired)})


def test_a_site_has_only_the_keys_it_lacks_made(stage_on_sqlite):
    site = stage_on_sqlite.site
    assert keys.make_keys(site.sessions, site.tenant, site.seal, fixed(NOON)) == []
    rotated(stage_on_sqlite, visits=True)
    assert keys.make_keys(site.sessions, site.tenant, site.seal, fixed(NOON)) == []
