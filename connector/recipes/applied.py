"""What the book of recipes does to a page: which Rows it has, what stands in them, and in which order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from connector.domain import Card, ItemId, RowKind, TracePart
from connector.recipes.base import Bar, Limits, PageInput, Pinned, RowDraft, WhyNot
from connector.recipes.blend import scale_constant
from connector.recipes.book_file import OWN_ORDER
from connector.recipes.context import in_context
from connector.recipes.desk import Desk, open_desk
from connector.recipes.filters import first_of_each_family
from connector.recipes.judging import barred
from connector.recipes.pins import live_pins, pinned_card, selected_card
from connector.recipes.recipe import NO_PREFERENCE, PageLimits, Preference, RowRecipe, Weighing
from connector.recipes.row_options import Levels
from connector.recipes.rules import NOWHERE, Around, viewer_facts
from connector.recipes.variety import varied

BLENDED = frozenset({RowKind.BECAUSE, RowKind.TOP_PICKS})
"""Rows whose Cards score what the desk says."""


def desk_of(page: PageInput) -> Desk:
    """Open the desk of a page with the sizes that its book sets."""
    return open_desk(replace(page, limits=_limited(page.limits, page.book.limits)))


def rows_now(page: PageInput) -> tuple[RowRecipe, ...]:
    """Return the recipes that make this page, in their order: of each kind the first that holds now for who looks."""
    around = Around(viewer_facts(page.viewer))
    found: dict[RowKind, RowRecipe] = {}
    for row in page.book.rows:
        if row.on and row.season.covers(page.now) and _is_for(row, around):
            found.setdefault(row.kind, row)
    return tuple(row for row in found.values() if row.kind is RowKind.CURATED or not page.book.curated_only)


def applied(desk: Desk, recipe: RowRecipe, draft: RowDraft) -> RowDraft:
    """Return a Row's draft as the book wants it: filtered, held to its floor, weighed, with its sizes and pins."""
    weighings = () if draft.kind in OWN_ORDER else (*desk.page.book.preference.weighings, *recipe.preference.weighings)
    around = _around(desk, draft) if weighings or recipe.preference != NO_PREFERENCE else NOWHERE
    ranked = draft.ranked
    if recipe.floor > 1 or recipe.preference != NO_PREFERENCE or _minds_levels(desk, recipe):
        ranked = tuple(item for item in ranked if _belongs(desk, recipe, draft, around, item))
    sized = replace(_sized(draft, recipe), ranked=ranked, title=recipe.title, pinned=_pins(desk, recipe, around))
    raised = in_context(desk, sized, recipe.options.context) if draft.kind is RowKind.TOP_PICKS else sized
    return _one_of_each_family(desk, _weighed(desk, raised, weighings, around))


def chosen(desk: Desk, draft: RowDraft, shown: set[int], most: int) -> tuple[Card, ...]:
    """Make the Cards of a Row: its best ones and the pins among them, without the Families that are ``shown`` already.

    Returns
    -------
    tuple of Card
        At most ``most``; none where what belongs to the Row by itself is less than ``draft.at_least``.
    """
    items = desk.page.shelf.items
    own = [item for item in draft.ranked if items[item].family not in shown]
    if draft.variety < 1 and most <= draft.at_most:  # "See all" shows all
        own = varied(own, items, most, draft.variety)
    if len(own[: draft.at_most]) < draft.at_least:
        return ()
    placed = _placed(desk, draft, shown)[:most]
    taken = {items[pin.item].family for pin in placed}
    rest = [item for item in own if items[item].family not in taken]
    cards = [draft.card(item) for item in rest[: most - len(placed)]]
    for pin in placed:
        by_itself = pin.item in own
        cards.insert(
            pin.position - 1, selected_card(draft.card(pin.item), pin.label) if by_itself else pinned_card(desk, pin)
        )
    return tuple(cards)


def _placed(desk: Desk, draft: RowDraft, shown: set[int]) -> list[Pinned]:
    """Return the pins that a Row takes: as many as the book lets, one of each Family."""
    items, first = desk.page.shelf.items, dict[int, Pinned]()
    for pin in draft.pinned:
        if items[pin.item].family not in shown:
            first.setdefault(items[pin.item].family, pin)
    return list(first.values())[: desk.page.book.limits.pins_max]


# --- rows ---------------------------------------------------------------------------------------------------------


def _is_for(row: RowRecipe, around: Around) -> bool:
    return row.audience is None or row.audience.holds_for(around)


def _limited(limits: Limits, wanted: PageLimits) -> Limits:
    """Return the page's limits with those of the book; a Row may be as long as it has to be."""
    least = wanted.row_min or limits.row_min
    return replace(
        limits,
        row_min=min(least, wanted.cards_max or least),
        rows_max=wanted.rows_max or limits.rows_max,
        cards_max=wanted.cards_max or max(limits.cards_max, least),
        anchors_shown=wanted.because_rows_max or limits.anchors_shown,
    )


def _sized(draft: RowDraft, recipe: RowRecipe) -> RowDraft:
    most = recipe.cards_max or max(draft.at_most, recipe.cards_min or 0)
    least = min(recipe.cards_min or draft.at_least, most)
    return replace(draft, at_least=least, at_most=most, variety=recipe.options.variety)


