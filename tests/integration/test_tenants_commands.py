"""Tenants by command: made, named, listed, and removed so that nothing of them is left."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from connector.administer import tenants
from connector.administer.site import open_site
from connector.errors import BadInput, Busy, NotReady, UnknownName
from connector.store import leases, tables
from connector.store.seal import Seal
from tests.integration.command import SECRET
from tests.integration.site_under_test import open_site as site_of
from tests.integration.test_tenants import lived, strangers

MARK = "ZQMARKZQ"
PLATFORM = (
    *("--issuer", "https://lms.example", "--auth-url", "http://127.0.0.1/auth"),
    *("--jwks-url", "http://127.0.0.1/jwks"),
)


def say_nothing(_gone) -> None:
    """Nobody watches."""


# --- the commands --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_commands_mean_the_tenant_that_is_named_and_the_first_one_where_none_is(onward, lrs, monkeypatch):
    assert onward("tenant", "add", "factory").code == 0
    source = ("source", "add", "lrs", "--url", lrs.url, "--key", "reader", "--secret-stdin")
    assert onward("--tenant", "factory", *source, told=f"{SECRET}\n").code == 0
    assert onward("--tenant", "factory", "platform", "add", "lms", *PLATFORM, "--client-id", "c2").code == 0
    assert onward("platform", "add", "lms", *PLATFORM, "--client-id", "c1").code == 0
    assert json.loads(onward("source", "list", "--json").out) == []
    monkeypatch.setenv("ONWARD_TENANT", "factory")
    assert [one["name"] for one in json.loads(onward("source", "list", "--json").out)] == ["lrs"]
    assert [one["client_id"] for one in json.loads(onward("platform", "list", "--json").out)] == ["c2"]
    assert [one["client_id"] for one in json.loads(onward("--tenant", "site", "platform", "list", "--json").out)] == [
        "c1"
    ]
    monkeypatch.delenv("ONWARD_TENANT")
    assert "Tenants: site, factory" in onward("--tenant", "nobody", "source", "list").err
    listed = json.loads(onward("tenant", "list", "--json").out)
    assert [(one["name"], one["platforms"], one["sources"]) for one in listed] == [("site", 1, 0), ("factory", 1, 1)]
    assert "factory" in onward("tenant", "list").out


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_keys_are_made_for_each_tenant_and_rotated_for_the_one_that_is_named(onward):
    onward("tenant", "add", "factory")
    before = {one: onward("--tenant", one, "keys", "list").out for one in ("site", "factory")}
    assert onward("--tenant", "factory", "keys", "rotate").code == 0
    assert onward("--tenant", "site", "keys", "list").out == before["site"]
    assert "retired" in onward("--tenant", "factory", "keys", "list").out


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["", "Site", "a b", "-a", "a-", "ä", "x" * 41, "site"])
def test_a_name_that_cannot_be_used_makes_no_tenant(onward, name):
    assert onward("tenant", "add", "--", name).code == 1
    assert [one["name"] for one in json.loads(onward("tenant", "list", "--json").out)] == ["site"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_tenant_is_removed_only_by_who_writes_its_name_twice(onward):
    onward("tenant", "add", "factory")
    for given in (["--yes", "site"], ["--yes", ""], ["--yes", "FACTORY"]):
        answer = onward("tenant", "remove", "factory", *given)
        assert (answer.code, "nothing was deleted" in answer.err) == (1, True)
    assert onward("tenant", "remove", "factory", told="no\n").code == 1
    assert len(json.loads(onward("tenant", "list", "--json").out)) == 2
    assert "Removed tenant factory" in onward("tenant", "remove", "factory", told="factory\n").out
    assert "There is no tenant 'factory'" in onward("tenant", "remove", "factory", "--yes", "factory").err


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_tenant_that_commands_mean_goes_last_and_can_be_made_again(onward):
    onward("tenant", "add", "factory")
    assert "remove the others first" in onward("tenant", "remove", "site", "--yes", "site").err
    for name in ("factory", "site"):
        told = json.loads(onward("tenant", "remove", name, "--yes", name, "--json").out)
        assert (told["removed"], told["remains"]) == (name, "")
    assert "run `onward init`" in onward("source", "list").err
    assert onward("init").code == 0
    assert json.loads(onward("source", "list", "--json").out) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_where_there_is_one_tenant_of_another_name_commands_mean_that_one(onward, environment):
    onward("tenant", "remove", "site", "--yes", "site")
    assert onward("tenant", "add", "factory").code == 0
    assert json.loads(onward("source", "list", "--json").out) == []
    assert onward("init").code == 0
    assert [one["name"] for one in json.loads(onward("tenant", "list", "--json").out)] == ["factory"]
    assert onward("tenant", "add", "mill").code == 0
    assert "There is no tenant 'site'. Tenants: factory, mill" in onward("source", "list").err


# --- removal -------------------------------------------------------------------------------------------------------


@pytest.fixture
def inhabited(engine, now):
    """Two tenants with the same people, items and sources; every title and name of the second holds the mark."""
    ours, theirs = site_of(engine, now, "ours"), site_of(engine, now, "theirs")
    statements = [
        (who, about, "completed") for who in ("ann", "ben", "cem", "dia", "eva", "fio") for about in (1, 2, 3)
    ]
    visits = [("page", "ann"), ("click", "ann"), ("switch", "ben"), ("launch", "cem")]
    for one, mark in ((ours, "ours"), (theirs, MARK)):
        lived(one, statements, visits, mark, now, voiding=True)
    _fill_what_is_empty(theirs, now)
    return ours, theirs


def _fill_what_is_empty(site, now) -> None:
    """Put a marked row into every table that the life above left empty."""
    with site.sessions.begin() as session:
        for table in tables.metadata.sorted_tables:
            if table is tables.tenant or session.scalar(_count(table, site.tenant)):
                continue
            session.execute(table.insert().values(_row(session, table, site.tenant, now)))


KNOWN = {"Integer": 1, "SmallInteger": 1, "BigInteger": 1, "Float": 1.0, "Boolean": True, "Uuid16": uuid4()}


def _row(session, table, tenant, now):
    """Values for every column that needs one, by its type; what may hold text holds the mark."""
    by_type = KNOWN | {"UtcDateTime": now, "Json": {"a": MARK}, "JSON": {"a": MARK}, "LargeBinary": MARK.encode() * 4}
    row = {"tenant_id": tenant}
    for column in table.columns.values():
        if column.name == "id" and column.autoincrement is True:
            continue
        if column.name == "tenant_id" or column.nullable or column.server_default is not None:
            continue
        if column.foreign_keys:
            other = next(iter(column.foreign_keys)).column
            row[column.name] = session.scalar(select(other).where(other.table.c.tenant_id == tenant).limit(1))
        else:
            row[column.name] = by_type.get(type(column.type).__name__, MARK)
    return row


def _count(table, tenant):
    return select(func.count()).select_from(table).where(table.c.tenant_id == tenant)


def left_of(site) -> dict[str, int]:
    """How many rows of a tenant there are, by table."""
    with site.readers.begin() as session:
        found = {
            table.name: session.scalar(_count(table, site.tenant))
            for table in tables.metadata.sorted_tables
            if table is not tables.tenant
        }
        found["tenant"] = session.scalar(select(func.count()).where(tables.tenant.c.id == site.tenant))
    return {name: count for name, count in found.items() if count}


def everything(site) -> bytes:
    with site.readers.begin() as session:
        return repr(
            [
                session.execute(
                    select(table).where(table.c.tenant_id == site.tenant).order_by(*table.primary_key.columns)
                ).all()
                for table in tables.metadata.sorted_tables
                if table is not tables.tenant
            ]
        ).encode()


def test_no_row_of_a_removed_tenant_is_left_and_no_byte_of_another_one_changes(inhabited, engine):
    ours, theirs = inhabited
    before, filled = everything(ours), left_of(theirs)
    assert set(filled) == {table.name for table in tables.metadata.sorted_tables}, "a table was never filled"
    watched = []
    done = tenants.remove("theirs", engine, watched.append)
    assert left_of(theirs) == {}
    assert everything(ours) == before
    assert strangers(ours) == []
    closed = {"secret", "invite", "launch_state", "console_session"}
    assert dict(done.gone) == {name: count for name, count in filled.items() if name not in closed | {"tenant"}}
    assert watched[-1] == done.gone


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_byte_of_a_removed_tenant_is_left_in_the_files_of_sqlite(inhabited, engine):
    file = Path(str(engine.url.database))

    def marks() -> int:
        return sum(one.read_bytes().count(MARK.encode()) for one in file.parent.glob(f"{file.name}*"))

    assert marks() > 20
    assert tenants.remove("theirs", engine, say_nothing).remains == ""
    assert marks() == 0
    assert b"ours" in file.read_bytes()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_removal_that_was_broken_off_has_ended_the_tenant_and_goes_on_when_called_again(inhabited, engine):
    _, theirs = inhabited

    def break_off(_gone) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tenants.remove("theirs", engine, break_off)
    with engine.connect() as connection:
        assert connection.execute(select(tables.platform.c.active).where(_theirs(theirs))).scalars().all() == [False]
    with pytest.raises(NotReady):
        open_site(str(engine.url.render_as_string(hide_password=False)), "k" * 40, "theirs")
    tenants.remove("theirs", engine, say_nothing)
    assert left_of(theirs) == {}


def _theirs(site):
    return tables.platform.c.tenant_id == site.tenant


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_tenant_that_is_being_read_or_trained_is_not_removed(inhabited, engine, now):
    _, theirs = inhabited
    with theirs.sessions.begin() as session:
        leases.take(session, theirs.tenant, "sync", "lrs", leases.me(), now)
    before = left_of(theirs)
    with pytest.raises(Busy, match="A sync of this tenant runs"):
        tenants.remove("theirs", engine, say_nothing)
    assert left_of(theirs) == before


def test_the_number_of_a_removed_tenant_is_never_given_again(engine, now):
    """A server that runs remembers keys by number."""
    seal, clock = Seal("k" * 40), lambda: now
    given = []
    for name in ("one", "two", "three"):
        given.append(tenants.add(name, engine, seal, clock))
        tenants.remove(name, engine, say_nothing)
    kept = tenants.add("four", engine, seal, clock)
    assert len({*given, kept}) == 4


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_unknown_or_bad_name_is_refused(engine, now):
    tenants.add("one", engine, Seal("k" * 40), lambda: now)
    with pytest.raises(UnknownName):
        tenants.remove("two", engine, say_nothing)
    with pytest.raises(BadInput, match="already"):
        tenants.add("one", engine, Seal("k" * 40), lambda: now)
