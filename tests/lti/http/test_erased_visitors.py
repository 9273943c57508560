"""Whoever was erased: their open page, and the next time they come, from the launch to the database."""

import pytest
from sqlalchemy import func, select

from connector.administer.site import open_site
from connector.clock import fixed
from connector.domain import Identifier, IfiKind
from connector.errors import UnknownName
from connector.privacy import PrivacyDesk, erase, summary
from connector.store import tables
from tests.lti.harness import NOON
from tests.lti.http.stage import MOODLE, SECRET_KEY, TOOL, bearer, staged, visit_of

ANN = Identifier(IfiKind.ACCOUNT, "subject-4711", MOODLE)
KEPT = (tables.learner, tables.identity, tables.slate, tables.event, tables.launch_claim, tables.launch_state)


@pytest.fixture
def stage(tmp_path):
    with staged(f"sqlite:///{tmp_path / 'onward.db'}") as stage:
        stage.stock(history_of="subject-4711")
        yield stage


@pytest.fixture
def desk(stage, tmp_path):
    site = open_site(f"sqlite:///{tmp_path / 'onward.db'}", SECRET_KEY)
    yield PrivacyDesk(site.tenant, site.sessions, site.readers, site.seal, site.keys.hashing, fixed(NOON))
    site.engine.dispose()


def launched(stage):
    browser = stage.browser()
    return stage.post(browser, stage.form(stage.login(browser), sub="subject-4711"))


def rows(desk) -> dict[str, int]:
    with desk.readers.begin() as session:
        return {table.name: session.scalar(select(func.count()).select_from(table)) for table in KEPT}


def test_an_open_page_of_whoever_was_erased_keeps_nothing_more(stage, desk):
    token = visit_of(launched(stage))
    erase(desk, ANN)
    before = rows(desk)
    page = stage.browser().post("/page", base_url=TOOL, headers=bearer(token))
    act = stage.browser().post("/act", base_url=TOOL, headers=bearer(token), data={"personal_rows": "off"})
    assert page.status_code == 200
    assert act.status_code < 500
    assert rows(desk) == before


def test_whoever_was_erased_and_comes_again_sees_what_everyone_sees_and_leaves_nothing(stage, desk):
    launched(stage)
    erase(desk, ANN)
    before = rows(desk)
    again = launched(stage)
    assert again.status_code == 200
    after = rows(desk)
    assert {name for name in after if after[name] != before[name]} <= {"slate", "launch_state"}
    with desk.readers.begin() as session:
        whose = session.scalars(select(tables.slate.c.learner_id)).all()
    assert not any(whose)
    with pytest.raises(UnknownName):
        summary(desk, ANN)
