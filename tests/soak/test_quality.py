"""No false alarm, at length: the demo's data whole, and twenty ordinary sites."""

from random import Random

import pytest

from connector.administer import quality
from connector.demo.simulate import simulate
from tests.integration.faults import drawn
from tests.integration.site_under_test import open_site, synced
from tests.integration.stating import LMS

pytestmark = pytest.mark.soak


@pytest.fixture
def site(engine, now):
    return open_site(engine, now)


def test_the_demos_data_look_well_as_a_whole(site, now):
    synced(site, [one | {"stored": one["timestamp"]} for one in simulate(LMS, now)], now, page_size=500)
    assert quality.listed(site.tenant, site.readers) == []


@pytest.mark.parametrize("seed", range(1, 21))
def test_twenty_ordinary_sites_look_well(site, now, seed):
    synced(site, drawn(Random(seed)), now, page_size=500)
    assert quality.listed(site.tenant, site.readers) == []
