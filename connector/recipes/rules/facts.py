"""What stands around an Item when a rule is asked: who looks, and the Row that it may be in."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from connector.domain import Item, ItemId


def _by_nothing(_: ItemId) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Around:
    """All that a rule may look at besides the Item.

    Parameters
    ----------
    viewer : mapping of str to tuple of str
        ``role``, ``course``, ``platform`` and ``language`` of the Visit, folded; what is not known is missing.
    anchor : Item or None
        What the Row hangs on.
    progress : mapping of ItemId to int or None
        What the learner began and did not do, per cent, None where no progress was told.
    lifted_by : callable
        Returns the kinds of Neighbour lists that gave an Item its score.
    """

    viewer: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    anchor: Item | None = None
    progress: Mapping[ItemId, int | None] = field(default_factory=dict)
    lifted_by: Callable[[ItemId], tuple[str, ...]] = _by_nothing


NOWHERE = Around()


def viewer_facts(said: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return what a page's ``viewer`` says, by name: "role:learner" is ``{"role": ("learner",)}``; in a fixed order."""
    facts: dict[str, tuple[str, ...]] = {}
    for word in sorted(said):
        name, _, value = word.partition(":")
        facts[name] = (*facts.get(name, ()), value.casefold())
    return facts
