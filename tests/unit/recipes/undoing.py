"""What undoes each thing that can keep an Item away: a page on which that one cause does not hold any more."""

from dataclasses import replace

from connector.domain import SITE, ItemId, ItemStatus, Model, RowKind
from connector.recipes.base import PageInput, WhyNot
from connector.recipes.recipe import ALWAYS, Pin, Preference, RowRecipe
from connector.recipes.row_options import Levels
from connector.recipes.why import Missing

MANY = 99


def without_the_cause(page: PageInput, item: ItemId, found: Missing) -> PageInput:
    """Return the page as it would be without what the answer names."""
    return UNDO[found.ground](page, item, found)


def _changed(**changes):
    """Change the Item itself."""

    def undo(page, item, _found):
        return with_item(page, replace(page.shelf.items[item], **changes))

    return undo


def with_item(page, one):
    items = {**page.shelf.items, one.id: one}
    return replace(page, shelf=replace(page.shelf, items=items))


def _forgotten(page, item, _found):
    """Take what was done in the Item's Family out of the history."""
    family = page.shelf.items[item].family
    kept = (word for word in page.history if not _is_of(page, word.item, family))
    return replace(page, history=tuple(kept))


def _is_of(page, number, family):
    return number in page.shelf.items and page.shelf.items[number].family == family


def _other_blocked(page, _item, found):
    return with_item(page, replace(page.shelf.items[found.other], status=ItemStatus.BLOCKED))


def _other_forgotten(page, item, found):
    if found.other is None:
        return _plain_scores(page, item, found)
    return replace(page, history=tuple(word for word in page.history if word.item != found.other))


def _plain_scores(page, _item, _found):
    """Let what is proven rank by itself, as Models without a Blending do."""
    model: Model = replace(page.shelf.model, blending=None)
    return replace(page, shelf=replace(page.shelf, model=model))


def _rules_dropped(page, _item, found):
    """Drop the rule that is named, from the Row that is named or else from all of them."""
    if found.row is None:
        book = page.book
        return replace(page, book=replace(book, preference=_without(book.preference, found)))
    book = with_row(page, found, lambda row: replace(row, preference=_without(row.preference, found)))
    return replace(page, book=book)


def _without(preference: Preference, found: Missing) -> Preference:
    if found.ground is WhyNot.NOT_INCLUDED:
        return replace(preference, include=())
    return replace(preference, exclude=tuple(rule for rule in preference.exclude if rule.called() != found.rule))


def with_row(page, found, change):
    rows = tuple(change(row) if row.kind is found.row.kind else row for row in page.book.rows)
    return replace(page.book, rows=rows)


def _floor_lowered(page, _item, found):
    if found.row is None:
        return replace(page, limits=replace(page.limits, floor=0.0))
    return replace(page, book=with_row(page, found, lambda row: replace(row, floor=1.0)))


def _row_lengthened(page, item, found):
    if found.row.kind is RowKind.UP_NEXT:
        return _alone(page, item)
    longer = replace(page, book=with_row(page, found, lambda row: replace(row, cards_max=MANY)))
    return replace(longer, limits=replace(longer.limits, continue_max=MANY))


def _alone(page, item):
    """Block everything else but what was done: then nothing ranks before it."""
    done = {word.item for word in page.history}
    for number, one in page.shelf.items.items():
        if number != item and number not in done:
            page = with_item(page, replace(one, status=ItemStatus.BLOCKED))
    return page


def _least_lowered(page, _item, found):
    book = with_row(page, found, lambda row: replace(row, cards_min=1))
    return replace(page, book=book)


def _room_made(page, _item, found):
    """Make room for more Rows, and let no other place's Row of the same kind stand before this one."""
    limits = replace(page.book.limits, rows_max=MANY, because_rows_max=MANY)
    kind, place = LISTED_IN.get(found.row.kind), found.row.anchor or SITE
    lists = {key: near for key, near in page.shelf.lists.items() if key[0] != kind or key[1] == place}
    return replace(page, shelf=replace(page.shelf, lists=lists), book=replace(page.book, limits=limits))


