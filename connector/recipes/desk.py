"""All that the Recipes of one page share, worked out once.

*The Anchor in waiting.* Only the latest Anchors give scores. If one of them were not in the history, the next in line
would step in, and might give a Candidate more than the missing one did. Then "because you completed X" would be
untrue. So a reason may name X only if X gives the Candidate more than the Anchor in waiting would.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from connector.domain import SITE, Blending, Card, Deed, ItemId, Model, NeighbourList, Reason, TracePart
from connector.recipes import blend
from connector.recipes.anchors import done_beside, in_use, nameable
from connector.recipes.base import ListKey, PageInput, is_personal
from connector.recipes.blend import Trail, Voice
from connector.recipes.filters import Showable, deed_of, families_of, read_past, showable
from connector.recipes.history import Past, Positive, Unfinished
from connector.recipes.levels import NOTHING_MASTERED, Mastered
from connector.recipes.lifts import Lifts, Strongest, Values, given_by, strongest


@dataclass(frozen=True, slots=True)
class Desk:
    """One page's input, read and scored.

    ``anchors``, ``unfinished``, ``proven``, ``lifts``, ``scores`` and ``progress`` are empty on a page that is not
    personal; ``lists`` is empty without a Model. ``proven`` holds what may stand as a reason: for each showable
    Candidate the lists of the Anchors with which it was completed more often than by chance. A Candidate that is not in
    it is untried: too few people did it, and it is described much like an Anchor. ``lifts`` is what each list gives
    each Candidate, ``scores`` their sums, ``lifted`` what each Anchor gives the Candidates that it proves, ``waiting``
    what the Anchor in waiting would give. ``known`` are the Families that the learner started, enrolled in or opened,
    where the site goes by that: they are no news. ``strongest`` holds for each proven Candidate the list of the Anchor
    that lifts it most, and ``told`` those Candidates, best first, of which that Anchor may be named as the reason.
    """

    page: PageInput
    past: Past
    showable: Showable
    lists: Mapping[ListKey, NeighbourList]
    scale: Mapping[str, float]
    anchors: tuple[Positive, ...]
    unfinished: tuple[Unfinished, ...]
    progress: Mapping[ItemId, int | None]
    proven: Mapping[ItemId, list[NeighbourList]]
    lifts: Lifts
    lifted: Mapping[ItemId, Values]
    waiting: Mapping[ItemId, float]
    known: frozenset[int] = frozenset()
    mastered: Mastered = NOTHING_MASTERED
    strongest: Mapping[ItemId, Strongest] = field(default_factory=dict)
    told: Mapping[ItemId, float] = field(default_factory=dict)

    @property
    def scores(self) -> Mapping[ItemId, float]:
        """The score of each Candidate, over 0."""
        return self.lifts.scores

    @property
    def deed(self) -> Deed:
        """What Anchors and reasons go by."""
        return deed_of(self.page)

    def is_news(self, item: ItemId) -> bool:
        """Tell whether a showable Item is none that the learner has taken up already."""
        return self.page.shelf.items[item].family not in self.known

    def lift(self, item: ItemId, anchor: ItemId) -> float:
        """Return what one Anchor gives a Candidate, over all kinds of lists."""
        return self.lifts.of(item, anchor)

    def parts(self, item: ItemId) -> tuple[TracePart, ...]:
        """Return the summands of a Candidate's score, largest first."""
        return self.lifts.parts(item)


def open_desk(page: PageInput) -> Desk:
    """Read the history and score the Candidates of one page."""
    past = read_past(page)
    allowed = showable(page, past)
    personal = is_personal(page)
    latest = nameable(past.positives, page.shelf.items) if personal else ()
    anchors, next_in_line = in_use(latest, page.shelf.items, page.limits, page.pinned, _blending(page))
    known = families_of(past.taken if personal else (), page.shelf.items)
    proofs, untried = _proven(anchors, page), _untried(anchors, page)
    given = [given_by(voice) for voice in proofs]
    near = set[ItemId]().union(*given, *(voice.near.items() for voice in untried))
    lifts = Lifts((*_ranking(anchors, page), *_beside(past, page), *untried), allowed.those_of(near, known))
    lifted = {proof.near.anchor: lifts.by(proof.near.anchor, own) for proof, own in zip(proofs, given, strict=True)}
    waiting, best = _waiting(next_in_line, page, lifts.scores), strongest(proofs, lifted)
    unfinished = past.unfinished if personal else ()
    return Desk(
        page=page,
        past=past,
        showable=allowed,
        lists=page.shelf.lists if page.shelf.model else {},
        scale=page.shelf.model.scale if page.shelf.model else {},
        anchors=anchors,
        unfinished=unfinished,
        progress={begun.item: begun.progress for begun in unfinished},
        proven=_by_candidate(proofs, lifted),
        lifts=lifts,
        lifted=lifted,
        waiting=waiting,
        known=known,
        mastered=Mastered(past.done, page.shelf.items) if personal else NOTHING_MASTERED,
        strongest=best,
        told=_told(best, waiting, lifts.scores),
    )


