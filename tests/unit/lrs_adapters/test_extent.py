from datetime import UTC, datetime

from lrs_adapters.extent import measure
from lrs_adapters.profiles import SinceField


def at(hour: int) -> datetime:
    return datetime(2026, 3, 1, hour, tzinfo=UTC)


def raw(name: str, stored: int, timestamp: int | None = None) -> bytes:
    return (
        f'{{"id":"{name}","stored":"2026-03-01T{stored:02}:00:00Z",'
        f'"timestamp":"2026-03-01T{stored if timestamp is None else timestamp:02}:00:00Z","result":{{"x":[1]}}}}'
    ).encode()


def test_a_page_in_order_tells_its_range_and_its_ids_in_lower_case():
    extent = measure([raw("A", 8), raw("b", 8), raw("c", 9)], SinceField.STORED, None)
    assert (extent.in_order, extent.first, extent.oldest, extent.newest, extent.top) == (
        True,
        at(8),
        at(8),
        at(9),
        at(9),
    )
    assert extent.ids == {"a", "b", "c"}


def test_a_page_that_descends_is_not_in_order():
    assert not measure([raw("a", 9), raw("b", 8)], SinceField.STORED, None).in_order


def test_the_timestamp_counts_where_the_lrs_filters_by_it():
    extent = measure([raw("a", 9, 3), raw("b", 9, 5)], SinceField.TIMESTAMP, None)
    assert (extent.oldest, extent.newest) == (at(3), at(5))


def test_a_timestamp_ahead_of_stored_counts_as_stored_for_the_high_water():
    extent = measure([raw("a", 9, 23)], SinceField.TIMESTAMP, None)
    assert (extent.newest, extent.top) == (at(23), at(9))


def test_nothing_counts_as_later_than_the_clock_of_the_lrs():
    assert measure([raw("a", 23)], SinceField.STORED, at(10)).top == at(10)


def test_statements_that_cannot_be_read_leave_the_others_their_range_and_are_told_apart():
    odd = [b'{"id":5}', b"[]", b'{"stored":"soon"}', b'{"id":"\xff"}']
    extent = measure([*odd, raw("a", 9)], SinceField.STORED, None)
    assert (extent.newest, extent.in_order, len(extent.ids)) == (at(9), False, 5)


def test_an_empty_page_is_in_order_and_has_no_range():
    extent = measure([], SinceField.STORED, at(10))
    assert (extent.in_order, extent.first, extent.top, extent.ids) == (True, None, None, frozenset())
