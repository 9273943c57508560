"""The console's objects, from the settings and what the web process stands on already."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from flask import request

from connector.administer.accounts import accounts_of
from connector.administer.first_run import FirstRuns
from connector.administer.lamps import Lamps
from connector.administer.opening import PROBING, opener_of
from connector.administer.setup_audit import SetupAudit
from connector.administer.signing_in import Doorkeeper, Tries
from connector.administer.site import OpenSite
from connector.administer.tickets import Tickets
from connector.clock import Clock
from connector.domain import PlatformId
from connector.outside.by_hand import HttpAddresses
from connector.outside.urls import check_url
from connector.settings import Settings
from connector.store import leases, platforms
from connector.web.console.address import AddressStep
from connector.web.console.connection import connection_of
from connector.web.console.door import Door
from connector.web.console.first import FirstStep
from connector.web.console.lms import LmsStep
from connector.web.console.lrs import LrsStep
from connector.web.console.matching import MatchingStep
from connector.web.console.ready import ReadyStep
from connector.web.console.rooms import Console
from connector.web.console.sampling import Sampling
from connector.web.console.steps import ORDER, Step
from connector.wiring_web import WebParts, url_rules


def console_parts(settings: Settings, parts: WebParts) -> Console:
    """Build the console of the first Tenant."""
    site, clock = parts.site, parts.pages.clock
    lamps = _lamps(settings, site, clock)
    sampling = Sampling(site.tenant, parts.pages, clock, lambda: _place(site))
    return Console(
        accounts=accounts_of(site, settings.public_url, clock),
        doorkeeper=_doorkeeper(site, clock),
        lamps=lamps,
        audit=SetupAudit(site.tenant, site.sessions, clock),
        steps=steps(settings, parts, lamps, sampling),
        door=Door(settings.origin()),
        look=parts.look,
        sample=sampling.page,
    )


def steps(settings: Settings, parts: WebParts, lamps: Lamps, sampling: Sampling) -> tuple[Step, ...]:
    """Return the steps of the setup room, in their order."""
    site, clock = parts.site, parts.pages.clock
    built: tuple[Step, ...] = (
        AddressStep(
            settings.origin(),
            settings.trusted_proxies,
            lambda: connection_of(request),
            clock,
            lambda: _database_time(site),
        ),
        LmsStep(site, clock, parts.registrations.tool, HttpAddresses(url_rules(settings))),
        LrsStep(site, clock, opener_of(site.seal, url_rules(settings), PROBING), _check(settings)),
        MatchingStep(site, clock),
        FirstStep(FirstRuns(site.tenant, site.sessions, site.readers, clock, _pause(settings)), clock),
        ReadyStep(lamps, sampling.rows),
    )
    return tuple(sorted(built, key=lambda step: ORDER.index(step.key)))


def _check(settings: Settings) -> Callable[[str], None]:
    return partial(check_url, rules=url_rules(settings))


def _lamps(settings: Settings, site: OpenSite, clock: Clock) -> Lamps:
    late = timedelta(minutes=settings.late_minutes)
    return Lamps(site.tenant, site.readers, clock, settings.hosts(), late, _pause(settings))


def _doorkeeper(site: OpenSite, clock: Clock) -> Doorkeeper:
    tickets = Tickets(site.tenant, site.sessions, site.readers, clock)
    return Doorkeeper(site.tenant, site.sessions, site.readers, clock, Tries.counted_by(clock), tickets)


def _pause(settings: Settings) -> timedelta:
    return timedelta(seconds=settings.sync_seconds)


def _database_time(site: OpenSite) -> datetime:
    with site.readers.begin() as session:
        return leases.database_time(session)


@dataclass(frozen=True, slots=True)
class _Place:
    platform: PlatformId
    name: str
    deployment: str


def _place(site: OpenSite) -> _Place | None:
    """Return the first LMS that may launch, one that has launched before all others, with a Deployment of its."""
    with site.readers.begin() as session:
        active = [one for one in platforms.all_of(session, site.tenant) if one.active]
        active.sort(key=lambda one: one.launched_at is None)
        if not active:
            return None
        known = platforms.deployments(session, active[0])
    admitted = [name for name, state in known.items() if state == "approved"]
    return _Place(active[0].id, active[0].name, admitted[0] if admitted else "")
