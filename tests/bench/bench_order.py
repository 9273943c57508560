"""Rows by strength against rows in the order of the book: where on the page the wanted Item stands.

Run from the checkout: ``python -m tests.bench.bench_order [SITE ...]``. A Model learns from all that was done before
the cut (the 0.8 quantile of the times of first Interactions). Each learner with a history who turned to something new
after it is asked once, for the first new Item, with the history of that moment; at most ``QUESTIONS``, those nearest to
the cut. Both pages are made by `connector.recipes.compose.compose` and differ in ``order`` alone. The difference stands
with its standard error over the same questions.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from connector.domain import Audience, Interaction, Iri, Item, ItemId, ItemStatus, ItemText, Model, ModelId, Row
from connector.evaluate.engines import moment
from connector.evaluate.files import Read
from connector.evaluate.log import SIGNALS, Catalogue, Log
from connector.evaluate.onward import contents
from connector.evaluate.simulated import Size, simulated
from connector.recipes.base import PageInput, Shelf
from connector.recipes.compose import compose
from connector.recipes.recipe import Order
from connector.recommend.engine import learn
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.popular import site_list
from connector.recommend.rising import rising_lists
from connector.recommend.scale import scale_of
from connector.recommend.signals import weighed
from connector.recommend.together import CosineNeighbours, lists
from tests.bench.sites import SITES

QUESTIONS = 400
CUT = 0.8
FEWEST = 5
UPPER = 2
WITH_TIMES = ("curricula", "drifting", "fashions", "noise", "pilot")
EVERY: Mapping[str, Callable[[], Read]] = {
    "simulated": partial(simulated, Size(3_000, 200)),
    **{name: SITES[name] for name in WITH_TIMES},
}


def main() -> None:
    print(f"{'':12}{'asked':>6}  mean reciprocal row: fixed, strongest, difference   in the first two rows")
    for name in sys.argv[1:] or EVERY:
        asked = list(questions(EVERY[name]()))
        found = {order: np.array([_row_of(_rows_of(page, order), item) for page, item in asked]) for order in Order}
        fixed, strongest = (_reciprocal(found[order]) for order in (Order.FIXED, Order.STRONGEST))
        gain = strongest - fixed
        upper = [((found[order] > 0) & (found[order] <= UPPER)).mean() for order in (Order.FIXED, Order.STRONGEST)]
        error = gain.std() / len(asked) ** 0.5
        print(
            f"{name:12}{len(asked):6}{fixed.mean():14.3f}{strongest.mean():10.3f}   {gain.mean():+.3f} +- {error:.3f}"
            f"{upper[0]:20.3f}{upper[1]:8.3f}",
            flush=True,
        )


def questions(read: Read) -> Iterator[tuple[PageInput, ItemId]]:
    """Yield what each page is made from, and the Item that was wanted."""
    log, firsts = read.log, np.flatnonzero(read.log.first)
    cut = int(np.quantile(log.times[firsts], CUT))
    known = int(np.searchsorted(log.times, cut))
    shelf = _shelf(log.take(slice(0, known)), read.catalogue, cut)
    _, late = np.unique(log.learners[(after := firsts[firsts >= known])], return_index=True)
    asked = 0
    for row in np.sort(after[late]).tolist():
        past = log.take(np.flatnonzero(log.learners[:row] == log.learners[row]))
        if len(past) and asked < QUESTIONS:
            asked += 1
            yield _page(shelf, past, int(log.times[row])), ItemId(int(log.items[row]) + 1)


def _page(shelf: Shelf, past: Log, at: int) -> PageInput:
    did = zip(past.items.tolist(), past.signals.tolist(), past.times.tolist(), strict=True)
    history = tuple(Interaction(ItemId(item + 1), SIGNALS[code], moment(when)) for item, code, when in did)
    return PageInput(shelf, history, Audience.LEARNER, personal_rows=True, now=moment(at))


def _rows_of(page: PageInput, order: Order) -> tuple[Row, ...]:
    return compose(replace(page, book=replace(page.book, order=order))).rows


def _row_of(rows: tuple[Row, ...], wanted: ItemId) -> int:
    """Return the place of the row with the wanted Item from 1 on, 0 where it is not on the page."""
    places = (place for place, row in enumerate(rows, 1) if any(card.item == wanted for card in row.cards))
    return next(places, 0)


def _reciprocal(places: np.ndarray) -> np.ndarray:
    return np.divide(1.0, places, out=np.zeros(places.size), where=places > 0)


def _shelf(known: Log, catalogue: Catalogue, now: int) -> Shelf:
    found = weighed(known.learners, known.items, known.signals, known.times, known.values)
    columns = (one[found.did] for one in (found.learners, found.items + 1, found.since, found.weights))
    matrix = InteractionMatrix.from_columns(*columns)
    learned = learn(matrix, contents(catalogue))
    half_life = learned.choice.design.trend
    every = [
        *lists(CosineNeighbours().fit(matrix.weights, when=matrix.when), matrix),
        *rising_lists(matrix, [], [], until=now, half_life=half_life or 30.0, k=FEWEST),
        *learned.lists,
        site_list(matrix, half_life=half_life, k=FEWEST),
    ]
    model = Model(
        *(ModelId(1), 1, moment(now), moment(now), 1, 1, 1, 1),
        scale=scale_of(every),
        blending=learned.blending,
        deed=found.deed,
    )
    return Shelf(model, {(one.kind, one.anchor): one for one in every}, dict(_items(catalogue)))


def _items(catalogue: Catalogue) -> Iterator[tuple[ItemId, Item]]:
    """Yield the Items, with lengths from 5 to 84 minutes, so that short ones are among them."""
    for place, (title, topic) in enumerate(zip(catalogue.titles, catalogue.topics, strict=True)):
        number, texts = ItemId(place + 1), (ItemText("en", title or f"Item {place}"),)
        more = {"minutes": 5 + place * 7 % 80, "topics": (topic,) if topic else ()}
        yield number, Item(number, Iri(f"item:{number}"), number, ItemStatus.SHOWN, "https://x.example", texts, **more)


if __name__ == "__main__":
    main()
