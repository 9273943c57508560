"""Models by command: listed, gone back to, and refused once somebody in them was erased."""

import json
from datetime import timedelta

import pytest

from connector.administer import models as use
from connector.clock import fixed
from connector.errors import BadInput, UnknownName
from connector.recommend.together import CosineNeighbours
from connector.store import erase, models
from connector.store.erase import Tombstone
from connector.train import Workshop, train
from tests.integration.site_under_test import synced
from tests.integration.test_invariants import tastes


@pytest.fixture
def trained(site, now):
    """A site with three Models, an hour apart."""
    synced(site, tastes(), now)
    for hour in range(3):
        at = fixed(now + timedelta(hours=hour))
        train(Workshop(site.tenant, site.sessions, site.readers, at, f"here:{hour}:1"), CosineNeighbours())
    return site


def served(site) -> int:
    with site.readers.begin() as session:
        current = models.current(session, site.tenant)
    assert current is not None
    return current.version


def test_back_forward_and_not_beyond_the_first(trained, now):
    clock = fixed(now)
    assert served(trained) == 3
    assert use.rollback(trained.tenant, trained.sessions, clock).model.version == 2
    assert use.rollback(trained.tenant, trained.sessions, clock).model.version == 1
    with pytest.raises(UnknownName, match=r"before the one that is served. Kept are: 3, 2, 1\."):
        use.rollback(trained.tenant, trained.sessions, clock)
    assert served(trained) == 1
    use.activate(trained.tenant, 3, trained.sessions, clock)
    assert served(trained) == 3


def test_a_version_that_is_not_kept_is_named_with_those_that_are(trained, now):
    with pytest.raises(UnknownName, match=r"no model 9\. Kept are: 3, 2, 1\."):
        use.activate(trained.tenant, 9, trained.sessions, fixed(now))
    assert served(trained) == 3


def test_a_model_that_knows_somebody_who_was_erased_is_not_served_again(trained, now):
    with trained.sessions.begin() as session:
        erase.bury(session, trained.tenant, [Tombstone(b"d" * 32, now + timedelta(hours=1, minutes=30))])
    with pytest.raises(BadInput, match="before somebody was erased"):
        use.rollback(trained.tenant, trained.sessions, fixed(now))
    assert served(trained) == 3
    assert [one["state"] for one in use.listed(trained.tenant, trained.readers)] == [
        "served",
        "before an erasure",
        "before an erasure",
    ]


def test_a_training_after_a_rollback_is_served_and_gets_the_next_version(trained, now):
    use.rollback(trained.tenant, trained.sessions, fixed(now))
    shop = Workshop(trained.tenant, trained.sessions, trained.readers, fixed(now + timedelta(hours=4)), "here:4:1")
    train(shop, CosineNeighbours())
    assert served(trained) == 4


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_commands_say_which_model_is_served(onward):
    assert "None yet." in onward("models", "list").out
    refused = onward("models", "rollback")
    assert (refused.code, "Kept are: none yet." in refused.err) == (1, True)
    assert json.loads(onward("models", "list", "--json").out) == []
    assert onward("models", "activate", "one").code == 2
