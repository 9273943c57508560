"""What people put into Rows by hand: the pins that hold now, and the Row *Selected by L&D*.

A pin is a wish: what is done, blocked, hidden, not available or excluded stays off the page, pinned or not.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from connector.domain import Card, ItemId, Reason, RowKind, TracePart
from connector.recipes.base import Pinned, RowDraft
from connector.recipes.desk import Desk
from connector.recipes.recipe import Pin
from connector.recipes.rules import NOWHERE, Around, viewer_facts

SELECTED = "selected"
"""The code of the Reason "Selected by L&D", and the source of a pinned Card's part, which is worth nothing."""


def drafts(desk: Desk) -> Iterator[RowDraft]:
    """Draft the one Row of what was selected by hand; it has no score, only an order."""
    places: dict[ItemId, Pinned] = {}
    for pin in live_pins(desk, RowKind.CURATED):
        places.setdefault(pin.item, pin)
    yield RowDraft(
        kind=RowKind.CURATED,
        anchor=None,
        ranked=tuple(places),
        card=partial(_card, desk, places),
        at_least=1,
        at_most=desk.page.limits.cards_max,
    )


def live_pins(desk: Desk, row: RowKind) -> tuple[Pinned, ...]:
    """Return the pins of a Row that hold now for who looks, whose Items may be shown; by place, then as in the book."""
    pins = sorted((pin for pin in desk.page.book.pins if pin.row is row), key=lambda pin: pin.position)
    around = Around(viewer_facts(desk.page.viewer)) if pins else NOWHERE
    return tuple(_resolved(desk, around, pins))


def _resolved(desk: Desk, around: Around, pins: Iterable[Pin]) -> Iterator[Pinned]:
    for pin in pins:
        number = desk.page.pin_items.get(pin.iri)
        if number is None or number not in desk.showable or not pin.season.covers(desk.page.now):
            continue
        if pin.audience is None or pin.audience.holds_for(around):
            yield Pinned(number, pin.position, pin.label)


def selected_card(card: Card, label: str) -> Card:
    """Return a Card that stands where it does because people put it there; its score stays what it is."""
    return Card(card.item, card.score, _reason(label), (*card.parts, _PART), card.progress)


def pinned_card(desk: Desk, pin: Pinned) -> Card:
    """Make the Card of a pinned Item that does not belong to the Row by itself."""
    return Card(pin.item, 0.0, _reason(pin.label), (_PART,), desk.progress.get(pin.item))


def _card(desk: Desk, places: Mapping[ItemId, Pinned], item: ItemId) -> Card:
    return pinned_card(desk, places[item])


def _reason(label: str) -> Reason:
    return Reason(SELECTED, label=label)


_PART = TracePart(SELECTED, None, 0.0)
