"""Train: completions in, a new Model out, made current by one last transaction."""

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
from connector.domain import ModelId, NeighbourKind, NeighbourList, TenantId
from connector.errors import NotReady
from connector.recipes.packed import pack
from connector.recommend.engine import Learned, learn
from connector.recommend.like import Content
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.popular import cohort_lists, site_list
from connector.recommend.scale import scale_of
from connector.recommend.together import CosineNeighbours
from connector.recommend.together import lists as together_lists
from connector.store import families, interactions, items, leases, models, rollup
from connector.store.heart import Heart
from connector.store.interactions import Training
from connector.store.types import microseconds

log = structlog.get_logger()

JOB = "train"
LEASE = timedelta(minutes=5)
"""Long against a beat: a fit may keep other threads from running for a while."""
BATCH = 200
KEPT_MODELS = 5
FEWEST_PEOPLE = 5
"""What fewer people completed is in no popularity list."""
T = TypeVar("T")

Tell = Callable[[str], None]


def quiet(_step: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class TrainReport:
    """What a training learned from and published; ``ranking`` says in words how Candidates are ranked, and why."""

    model: ModelId
    learners: int
    items: int
    interactions: int
    lists: int
    neighbours: int
    fingerprint: str
    data_as_of: datetime | None
    ranking: str = ""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a training needs: the Tenant, sessions to write, sessions to read a snapshot, the time, and who works."""

    tenant: TenantId
    sessions: sessionmaker[Session]
    readers: sessionmaker[Session]
    clock: Clock
    owner: str


def train(shop: Workshop, recommender: CosineNeighbours, tell: Tell = quiet) -> TrainReport:
    """Learn a Model from all completions and publish it; the old one serves until the last moment.

    Raises
    ------
    Busy
        If another process trains this Tenant.
    NotReady
        If there is no completion yet to learn from.
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
    tell("reading completions")
    with shop.readers.begin() as session:
        training = interactions.for_training(session, shop.tenant)
        catalogue = items.all_of(session, shop.tenant)
    if not training.completions:
        raise NotReady("There is no completion to learn from yet: run `onward sync`, and look at `onward doctor`.")
    matrix = matrix_of(training)
    tell(f"{matrix.interactions} completions of {len(matrix.learners)} learners on {len(matrix.items)} items")
    fitted = recommender.fit(matrix.weights, when=matrix.when)
    tell("choosing how to rank")
    learned = learn(matrix, [Content(one.id, one.texts, one.topics) for one in catalogue.values()])
    tell(learned.choice.sentence)
    ranking = [one for one in learned.lists if one.kind is not NeighbourKind.POPULAR]
    lists = [*together_lists(fitted, matrix), *_popular(matrix, training), *ranking]
    tell(f"publishing {len(lists)} lists")
    return _publish(shop, recommender, matrix, training, lists, learned)


def matrix_of(training: Training) -> InteractionMatrix:
    """Return who completed what, when; repeats of one person count once."""
    completions = training.completions
    return InteractionMatrix.from_columns(
        np.fromiter((one.learner for one in completions), np.int64, len(completions)),
        np.fromiter((one.item for one in completions), np.int64, len(completions)),
        np.fromiter((microseconds(one.at) for one in completions), np.int64, len(completions)),
    )


def _popular(matrix: InteractionMatrix, training: Training) -> Iterator[NeighbourList]:
    yield site_list(matrix, k=FEWEST_PEOPLE)
    members = sorted(training.members)
    if members:
        learners, courses = zip(*members, strict=True)
        columns = np.array(learners, np.int64), np.array(courses, np.int64)
        yield from cohort_lists(matrix, *columns, k=FEWEST_PEOPLE)


def _publish(
    shop: Workshop,
    recommender: CosineNeighbours,
    matrix: InteractionMatrix,
    training: Training,
    lists: list[NeighbourList],
    learned: Learned,
) -> TrainReport:
    """Write the lists in short transactions under a Model that nobody sees, then make it current."""
    model = _start(shop, recommender, matrix, training, lists, learned)
    for batch in _batches(lists, BATCH):
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
        training.newest,
        learned.choice.sentence,
    )


def _start(
    shop: Workshop,
    recommender: CosineNeighbours,
    matrix: InteractionMatrix,
    training: Training,
    lists: list[NeighbourList],
    learned: Learned,
) -> ModelId:
    with shop.sessions.begin() as session:
        _beat(session, shop)
        models.clear_unpublished(session, shop.tenant)
        return models.start(
            session,
            shop.tenant,
            parameters={"together": recommender.get_params(), "ranking": learned.choice.sentence},
            scale=scale_of(lists),
            blending=learned.blending,
            learners=len(matrix.learners),
            items=len(matrix.items),
            interactions=matrix.interactions,
            data_as_of=training.newest,
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
