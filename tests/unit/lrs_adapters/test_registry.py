from datetime import timedelta

import pytest

from lrs_adapters.base import LRSRefused
from lrs_adapters.profiles import XAPI, SinceField
from lrs_adapters.ralph import RALPH
from lrs_adapters.registry import KINDS, open_source


def test_three_kinds_are_known():
    assert KINDS == ("xapi", "xapi-2.0", "ralph")


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
