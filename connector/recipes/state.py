"""What kind of page a Slate is, by its Rows and by what is known of who looks."""

from connector.domain import Audience, Row, RowKind, SlateState
from connector.recipes.applied import rows_now
from connector.recipes.base import PageInput
from connector.recipes.desk import Desk
from connector.recipes.filters import undone

FROM_ANCHORS = frozenset({"followed", "together", "also_completed", "described"})
"""Reasons that name what the learner did: with one of them a page is personal."""

FROM_HISTORY = frozenset({RowKind.CONTINUE, RowKind.UP_NEXT, RowKind.NEW, RowKind.RENEW, RowKind.DIFFERENT})
"""Rows that only who is known has."""


def state_of(desk: Desk, rows: tuple[Row, ...]) -> SlateState:
    """Name the kind of page that these Rows make."""
    page = desk.page
    by_hand = _by_hand_state(page)
    if by_hand is not None:
        return by_hand
    if page.shelf.model is None:
        return SlateState.NO_MODEL
    if page.audience is Audience.ANONYMOUS:
        return SlateState.ANONYMOUS
    if page.audience is not Audience.LEARNER:
        return SlateState.PREVIEW
    return _learners_state(desk, rows) if page.personal_rows else SlateState.OPTED_OUT


def _by_hand_state(page: PageInput) -> SlateState | None:
    """Name the state of a page that can have no row but what was selected by hand, or none at all."""
    kinds = {recipe.kind for recipe in rows_now(page)}
    if kinds - {RowKind.CURATED}:
        return None
    if not kinds and not page.book.curated_only:
        return SlateState.NO_ROWS
    return SlateState.CURATED if page.audience in {Audience.LEARNER, Audience.ANONYMOUS} else None


def _learners_state(desk: Desk, rows: tuple[Row, ...]) -> SlateState:
    """A newcomer has neither done nor begun anything that could be said; a start alone is something."""
    kinds = {row.kind for row in rows}
    if any(card.reason.code in FROM_ANCHORS for row in rows for card in row.cards):
        return SlateState.PERSONAL
    if _all_done(desk):
        return SlateState.ALL_DONE
    known = desk.past.done or desk.past.expired or kinds & FROM_HISTORY
    return SlateState.NOTHING_RELEVANT if known else SlateState.NEWCOMER


def _all_done(desk: Desk) -> bool:
    """Something was done, and nothing that could be done now is left; an expired completion is something to do."""
    left = undone(desk.page, desk.past) if desk.page.undone is None else desk.page.undone
    return bool(desk.past.done) and left == 0
