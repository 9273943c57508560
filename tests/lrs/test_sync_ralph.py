"""2,000 Statements in a real LRS: all of them come in, once, whatever is killed on the way."""

import hashlib
import json
import os
from collections import Counter

import pytest

from connector.administer.status import status
from connector.clock import now as the_time
from tests.integration.canonical import state_of
from tests.lrs.kills import HASHING, MANY, SyncOnItsOwn, disturbed, two_thousand, undisturbed, verb_of
from tests.lrs.ralph_under_test import RalphUnderTest

pytestmark = [pytest.mark.lrs, pytest.mark.slow, pytest.mark.xdist_group("ralph"), pytest.mark.timeout(900)]

NEVER_KEPT = {"login", "terminated", "voided"}


@pytest.fixture(scope="module")
def statements():
    return two_thousand()


@pytest.fixture
def filled(ralph, statements):
    RalphUnderTest(ralph).add(statements)
    return ralph


@pytest.fixture
def own_sync(database_url, tmp_path):
    return SyncOnItsOwn(database_url, tmp_path)


def _truth(statements):
    """Kept, ignored and voided, told from the list itself by the words of the documentation alone."""
    ids = {one["id"] for one in statements}
    voided = {one["object"]["id"] for one in statements if verb_of(one) == "voided"} & ids
    became = Counter("voided" if one["id"] in voided else _became(one) for one in statements)
    return {"seen": len(ids), "kept": became["kept"], "ignored": became["ignored"], "voided": became["voided"]}


def _became(statement):
    on_course = "/course/view.php" in statement["object"]["id"]
    if verb_of(statement) in NEVER_KEPT or (verb_of(statement) in {"uncompleted", "enrolled"} and not on_course):
        return "ignored"
    return "kept"


def _identifier(actor):
    """Who it is: a mailbox, however its case is spelled, and the SHA-1 sum of it are one person."""
    if "mbox" in actor:
        return hashlib.sha1(actor["mbox"].casefold().encode()).hexdigest()
    if "mbox_sha1sum" in actor:
        return actor["mbox_sha1sum"]
    return json.dumps(actor["account"], sort_keys=True)


def _courses(statements):
    """Every course that a Statement is about or lies in, by the type that the Statement gives it."""
    around = [one.get("context", {}).get("contextActivities", {}) for one in statements]
    activities = [one["object"] for one in statements]
    activities += [activity for lists in around for name in ("parent", "grouping") for activity in lists.get(name, [])]
    return {one["id"] for one in activities if one.get("definition", {}).get("type", "").endswith("/course")}


def test_2000_statements_come_in_once_and_are_accounted_for(filled, own_sync, statements, database_url):
    site = own_sync.set_up(filled, HASHING)
    own_sync.run()
    told = status(site.tenant, site.readers, the_time)
    assert told["statements"] == _truth(statements) | {"quarantined": 0}
    assert told["statements"]["seen"] == MANY
    assert told["items"] == len(_courses(statements))
    assert told["learners"] == len({_identifier(one["actor"]) for one in statements})
    before = state_of(site.engine)
    own_sync.run()
    assert state_of(site.engine) == before
    site.engine.dispose()


def test_killed_three_times_nothing_is_lost_and_nothing_doubled(database_url, filled, own_sync, tmp_path):
    if database_url.startswith("sqlite") and os.environ.get("ONWARD_SOAK") != "1":
        pytest.skip("On SQLite with ONWARD_SOAK=1; killed on SQLite in tests/integration/test_kills.py always")
    counts, state = disturbed(filled, own_sync, kills=3, seed=1)
    assert counts == sorted(counts)
    assert any(0 < count < MANY for count in counts)  # at least one kill fell into the middle
    assert len(state["facts"]) == MANY
    assert state == undisturbed(filled, tmp_path / "calm")