def _by_candidate(proofs: Iterable[Voice], lifted: Mapping[ItemId, Values]) -> dict[ItemId, list[NeighbourList]]:
    """Return the lists that hold each Candidate above their floor, in their order."""
    found: defaultdict[ItemId, list[NeighbourList]] = defaultdict(list)
    for proof in proofs:
        for item in lifted[proof.near.anchor]:
            found[item].append(proof.near)
    return dict(found)


def _told(
    best: Mapping[ItemId, Strongest], waiting: Mapping[ItemId, float], scores: Mapping[ItemId, float]
) -> dict[ItemId, float]:
    """Return the scores, best first, of those that would score lower without their strongest Anchor."""
    told = {item: scores[item] for item, (_, lift) in best.items() if lift > waiting.get(item, 0.0)}
    return {item: told[item] for item in blend.ranked(told)}


def may_be_the_reason(desk: Desk, item: ItemId, anchor: ItemId) -> bool:
    """Tell whether this Candidate would score lower without this Anchor."""
    return desk.lift(item, anchor) > desk.waiting.get(item, 0.0)


def blended_card(desk: Desk, item: ItemId, reason: Reason) -> Card:
    """Make the Card of a scored Candidate."""
    return Card(item, desk.scores[item], reason, desk.parts(item), desk.progress.get(item))


def _proven(anchors: Iterable[Positive], page: PageInput) -> list[Voice]:
    """Return each Anchor's list of what is more than chance."""
    model = page.shelf.model
    return blend.proven(_weights(anchors, page), page.shelf.lists, model.scale, page.limits.floor) if model else []


def _ranking(anchors: Iterable[Positive], page: PageInput) -> list[Voice]:
    """Return the lists of all kinds that the Model blends; of what is proven where it says nothing of blending."""
    model: Model | None = page.shelf.model
    if model is None or model.blending is None:
        return _proven(anchors, page)
    return blend.voices(_trails(anchors), page.now, page.shelf.lists, model.scale, model.blending)


def _beside(past: Past, page: PageInput) -> list[Voice]:
    """Return the lists of what the learner did by weaker signals, where the Model reads them."""
    model: Model | None = page.shelf.model
    if model is None or model.blending is None or not model.blending.beside:
        return []
    done = done_beside(page.history, past, page.shelf.items, page.limits, model.blending)
    return blend.beside(_trails(done), page.now, page.shelf.lists, model.scale, model.blending)


def _untried(anchors: Iterable[Positive], page: PageInput) -> list[Voice]:
    """Return the lists of what is described like the Anchors and not proven yet; needs a Model that blends."""
    model: Model | None = page.shelf.model
    if model is None or model.blending is None:
        return []
    return blend.untried(_trails(anchors), page.now, page.shelf.lists, model.scale, model.blending)


def _waiting(next_in_line: Iterable[Positive], page: PageInput, among: Collection[ItemId]) -> dict[ItemId, float]:
    """Return what the Anchor in waiting would give, and not the whole site."""
    voices = (*_ranking(next_in_line, page), *_untried(next_in_line, page))
    return blend.summed((voice for voice in voices if voice.near.anchor != SITE), among)


def _blending(page: PageInput) -> Blending | None:
    return page.shelf.model.blending if page.shelf.model else None


def _trails(anchors: Iterable[Positive]) -> list[Trail]:
    return [Trail(anchor.item, anchor.at) for anchor in anchors]


def _weights(anchors: Iterable[Positive], page: PageInput) -> dict[ItemId, float]:
    return {anchor.item: blend.recency(anchor.at, page.now, page.limits.half_life) for anchor in anchors}
