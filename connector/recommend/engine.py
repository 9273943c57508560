"""The engine: a site's interactions and texts in, every kind of Neighbours and how to blend them out. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from connector.domain import Blending, NeighbourKind, NeighbourList
from connector.recommend.kinds import Design, Near, Site, fitted, lists_of, longest
from connector.recommend.like import Content
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.newcomers import pace_of
from connector.recommend.popular import site_list
from connector.recommend.scale import scale_of
from connector.recommend.search import Choice, chosen
from connector.recommend.trend import trend_list


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """What a site may say of its engine.

    Parameters
    ----------
    n_neighbours : int, default=50
        At most so many Neighbours an Anchor and kind.
    k : int, default=5
        What fewer people did is in no list of the whole site.
    choice : Choice or None, default=None
        How to blend; None lets the site's own backtest choose (see `connector.recommend.search`).
    """

    n_neighbours: int = 50
    k: int = 5
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned: lists of every kind that the blend uses and of popularity, their scale, the blend, and why."""

    lists: tuple[NeighbourList, ...]
    scale: Mapping[str, float]
    choice: Choice

    @property
    def blending(self) -> Blending:
        """How the lists are blended."""
        return self.choice.blending


def learn(
    matrix: InteractionMatrix,
    contents: Sequence[Content] = (),
    settings: EngineSettings | None = None,
    aside: InteractionMatrix | None = None,
) -> Learned:
    """Learn every kind of Neighbours of a site.

    Parameters
    ----------
    matrix : InteractionMatrix
        Who did what, when; weights in 0..1 say how strong (see `connector.recommend.signals`).
    contents : sequence of Content
        What is written about the Items of the catalogue, in any order; Items that nobody did yet belong to it.
    settings : EngineSettings, optional
        See there.
    aside : InteractionMatrix, optional
        Pairs of Learner and Item that are not in ``matrix``: what people did by weaker signals alone. Whether *next*,
        *near* and *latent* learn from them is chosen; nobody is foretold to do them.

    Returns
    -------
    Learned
        The same input, in any order of ``contents``, gives the same result. The scores rank: which Neighbours may stand
        as a reason is another question (see `connector.recommend.chance`).
    """
    told = settings or EngineSettings()
    site = Site.of(matrix, contents, aside)
    choice = told.choice or chosen(site, Design(told.n_neighbours, newcomers=pace_of(matrix, told.k)))
    kinds = fitted(site, choice.design, choice.blending.shares)
    lists = tuple(_lists(site, kinds, choice, told))
    return Learned(lists, scale_of(lists), choice)


def _lists(
    site: Site, kinds: Mapping[NeighbourKind, Near], choice: Choice, told: EngineSettings
) -> Iterator[NeighbourList]:
    for kind, near in kinds.items():
        yield from lists_of(kind, near, site, longest(kind, choice.design, choice.blending.anchors))
    trend = trend_list(site.matrix, half_life=choice.design.trend, k=told.k)
    half_life, early = choice.design.newcomers
    popular = site_list(site.matrix, half_life=half_life, early=early, k=told.k)
    yield from (one for one in (trend, popular) if one.neighbours)
