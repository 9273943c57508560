from datetime import timedelta

import pytest

from lrs_adapters.base import LRSRefused
from lrs_adapters.dump import DumpSource
from lrs_adapters.products import PRODUCTS
from lrs_adapters.profiles import XAPI, Evidence, SinceField
from lrs_adapters.ralph import RALPH
from lrs_adapters.registry import KINDS, PROFILES, open_source


def test_eleven_kinds_are_known():
    assert KINDS == (
        "xapi",
        "xapi-2.0",
        "ralph",
        "learning-locker",
        "sql-lrs",
        "adl-lrs",
        "scorm-cloud",
        "watershed",
        "veracity",
        "trax",
        "dump",
    )


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.kind)
def test_each_profile_says_what_it_rests_on(profile):
    assert profile.product
    assert all(profile.sources)
    assert profile.sources


@pytest.mark.parametrize("profile", PRODUCTS, ids=lambda profile: profile.kind)
def test_what_was_never_run_here_is_marked_as_simulated(profile):
    assert profile.evidence is Evidence.SIMULATED
    assert profile.base_path.startswith("/")


def test_without_since_a_sweep_is_a_whole_walk_so_it_comes_once_a_day():
    source = open_source("xapi", "https://lrs.example", since_field=SinceField.NONE)
    assert source.sweep_every == timedelta(days=1)


def test_a_dump_is_opened_by_its_path(tmp_path):
    assert isinstance(open_source("dump", str(tmp_path)), DumpSource)


def test_an_unknown_kind_says_which_there_are():
    with pytest.raises(LRSRefused, match=r"'moodle': choose one of xapi, xapi-2\.0, ralph"):
        open_source("moodle", "https://lrs.example", "key", "secret")


def test_a_wrong_address_is_refused_before_anything_is_asked():
    with pytest.raises(LRSRefused, match="https://host/path"):
        open_source("xapi", "lrs.example/xapi", "key", "secret")


def test_by_stored_a_sweep_comes_at_most_every_thirty_seconds():
    assert XAPI.sweep_every == timedelta(seconds=30)


def test_ralph_is_filtered_by_timestamp_so_it_is_swept_by_days():
    assert (RALPH.since_field, RALPH.delivers_order) == (SinceField.TIMESTAMP, False)
    assert (RALPH.overlap, RALPH.sweep_every) == (timedelta(days=2), timedelta(days=1))


def test_an_overlap_of_the_operator_takes_the_place_of_the_profile_s():
    source = open_source("ralph", "https://lrs.example/xAPI", "key", "secret", overlap=timedelta(days=14))
    assert source.sweep_every == timedelta(days=7)
