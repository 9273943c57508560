"""*Time to renew*: what the learner completed once and has to complete again, longest overdue first.

A completion that still holds forbids its Item and its Family in every Row, so what lapses soon is not shown before it
has lapsed.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from connector.domain import Card, ItemId, Reason, RowKind, TracePart
from connector.recipes.base import RowDraft, is_personal
from connector.recipes.blend import recency
from connector.recipes.desk import Desk
from connector.recipes.history import COMPLETIONS

LEAST = 1
"""A single one is worth saying."""


def drafts(desk: Desk) -> Iterator[RowDraft]:
    """Draft the one Row; a page that is not personal has nothing in it."""
    lapsed = _lapsed(desk) if is_personal(desk.page) else {}
    yield RowDraft(
        kind=RowKind.RENEW,
        anchor=None,
        ranked=tuple(sorted(lapsed, key=lambda item: (lapsed[item], item))),
        card=partial(_card, desk, lapsed),
        at_least=LEAST,
        at_most=desk.page.limits.cards_max,
    )


def _lapsed(desk: Desk) -> dict[ItemId, datetime]:
    """Return when the last completion of each Item that may be shown, and is not begun again, ceased to hold."""
    items, wanted = desk.page.shelf.items, {one for one in desk.past.expired if one in desk.showable}
    last: dict[ItemId, datetime] = {}
    for word in desk.page.history:
        if word.item in wanted - desk.progress.keys() and word.signal in COMPLETIONS:
            last[word.item] = max(word.at, last.get(word.item, word.at))
    return {item: at + timedelta(days=items[item].renewal_days or 0) for item, at in last.items()}


def _card(desk: Desk, lapsed: dict[ItemId, datetime], item: ItemId) -> Card:
    """Score by how long it is overdue, from 0 to 1: the Row's order needs no Model."""
    value = 1 - recency(lapsed[item], desk.page.now, desk.page.limits.half_life)
    return Card(item, value, Reason("expired", at=lapsed[item]), (TracePart("overdue", None, value),))
