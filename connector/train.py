"""Train: what people did in, a new Model out, made current by one last transaction."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import TypeVar

import numpy as np
import structlog
from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import Deed, ModelId, NeighbourKind, NeighbourList, Signal, Success, TenantId
from connector.errors import NotReady
from connector.recipes.book_file import BookRefused, read_book
from connector.recipes.packed import pack
from connector.recommend.columns import Columns
from connector.recommend.engine import Learned, learn
from connector.recommend.like import Content
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.newcomers import Pace
from connector.recommend.popular import cohort_lists, site_list
from connector.recommend.rising import WINDOW, rising_lists
from connector.recommend.scale import scale_of
from connector.recommend.signals import Weighed, evidence, weighed
from connector.recommend.success import SCORED, outcomes, succeeded_lists
from connector.recommend.together import CosineNeighbours
from connector.recommend.together import lists as together_lists
from connector.recommend.untried import untried_lists
from connector.store import families, items, leases, models, recipes, rollup, training_rows
from connector.store.heart import Heart
from connector.store.interactions import TOOK_PART
from connector.store.types import moment_of

log = structlog.get_logger()

JOB = "train"
LEASE = timedelta(minutes=5)
"""Long against a beat: a fit may keep other threads from running for a while."""
BATCH = 200
TOLD = 100
"""After so many batches it is said how many lists are published."""
KEPT_MODELS = 5
FEWEST_PEOPLE = 5
"""What fewer people completed is in no popularity list."""
T = TypeVar("T")

Tell = Callable[[str], None]


def quiet(_step: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class TrainReport:
    """What a training learned from and published.

    ``ranking`` says in words what rows go by and how Candidates are ranked, and why; ``interactions`` counts the pairs
    of a Learner and an Item that show the ``deed``.
    """

    model: ModelId
    learners: int
    items: int
    interactions: int
    lists: int
    neighbours: int
    fingerprint: str
    data_as_of: datetime | None
    ranking: str = ""
    deed: Deed = Deed.COMPLETED


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a training needs: the Tenant, sessions to write, sessions to read a snapshot, the time, and who works."""

    tenant: TenantId
    sessions: sessionmaker[Session]
    readers: sessionmaker[Session]
    clock: Clock
    owner: str


def train(shop: Workshop, recommender: CosineNeighbours, tell: Tell = quiet) -> TrainReport:
    """Learn a Model from what everybody did and publish it; the old one serves until the last moment.

    Raises
    ------
    Busy
        If another process trains this Tenant.
    NotReady
        If there is nothing yet to learn from.
    """
    with shop.sessions.begin() as session:
        leases.take(session, shop.tenant, JOB, "", shop.owner, shop.clock(), LEASE)
    error = "stopped before its end"
    try:
        with Heart(partial(_beat_alone, shop)):
            report = _train(shop, recommender, tell)
        error = ""
    except NotReady as reason:
        error = str(reason)
        raise
    finally:
        with shop.sessions.begin() as session:
            leases.give_back(session, shop.tenant, JOB, "", shop.owner, shop.clock(), error=error)
    return report


def _beat_alone(shop: Workshop) -> None:
    with shop.sessions.begin() as session:
        _beat(session, shop)


def _beat(session: Session, shop: Workshop) -> None:
    """Keep the lease; Busy when another process trains meanwhile, and nothing of this transaction stays."""
    leases.beat(session, shop.tenant, JOB, "", shop.owner, length=LEASE)


def _train(shop: Workshop, recommender: CosineNeighbours, tell: Tell) -> TrainReport:
    with shop.sessions.begin() as session:
        families.join_certain(session, shop.tenant)
        rollup.settle(session, shop.tenant)
    tell("reading what people did")
    with shop.readers.begin() as session:
        success = _success(session, shop.tenant)
        scored = SCORED if success.score else ()
        training = Columns.of(training_rows.read(session, shop.tenant, scored=scored))
        catalogue = items.all_of(session, shop.tenant)
    found = weighed(training.learners, training.items, training.signals, training.times, training.values)
    if not found.did.any():
        raise NotReady("There is nothing to learn from yet: run `onward sync`, and look at `onward doctor`.")
    matrix = matrix_of(found)
    tell(f"{matrix.interactions} {NOUNS[found.deed]} of {len(matrix.learners)} learners on {len(matrix.items)} items")
    tell(evidence(found))
    tell("looking for what goes together")
    fitted = recommender.fit(matrix.weights, when=matrix.when)
    tell("choosing how to rank")
    contents = [Content(one.id, one.texts, one.topics) for one in catalogue.values()]
    learned = learn(matrix, contents, aside=aside_of(found))
    tell(learned.choice.sentence)
    tell("counting what is popular, on the rise, and done by those who succeeded")
    ranking = [one for one in learned.lists if one.kind is not NeighbourKind.POPULAR]
    offered = [one.id for one in catalogue.values() if one.url]
    untried = untried_lists(matrix, contents, offered, fewest=recommender.min_support)
    lists = [
        *together_lists(fitted, matrix),
        *_popular(matrix, training, learned.choice.design.newcomers),
        *_succeeded(matrix, training, success),
        *ranking,
        *untried,
    ]
    tell(f"publishing {len(lists)} lists")
    return _publish(shop, _Work(recommender, found, matrix, moment_of(int(training.times.max())), lists, learned), tell)


