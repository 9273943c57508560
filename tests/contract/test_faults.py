"""Whatever an LRS, a proxy or the network does: nothing is lost that can be had, no key leaves, nothing runs for ever.

What cannot be had is listed in ``HOPELESS``, and is told.
"""

from collections.abc import Iterable
from datetime import timedelta
from itertools import islice
from random import Random

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from lrs_adapters.auth import Basic
from lrs_adapters.base import LRSError, LRSProtocolError, LRSRefused, LRSUnavailable, StatementSource
from lrs_adapters.ending import CANNOT_BE_CHECKED, ENDED_EARLY, ONE_MOMENT
from lrs_adapters.registry import open_source
from lrs_adapters.transport import Patience
from tests.contract.faulty import BASE, MALFORMED, NOT_JSON, START, Fault, FaultyLrs, Held, Served, number_of, served

QUICK = Patience(
    connect=timedelta(seconds=5), read=timedelta(seconds=5), whole=timedelta(seconds=20), retries=4, backoff=timedelta()
)
DISORDER = {Fault.DESCENDING, Fault.OUT_OF_ORDER, Fault.REVERSED_PAGES}
FATAL = {Fault.MORE_LOOP, Fault.FOREIGN_MORE}
HOPELESS = [
    # Without `more` and without order the newest moment is no way on: what is older than the first page is not reached.
    *({Fault.ENDS_EARLY, one} for one in DISORDER),
    # A page that is short and says that it is the last looks like the end of a good LRS.
    {Fault.ENDS_EARLY, Fault.SHORT_PAGES},
    # More statements of one moment than a page holds cannot be asked for by `since`.
    {Fault.ENDS_EARLY, Fault.SAME_STORED},
    # Without `since` and without `more` there is only the first page.
    {Fault.ENDS_EARLY, Fault.IGNORES_SINCE},
]


@pytest.fixture(scope="module")
def lrs_server():
    with served() as one:
        yield one


@pytest.fixture(scope="module")
def foreign_server():
    with served() as one:
        yield one


