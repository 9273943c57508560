"""Lay out a page: Recipes draft Rows, strongest first; what one Row shows no later one shows again.

The order is *because*, *Continue*, *Top picks*, *Popular*. A Row that is too short once the earlier ones have had
their Items is left out, and so claims none of them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from connector.domain import Audience, Item, ItemId, Row, RowKind, Slate, SlateState
from connector.recipes import because, continue_, popular, top_picks
from connector.recipes.base import Limits, PageInput, RowDraft
from connector.recipes.desk import Desk, open_desk
from connector.recipes.filters import undone

Drafts = Callable[[Desk], Iterator[RowDraft]]

RECIPES: dict[RowKind, Drafts] = {
    RowKind.BECAUSE: because.drafts,
    RowKind.CONTINUE: continue_.drafts,
    RowKind.TOP_PICKS: top_picks.drafts,
    RowKind.POPULAR: popular.drafts,
}
"""The Recipes in the order of the page."""


def compose(page: PageInput) -> Slate:
    """Make the Slate of one page.

    Parameters
    ----------
    page : PageInput
        Everything that decides; neither its order nor the hour of day changes what equal input gives.

    Returns
    -------
    Slate
        With at most ``limits.rows_max`` Rows, no Item and no Family twice; ``late`` is the caller's to set. Without a
        Model a learner still gets *Continue*.
    """
    desk = open_desk(page)
    rows = _rows(desk)
    model = page.shelf.model
    return Slate(
        state=_state(desk, {row.kind for row in rows}),
        rows=rows,
        model_version=model.version if model else None,
        as_of=model.data_as_of if model else None,
    )


def compose_row(page: PageInput, kind: RowKind, anchor: ItemId | None) -> Row | None:
    """Make one Row in full length, for "See all": the same ranks and reasons, nothing given to other Rows.

    Parameters
    ----------
    page : PageInput
        The same as for `compose`.
    kind : RowKind
        Which Recipe.
    anchor : ItemId or None
        The Row's ``anchor`` as `compose` gave it.

    Returns
    -------
    Row or None
        At most ``limits.see_all_max`` Cards; None if this learner has no such Row (any more).
    """
    for draft in RECIPES[kind](open_desk(page)):
        if draft.anchor == anchor and len(draft.ranked) >= draft.at_least:
            return _row(draft, draft.ranked[: page.limits.see_all_max])
    return None


def compose_alone(page: PageInput, kind: RowKind, anchor: ItemId | None = None) -> Row | None:
    """Make one Row as a page shows it, for a Placement that shows nothing else: nothing is given to other Rows.

    Parameters
    ----------
    page : PageInput
        The same as for `compose`; ``pinned`` is ``anchor`` where there is one.
    kind : RowKind
        Which Recipe.
    anchor : ItemId, optional
        Only the Row that hangs on an Item of this one's Family; without it the first that is long enough.

    Returns
    -------
    Row or None
        None if this learner has no such Row.
    """
    for draft in RECIPES[kind](open_desk(page)):
        fits = anchor is None or _is_of_the_family(draft.anchor, anchor, page.shelf.items)
        if fits and len(draft.ranked) >= draft.at_least:
            return _row(draft, draft.ranked[: draft.at_most])
    return None


def _is_of_the_family(one: ItemId | None, other: ItemId, items: Mapping[ItemId, Item]) -> bool:
    return one is not None and one in items and other in items and items[one].family == items[other].family


def _rows(desk: Desk) -> tuple[Row, ...]:
    rows: list[Row] = []
    shown: set[int] = set()
    for kind, recipe in RECIPES.items():
        room = min(_most_rows(kind, desk.page.limits), desk.page.limits.rows_max - len(rows))
        rows += _fill(recipe(desk), room, desk.page.shelf.items, shown)
    return tuple(rows)


def _most_rows(kind: RowKind, limits: Limits) -> int:
    return limits.anchors_shown if kind is RowKind.BECAUSE else 1


def _fill(drafts: Iterable[RowDraft], room: int, items: Mapping[ItemId, Item], shown: set[int]) -> list[Row]:
    """Take the first ``room`` Rows that are long enough, and note the Families that they show in ``shown``."""
    rows: list[Row] = []
    for draft in drafts if room > 0 else ():
        chosen = [item for item in draft.ranked if items[item].family not in shown][: draft.at_most]
        if len(chosen) >= draft.at_least:
            shown.update(items[item].family for item in chosen)
            rows.append(_row(draft, chosen))
        if len(rows) == room:
            break
    return rows


def _row(draft: RowDraft, chosen: Iterable[ItemId]) -> Row:
    return Row(draft.kind, draft.anchor, tuple(draft.card(item) for item in chosen), len(draft.ranked))


def _state(desk: Desk, kinds: set[RowKind]) -> SlateState:
    page = desk.page
    if page.shelf.model is None:
        return SlateState.NO_MODEL
    if page.audience is Audience.ANONYMOUS:
        return SlateState.ANONYMOUS
    if page.audience is not Audience.LEARNER:
        return SlateState.PREVIEW
    return _learners_state(desk, kinds) if page.personal_rows else SlateState.OPTED_OUT


def _learners_state(desk: Desk, kinds: set[RowKind]) -> SlateState:
    """A newcomer has neither done nor begun anything that could be said; a start alone is something."""
    if kinds & {RowKind.BECAUSE, RowKind.TOP_PICKS}:
        return SlateState.PERSONAL
    if _all_done(desk):
        return SlateState.ALL_DONE
    known = desk.past.done or desk.past.expired or RowKind.CONTINUE in kinds
    return SlateState.NOTHING_RELEVANT if known else SlateState.NEWCOMER


def _all_done(desk: Desk) -> bool:
    """Something was done, and nothing that could be done now is left; an expired completion is something to do."""
    left = undone(desk.page, desk.past) if desk.page.undone is None else desk.page.undone
    return bool(desk.past.done) and left == 0
