"""*15 minutes or less*: what is short, what fits first, then what is popular."""

from collections.abc import Iterator

from connector.domain import ItemId, RowKind
from connector.recipes.applied import rows_now
from connector.recipes.base import RowDraft
from connector.recipes.desk import Desk
from connector.recipes.fitting import fitting

MINUTES = 15
"""What is short where the recipe does not say."""


def drafts(desk: Desk) -> Iterator[RowDraft]:
    """Draft the one Row; an Item whose length nobody knows is in none."""
    limits, most = desk.page.limits, _most(desk)
    found = fitting(desk, lambda item: 0 < _minutes(desk, item) <= most)
    yield RowDraft(
        kind=RowKind.SHORT,
        anchor=None,
        ranked=found.ranked({*found.fits, *found.liked}),
        card=found.card,
        at_least=limits.row_min,
        at_most=limits.cards_max,
        score=found.score,
        minutes=most,
    )


def _minutes(desk: Desk, item: ItemId) -> int:
    return desk.page.shelf.items[item].minutes or 0


def _most(desk: Desk) -> int:
    """Return the limit of the recipe that makes this Row now."""
    return next((row.minutes_max or MINUTES for row in rows_now(desk.page) if row.kind is RowKind.SHORT), MINUTES)
