"""The score of a Candidate: what each Anchor of a history gives it, summed.

``score(c) = Σ over Anchors a: weight(a) · neighbour(a, c).score / scale(kind)``

Scale constants belong to the Model, never to the page: so a summand depends on its own Anchor alone, all summands are
positive, and taking an Anchor out can only lower a score. The evaluator calls `blend` too: what is measured is what is
served.

`mixed` blends several kinds of lists, each with its Share. How much an Anchor counts falls with its age by a power law,
as memory does (Anderson and Schooler 1991, "Reflections of the Environment in Memory"): half after the Share's
half-life, a third after two. So of two Anchors the one that is twice as old counts half, be they hours or years old,
and no rank in the history is needed: an Anchor that is taken out leaves the weights of the others as they are. Lists of
the whole site count as much as the freshest Anchor, so that they neither drown a history nor drown in it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import exp2, fsum
from operator import attrgetter
from typing import NamedTuple

from connector.domain import SITE, Blending, ItemId, Neighbour, NeighbourKind, NeighbourList
from connector.recipes.base import ListKey

SCORING_KINDS = (NeighbourKind.TOGETHER,)
"""The kinds of lists whose scores are blended."""

SITE_KINDS = (NeighbourKind.TREND, NeighbourKind.POPULAR)
"""The kinds whose lists hang on the whole site."""

UNTRIED_SAY = 0.5
"""What is only described alike counts half as much as what people do, at its best."""

LEAST_WEIGHT = 1 / 32
"""An Anchor older than five half-lives fades no more: it has to stay a summand that counts."""


class Trail(NamedTuple):
    """One Anchor of a history: when it was, and how strong what the learner did is (1 is the strongest)."""

    anchor: ItemId
    at: datetime
    strength: float = 1.0


class Pull(NamedTuple):
    """What one Anchor gives a Candidate; ``value`` is weighted and scaled, and over 0."""

    value: float
    near: NeighbourList
    neighbour: Neighbour


class _Beside(NeighbourList):
    """A list that hangs on what was done by weaker signals than the Deed: the same, called so."""

    __slots__ = ("_near",)
    _near: NeighbourList

    def __init__(self, near: NeighbourList) -> None:
        for name, value in (("kind", NeighbourKind.BESIDE), ("anchor", near.anchor), ("base", near.base)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "_near", near)

    @property
    def neighbours(self) -> tuple[Neighbour, ...]:
        return self._near.neighbours

    def pairs(self) -> Iterable[tuple[ItemId, float]]:
        return self._near.pairs()

    def items(self) -> Sequence[ItemId]:
        return self._near.items()

    def positive(self) -> tuple[Sequence[ItemId], Sequence[float]]:
        return self._near.positive()


class Voice(NamedTuple):
    """A list, and what each score in it is worth here: weight times score over the kind's constant, over a floor."""

    near: NeighbourList
    weight: float
    constant: float
    floor: float = 0.0

    def worth(self, score: float) -> float:
        """Return what a Neighbour with that score is given; 0 under the floor, or where the score is no number."""
        strength = score / self.constant
        return self.weight * strength if strength >= self.floor and strength > 0 else 0.0


_value = attrgetter("value")


def recency(at: datetime, now: datetime, half_life: timedelta) -> float:
    """Weigh a moment: 1 now (or later), half after each ``half_life``, never under `LEAST_WEIGHT`."""
    age = max(now - at, timedelta(0))
    return max(exp2(-(age / half_life)), LEAST_WEIGHT)


def blend(
    weights: Mapping[ItemId, float],
    lists: Mapping[ListKey, NeighbourList],
    scale: Mapping[str, float],
    floor: float,
) -> dict[ItemId, float]:
    """Score every Candidate of a history.

    Parameters
    ----------
    weights : mapping of ItemId to float
        The Anchors and what each weighs (see `recency`).
    lists : mapping of ListKey to NeighbourList
        The Model's lists; Anchors without one give nothing.
    scale : mapping of str to float
        ``Model.scale``; a kind without a constant over 0 counts as 1.
    floor : float
        Neighbours whose scaled score is under this give nothing.

    Returns
    -------
    dict of ItemId to float
        Scores over 0, unsorted, done Items among them: what may be shown is decided elsewhere.
    """
    return summed(proven(weights, lists, scale, floor))


def pulls(
    weights: Mapping[ItemId, float],
    lists: Mapping[ListKey, NeighbourList],
    scale: Mapping[str, float],
    floor: float,
) -> dict[ItemId, list[Pull]]:
    """Give the summands of each Candidate's score; the arguments are those of `blend`."""
    return gathered(proven(weights, lists, scale, floor))


def proven(
    weights: Mapping[ItemId, float],
    lists: Mapping[ListKey, NeighbourList],
    scale: Mapping[str, float],
    floor: float,
) -> list[Voice]:
    """Give the lists of what is more than chance; the arguments are those of `blend`."""
    return [
        Voice(near, weight, scale_constant(scale, kind), floor)
        for kind in SCORING_KINDS
        for anchor, weight in weights.items()
        if (near := lists.get((kind, anchor))) is not None
    ]


def mixed(
    history: Iterable[Trail],
    now: datetime,
    lists: Mapping[ListKey, NeighbourList],
    scale: Mapping[str, float],
    blending: Blending,
) -> dict[ItemId, list[Pull]]:
    """Give the summands of each Candidate's score, over all kinds of lists; the arguments are those of `voices`.

    By kind and then by Anchor as given; values over 0 only. Empty for an empty history: see `newcomers`.
    """
    return gathered(voices(history, now, lists, scale, blending))


