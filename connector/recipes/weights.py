"""What a recipe's weights do to a Row: the Shares of the Model's blend, multiplied, for this Row alone.

The Row is then scored as if the Model had those Shares, Anchor in waiting and all: so its reasons stay true, and the
parts of its Cards sum to their scores.
"""

from dataclasses import replace

from connector.domain import Blending, Model
from connector.recipes.desk import Desk, open_desk
from connector.recipes.row_options import Weights


def weighed_desk(desk: Desk, weights: Weights) -> Desk:
    """Return the desk that a Row with these weights is made from; ``desk`` itself where they change nothing.

    It costs as much as opening a desk (see `connector.recipes.desk.open_desk`).
    """
    model = desk.page.shelf.model
    if model is None or model.blending is None:
        return desk
    blending = weighed(model.blending, weights)
    return desk if blending == model.blending else _reopened(desk, model, blending)


def weighed(blending: Blending, weights: Weights) -> Blending:
    """Multiply the Share of each kind that ``weights`` name; what is multiplied by 0 is left out."""
    factors = dict(weights)
    shares = {kind: replace(one, weight=one.weight * factors.get(kind, 1.0)) for kind, one in blending.shares.items()}
    return replace(blending, shares={kind: one for kind, one in shares.items() if one.weight > 0})


def _reopened(desk: Desk, model: Model, blending: Blending) -> Desk:
    shelf = replace(desk.page.shelf, model=replace(model, blending=blending))
    return open_desk(replace(desk.page, shelf=shelf))
