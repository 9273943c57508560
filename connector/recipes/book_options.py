"""Reading what a recipe says of one Row besides its rules: `weights`, `language`, `levels`, `variety`, `context`."""

from collections.abc import Collection
from dataclasses import replace
from difflib import get_close_matches

from connector.domain import RowKind, Success, SuccessKind
from connector.recipes.book_fields import Fields
from connector.recipes.recipe import NamedRule, Order, Preference, Weighing
from connector.recipes.row_options import CONTEXT, WEIGHED, WEIGHT_MOST, Levels, RowOptions, Weights
from connector.recipes.rules import read_rule

ANY, PREFER, ONLY = "any", "prefer", "only"
PREFERRED = 1.5
"""What a score is multiplied by where an Item is in the language of the launch, and the recipe prefers that."""
_IN_ANOTHER = NamedRule("Only the language of the launch", read_rule("language != viewer.language"))
_IN_THEIRS = Weighing("The language of the launch first", read_rule("language == viewer.language"), PREFERRED)


def read_options(fields: Fields, kind: RowKind | None, blended: Collection[RowKind]) -> RowOptions:
    """Return the options of a Row; ``blended`` are the kinds of Rows whose Cards the Model's blend scores."""
    options = RowOptions(
        weights=_weights(fields.table("weights")),
        levels=Levels(_one_of(fields, "levels", tuple(Levels))),
        variety=fields.number("variety", least=0.0, most=1.0, default=1.0),
        context=fields.number("context", least=0.0, most=1.0, default=CONTEXT),
    )
    if options.weights and kind is not None and kind not in blended:
        fields.wrong("weights", f"only {' and '.join(blended)} blend kinds of neighbours; leave them out.")
    if fields.get("context") is not None and kind not in {None, RowKind.TOP_PICKS}:
        fields.wrong("context", "only top_picks asks for the course of the launch; leave it out.")
    return options


def with_language(
    preference: Preference, fields: Fields, kind: RowKind | None, fixed: Collection[RowKind]
) -> Preference:
    """Return a Row's rules with what its `language` says: a rule that excludes, or one that boosts.

    Rows of a ``fixed`` order cannot prefer anything.
    """
    wish = _one_of(fields, "language", (ANY, PREFER, ONLY))
    if wish == PREFER and kind in fixed:
        fields.wrong("language", f"a row of kind `{kind}` has its own order; `only` and `any` are possible.")
        return preference
    if wish == ONLY:
        return replace(preference, exclude=(*preference.exclude, _IN_ANOTHER))
    return replace(preference, weighings=(*preference.weighings, _IN_THEIRS)) if wish == PREFER else preference


def read_success(fields: Fields) -> Success:
    """Return what a site calls success: a word, or the least scaled score."""
    value = fields.get("success")
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1:
        return Success(SuccessKind.SCORE, float(value))
    if value is None or value in (SuccessKind.COMPLETED, SuccessKind.PASSED):
        return Success(SuccessKind(value or SuccessKind.COMPLETED))
    fields.wrong("success", 'write "completed", "passed", or the least score that counts, above 0 and up to 1.')
    return Success()


def read_order(fields: Fields) -> Order:
    """Return in which order the Rows of a page stand."""
    return Order(_one_of(fields, "order", tuple(Order)))


def _weights(fields: Fields) -> Weights:
    found = {kind: fields.number(kind.value, least=0.0, most=WEIGHT_MOST, default=1.0) for kind in WEIGHED}
    fields.close()
    return tuple((kind, factor) for kind, factor in found.items() if factor != 1)


def _one_of(fields: Fields, key: str, words: tuple[str, ...]) -> str:
    """Return one of some words, the first where nothing is said."""
    value = fields.get(key)
    if value is None or value in words:
        return str(value or words[0])
    near = get_close_matches(str(value), words, 1, 0.5)
    fields.wrong(key, f"Did you mean `{near[0]}`?" if near else f"one of {', '.join(words)} is wanted.")
    return words[0]