def _around(desk: Desk, draft: RowDraft) -> Around:
    anchor = None if draft.anchor is None else desk.page.shelf.items.get(draft.anchor)
    return Around(viewer_facts(desk.page.viewer), anchor, desk.progress, partial(_lifted_by, desk, draft))


def _lifted_by(desk: Desk, draft: RowDraft, item: ItemId) -> tuple[str, ...]:
    parts = draft.card(item).parts if draft.kind in BLENDED else desk.parts(item)
    return tuple(part.source for part in parts)


# --- what stands in a row -----------------------------------------------------------------------------------------


def why_not_in(desk: Desk, recipe: RowRecipe, draft: RowDraft, item: ItemId) -> Bar | None:
    """Name what a Row's own recipe has against an Item that its draft holds: a rule, a level, else the floor."""
    bar = barred(recipe.preference, desk.page.shelf.items[item], _around(desk, draft))
    if bar is None and _is_below(desk, recipe, item):
        return Bar(WhyNot.BELOW_LEVEL, "")
    if bar is None and not _is_near_enough(desk, recipe, draft, item):
        return Bar(WhyNot.BELOW_FLOOR, "")
    return bar


def floor_of(desk: Desk, recipe: RowRecipe) -> float:
    """Return how near a Neighbour has to be for a Row, as a share of its kind's scale constant."""
    return recipe.floor * desk.page.limits.floor


def nearness(desk: Desk, draft: RowDraft, item: ItemId) -> float | None:
    """Return how near the nearest of the Neighbours is that prove an Item in a Row; None for what needs no proof."""
    proofs = [near for near in desk.proven.get(item, ()) if draft.anchor in {None, near.anchor}]
    found = ((near.kind, near.find(item)) for near in proofs)
    return max((one.score / scale_constant(desk.scale, kind) for kind, one in found if one is not None), default=None)


def _belongs(desk: Desk, recipe: RowRecipe, draft: RowDraft, around: Around, item: ItemId) -> bool:
    if recipe.preference != NO_PREFERENCE and barred(recipe.preference, desk.page.shelf.items[item], around):
        return False
    return not _is_below(desk, recipe, item) and _is_near_enough(desk, recipe, draft, item)


def _is_below(desk: Desk, recipe: RowRecipe, item: ItemId) -> bool:
    """Tell whether a higher level of one of an Item's topics is done, in a Row that minds."""
    return _minds_levels(desk, recipe) and desk.mastered.is_above(desk.page.shelf.items[item])


def _minds_levels(desk: Desk, recipe: RowRecipe) -> bool:
    """Tell whether levels may keep anything out; what was begun, or selected, stays."""
    return recipe.options.levels is Levels.RISING and recipe.kind not in OWN_ORDER and bool(desk.mastered)


def _is_near_enough(desk: Desk, recipe: RowRecipe, draft: RowDraft, item: ItemId) -> bool:
    """Tell whether one of the Neighbours that prove an Item is above the Row's own floor; what needs no proof is."""
    if recipe.floor <= 1:
        return True
    near = nearness(desk, draft, item)
    return near is None or near >= floor_of(desk, recipe)


def _pins(desk: Desk, recipe: RowRecipe, around: Around) -> tuple[Pinned, ...]:
    """Return the pins of a Row, but for what the Row itself excludes; the Row of what was selected has them already."""
    if not desk.page.book.pins or recipe.kind is RowKind.CURATED:
        return ()
    never, items = Preference(exclude=recipe.preference.exclude), desk.page.shelf.items
    return tuple(pin for pin in live_pins(desk, recipe.kind) if not barred(never, items[pin.item], around))


def _one_of_each_family(desk: Desk, draft: RowDraft) -> RowDraft:
    """Keep the best of each Family once all rules have spoken, so that a boost may choose which one that is."""
    return replace(draft, ranked=first_of_each_family(draft.ranked, desk.page.shelf.items))


# --- their order --------------------------------------------------------------------------------------------------


def _weighed(desk: Desk, draft: RowDraft, weighings: Sequence[Weighing], around: Around) -> RowDraft:
    """Order a Row anew where a boost or bury holds; equal scores stay in the order that they had."""
    if not weighings:
        return draft
    items = desk.page.shelf.items
    held = {item: tuple(one for one in weighings if one.when.holds(items[item], around)) for item in draft.ranked}
    if not any(held.values()):
        return draft
    plain = draft.score or (lambda item: draft.card(item).score)
    scores = {item: _score(plain(item), found) for item, found in held.items()}
    ranked = tuple(sorted(draft.ranked, key=lambda item: -scores[item]))
    return replace(draft, ranked=ranked, card=partial(_weighed_card, draft, held))


def _score(score: float, found: Iterable[Weighing]) -> float:
    for weighing in found:
        score *= weighing.factor
    return score


def _weighed_card(draft: RowDraft, held: Mapping[ItemId, tuple[Weighing, ...]], item: ItemId) -> Card:
    """Make a Card whose weighings are parts of their own: each gives what it changes."""
    card = draft.card(item)
    score, parts = card.score, list(card.parts)
    for weighing in held[item]:
        verb = "boost" if weighing.factor > 1 else "bury"
        parts.append(TracePart(f"{verb}:{weighing.called()}", None, score * (weighing.factor - 1)))
        score *= weighing.factor
    return replace(card, score=score, parts=tuple(parts))
