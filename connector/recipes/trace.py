"""Why an Item is not on a page; why a Card is there, its ``reason`` and ``parts`` say."""

from collections.abc import Collection

from connector.domain import ItemId, RowKind, Slate
from connector.recipes import blend
from connector.recipes.applied import desk_of, rows_now, why_not_in
from connector.recipes.base import Bar, PageInput, RowDraft, WhyNot
from connector.recipes.compose import RECIPES, drafted
from connector.recipes.desk import Desk


def why_not(item: ItemId, page: PageInput, slate: Slate) -> WhyNot | None:
    """Name what kept ``item`` off the Slate that `compose` made of ``page``.

    Returns
    -------
    WhyNot or None
        The first that holds: it may not be shown at all; another Item of its Family is on the page; it ranked below
        the last Card of a Row that is on the page; its Rows were too short; no list that this page uses names it, or
        only under the floor, or no Anchor could truly be given as the reason. None if ``item`` is on the page.
    """
    on_page = {card.item for row in slate.rows for card in row.cards}
    if item in on_page:
        return None
    desk = desk_of(page)
    refusal = desk.showable.refusal(item)
    if refusal is not None:
        return refusal
    if not desk.is_news(item):
        return WhyNot.ALREADY_BEGUN
    if _family(desk, item) in {_family(desk, shown) for shown in on_page}:
        return WhyNot.DUPLICATE
    return _why_in_no_row(desk, item, slate)


def rule_against(item: ItemId, page: PageInput) -> str:
    """Return what the rule is called by which the recipes keep ``item`` off every Row, or off its own; "" for none."""
    desk = desk_of(page)
    known = page.shelf.items.get(item)
    bar = (known and desk.showable.bar(known)) or _bar_in_its_rows(desk, item)
    return bar.rule if bar else ""


def _why_in_no_row(desk: Desk, item: ItemId, slate: Slate) -> WhyNot:
    drafts = [draft for recipe in rows_now(desk.page) for draft in drafted(desk, recipe) if _names(desk, draft, item)]
    if not drafts:
        bar = _bar_in_its_rows(desk, item)
        return bar.why if bar else _why_in_no_draft(desk, item)
    made = {(row.kind, row.anchor) for row in slate.rows}
    full = len(slate.rows) >= desk.page.limits.rows_max
    return WhyNot.RANKED_BELOW if full or _any_made(drafts, made) else WhyNot.ROW_TOO_SHORT


def _bar_in_its_rows(desk: Desk, item: ItemId) -> Bar | None:
    """Name what the recipes have against an Item in the Rows that it qualifies for; None where it does for none."""
    on = {recipe.kind: recipe for recipe in rows_now(desk.page)}
    drafts = [draft for recipe in RECIPES.values() for draft in recipe(desk) if _names(desk, draft, item)]
    made = [draft for draft in drafts if draft.kind in on]
    bars = (why_not_in(desk, on[draft.kind], draft, _ranked_for(desk, draft, item)) for draft in made)
    return next(filter(None, bars), Bar(WhyNot.ROW_OFF, "") if drafts and not made else None)


def _ranked_for(desk: Desk, draft: RowDraft, item: ItemId) -> ItemId:
    """Return the Item of the same Family that stands in a draft."""
    return next(one for one in draft.ranked if _family(desk, one) == _family(desk, item))


def _any_made(drafts: list[RowDraft], made: Collection[tuple[RowKind, ItemId | None]]) -> bool:
    return any((draft.kind, draft.anchor) in made for draft in drafts)


def _why_in_no_draft(desk: Desk, item: ItemId) -> WhyNot:
    if item in desk.scores:
        return WhyNot.NO_TRUE_REASON
    near = blend.pulls({anchor.item: 1.0 for anchor in desk.anchors}, desk.lists, desk.scale, floor=0.0)
    return WhyNot.BELOW_FLOOR if item in near else WhyNot.NOT_A_NEIGHBOUR


def _names(desk: Desk, draft: RowDraft, item: ItemId) -> bool:
    return _family(desk, item) in {_family(desk, ranked) for ranked in draft.ranked}


def _family(desk: Desk, item: ItemId) -> int:
    return desk.page.shelf.items[item].family