def events(chance: Random, faults: frozenset[Fault], count: int) -> list[Held]:
    """Five minutes of Statements; a third up to 59 seconds late where they are, whole minutes where they crowd."""
    grain = 60 if Fault.SAME_STORED in faults else 0.001
    late = 59 if Fault.LATE_COMMITS in faults else 0
    stamps = [chance.uniform(0, 300) // grain * grain for _ in range(count)]
    return [
        Held(number, stored, stored + chance.choice((0, 0, chance.uniform(0, late))))
        for number, stored in enumerate(stamps)
    ]


def open_lrs(server: Served, page_size: int) -> StatementSource:
    return open_source(
        "xapi", server.origin + BASE, auth=Basic("reader", "a secret"), patience=QUICK, page_size=page_size
    )


class Reader:
    """Walks as sync does: a position is kept with each page, a failed run is taken up by the next."""

    def __init__(self, source: StatementSource) -> None:
        self._source = source
        self._position = None
        self.kept: set[int] = set()
        self.junk = 0
        self.warnings: set[str] = set()

    def run(self, reach: str, killed_after: int | None = None) -> bool:
        """Walk once; tell whether the walk came to its end."""
        ended = False
        try:
            for page in islice(getattr(self._source, reach)(self._position), killed_after):
                numbers = [number_of(raw) for raw in page.statements]
                self.kept |= set(numbers) - {None}
                self.junk += numbers.count(None)
                self.warnings |= set(page.warnings)
                self._position = page.next_position
                ended = page.last
        except LRSUnavailable:
            return False
        except LRSProtocolError as error:
            if "expired" not in str(error):
                raise
            return False
        return ended

    def until_quiet(self) -> None:
        """Sweep until two sweeps in a row come to their end and bring nothing new."""
        quiet = 0
        for _ in range(25):
            before = len(self.kept)
            ended = self.run("sweep") and self.run("tail")
            quiet = quiet + 1 if ended and len(self.kept) == before else 0
            if quiet == 2:
                return
        pytest.fail("the walks never come to rest")


def hopeless(faults: Iterable[Fault]) -> bool:
    return any(combination <= set(faults) for combination in HOPELESS + RESTLESS)


RESTLESS = [
    # A walk that must begin anew each time its `more` is forgotten gets on only as far as one life of a `more`: that is
    # told as an LRSProtocolError ("expired 3 times"), nothing is taken for read.
    *({Fault.EXPIRED_MORE, one} for one in (*sorted(DISORDER), Fault.IGNORES_SINCE, Fault.SAME_STORED)),
    # Newest first, full to the last page and deaf to `since`: asking on leads through what is known ("in circles").
    *({Fault.IGNORES_SINCE, one} for one in sorted(DISORDER)),
    # Cut short without a length after a text that is no JSON: which of the two it is cannot be seen.
    {Fault.UNMEASURED, Fault.NOT_JSON},
]


curable = st.frozensets(st.sampled_from([fault for fault in Fault if fault not in FATAL]), max_size=7)
scenarios = given(curable, st.integers(0, 2**32), st.integers(1, 8), st.integers(0, 50))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@scenarios
@example(frozenset({Fault.ENDS_EARLY, Fault.NOT_JSON, Fault.LATE_COMMITS}), 1, 3, 40)
@example(frozenset({Fault.REVERSED_PAGES, Fault.NO_DATE, Fault.NO_THROUGH}), 2, 2, 20)
@example(frozenset({Fault.RESET, Fault.TRUNCATED, Fault.UNMEASURED, Fault.FLAKY, Fault.RATE_LIMITED}), 3, 4, 50)
@example(frozenset({Fault.GZIP, Fault.MULTIPART, Fault.MALFORMED, Fault.NOT_JSON, Fault.SLOW}), 4, 4, 30)
@example(frozenset({Fault.TRUNCATED, Fault.UNMEASURED, Fault.SLOW, Fault.MALFORMED}), 0, 1, 1)
@example(frozenset({Fault.LATE_COMMITS, Fault.LYING_THROUGH, Fault.NO_DATE, Fault.SAME_STORED}), 5, 1, 50)
def test_every_statement_comes_whatever_the_faults(lrs_server, foreign_server, faults, seed, page_size, count):
    assume(not hopeless(faults))
    chance = Random(seed)
    lrs = FaultyLrs(faults, events(chance, faults, count), seed=seed, origin=lrs_server.origin)
    lrs_server.lrs, foreign_server.lrs = lrs, FaultyLrs()
    source = open_lrs(lrs_server, page_size)
    reader = Reader(source)
    for _ in range(12):
        lrs.now += chance.uniform(0, 50)
        reader.run(chance.choice(("tail", "tail", "sweep")), chance.choice((None, None, 1, 3)))
    lrs.now += 700
    reader.until_quiet()
    source.close()
    assert reader.kept == set(range(count))
    assert {secret for _, secret in lrs.requests} == {lrs.secret}
    assert foreign_server.lrs.requests == []


def numbers_between(source: StatementSource, since: float, until: float) -> set[int]:
    """Read a stretch as a reconcile does: a run that fails is begun anew, what was read stays."""
    kept: set[int | None] = set()
    for _ in range(12):
        try:
            for page in source.between(START + timedelta(seconds=since), START + timedelta(seconds=until)) or ():
                kept |= {number_of(raw) for raw in page.statements}
        except LRSUnavailable:
            continue
        except LRSProtocolError as error:
            if "expired" not in str(error):
                raise
            continue
        return kept - {None}
    pytest.fail("the stretch never comes to its end")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@scenarios
def test_a_stretch_holds_every_statement_of_its_time_whatever_the_faults(lrs_server, faults, seed, page_size, count):
    assume(not hopeless(faults))
    assume(Fault.IGNORES_UNTIL not in faults or not faults & DISORDER)  # what lies behind the end cannot be told apart
    held = events(Random(seed), faults, count)
    lrs_server.lrs = FaultyLrs(faults, held, now=700, seed=seed, origin=lrs_server.origin)
    source = open_lrs(lrs_server, page_size)
    assert numbers_between(source, 60, 180) >= {one.number for one in held if 60 <= one.stored <= 180}
    source.close()


def test_an_lrs_that_ignores_until_is_left_soon_after_the_stretch(lrs_server):
    lrs = FaultyLrs(frozenset({Fault.IGNORES_UNTIL}), [Held(number, number) for number in range(500)], now=700)
    lrs_server.lrs = lrs
    assert numbers_between(open_lrs(lrs_server, 10), 100, 149) >= set(range(100, 150))
    assert len(lrs.requests) == 6  # five pages, and the one in which it is seen to go on


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(curable, st.sampled_from(sorted(FATAL)), st.integers(0, 2**32))
def test_a_loop_and_a_way_to_another_host_end_soon_and_no_key_leaves(lrs_server, foreign_server, others, fatal, seed):
    faults = (others | {fatal}) - {Fault.EMPTY_PAGES, Fault.EXPIRED_MORE, Fault.SHORT_PAGES, Fault.UNMEASURED}
    lrs = FaultyLrs(faults, events(Random(seed), faults, 40), now=700, seed=seed, foreign=foreign_server.origin)
    lrs_server.lrs, foreign_server.lrs = lrs, FaultyLrs()
    source = open_lrs(lrs_server, 5)
    with pytest.raises((LRSProtocolError, LRSRefused)) as failure:
        list(source.tail(None))
    source.close()
    expected = LRSProtocolError if fatal is Fault.MORE_LOOP else LRSRefused
    assert isinstance(failure.value, expected)
    assert len(lrs.requests) <= 20
    assert foreign_server.lrs.requests == []


@pytest.mark.parametrize("faults", HOPELESS[:3] + HOPELESS[-1:], ids=lambda faults: " and ".join(sorted(faults)))
def test_what_cannot_be_had_is_told(lrs_server, faults):
    faults = faults - {Fault.REVERSED_PAGES} | ({Fault.DESCENDING} if Fault.REVERSED_PAGES in faults else set())
    lrs_server.lrs = FaultyLrs(frozenset(faults), [Held(number, number) for number in range(20)], now=700, seed=7)
    reader = Reader(open_lrs(lrs_server, 5))
    reader.run("tail")
    assert len(reader.kept) < 20
    assert reader.warnings
    assert reader.warnings <= {CANNOT_BE_CHECKED, ENDED_EARLY, ONE_MOMENT}


def test_a_crowd_of_one_moment_beyond_a_page_is_told(lrs_server):
    lrs_server.lrs = FaultyLrs(frozenset({Fault.ENDS_EARLY}), [Held(number, 60) for number in range(20)], now=700)
    reader = Reader(open_lrs(lrs_server, 5))
    assert reader.run("tail")
    assert (len(reader.kept), ONE_MOMENT in reader.warnings) == (5, True)


def test_an_empty_more_is_survived_and_told(lrs_server):
    lrs_server.lrs = FaultyLrs(frozenset({Fault.ENDS_EARLY}), [Held(number, number) for number in range(23)], now=700)
    reader = Reader(open_lrs(lrs_server, 5))
    assert reader.run("tail")
    assert reader.kept == set(range(23))
    assert reader.warnings == {ENDED_EARLY}


def test_a_probe_tells_of_an_empty_more(lrs_server):
    lrs_server.lrs = FaultyLrs(frozenset({Fault.ENDS_EARLY}), [Held(number, number) for number in range(23)], now=700)
    assert open_lrs(lrs_server, 5).probe().warnings == (ENDED_EARLY,)


@pytest.mark.parametrize("junk", [*MALFORMED, *NOT_JSON], ids=lambda junk: junk[:40].decode("ascii", "replace"))
def test_each_malformed_statement_goes_on_as_its_bytes_and_leaves_its_neighbours(lrs_server, junk):
    class One(FaultyLrs):
        def _written(self, page):
            return [page[0].raw, junk, page[1].raw]

    lrs_server.lrs = One(held=[Held(1, 1), Held(2, 2)], now=9)
    (page,) = open_lrs(lrs_server, 5).tail(None)
    assert page.statements == (Held(1, 1).raw, junk, Held(2, 2).raw)


def test_a_wrong_key_stops_at_once(lrs_server):
    lrs_server.lrs = FaultyLrs(secret="another")
    with pytest.raises(LRSError, match="401"):
        list(open_lrs(lrs_server, 5).tail(None))
    assert len(lrs_server.lrs.requests) == 1
