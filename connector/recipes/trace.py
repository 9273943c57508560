"""Why an Item is not on a page, as a code and a rule's name; `connector.recipes.why` has the numbers besides."""

from connector.domain import ItemId, Slate
from connector.recipes.base import PageInput, WhyNot
from connector.recipes.compose import compose
from connector.recipes.why import Missing, inquire


def why_not(item: ItemId, page: PageInput, slate: Slate) -> WhyNot | None:
    """Name what kept ``item`` off the Slate that `compose` made of ``page``; None if it is on it."""
    answer = inquire(page, slate).answer(item)
    return answer.ground if isinstance(answer, Missing) else None


def rule_against(item: ItemId, page: PageInput) -> str:
    """Return what the rule is called by which the recipes keep ``item`` off every Row, or off its own; "" for none."""
    answer = inquire(page, compose(page)).answer(item)
    return answer.rule if isinstance(answer, Missing) else ""
