"""What a recipe says of one Row besides its rules: weights of kinds, levels, variety, the Course's say."""

from dataclasses import dataclass
from enum import StrEnum

from connector.domain import NeighbourKind

WEIGHT_MOST = 10.0
WEIGHED = tuple(map(NeighbourKind, ("together", "near", "next", "like", "latent", "trend")))
"""The kinds of Neighbours that a Model may blend, and a recipe may weigh."""
CONTEXT = 0.5
"""What is nearest to the Course of the launch counts half as much again."""


Weights = tuple[tuple[NeighbourKind, float], ...]
"""What the Shares of kinds are multiplied by; kinds that are not named count once."""


class Levels(StrEnum):
    """``RISING``: nothing below a level that the learner has mastered in the same topic; ``ANY``: all levels."""

    RISING = "rising"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class RowOptions:
    """How one Row is made, where nothing is said as it always was.

    Parameters
    ----------
    weights : Weights
        What the kind's Share of the Model's blend is multiplied by in this Row, 0..`WEIGHT_MOST`; others count once.
    levels : Levels
        See there.
    variety : float
        The mean likeness of the Row's Cards is at most this, in 0..1 (see `connector.recipes.variety`); 1 lets all in.
    context : float
        How much what is near the Course of the launch counts more, in 0..1 (see `connector.recipes.context`).
    """

    weights: Weights = ()
    levels: Levels = Levels.RISING
    variety: float = 1.0
    context: float = CONTEXT


PLAIN = RowOptions()
