"""A Source to put Facts under, and pages that are taken in as sync does."""

import os
from collections.abc import Callable

import pytest
import structlog

from connector.administer import quality
from connector.administer.account import account
from connector.domain import Signal, SourceId
from connector.store import facts, interactions, sources
from connector.store.facts import Added, KnownNames
from tests.integration import command, site_under_test
from tests.integration.command import SECRET, LrsOverHttp
from tests.integration.stating import read


@pytest.fixture
def source(sessions, tenant, now) -> SourceId:
    with sessions.begin() as session:
        return sources.add(session, tenant, {"name": "lrs", "kind": "xapi", "url": "https://lrs.example/xapi"}, now)


@pytest.fixture
def take_in(sessions, tenant, source, now) -> Callable[..., Added]:
    """Take Statements in as one page, by a process that knows nothing yet unless ``known`` is given."""

    def take(*statements, known: KnownNames | None = None, into: SourceId = source) -> Added:
        drafts, voidings, rejected = read(statements)
        assert not rejected, rejected
        with sessions.begin() as session:
            added = facts.add(session, tenant, into, drafts, voidings, known=known or KnownNames(), now=now)
        if known is not None:
            known.keep(added.resolved)
        return added

    return take


@pytest.fixture
def site(engine, now):
    return site_under_test.open_site(engine, now)


# --- the command line -----------------------------------------------------------------------------------------------


@pytest.fixture
def environment(monkeypatch, tmp_path, database_url):
    """A site in development in a folder of its own, nothing set up yet."""
    for name in [name for name in os.environ if name.startswith("ONWARD_") and name != "ONWARD_TEST_POSTGRES"]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    given = {
        "ENV": "development",
        "DATABASE_URL": database_url,
        "KEY_FILE": str(tmp_path / "onward.key"),
        "PUBLIC_URL": "https://onward.example",
        "ALLOWED_HOSTS": "lms.example",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"ONWARD_{name}", value)
    yield given
    structlog.reset_defaults()


@pytest.fixture
def bare(environment, monkeypatch, capsys):
    return command.call(monkeypatch, capsys)


@pytest.fixture
def onward(bare):
    assert bare("init").code == 0
    return bare


@pytest.fixture
def lrs(httpserver):
    return LrsOverHttp(httpserver)


@pytest.fixture
def connected(onward, lrs):
    added = onward("source", "add", "lrs", "--url", lrs.url, "--key", "reader", "--secret-stdin", told=f"{SECRET}\n")
    assert added.code == 0, added.err
    return onward


# --- what is wrong with the data -----------------------------------------------------------------------------------


@pytest.fixture
def look(site):
    def listed():
        return {one.id.partition("-")[0]: one for one in quality.listed(site.tenant, site.readers)}

    return listed


@pytest.fixture
def numbers(site):
    """All that recommendations are made from, and the account."""

    def read():
        with site.readers.begin() as session:
            told = account(session, site.tenant)
            training = interactions.for_training(session, site.tenant)
            done = sorted((one.learner, one.item, one.at) for one in training.completions)
            return told.kept, dict(told.ignored), dict(told.signals), done, _members(training), told.seen

    return read


def _members(training):
    """Return who took part in which Item."""
    codes = {code for code, signal in enumerate(Signal) if signal in interactions.TOOK_PART}
    rows = zip(training.learners, training.items, training.signals, strict=True)
    return sorted({(learner, item) for learner, item, code in rows if code in codes})
