"""*Top picks*: what the whole history says, over all Anchors at once."""

from collections.abc import Iterator
from functools import partial

from connector.domain import Card, ItemId, Reason, RowKind
from connector.recipes import reasons
from connector.recipes.base import RowDraft
from connector.recipes.desk import Desk, blended_card


def drafts(desk: Desk) -> Iterator[RowDraft]:
    """Draft the one Row; with fewer than ``top_picks_anchors`` Anchors it would only repeat a "because" Row."""
    limits = desk.page.limits
    if len(desk.anchors) >= limits.top_picks_anchors:
        yield RowDraft(
            kind=RowKind.TOP_PICKS,
            anchor=None,
            ranked=tuple(desk.told),
            card=partial(_card, desk),
            at_least=limits.row_min,
            at_most=limits.cards_max,
            score=desk.scores.__getitem__,
        )


def has_a_reason(desk: Desk, item: ItemId) -> bool:
    """Tell whether the Anchor that gives a proven Candidate most may be named as its reason."""
    return item in desk.told


def strongest_reason(desk: Desk, item: ItemId) -> Reason:
    """Name the Anchor that gives a proven Candidate most."""
    near = desk.strongest[item].near
    proof = near.find(item)
    if proof is None:
        raise LookupError(item)
    return reasons.also_completed(near, proof, desk.page.limits.k, desk.deed)


def _card(desk: Desk, item: ItemId) -> Card:
    return blended_card(desk, item, strongest_reason(desk, item))
