"""Which of the Items that a learner completed (or started, enrolled in, opened: the Model's Deed) may be Anchors.

An Anchor is positive, known, shown and not sensitive. That holds for scoring as for headings: whatever moves a Card
can be named to the learner, so nothing that may not be named moves one.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from connector.domain import SIGNALS_OF, SITE, Blending, Deed, Interaction, Item, ItemId, ItemStatus, NeighbourKind
from connector.recipes.base import Limits, ListKey
from connector.recipes.blend import SCORING_KINDS, SITE_KINDS
from connector.recipes.history import DOUBTS, Past, Positive, latest_first, read
from connector.recipes.success import asked

WEAKER = SIGNALS_OF[Deed.OPENED] | SIGNALS_OF[Deed.ENROLLED]
"""The Signals that say anything for an Item."""
NEVER_BESIDE = frozenset({*SITE_KINDS, *SCORING_KINDS, NeighbourKind.UNTRIED})
"""The kinds of which what was done by weaker signals has no list."""
PLACE_KINDS = (NeighbourKind.POPULAR, NeighbourKind.RISING)
"""The kinds that hang on the site or on the Course of the launch."""


def nameable(positives: Iterable[Positive], items: Mapping[ItemId, Item]) -> tuple[Positive, ...]:
    """Keep those that may be named, in the same order."""
    return tuple(positive for positive in positives if _may_be_named(items.get(positive.item)))


def in_use(
    latest: tuple[Positive, ...],
    items: Mapping[ItemId, Item],
    limits: Limits,
    pinned: ItemId | None,
    blending: Blending | None = None,
) -> tuple[tuple[Positive, ...], tuple[Positive, ...]]:
    """Return the Anchors that give scores, latest first, and the one in waiting, if there is one.

    A completion of the ``pinned`` Item's Family that is too long ago takes the place of the last one, which then waits.
    How many give scores is said by the Model's ``blending``, else by the limits.
    """
    most = (blending.anchors if blending else None) or limits.anchors_scored
    anchors, rest = latest[:most], latest[most:]
    family = items[pinned].family if pinned is not None and pinned in items else None
    asked = [one for one in rest if items[one.item].family == family]
    if not asked or any(items[one.item].family == family for one in anchors):
        return anchors, rest[:1]
    return (*anchors[:-1], asked[0]), anchors[-1:]


def done_beside(
    history: Iterable[Interaction],
    past: Past,
    items: Mapping[ItemId, Item],
    limits: Limits,
    blending: Blending | None,
) -> tuple[Positive, ...]:
    """Return what was done by weaker signals than the Deed and may be named, latest first; as many as Anchors score.

    What was left or failed since is not among them, nor anything that was ever done by the Deed. Empty where the
    Model's blend does not read it.
    """
    if blending is None or not blending.beside:
        return ()
    closed = past.done | past.expired | past.taken | {one.item for one in past.positives}
    last, left = dict[ItemId, datetime](), dict[ItemId, datetime]()
    for one in history:
        if one.item not in closed:
            when = last if one.signal in WEAKER else left if one.signal in DOUBTS else {}
            when[one.item] = max(one.at, when.get(one.item, one.at))
    kept = (Positive(item, at) for item, at in last.items() if left.get(item, at) <= at)
    return tuple(sorted(nameable(kept, items), key=latest_first)[: limits.anchors_scored])


def lists_to_read(
    history: Iterable[Interaction],
    items: Mapping[ItemId, Item],
    course: Item | None,
    limits: Limits,
    pinned: ItemId | None = None,
    blending: Blending | None = None,
    deed: Deed = Deed.COMPLETED,
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
        ``anchors_scored`` decides how many, where the ``blending`` does not.
    pinned : ItemId, optional
        See `in_use`.
    blending : Blending, optional
        The Model's.
    deed : Deed
        The Model's.

    Returns
    -------
    tuple of ListKey
        At most ``anchors_scored + 1`` (or as many as the ``blending`` says, and one) for each kind that ranks by
        Anchors, one of each kind that ranks on the whole site, two of popularity and two of what rises, what is near
        the Course, and whose success is asked about; a list need not exist.
    """
    interactions = tuple(history)
    past = read(interactions, deed=deed)
    anchors, waiting = in_use(nameable(past.positives, items), items, limits, pinned, blending)
    ranking = dict.fromkeys((*SCORING_KINDS, *(blending.shares if blending and anchors else ())))
    if blending and anchors:
        ranking[NeighbourKind.UNTRIED] = None
    scoring = [(kind, one.item) for kind in ranking if kind not in SITE_KINDS for one in (*anchors, *waiting)]
    weaker = done_beside(interactions, past, items, limits, blending) if anchors else ()
    beside = [(kind, one.item) for kind in ranking if kind not in NEVER_BESIDE for one in weaker]
    whole = [(kind, SITE) for kind in ranking if kind in SITE_KINDS]
    places = [SITE] if course is None else [course.id, SITE]
    here = [(kind, place) for kind in PLACE_KINDS for place in places]
    near = [(NeighbourKind.TOGETHER, course.id)] if course is not None else []
    own = [(NeighbourKind.SUCCEEDED, one) for one in asked(course, (one.item for one in anchors), limits.anchors_shown)]
    return tuple(dict.fromkeys((*scoring, *beside, *whole, *here, *near, *own)))


def _may_be_named(item: Item | None) -> bool:
    return item is not None and item.status is ItemStatus.SHOWN and not item.sensitive