def voices(
    history: Iterable[Trail],
    now: datetime,
    lists: Mapping[ListKey, NeighbourList],
    scale: Mapping[str, float],
    blending: Blending,
) -> list[Voice]:
    """Give the lists of all kinds that are blended, weighed.

    Parameters
    ----------
    history : iterable of Trail
        The Anchors, in any order, each once.
    now : datetime
        The moment of the request, aware.
    lists : mapping of ListKey to NeighbourList
        The Model's lists; Anchors without one give nothing.
    scale : mapping of str to float
        ``Model.scale``; a kind without a constant over 0 counts as 1.
    blending : Blending
        How much each kind counts, and how fast its Anchors fade.

    Returns
    -------
    list of Voice
        By kind and then by Anchor as given. Empty for an empty history: see `newcomers`.
    """
    found: list[Voice] = []
    trails = tuple(history)
    for kind, share in blending.shares.items():
        constant = scale_constant(scale, kind)
        faint = [(one.anchor, one.strength * faded(one.at, now, share.half_life)) for one in trails]
        for anchor, weight in _on_the_site(faint) if kind in SITE_KINDS else faint:
            near = lists.get((kind, anchor))
            if near is not None:
                found.append(Voice(near, share.weight * weight, constant))
    return found


def beside(
    history: Iterable[Trail],
    now: datetime,
    lists: Mapping[ListKey, NeighbourList],
    scale: Mapping[str, float],
    blending: Blending,
) -> list[Voice]:
    """Give the lists of what a learner did by weaker signals than the Model's Deed, where its blend reads them.

    They speak as those of Anchors do, ``blending.beside`` times as strong, and never for the whole site. The arguments
    are those of `voices`.
    """
    if not blending.beside:
        return []
    own = {kind: share for kind, share in blending.shares.items() if kind not in SITE_KINDS}
    fainter = [one._replace(strength=blending.beside * one.strength) for one in history]
    found = voices(fainter, now, lists, scale, replace(blending, shares=own))
    return [voice._replace(near=_Beside(voice.near)) for voice in found]


def untried(
    history: Iterable[Trail],
    now: datetime,
    lists: Mapping[ListKey, NeighbourList],
    scale: Mapping[str, float],
    blending: Blending,
) -> list[Voice]:
    """Give the lists of the Items that too few people did to be in a list of what people do.

    What is written speaks for all kinds of lists that hang on Anchors, at `UNTRIED_SAY` of what they could say. The
    arguments are those of `voices`.
    """
    constant = scale_constant(scale, NeighbourKind.UNTRIED)
    shares = [share for kind, share in blending.shares.items() if kind not in SITE_KINDS]
    found: list[Voice] = []
    for one in history:
        near = lists.get((NeighbourKind.UNTRIED, one.anchor))
        if near is not None:
            weight = fsum(share.weight * faded(one.at, now, share.half_life) for share in shares)
            found.append(Voice(near, UNTRIED_SAY * one.strength * weight, constant))
    return found


def gathered(given: Iterable[Voice]) -> dict[ItemId, list[Pull]]:
    """Give the summands of every Candidate, in the order of the lists."""
    found: defaultdict[ItemId, list[Pull]] = defaultdict(list)
    for voice in given:
        for neighbour in voice.near.neighbours:
            value = voice.worth(neighbour.score)
            if value > 0:
                found[neighbour.item].append(Pull(value, voice.near, neighbour))
    return dict(found)


def summed(given: Iterable[Voice], among: Collection[ItemId] | None = None) -> dict[ItemId, float]:
    """Score Candidates, all or those ``among`` them, without making an object for each summand.

    Sums are exact, so that the order of the Anchors cannot be seen in the last digit.
    """
    found: defaultdict[ItemId, list[float]] = defaultdict(list)
    for near, weight, constant, floor in given:
        for item, score in near.pairs():
            if among is None or item in among:
                strength = score / constant
                if strength >= floor and strength > 0:  # a score that is not a number is under every floor
                    found[item].append(weight * strength)
    return {item: fsum(values) for item, values in found.items()}


def newcomers(lists: Mapping[ListKey, NeighbourList]) -> NeighbourList | None:
    """Give what is shown to who has no Anchor: what is popular, else what is of late, else nothing."""
    kinds = NeighbourKind.POPULAR, NeighbourKind.TREND
    return next((found for kind in kinds if (found := lists.get((kind, SITE))) and found.neighbours), None)


def faded(at: datetime, now: datetime, half_life: timedelta) -> float:
    """Weigh a moment: 1 now (or later), 1/2 after one half-life, 1/3 after two, and never 0."""
    return 1.0 / (1.0 + max(now - at, timedelta(0)) / half_life)


def score(found: Iterable[Pull]) -> float:
    """Sum exactly, so that the order of the Anchors cannot be seen in the last digit."""
    return fsum(map(_value, found))


def ranked(scores: Mapping[ItemId, float]) -> list[ItemId]:
    """Order by score, best first; equal scores by item number."""
    return sorted(sorted(scores), key=scores.__getitem__, reverse=True)


def scale_constant(scale: Mapping[str, float], kind: NeighbourKind) -> float:
    """Give the constant of a kind; 1 if the Model has none that can divide."""
    constant = scale.get(kind.value, 1.0)
    return constant if constant > 0 else 1.0


def _on_the_site(weights: list[tuple[ItemId, float]]) -> list[tuple[ItemId, float]]:
    """Let the whole site count as much as the Anchor that counts most."""
    return [(SITE, max(weight for _, weight in weights))] if weights else []
