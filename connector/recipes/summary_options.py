"""The options of a Row in English."""

from collections.abc import Iterator, Mapping

from connector.domain import NeighbourKind
from connector.recipes.row_options import CONTEXT, Levels, RowOptions, Weights

KINDS: Mapping[NeighbourKind, str] = {
    NeighbourKind.TOGETHER: "what people completed together more often than by chance",
    NeighbourKind.NEAR: "what the same people did",
    NeighbourKind.NEXT: "what people did next",
    NeighbourKind.LIKE: "what is described alike",
    NeighbourKind.LATENT: "what all histories together suggest",
    NeighbourKind.TREND: "what people did of late",
}


def options_in_words(options: RowOptions) -> Iterator[str]:
    """Give what the options change, as parts of a sentence; nothing where they change nothing."""
    yield from _weights(options.weights)
    if options.levels is Levels.ANY:
        yield "also below a level that the learner has mastered"
    if options.variety < 1:
        yield f"cards at most {options.variety:.0%} alike on average"
    if options.context == 0:
        yield "whatever the course of the launch"
    elif options.context != CONTEXT:
        yield f"what is near the course of the launch up to {options.context:.0%} more"


def _weights(weights: Weights) -> Iterator[str]:
    for kind, factor in weights:
        yield f"{KINDS[kind]} not at all" if factor == 0 else f"{KINDS[kind]} counting {factor:g} times as much"
