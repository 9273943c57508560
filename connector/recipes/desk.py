"""All that the Recipes of one page share, worked out once.

*The Anchor in waiting.* Only the latest Anchors give scores. If one of them were not in the history, the next in line
would step in, and might give a Candidate more than the missing one did. Then "because you completed X" would be
untrue. So a reason may name X only if X gives the Candidate more than the Anchor in waiting would.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from connector.domain import Card, ItemId, NeighbourList, Reason
from connector.recipes import blend
from connector.recipes.anchors import in_use, nameable
from connector.recipes.base import ListKey, PageInput, is_personal
from connector.recipes.blend import Pull
from connector.recipes.filters import Showable, read_past, showable
from connector.recipes.history import Past, Positive, Unfinished


@dataclass(frozen=True, slots=True)
class Desk:
    """One page's input, read and scored.

    ``anchors``, ``unfinished``, ``pulls``, ``scores`` and ``progress`` are empty on a page that is not personal;
    ``lists`` is empty without a Model. ``pulls`` and ``scores`` hold showable Candidates only; ``waiting`` is what the
    Anchor in waiting would give each.
    """

    page: PageInput
    past: Past
    showable: Showable
    lists: Mapping[ListKey, NeighbourList]
    scale: Mapping[str, float]
    anchors: tuple[Positive, ...]
    unfinished: tuple[Unfinished, ...]
    progress: Mapping[ItemId, int | None]
    pulls: Mapping[ItemId, list[Pull]]
    scores: Mapping[ItemId, float]
    waiting: Mapping[ItemId, float]


def open_desk(page: PageInput) -> Desk:
    """Read the history and score the Candidates of one page."""
    past = read_past(page)
    allowed = showable(page, past)
    lists = page.shelf.lists if page.shelf.model else {}
    scale = page.shelf.model.scale if page.shelf.model else {}
    latest = nameable(past.positives, page.shelf.items) if is_personal(page) else ()
    anchors, next_in_line = in_use(latest, page.shelf.items, page.limits, page.pinned)
    pulls = blend.pulls(_weights(anchors, page), lists, scale, page.limits.floor)
    candidates = {item: found for item, found in pulls.items() if allowed.refusal(item) is None}
    unfinished = past.unfinished if is_personal(page) else ()
    return Desk(
        page=page,
        past=past,
        showable=allowed,
        lists=lists,
        scale=scale,
        anchors=anchors,
        unfinished=unfinished,
        progress={begun.item: begun.progress for begun in unfinished},
        pulls=candidates,
        scores={item: blend.score(found) for item, found in candidates.items()},
        waiting=blend.blend(_weights(next_in_line, page), lists, scale, page.limits.floor),
    )


def may_be_the_reason(desk: Desk, pull: Pull) -> bool:
    """Tell whether this Candidate would score lower without this Anchor."""
    return pull.value > desk.waiting.get(pull.neighbour.item, 0.0)


def blended_card(desk: Desk, item: ItemId, reason: Reason) -> Card:
    """Make the Card of a scored Candidate."""
    return Card(item, desk.scores[item], reason, blend.parts(desk.pulls[item]), desk.progress.get(item))


def _weights(anchors: Iterable[Positive], page: PageInput) -> dict[ItemId, float]:
    return {anchor.item: blend.recency(anchor.at, page.now, page.limits.half_life) for anchor in anchors}
