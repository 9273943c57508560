"""*Up next*: the one step that a learner would take now, alone on a large Card.

What is nearly finished comes first: who has a quarter left of something, and was there lately, means to finish it. Else
it is the next step: of what people did after the latest Anchor, in that order where the Model knows one, the Candidate
that the whole history says most of; else the strongest Candidate of all.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import islice

from connector.domain import Card, ItemId, NeighbourKind, RowKind
from connector.recipes import because, continue_
from connector.recipes.base import RowDraft
from connector.recipes.because import because_card, proven_by
from connector.recipes.blend import ranked
from connector.recipes.desk import Desk, blended_card
from connector.recipes.filters import families_of
from connector.recipes.top_picks import strongest_reason

NEARLY_DONE = 75
"""Per cent from which something is nearly finished."""
LATELY = timedelta(days=30)
"""So long ago the learner may have been there last."""
MOST_STEPS = 60
"""So many of the strongest Candidates are looked at: one is shown, the others are there for rules that exclude it."""


def drafts(desk: Desk) -> Iterator[RowDraft]:
    """Draft what is nearly finished, then the step after the latest Anchor, then the strongest: the first one stands.

    A step is drafted only where enough Candidates are left for a Row, and is never a Card that a Row needs: one that
    takes a Row apart helps nobody.
    """
    yield _draft(_nearly_done(desk), partial(continue_.begun_card, desk))
    strongest = list(islice((item for item in desk.told if _is_fresh(desk, item)), MOST_STEPS))
    if len(families_of(strongest, desk.page.shelf.items)) > desk.page.limits.row_min:
        needed, items = _needed_by_rows(desk), desk.page.shelf.items
        for draft in (*_after_the_latest(desk), _draft(strongest, partial(_strongest_card, desk))):
            yield replace(draft, ranked=tuple(item for item in draft.ranked if items[item].family not in needed))


def _needed_by_rows(desk: Desk) -> frozenset[int]:
    """Return the Families without one of which a "because" Row of the page would be too short."""
    limits, items = desk.page.limits, desk.page.shelf.items
    needed: set[int] = set()
    taken: set[int] = set()
    rows = 0
    for draft in because.drafts(desk):
        if rows == limits.anchors_shown:
            break
        fitting = (item for item in draft.ranked if not desk.mastered.is_above(items[item]))
        own = dict.fromkeys(items[item].family for item in fitting if items[item].family not in taken)
        if len(own) >= limits.row_min:
            rows += 1
            taken.update(islice(own, limits.cards_max))
            needed.update(own if len(own) == limits.row_min else ())
    return frozenset(needed)


def _nearly_done(desk: Desk) -> list[ItemId]:
    """Return what is nearly finished, what was touched last first."""
    lately = [one for one in desk.unfinished if desk.page.now - one.at <= LATELY and one.item in desk.showable]
    return [one.item for one in lately if (one.progress or 0) >= NEARLY_DONE]


def _is_fresh(desk: Desk, item: ItemId) -> bool:
    """Tell what is a step ahead: neither begun already nor done once, nor below a level that is done."""
    begun = item in desk.progress or item in desk.past.expired
    return not begun and not desk.mastered.is_above(desk.page.shelf.items[item])


def _after_the_latest(desk: Desk) -> Iterator[RowDraft]:
    latest = desk.anchors[0].item
    own = {item: near for item, near in proven_by(desk, latest).items() if _is_fresh(desk, item)}
    order = desk.lists.get((NeighbourKind.NEXT, latest))
    following = own.keys() & order.positive()[0] if order else set()
    yield _draft(_by_score(desk, following or own), partial(because_card, desk, own))


def _by_score(desk: Desk, items: Iterable[ItemId]) -> list[ItemId]:
    return ranked({item: desk.scores[item] for item in items})


def _strongest_card(desk: Desk, item: ItemId) -> Card:
    return blended_card(desk, item, strongest_reason(desk, item))


def _draft(order: Iterable[ItemId], card: partial[Card]) -> RowDraft:
    return RowDraft(kind=RowKind.UP_NEXT, anchor=None, ranked=tuple(order), card=card, at_least=1, at_most=1)
