"""Which completions may be Anchors.

An Anchor is positive, known, shown and not sensitive. That holds for scoring as for headings: whatever moves a Card
can be named to the learner, so nothing that may not be named moves one.
"""

from collections.abc import Iterable, Mapping

from connector.domain import SITE, Interaction, Item, ItemId, ItemStatus, NeighbourKind
from connector.recipes.base import Limits, ListKey
from connector.recipes.blend import SCORING_KINDS
from connector.recipes.history import Positive, read


def nameable(positives: Iterable[Positive], items: Mapping[ItemId, Item]) -> tuple[Positive, ...]:
    """Keep those that may be named, in the same order."""
    return tuple(positive for positive in positives if _may_be_named(items.get(positive.item)))


def lists_to_read(
    history: Iterable[Interaction], items: Mapping[ItemId, Item], course: Item | None, limits: Limits
) -> tuple[ListKey, ...]:
    """Name the Neighbour lists that a page can use: scored Anchors, one more, and popularity.

    Parameters
    ----------
    history : iterable of Interaction
        The learner's live Interactions; empty for a page that is not personal.
    items : mapping of ItemId to Item
        At least the Items of the history.
    course : Item or None
        The Item of the Launch's Course.
    limits : Limits
        ``anchors_scored`` decides how many.

    Returns
    -------
    tuple of ListKey
        At most ``anchors_scored + 1`` for each scoring kind and two of popularity; a list need not exist.
    """
    latest = nameable(read(history).positives, items)[: limits.anchors_scored + 1]
    scoring = [(kind, positive.item) for kind in SCORING_KINDS for positive in latest]
    places = [SITE] if course is None else [course.id, SITE]
    return (*scoring, *((NeighbourKind.POPULAR, place) for place in places))


def _may_be_named(item: Item | None) -> bool:
    return item is not None and item.status is ItemStatus.SHOWN and not item.sensitive
