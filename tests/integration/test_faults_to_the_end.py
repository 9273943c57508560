"""Whatever the LRS and the network do, alone and together: the database's final state is the truth, nothing twice."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from connector.clock import fixed
from connector.store.tables import activity, fact, quarantine
from connector.sync import sync
from lrs_adapters.base import LRSError
from tests.contract.faulty import START, Fault, FaultyLrs, served
from tests.contract.test_faults import FATAL, events, hopeless, open_lrs
from tests.integration.site_under_test import open_site, reading

pytestmark = pytest.mark.slow

curable = st.frozensets(st.sampled_from([fault for fault in Fault if fault not in FATAL]), max_size=7)


@pytest.fixture(scope="module")
def server():
    with served() as one:
        yield one


@pytest.fixture(scope="module")
def foreign():
    with served() as one:
        yield one


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(curable, st.integers(0, 2**32), st.integers(2, 8), st.integers(0, 40))
@example(frozenset({Fault.LATE_COMMITS, Fault.LYING_THROUGH, Fault.NO_DATE, Fault.DUPLICATES}), 5, 2, 40)
@example(frozenset({Fault.GZIP, Fault.MULTIPART, Fault.MALFORMED, Fault.NOT_JSON, Fault.FLAKY}), 4, 4, 30)
@example(frozenset({Fault.RESET, Fault.TRUNCATED, Fault.FLAKY, Fault.SHORT_PAGES, Fault.EMPTY_PAGES}), 9, 4, 40)
def test_the_final_state_is_the_truth(engine, now, server, foreign, faults, seed, page_size, count):
    assume(not hopeless(faults))
    chance = Random(seed)
    lrs = FaultyLrs(faults, events(chance, faults, count), seed=seed, origin=server.origin)
    server.lrs, foreign.lrs = lrs, FaultyLrs()
    site = open_site(engine, now, uuid4().hex)
    source = open_lrs(server, page_size)
    for _ in range(10):
        lrs.now += chance.uniform(0, 50)
        _try(site, source, lrs)
    lrs.now += 700
    for _ in range(4):  # two sweeps at the least come to their end, whatever one of them met on the way
        lrs.now += 60
        _try(site, source, lrs)
    source.close()
    with site.readers.begin() as session:
        query = select(activity.c.iri).join(fact, fact.c.activity_id == activity.c.id)
        kept = sorted(session.scalars(query.where(fact.c.tenant_id == site.tenant)))
        aside = len(session.scalars(select(quarantine.c.id).where(quarantine.c.tenant_id == site.tenant)).all())
    assert kept == sorted(f"https://lms.example/course/{number}" for number in range(count))
    assert bool(aside) <= bool(faults & {Fault.MALFORMED, Fault.NOT_JSON})
    assert foreign.lrs.requests == []
    assert {secret for _, secret in lrs.requests} == {lrs.secret}


def _try(site, source, lrs):
    """One run of sync by a process that has met no name yet; what fails is taken up by the next."""
    clock = fixed(START + timedelta(seconds=lrs.now))
    try:
        sync(replace(reading(site, [], clock), source=source))
    except LRSError:
        return
