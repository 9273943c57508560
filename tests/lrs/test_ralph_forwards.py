"""What a real Ralph is given it forwards here: it is kept within seconds, and reading Ralph later doubles nothing."""

import time
from uuid import UUID

import pytest
import requests
from sqlalchemy import func, select

from connector.administer import push, sources
from connector.administer.sources import NewSource
from connector.clock import now as the_time
from connector.store import tables
from connector.store.sources import by_name
from connector.sync import sync
from connector.wiring_train import reading
from tests.integration.stating import said
from tests.lrs.forwarding import forwarding_ralph, served
from tests.lti.http.stage import staged

pytestmark = [pytest.mark.lrs, pytest.mark.slow, pytest.mark.xdist_group("ralph")]

WITHIN = 5.0


def kept(stage):
    with stage.site.readers.begin() as session:
        return session.scalar(select(func.count()).select_from(tables.fact))


def seconds_until(stage, count):
    """How long it took until ``count`` Facts are kept; fails after ``WITHIN``."""
    began = time.monotonic()
    while kept(stage) < count:
        assert time.monotonic() - began < WITHIN, f"{kept(stage)} of {count} came"
        time.sleep(0.05)
    return time.monotonic() - began


@pytest.fixture
def stage(sqlite_url):
    with staged(sqlite_url, env="development") as stage:
        new = NewSource("ralph", "ralph", "http://127.0.0.1:1/xAPI", "writer", "hush")
        sources.add(new, stage.site.tenant, stage.site.sessions, stage.site.seal, stage.clock)
        yield stage


def test_what_ralph_is_given_is_kept_within_seconds_and_once(stage, ralph_python, tmp_path):
    site = stage.site
    made = push.switch_on("ralph", site.tenant, site.sessions, site.keys.hashing)
    with served(stage.app) as origin, forwarding_ralph(ralph_python, tmp_path, f"{origin}/xapi", made) as ralph:
        given = {"auth": (ralph.key, ralph.secret), "timeout": 30}
        posted = requests.post(f"{ralph.url}/statements", json=[said(1), said(2), said(3)], **given)
        assert posted.status_code == 200, posted.text
        assert seconds_until(stage, 3) < WITHIN
        at = {"statementId": str(UUID(int=4))}
        put = requests.put(f"{ralph.url}/statements", params=at, json=said(4), **given)
        assert put.status_code == 204, put.text
        assert seconds_until(stage, 4) < WITHIN
        with site.sessions.begin() as session:
            record = by_name(session, site.tenant, "ralph")
            session.execute(tables.source.update().values(url=ralph.url))
        with site.readers.begin() as session:
            record = by_name(session, site.tenant, "ralph")
        one = reading(stage.settings, site, record, the_time)
        report = sync(one)
        one.source.close()
    assert (report.read >= 4, report.added, kept(stage)) == (True, 0, 4)
