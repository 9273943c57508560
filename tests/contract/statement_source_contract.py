"""The contract of StatementSource: every implementation subclasses it and says how its LRS is filled and opened."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import pytest

from lrs_adapters.base import LRSProtocolError, Position, StatementPage, StatementSource

START = datetime(2024, 3, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def statement(number: int, at: datetime) -> dict[str, Any]:
    return {
        "id": str(UUID(int=number)),
        "actor": {"objectType": "Agent", "account": {"homePage": "https://lms.example", "name": str(number % 7)}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"objectType": "Activity", "id": f"https://lms.example/course/{number % 11}"},
        "timestamp": at.isoformat(),
    }


def minutely(first: int, count: int) -> list[dict[str, Any]]:
    """Statements ``first``, ``first + 1`` …, one a minute."""
    return [statement(number, START + number * MINUTE) for number in range(first, first + count)]


def ids(pages: Iterable[StatementPage]) -> list[int]:
    return [UUID(json.loads(raw)["id"]).int for page in pages for raw in page.statements]


def through_json(position: Position) -> Position:
    """As the store keeps it."""
    return json.loads(json.dumps(position))


def position_after(pages: Iterable[StatementPage]) -> Position:
    return through_json(list(pages)[-1].next_position)


class LrsUnderTest(ABC):
    """One empty LRS, to be filled and opened.

    ``late_by`` is more than a tail reads again and less than a sweep does; ``again`` is how many of the minutely
    Statements a tail and a sweep may read again, ``repeats`` whether one walk may bring a Statement twice.
    """

    late_by: timedelta
    again: int
    repeats = False

    @abstractmethod
    def add(self, statements: Sequence[dict[str, Any]]) -> None:
        """Let the LRS take Statements, the field it filters by being their ``timestamp``."""

    @abstractmethod
    def open(self, page_size: int) -> StatementSource: ...


def came(lrs: LrsUnderTest, found: list[int]) -> list[int]:
    return sorted(set(found)) if lrs.repeats else sorted(found)


class AnySourceContract:
    """What every source keeps, one without ``since`` or Stored too."""

    @pytest.fixture
    def lrs(self) -> LrsUnderTest:
        raise NotImplementedError

    def test_the_first_walk_reads_every_statement_once(self, lrs):
        lrs.add(minutely(0, 25))
        assert came(lrs, ids(lrs.open(10).tail(None))) == list(range(25))

    def test_a_statement_comes_as_the_bytes_of_what_was_sent(self, lrs):
        sent = statement(3, START)
        lrs.add([sent])
        page, *_ = lrs.open(10).tail(None)
        got = json.loads(page.statements[0])
        assert {key: got[key] for key in ("id", "actor", "verb", "object")} == {
            key: sent[key] for key in ("id", "actor", "verb", "object")
        }

    def test_an_empty_lrs_gives_one_empty_last_page_and_a_position_to_go_on_from(self, lrs):
        source = lrs.open(10)
        (page,) = source.tail(None)
        assert (page.statements, page.last, page.high_water) == ((), True, None)
        lrs.add(minutely(0, 3))
        assert came(lrs, ids(source.tail(through_json(page.next_position)))) == [0, 1, 2]

    def test_only_the_last_page_says_so(self, lrs):
        lrs.add(minutely(0, 25))
        said = [page.last for page in lrs.open(10).tail(None)]
        assert said == [False] * (len(said) - 1) + [True]

    @pytest.mark.parametrize("read", ["tail", "sweep"])
    @pytest.mark.parametrize("stop", [1, 2])
    def test_a_walk_that_was_stopped_goes_on_from_its_last_page(self, lrs, stop, read):
        lrs.add(minutely(0, 25))
        before = list(islice(getattr(lrs.open(10), read)(None), stop))
        after = list(getattr(lrs.open(10), read)(position_after(before)))
        assert came(lrs, ids(before) + ids(after)) == list(range(25))

    def test_a_second_tail_brings_what_is_new_and_little_else(self, lrs):
        lrs.add(minutely(0, 25))
        position = position_after(lrs.open(10).tail(None))
        lrs.add(minutely(25, 2))
        read = set(ids(lrs.open(10).tail(position)))
        assert {25, 26} <= read <= set(range(25 - lrs.again, 27))

    def test_a_position_that_cannot_be_read_says_what_to_do(self, lrs):
        with pytest.raises(LRSProtocolError, match="add it again"):
            list(lrs.open(10).tail({"high": "yesterday", "files": 3}))

    def test_a_probe_tells_of_one_page(self, lrs):
        lrs.add(minutely(0, 3))
        probe = lrs.open(2).probe()
        assert (probe.statements, probe.asked) == (2, 2)


class UntimedSourceContract(AnySourceContract):
    """What a source keeps that cannot be asked by time."""

    def test_it_says_that_it_cannot_be_asked_by_time(self, lrs):
        lrs.add(minutely(0, 3))
        assert lrs.open(10).between(START, START + MINUTE) is None


class StatementSourceContract(AnySourceContract):
    """What a source keeps that is asked by ``since``."""

    def test_a_stretch_of_time_holds_all_of_it_with_both_ends_and_little_else(self, lrs):
        lrs.add(minutely(0, 40))
        stretch = list(lrs.open(10).between(START + 5 * MINUTE, START + 29 * MINUTE))
        assert came(lrs, ids(stretch)) == list(range(5, 30))
        assert [page.last for page in stretch] == [False] * (len(stretch) - 1) + [True]
        assert {(str(page.next_position), page.high_water) for page in stretch} == {("{}", None)}

    def test_a_stretch_without_a_statement_is_one_empty_page(self, lrs):
        lrs.add(minutely(0, 5))
        (page,) = lrs.open(10).between(START + timedelta(days=1), START + timedelta(days=2))
        assert (page.statements, page.last) == ((), True)

    def test_a_stretch_between_two_pages_of_a_tail_disturbs_neither(self, lrs):
        lrs.add(minutely(0, 25))
        source = lrs.open(10)
        begun = list(islice(source.tail(None), 1))
        stretch = list(source.between(START, START + 24 * MINUTE))
        ended = list(source.tail(position_after(begun)))
        assert came(lrs, ids(stretch)) == list(range(25))
        assert came(lrs, ids(begun) + ids(ended)) == list(range(25))

    def test_the_first_tail_spares_the_sweep_the_whole_walk(self, lrs):
        lrs.add([*minutely(0, 10), statement(99, START + timedelta(days=30))])
        position = position_after(lrs.open(10).tail(None))
        assert set(ids(lrs.open(10).sweep(position))) == {99}

    def test_a_late_statement_is_found_by_the_sweep_and_not_by_the_tail(self, lrs):
        newest = START + 24 * MINUTE
        lrs.add(minutely(0, 25))
        position = position_after(lrs.open(10).sweep(None))
        lrs.add([statement(99, newest - lrs.late_by)])
        tail = list(lrs.open(10).tail(position))
        assert 99 not in ids(tail)
        assert 99 in ids(lrs.open(10).sweep(position_after(tail)))

    def test_a_tail_between_two_pages_of_a_sweep_disturbs_neither(self, lrs):
        lrs.add(minutely(0, 5))
        position = position_after(lrs.open(2).sweep(None))
        lrs.add([statement(number, START + 4 * MINUTE + timedelta(seconds=number)) for number in range(5, 12)])
        begun = list(islice(lrs.open(2).sweep(position), 1))
        between = list(lrs.open(2).tail(position_after(begun)))
        ended = list(lrs.open(2).sweep(position_after(between)))
        assert set(range(4, 12)) <= set(ids(begun) + ids(ended))
        assert set(range(5, 12)) <= set(ids(between))

    def test_the_high_water_is_the_newest_moment_of_the_walk(self, lrs):
        lrs.add(minutely(0, 25))
        assert list(lrs.open(10).tail(None))[-1].high_water == START + 24 * MINUTE