LISTED_IN = {RowKind.POPULAR: "popular", RowKind.TRENDING: "rising", RowKind.SUCCEEDED: "succeeded"}
"""Rows of which one of several places stands, and the kind of the lists that they are made of."""


def _options(**changes):
    """Change an option of every Row."""

    def undo(page, _item, _found):
        rows = tuple(replace(row, options=replace(row.options, **changes)) for row in page.book.rows)
        return replace(page, book=replace(page.book, rows=rows))

    return undo


def _switched_on(page, _item, found):
    on = RowRecipe(found.row.kind)
    rows = (*(row for row in page.book.rows if row.kind is not found.row.kind), on)
    return replace(page, book=replace(page.book, rows=rows, curated_only=False))


def _selected(page, item, _found):
    """Put it into the Row of what was selected by hand."""
    pin = Pin("by hand", season=ALWAYS)
    curated = RowRecipe(RowKind.CURATED)
    rows = (curated, *(row for row in page.book.rows if row.kind is not RowKind.CURATED))
    book = replace(page.book, rows=rows, pins=(pin,), limits=replace(page.book.limits, rows_max=MANY))
    return replace(page, book=book, pin_items={"by hand": item})


def _rivals_blocked(page, item, found):
    """Block what is only described like the same Anchor and stands before it."""
    rivals = [near.item for near in page.shelf.lists["untried", found.row.anchor].neighbours if near.item != item]
    for rival in rivals:
        if rival in page.shelf.items:
            page = with_item(page, replace(page.shelf.items[rival], status=ItemStatus.BLOCKED))
    return page


def _heads_forgotten(page, _item, found):
    """Take the other runs of the Anchor out of the history, so that the Row hangs on this one."""
    family = page.shelf.items[found.other].family
    kept = (word for word in page.history if word.item == found.other or not _is_of(page, word.item, family))
    return replace(page, history=tuple(kept))


UNDO = {
    WhyNot.DONE: _forgotten,
    WhyNot.BLOCKED: _changed(status=ItemStatus.SHOWN),
    WhyNot.HIDDEN: _changed(status=ItemStatus.SHOWN),
    WhyNot.NOT_VISIBLE: _changed(visible=True),
    WhyNot.NO_URL: _changed(url="https://lms.example/course/1"),
    WhyNot.NOT_STARTED: _changed(starts_at=None),
    WhyNot.ENDED: _changed(ends_at=None),
    WhyNot.NOT_FOR_THEM: _changed(audience=()),
    WhyNot.NOT_ENROLABLE: _changed(enrolable=True),
    WhyNot.PREREQUISITES: _changed(prerequisites=()),
    WhyNot.CURRENT_COURSE: lambda page, _item, _found: replace(page, course=None),
    WhyNot.EXCLUDED: _rules_dropped,
    WhyNot.NOT_INCLUDED: _rules_dropped,
    WhyNot.ROW_OFF: _switched_on,
    WhyNot.ALREADY_BEGUN: _forgotten,
    WhyNot.DUPLICATE: _other_blocked,
    WhyNot.NOT_A_NEIGHBOUR: _selected,
    WhyNot.BELOW_FLOOR: _floor_lowered,
    WhyNot.NO_TRUE_REASON: _other_forgotten,
    WhyNot.RANKED_BELOW: _row_lengthened,
    WhyNot.ROW_TOO_SHORT: _least_lowered,
    WhyNot.NO_ROOM: _room_made,
    WhyNot.WEAKER: _room_made,
    WhyNot.UNTRIED: _rivals_blocked,
    WhyNot.NO_SCORE: _plain_scores,
    WhyNot.TOO_ALIKE: _options(variety=1.0),
    WhyNot.WEIGHED_OUT: _options(weights=()),
    WhyNot.BELOW_LEVEL: _options(levels=Levels.ANY),
    WhyNot.ANCHOR_REPEATED: _heads_forgotten,
}
