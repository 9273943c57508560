"""Training under a lease: one at a time, however long it takes; who lost the lease publishes nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from connector.clock import fixed
from connector.errors import Busy
from connector.recommend.together import CosineNeighbours
from connector.store import leases
from connector.store.tables import job
from connector.train import JOB, Workshop, train
from tests.integration.site_under_test import synced, told
from tests.integration.test_invariants import tastes


class Meanwhile(CosineNeighbours):
    """Does something else while it fits."""

    def __init__(self, meanwhile=None):
        super().__init__()
        self.meanwhile = meanwhile

    def fit(self, *arguments, **named):
        self.meanwhile()
        return super().fit(*arguments, **named)

    def get_params(self, **named):
        return CosineNeighbours().get_params(**named)


@pytest.fixture
def shop(site, now):
    synced(site, tastes(), now)
    return Workshop(site.tenant, site.sessions, site.readers, fixed(now), "far-away:1:1")


def test_a_training_whose_lease_was_taken_over_publishes_nothing(site, shop, now):
    def lose():
        with site.sessions.begin() as session:
            session.execute(update(job).where(job.c.kind == JOB).values(leased_until=now - timedelta(days=3650)))
            leases.take(session, site.tenant, JOB, "", "far-away:2:1", now)

    with pytest.raises(Busy, match="went to another process"):
        train(shop, Meanwhile(lose))
    assert told(site, now)["model"] is None
    assert [one["state"] for one in told(site, now)["jobs"] if one["kind"] == JOB] == ["running"]


def test_a_training_holds_its_lease_for_minutes_and_a_second_one_waits(site, shop, now):
    ends = []

    def look():
        with site.readers.begin() as session:
            ends.append(session.scalar(select(job.c.leased_until).where(job.c.kind == JOB)))
        with pytest.raises(Busy):
            train(Workshop(site.tenant, site.sessions, site.readers, fixed(now), "far-away:2:1"), CosineNeighbours())

    train(shop, Meanwhile(look))
    assert timedelta(minutes=4) < ends[0] - datetime.now(UTC) <= timedelta(minutes=5)
    assert told(site, now)["model"] is not None
