"""All that the Recipes of one page share, worked out once.

*The Anchor in waiting.* Only the latest Anchors give scores. If one of them were not in the history, the next in line
would step in, and might give a Candidate more than the missing one did. Then "because you completed X" would be
untrue. So a reason may name X only if X gives the Candidate more than the Anchor in waiting would.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import fsum

from connector.domain import SITE, Card, ItemId, Model, NeighbourList, Reason
from connector.recipes import blend
from connector.recipes.anchors import in_use, nameable
from connector.recipes.base import ListKey, PageInput, is_personal
from connector.recipes.blend import Pull, Trail
from connector.recipes.filters import Showable, read_past, showable
from connector.recipes.history import Past, Positive, Unfinished


@dataclass(frozen=True, slots=True)
class Desk:
    """One page's input, read and scored.

    ``anchors``, ``unfinished``, ``proven``, ``pulls``, ``scores`` and ``progress`` are empty on a page that is not
    personal; ``lists`` is empty without a Model. ``proven`` holds what may stand as a reason: for each showable
    Candidate the Anchors with which it was completed more often than by chance. ``pulls`` holds the summands of their
    scores, ``waiting`` what the Anchor in waiting would give each.
    """

    page: PageInput
    past: Past
    showable: Showable
    lists: Mapping[ListKey, NeighbourList]
    scale: Mapping[str, float]
    anchors: tuple[Positive, ...]
    unfinished: tuple[Unfinished, ...]
    progress: Mapping[ItemId, int | None]
    proven: Mapping[ItemId, list[Pull]]
    pulls: Mapping[ItemId, list[Pull]]
    scores: Mapping[ItemId, float]
    waiting: Mapping[ItemId, float]

    def lift(self, item: ItemId, anchor: ItemId) -> float:
        """Return what one Anchor gives a Candidate, over all kinds of lists."""
        return fsum(pull.value for pull in self.pulls[item] if pull.near.anchor == anchor)


def open_desk(page: PageInput) -> Desk:
    """Read the history and score the Candidates of one page."""
    past = read_past(page)
    allowed = showable(page, past)
    lists = page.shelf.lists if page.shelf.model else {}
    latest = nameable(past.positives, page.shelf.items) if is_personal(page) else ()
    anchors, next_in_line = in_use(latest, page.shelf.items, page.limits, page.pinned)
    proven = _proven(anchors, page)
    pulls = _ranking(anchors, page)
    candidates = {item: pulls[item] for item in proven if item in pulls and allowed.refusal(item) is None}
    unfinished = past.unfinished if is_personal(page) else ()
    return Desk(
        page=page,
        past=past,
        showable=allowed,
        lists=lists,
        scale=page.shelf.model.scale if page.shelf.model else {},
        anchors=anchors,
        unfinished=unfinished,
        progress={begun.item: begun.progress for begun in unfinished},
        proven={item: proven[item] for item in candidates},
        pulls=candidates,
        scores={item: blend.score(found) for item, found in candidates.items()},
        waiting=_given(_ranking(next_in_line, page)),
    )


def may_be_the_reason(desk: Desk, item: ItemId, anchor: ItemId) -> bool:
    """Tell whether this Candidate would score lower without this Anchor."""
    return desk.lift(item, anchor) > desk.waiting.get(item, 0.0)


def blended_card(desk: Desk, item: ItemId, reason: Reason) -> Card:
    """Make the Card of a scored Candidate."""
    return Card(item, desk.scores[item], reason, blend.parts(desk.pulls[item]), desk.progress.get(item))


def _proven(anchors: Iterable[Positive], page: PageInput) -> dict[ItemId, list[Pull]]:
    """Return what each Anchor's list of what is more than chance gives."""
    model = page.shelf.model
    return blend.pulls(_weights(anchors, page), page.shelf.lists, model.scale, page.limits.floor) if model else {}


def _ranking(anchors: Iterable[Positive], page: PageInput) -> dict[ItemId, list[Pull]]:
    """Return the summands of all kinds that the Model blends; of what is proven where it says nothing of blending."""
    model: Model | None = page.shelf.model
    if model is None or model.blending is None:
        return _proven(anchors, page)
    trails = [Trail(anchor.item, anchor.at) for anchor in anchors]
    return blend.mixed(trails, page.now, page.shelf.lists, model.scale, model.blending)


def _given(pulls: Mapping[ItemId, list[Pull]]) -> dict[ItemId, float]:
    """Return what Anchors give each Candidate, and not the whole site."""
    return {item: blend.score(pull for pull in found if pull.near.anchor != SITE) for item, found in pulls.items()}


def _weights(anchors: Iterable[Positive], page: PageInput) -> dict[ItemId, float]:
    return {anchor.item: blend.recency(anchor.at, page.now, page.limits.half_life) for anchor in anchors}
