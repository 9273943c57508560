"""*Top picks*: what the whole history says, over all Anchors at once."""

from collections.abc import Iterator
from functools import partial

from connector.domain import Card, ItemId, NeighbourList, RowKind
from connector.recipes import reasons
from connector.recipes.base import RowDraft
from connector.recipes.blend import ranked
from connector.recipes.desk import Desk, blended_card, may_be_the_reason
from connector.recipes.filters import first_of_each_family


def drafts(desk: Desk) -> Iterator[RowDraft]:
    """Draft the one Row; with fewer than ``top_picks_anchors`` Anchors it would only repeat a "because" Row."""
    limits = desk.page.limits
    if len(desk.anchors) >= limits.top_picks_anchors:
        told = {item: desk.scores[item] for item in desk.proven if _has_a_reason(desk, item)}
        yield RowDraft(
            kind=RowKind.TOP_PICKS,
            anchor=None,
            ranked=first_of_each_family(ranked(told), desk.page.shelf.items),
            card=partial(_card, desk),
            at_least=limits.row_min,
            at_most=limits.cards_max,
        )


def _has_a_reason(desk: Desk, item: ItemId) -> bool:
    return may_be_the_reason(desk, item, _strongest(desk, item).anchor)


def _strongest(desk: Desk, item: ItemId) -> NeighbourList:
    """Give the list of the Anchor that counts most among those that may be named; of equal ones the lowest number."""
    return max(desk.proven[item], key=lambda near: (desk.lift(item, near.anchor), -near.anchor))


def _card(desk: Desk, item: ItemId) -> Card:
    near = _strongest(desk, item)
    proof = near.find(item)
    if proof is None:
        raise LookupError(item)
    return blended_card(desk, item, reasons.also_completed(near, proof, desk.page.limits.k, desk.deed))
