"""Settings to objects, for the heavy process: it reads LRSs and trains."""

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from connector.administer.asking import auth_of, options_in
from connector.administer.site import OpenSite
from connector.administer.sources import Open
from connector.catalog.feeds import Feeding
from connector.clock import Clock, now
from connector.outside.urls import DEVELOPMENT, PRODUCTION, UrlRules, check_url
from connector.settings import Settings
from connector.statements.interpret import Interpreter
from connector.statements.items import Grain
from connector.store.leases import me
from connector.store.sources import SourceRecord
from connector.sync import Reading
from lrs_adapters.base import StatementSource
from lrs_adapters.registry import DUMP, open_source
from lrs_adapters.transport import Patience

if TYPE_CHECKING:
    from connector.train import Workshop


def url_rules(settings: Settings) -> UrlRules:
    """Return which addresses outside may be asked."""
    return DEVELOPMENT if settings.development else PRODUCTION


PROBING = Patience(
    connect=timedelta(seconds=3),
    read=timedelta(seconds=10),
    whole=timedelta(seconds=20),
    retries=1,
    longest_wait=timedelta(seconds=2),
)
"""How long somebody waits who has just said where an LRS is: seconds."""


def opener(settings: Settings, site: OpenSite, patience: Patience | None = None) -> Open:
    """Return what opens a Source: its secret unsealed, each address checked before it is asked.

    ``patience`` is None for that of a read, which outlasts an LRS that is down for a while.
    """
    check = partial(check_url, rules=url_rules(settings))

    def open_record(record: SourceRecord) -> StatementSource:
        secret = site.seal.open(record.sealed_secret).decode() if record.sealed_secret else ""
        return open_source(
            record.kind,
            record.url,
            auth=None if record.kind == DUMP else auth_of(record, secret),
            check_url=check,
            patience=patience,
            **options_in(record.options).in_place_of_the_profile(),
        )

    return open_record


def reading(settings: Settings, site: OpenSite, record: SourceRecord, clock: Clock = now) -> Reading:
    """Return everything that reading one Source needs."""
    return Reading(
        tenant=site.tenant,
        record=record,
        source=opener(settings, site)(record),
        interpret=Interpreter(site.keys.hashing, Grain(record.grain)),
        sessions=site.sessions,
        readers=site.readers,
        seal=site.seal,
        clock=clock,
        owner=me(),
    )


def feeding(settings: Settings, site: OpenSite, clock: Clock = now) -> Feeding:
    """Return everything that catalogue feeds need."""
    return Feeding(site.tenant, site.sessions, site.readers, site.seal, clock, url_rules(settings), me())


def workshop(site: OpenSite, clock: Clock = now) -> "Workshop":
    """Return everything that training needs; loads the numeric libraries."""
    from connector.train import Workshop  # noqa: PLC0415 - a second and 120 MiB that `onward sync` does not need

    return Workshop(site.tenant, site.sessions, site.readers, clock, me())