NOUNS = {
    Deed.COMPLETED: "completions",
    Deed.STARTED: "starts",
    Deed.ENROLLED: "enrolments",
    Deed.OPENED: "openings",
}


def matrix_of(found: Weighed) -> InteractionMatrix:
    """Return who did what the site goes by, when first; repeats and bursts of one person count as one says."""
    columns = (one[found.did] for one in (found.learners, found.items, found.since, found.weights))
    return InteractionMatrix.from_columns(*columns)


def aside_of(found: Weighed) -> InteractionMatrix:
    """Return what was done by weaker signals alone; whether it counts beside is the choice of the site's own test."""
    columns = (one[~found.did] for one in (found.learners, found.items, found.times, found.weights))
    return InteractionMatrix.from_columns(*columns)


def _popular(matrix: InteractionMatrix, training: Columns, pace: Pace) -> Iterator[NeighbourList]:
    """Yield what is popular on the site and in each course, forgotten at the pace that suits newcomers here."""
    half_life, early = pace
    yield site_list(matrix, half_life=half_life, early=early, k=FEWEST_PEOPLE)
    took_part = np.isin(training.signals, [code for code, signal in enumerate(Signal) if signal in TOOK_PART])
    learners, courses = (column[took_part] for column in (training.learners, training.items))
    yield from cohort_lists(matrix, learners, courses, half_life=half_life, k=FEWEST_PEOPLE)
    half, until = half_life or float(WINDOW), int(training.times.max())
    yield from rising_lists(matrix, learners, courses, until=until, half_life=half, k=FEWEST_PEOPLE)


def _success(session: Session, tenant: TenantId) -> Success:
    """Return what the recipes call success; the usual where they were never set, or cannot be read any more."""
    newest = recipes.newest(session, tenant)
    text = recipes.document(session, tenant, newest[0]) if newest else None
    try:
        return read_book(text).success if text else Success()
    except BookRefused:
        return Success()


def _succeeded(matrix: InteractionMatrix, training: Columns, success: Success) -> Iterator[NeighbourList]:
    """Yield what those did who succeeded at an Item, more often than those who tried it and did not."""
    known = outcomes(training.learners, training.items, training.signals, training.values, success)
    yield from succeeded_lists(matrix, known, k=FEWEST_PEOPLE)


@dataclass(frozen=True, slots=True)
class _Work:
    """What a training made, and from what."""

    recommender: CosineNeighbours
    found: Weighed
    matrix: InteractionMatrix
    newest: datetime | None
    lists: list[NeighbourList]
    learned: Learned

    @property
    def ranking(self) -> str:
        """What rows go by and how Candidates are ranked, in words."""
        return f"{evidence(self.found)} {self.learned.choice.sentence}"


def _publish(shop: Workshop, work: _Work, tell: Tell) -> TrainReport:
    """Write the lists in short transactions under a Model that nobody sees, then make it current."""
    model, lists, matrix = _start(shop, work), work.lists, work.matrix
    for number, batch in enumerate(_batches(lists, BATCH)):
        if number and number % TOLD == 0:
            tell(f"published {number * BATCH} of {len(lists)} lists")
        with shop.sessions.begin() as session:
            _beat(session, shop)
            models.write(session, shop.tenant, model, batch)
    fingerprint, neighbours = fingerprint_of(lists), sum(len(one.neighbours) for one in lists)
    with shop.sessions.begin() as session:
        _beat(session, shop)
        models.publish(session, shop.tenant, model, neighbours=neighbours, fingerprint=fingerprint, now=shop.clock())
        models.retire_old(session, shop.tenant, keep=KEPT_MODELS)
    log.info("model_published", model=model, lists=len(lists), neighbours=neighbours)
    return TrainReport(
        model,
        len(matrix.learners),
        len(matrix.items),
        matrix.interactions,
        len(lists),
        neighbours,
        fingerprint,
        work.newest,
        work.ranking,
        work.found.deed,
    )


def _start(shop: Workshop, work: _Work) -> ModelId:
    with shop.sessions.begin() as session:
        _beat(session, shop)
        models.clear_unpublished(session, shop.tenant)
        return models.start(
            session,
            shop.tenant,
            parameters={
                "together": work.recommender.get_params(),
                "ranking": work.ranking,
                "deed": work.found.deed.value,
            },
            scale=scale_of(work.lists),
            blending=work.learned.blending,
            learners=len(work.matrix.learners),
            items=len(work.matrix.items),
            interactions=work.matrix.interactions,
            data_as_of=work.newest,
            now=shop.clock(),
        )


def fingerprint_of(lists: Iterable[NeighbourList]) -> str:
    """Return the SHA-256 of all packed lists in order: equal data give equal fingerprints."""
    digest = sha256()
    for one in lists:
        digest.update(f"{one.kind}:{one.anchor}:".encode() + pack(one))
    return digest.hexdigest()


def _batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch
