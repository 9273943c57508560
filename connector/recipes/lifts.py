"""What each list gives each Candidate of a page: thousands of numbers, of which a page shows a few dozen.

So the numbers of a list stay together, and nothing is made for a summand until somebody asks for the Card's parts.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from math import fsum
from typing import NamedTuple

from connector.domain import ItemId, NeighbourList, TracePart
from connector.recipes.blend import Voice

Values = Mapping[ItemId, float]
"""What one list gives each of its Items, weighed and scaled, and over 0."""


class _Said(NamedTuple):
    source: str
    anchor: ItemId
    values: Values


class Lifts:
    """The summands of all Candidates.

    Parameters
    ----------
    voices : iterable of Voice
        The lists, weighed.
    among : set of ItemId
        The Candidates; what the lists give others is not counted.

    Attributes
    ----------
    scores : dict of ItemId to float
        The exact sum for each Candidate that is given anything, so that the order of the lists cannot be seen in its
        last digit.
    """

    __slots__ = ("_of_anchor", "_said", "scores")

    def __init__(self, voices: Iterable[Voice], among: AbstractSet[ItemId]) -> None:
        self._said: list[_Said] = []
        self._of_anchor: dict[ItemId, list[Values]] = {}
        given: dict[ItemId, list[float]] = {item: [] for item in among}
        for voice in voices:
            values = given_by(voice)
            self._said.append(_Said(voice.near.kind.value, voice.near.anchor, values))
            self._of_anchor.setdefault(voice.near.anchor, []).append(values)
            for item in values.keys() & among:
                given[item].append(values[item])
        self.scores = {item: fsum(found) for item, found in given.items() if found}

    def of(self, item: ItemId, anchor: ItemId) -> float:
        """Return what one Anchor, or the site, gives a Candidate, over all kinds of lists."""
        if item not in self.scores:
            return 0.0
        return sum([values.get(item, 0.0) for values in self._of_anchor.get(anchor, ())], 0.0)

    def by(self, anchor: ItemId, items: Iterable[ItemId]) -> dict[ItemId, float]:
        """Return what one Anchor gives each of the ``items`` that are Candidates with a score, in their order."""
        scores, lists = self.scores, self._of_anchor.get(anchor, [])
        if len(lists) == 1:
            values = lists[0]
            return {item: values.get(item, 0.0) for item in items if item in scores}
        return {item: sum([one.get(item, 0.0) for one in lists], 0.0) for item in items if item in scores}

    def parts(self, item: ItemId) -> tuple[TracePart, ...]:
        """Write down what each list gives one Candidate, largest first; they sum to its score."""
        if item not in self.scores:
            return ()
        found = [(-values[item], anchor, source) for source, anchor, values in self._said if item in values]
        found.sort()
        return tuple([TracePart(source, anchor, -less) for less, anchor, source in found])


def given_by(voice: Voice) -> dict[ItemId, float]:
    """Return what one list gives each of its Items: nothing under its floor, or where the score is no number over 0."""
    near, weight, constant, floor = voice
    items, scores = near.positive()
    if floor <= 0 or (scores and min(scores) / constant >= floor):
        return dict(zip(items, [weight * (score / constant) for score in scores], strict=True))
    strengths = [score / constant for score in scores]
    pairs = zip(items, strengths, strict=True)
    return {item: weight * strength for item, strength in pairs if strength >= floor}


class Strongest(NamedTuple):
    """The list of the Anchor that lifts a Candidate most, and how much."""

    near: NeighbourList
    lift: float


def strongest(proofs: Iterable[Voice], lifted: Mapping[ItemId, Values]) -> dict[ItemId, Strongest]:
    """Give for each Candidate the list of the Anchor that lifts it most, of equal ones the lowest number's.

    Parameters
    ----------
    proofs : iterable of Voice
        One list of each Anchor.
    lifted : mapping of ItemId to mapping of ItemId to float
        What each Anchor gives the Candidates that belong to it.
    """
    found: dict[ItemId, Strongest] = {}
    for near in sorted((proof.near for proof in proofs), key=_anchor):
        for item, lift in lifted[near.anchor].items():
            best = found.get(item)
            if best is None or lift > best[1]:
                found[item] = Strongest(near, lift)
    return found


def _anchor(near: NeighbourList) -> ItemId:
    return near.anchor
