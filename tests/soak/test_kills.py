"""Twenty kills at random moments: the final state is that of an undisturbed run."""

import pytest

from tests.lrs.kills import SyncOnItsOwn, disturbed, two_thousand, undisturbed
from tests.lrs.ralph_under_test import RalphUnderTest

pytestmark = [pytest.mark.soak, pytest.mark.lrs, pytest.mark.slow, pytest.mark.timeout(1800)]

KILLS = 20


@pytest.mark.parametrize("seed", [2, 3])
def test_killed_twenty_times_nothing_is_lost_and_nothing_doubled(ralph, database_url, tmp_path, seed):
    RalphUnderTest(ralph).add(two_thousand())
    counts, state = disturbed(ralph, SyncOnItsOwn(database_url, tmp_path), KILLS, seed)
    assert counts == sorted(counts)
    assert len(set(counts)) > 2, "no kill fell between two pages"
    assert state == undisturbed(ralph, tmp_path / "calm")
