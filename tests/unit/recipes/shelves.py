"""Small values for the tests of recipes: Items 1, 2, 3 …, times as days before NOW."""

from datetime import UTC, datetime, timedelta

from connector.domain import (
    SITE,
    Audience,
    Interaction,
    Iri,
    Item,
    ItemId,
    ItemStatus,
    ItemText,
    Model,
    ModelId,
    Neighbour,
    NeighbourKind,
    NeighbourList,
    RowKind,
    Signal,
)
from connector.recipes.base import Limits, PageInput, Shelf
from connector.recipes.recipe import RecipeBook, RowRecipe

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TOGETHER, POPULAR = NeighbourKind.TOGETHER, NeighbourKind.POPULAR
FIRST_FIVE = RecipeBook(
    tuple(map(RowRecipe, (RowKind.CURATED, RowKind.BECAUSE, RowKind.CONTINUE, RowKind.TOP_PICKS, RowKind.POPULAR)))
)
"""A book that makes the Rows of the Model and of what was begun, so that a test sees them alone."""
MODEL = Model(ModelId(7), 3, NOW - timedelta(hours=2), NOW - timedelta(hours=3), 100, 30, 900, 200, {})


def item(number: int, **changes) -> Item:
    fields = {"family": number, "status": ItemStatus.SHOWN, "url": f"https://lms.example/course/{number}"}
    iri = Iri(f"https://lms.example/course/view.php?id={number}")
    return Item(id=ItemId(number), iri=iri, texts=(ItemText("en", f"Course {number}"),), **(fields | changes))


def catalog(*numbers: int, **special: Item) -> dict[ItemId, Item]:
    """Plain Items of these numbers, with ``special`` ones laid over them."""
    return {ItemId(number): item(number) for number in numbers} | {made.id: made for made in special.values()}


def act(signal: Signal, number: int, days: float = 1, progress: int | None = None) -> Interaction:
    return Interaction(ItemId(number), signal, NOW - timedelta(days=days), progress)


def completed(number: int, days: float = 1) -> Interaction:
    return act(Signal.COMPLETED, number, days)


def neighbours(anchor: int, *entries: tuple, base: int = 44, kind: NeighbourKind = TOGETHER) -> NeighbourList:
    """Entries are (item, score), or (item, score, support, followed)."""
    made = (Neighbour(ItemId(number), score, *(counts or (20, 15))) for number, score, *counts in entries)
    return NeighbourList(kind, ItemId(anchor), base, tuple(made))


def popular(*entries: tuple, place: int = SITE, base: int = 100) -> NeighbourList:
    """Entries are (item, people); the score is the number of people."""
    return neighbours(place, *((number, people, people, 0) for number, people in entries), base=base, kind=POPULAR)


def shelf(*lists: NeighbourList, items=None, model: Model | None = MODEL) -> Shelf:
    known = catalog(*range(1, 40)) if items is None else items
    return Shelf(model, {(near.kind, near.anchor): near for near in lists}, known)


def page(*history: Interaction, shelf: Shelf, limits: Limits | None = None, **changes) -> PageInput:
    settled = {"audience": Audience.LEARNER, "personal_rows": True, "now": NOW, "book": FIRST_FIVE} | changes
    return PageInput(shelf=shelf, history=history, limits=limits or Limits(), **settled)


def shown(row) -> list[int]:
    return [card.item for card in row.cards]
