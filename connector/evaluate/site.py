"""Read what is measured on from the site's own database: what training learns from."""

import numpy as np
from sqlalchemy.orm import Session, sessionmaker

from connector.domain import Deed, Item, ItemText, Signal, TenantId
from connector.errors import NotReady
from connector.evaluate.files import Read
from connector.evaluate.log import SIGNALS, Catalogue, Log
from connector.recommend.columns import Columns
from connector.recommend.signals import weighed
from connector.store import items, training_rows
from connector.store.texts import best_title

SHOWN_AS = {
    Deed.COMPLETED: Signal.COMPLETED,
    Deed.STARTED: Signal.STARTED,
    Deed.ENROLLED: Signal.ENROLLED,
    Deed.OPENED: Signal.VIEWED,
}
"""One Signal for each Deed, whichever of its Signals somebody gave."""


def read_site(tenant: TenantId, readers: sessionmaker[Session]) -> Read:
    """Read a Tenant's Items and what its Learners did with them, by the Deed that the site goes by.

    Raises
    ------
    NotReady
        Where nobody did anything yet.
    """
    with readers.begin() as session:
        training = Columns.of(training_rows.read(session, tenant))
        known = items.all_of(session, tenant)
    found = weighed(training.learners, training.items, training.signals, training.times, training.values)
    if not found.did.any():
        raise NotReady("There is nothing to measure on yet: run `onward sync`, or give --interactions FILE.")
    numbers = sorted(known.keys() | set(found.items[found.did].tolist()))
    log = Log.of(
        np.unique(found.learners[found.did], return_inverse=True)[1],
        np.searchsorted(numbers, found.items[found.did]),
        found.since[found.did],
        np.full(int(found.did.sum()), SIGNALS.index(SHOWN_AS[found.deed])),
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
