"""Settings to objects, for the heavy process: it reads LRSs and trains."""

from typing import TYPE_CHECKING

from connector.administer.images import Imaging
from connector.administer.opening import PROBING, opener_of
from connector.administer.site import OpenSite
from connector.administer.sources import Open
from connector.catalog.feeds import Feeding
from connector.clock import Clock, now
from connector.outside.urls import DEVELOPMENT, PRODUCTION, UrlRules
from connector.settings import Settings
from connector.statements.interpret import Interpreter
from connector.statements.items import Grain
from connector.store.leases import me
from connector.store.sources import SourceRecord
from connector.sync import Reading
from lrs_adapters.transport import Patience

if TYPE_CHECKING:
    from connector.train import Workshop


__all__ = ["PROBING", "feeding", "imaging", "opener", "reading", "url_rules", "workshop"]


def url_rules(settings: Settings) -> UrlRules:
    """Return which addresses outside may be asked."""
    return DEVELOPMENT if settings.development else PRODUCTION


def opener(settings: Settings, site: OpenSite, patience: Patience | None = None) -> Open:
    """Return what opens a Source: its secret unsealed, each address checked before it is asked."""
    return opener_of(site.seal, url_rules(settings), patience)


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


def imaging(settings: Settings, site: OpenSite, clock: Clock = now) -> Imaging:
    """Return everything that the catalogue's images need; loads Pillow."""
    from connector.outside.images import HttpImages  # noqa: PLC0415 - only here, for what the web process never needs

    return Imaging(
        tenant=site.tenant,
        sessions=site.sessions,
        readers=site.readers,
        clock=clock,
        draw=HttpImages(url_rules(settings)).picture,
        hosts=settings.images_from(),
        key=site.keys.hashing,
        owner=me(),
    )


def workshop(site: OpenSite, clock: Clock = now) -> "Workshop":
    """Return everything that training needs; loads the numeric libraries."""
    from connector.train import Workshop  # noqa: PLC0415 - a second and 120 MiB that `onward sync` does not need

    return Workshop(site.tenant, site.sessions, site.readers, clock, me())
