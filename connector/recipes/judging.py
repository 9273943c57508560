"""What the book of recipes forbids an Item, whatever the Row, or in one."""

from connector.domain import Item
from connector.recipes.base import Bar, WhyNot
from connector.recipes.recipe import Preference
from connector.recipes.rules import Around


def barred(preference: Preference, item: Item, around: Around) -> Bar | None:
    """Name what keeps an Item out: the first rule that excludes it, else that no rule that includes names it."""
    for rule in preference.exclude:
        if rule.when.holds(item, around):
            return Bar(WhyNot.EXCLUDED, rule.called())
    if preference.include and not any(rule.when.holds(item, around) for rule in preference.include):
        return Bar(WhyNot.NOT_INCLUDED, " or ".join(rule.called() for rule in preference.include))
    return None
