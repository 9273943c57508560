"""What the Course of a launch says: of Candidates that score alike, those go first that people did with the Course.

It is no reason and brings nothing onto the page: it raises what the learner's history has scored already, by a share of
that score, so that dropping an Anchor still lowers a Card. The trace names it: ``context``.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from connector.domain import Card, ItemId, NeighbourKind, TracePart
from connector.recipes.base import RowDraft
from connector.recipes.blend import ranked, scale_constant
from connector.recipes.desk import Desk
from connector.recipes.success import may_be_named

SOURCE = "context"


def in_context(desk: Desk, draft: RowDraft, say: float) -> RowDraft:
    """Order a blended draft anew by how near its Items are to the Course; as it is where no list says anything.

    Parameters
    ----------
    desk : Desk
        Scored.
    draft : RowDraft
        Its Cards score what ``desk.scores`` says.
    say : float
        By how much of its score the nearest Item is raised, in 0..1.
    """
    near = nearness(desk) if say > 0 else {}
    raised = {item: 1.0 + say * near[item] for item in draft.ranked if item in near}
    course = desk.page.course
    if not raised or course is None:
        return draft
    plain = draft.score or desk.scores.__getitem__  # a Row with weights of its own has scores of its own
    scores = {item: plain(item) * raised.get(item, 1.0) for item in draft.ranked}
    return replace(
        draft,
        ranked=tuple(ranked(scores)),
        score=scores.__getitem__,
        card=partial(_card, draft, raised, course.id),
    )


def nearness(desk: Desk) -> dict[ItemId, float]:
    """Return how near Items are to the Course, in (0, 1]; nothing of a Course that may not be named."""
    course = desk.page.course
    if course is None or not may_be_named(course):
        return {}
    found = desk.lists.get((NeighbourKind.TOGETHER, course.id))
    constant = scale_constant(desk.scale, NeighbourKind.TOGETHER)
    scaled = ((item, score / constant) for item, score in (found.pairs() if found else ()))
    return {item: min(score, 1.0) for item, score in scaled if score > 0 and score >= desk.page.limits.floor}


def _card(draft: RowDraft, raised: Mapping[ItemId, float], course: ItemId, item: ItemId) -> Card:
    card = draft.card(item)
    factor = raised.get(item)
    if factor is None:
        return card
    part = TracePart(SOURCE, course, card.score * (factor - 1.0))
    return replace(card, score=card.score * factor, parts=(*card.parts, part))
