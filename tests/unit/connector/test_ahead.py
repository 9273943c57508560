"""Reading ahead: order, errors, being left early, and what is kept together."""

from collections.abc import Iterator
from threading import Event, current_thread
from typing import NoReturn

import pytest

from connector.sync.ahead import PAGES, read_ahead


def ones(_page: int) -> int:
    return 1


def same(page: int) -> int:
    return page


def test_everything_comes_once_and_in_order() -> None:
    with read_ahead(iter(range(50)), same) as ahead:
        taken = [page for some in ahead.together(ones, 4) for page in some]
    assert taken == list(range(50))


def test_what_waits_comes_together_up_to_the_bound_of_its_sizes() -> None:
    all_read = Event()

    def pages() -> Iterator[int]:
        yield from (5, 4, 3)
        all_read.set()

    with read_ahead(pages(), same) as ahead:
        assert all_read.wait(10)
        assert list(ahead.together(same, 9)) == [[5, 4], [3]]


def test_a_page_that_is_larger_than_the_bound_comes_alone() -> None:
    with read_ahead(iter((100, 100)), same) as ahead:
        assert list(ahead.together(same, 9)) == [[100], [100]]


def test_no_more_is_read_ahead_than_the_bound() -> None:
    read: list[int] = []
    full = Event()

    def pages() -> Iterator[int]:
        for page in range(1_000):
            read.append(page)
            if len(read) > PAGES:
                full.set()
            yield page

    with read_ahead(pages(), same) as ahead:
        together = ahead.together(ones, 1)
        next(together)
        assert full.wait(10)
        together.close()
    assert len(read) <= PAGES + 3  # one taken, those that wait, one in hand, one begun before it was told to end


def test_an_error_comes_after_all_that_was_read_before_it() -> None:
    def pages() -> Iterator[int]:
        yield 1
        raise ValueError("the LRS broke off")

    taken: list[list[int]] = []
    with pytest.raises(ValueError, match="broke off"), read_ahead(pages(), same) as ahead:
        taken.extend(ahead.together(ones, 1))
    assert taken == [[1]]


def test_an_error_of_understanding_comes_as_well() -> None:
    def confused(_page: int) -> NoReturn:
        raise KeyError("nonsense")

    with pytest.raises(KeyError, match="nonsense"), read_ahead(iter([1]), confused) as ahead:
        list(ahead.together(ones, 1))


def test_the_generator_is_closed_in_the_thread_that_ran_it_when_it_is_left_early() -> None:
    ran: list[str] = []

    def pages() -> Iterator[int]:
        try:
            for page in range(1_000):
                ran.append(current_thread().name)
                yield page
        finally:
            ran.append(f"closed in {current_thread().name}")

    with read_ahead(pages(), same) as ahead:
        next(ahead.together(ones, 1))
    assert ran[-1] == "closed in reading-ahead"
    assert set(ran[:-1]) == {"reading-ahead"}
