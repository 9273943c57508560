"""Read what is measured on from the site's own database: the completions that training learns from."""

from sqlalchemy.orm import Session, sessionmaker

from connector.domain import Item, ItemText, TenantId
from connector.errors import NotReady
from connector.evaluate.files import Read
from connector.evaluate.log import Catalogue, Log
from connector.store import interactions, items
from connector.store.texts import best_title
from connector.store.types import microseconds


def read_site(tenant: TenantId, readers: sessionmaker[Session]) -> Read:
    """Read a Tenant's completions and Items.

    Raises
    ------
    NotReady
        Where there is no completion yet.
    """
    with readers.begin() as session:
        training = interactions.for_training(session, tenant)
        known = items.all_of(session, tenant)
    if not training.completions:
        raise NotReady("There is no completion to measure on yet: run `onward sync`, or give --interactions FILE.")
    numbers = sorted(known.keys() | {one.item for one in training.completions})
    columns = {number: place for place, number in enumerate(numbers)}
    learners: dict[int, int] = {}
    log = Log.of(
        [learners.setdefault(one.learner, len(learners)) for one in training.completions],
        [columns[one.item] for one in training.completions],
        [microseconds(one.at) for one in training.completions],
    )
    return Read(log, _catalogue([known.get(number) for number in numbers], [str(number) for number in numbers]))


def _catalogue(found: list[Item | None], numbers: list[str]) -> Catalogue:
    texts = [item.texts if item else () for item in found]
    return Catalogue(
        tuple(item.iri if item else number for item, number in zip(found, numbers, strict=True)),
        tuple(best_title(one) if one else "" for one in texts),
        tuple(_summary(one) for one in texts),
        tuple(item.language if item else "" for item in found),
        tuple(", ".join(item.topics) if item else "" for item in found),
        sum(item is not None for item in found),
    )


def _summary(texts: tuple[ItemText, ...]) -> str:
    return " ".join(one.summary for one in texts if one.summary)
