"""Settings to objects, for the light process: it serves pages and never loads the numeric libraries."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy.exc import DatabaseError

from connector.administer.keyring import Keyring
from connector.administer.site import OpenSite, open_site
from connector.administer.tickets import Tickets
from connector.clock import Clock, now
from connector.domain import TenantId
from connector.feedback import Feedback
from connector.launch import Launches
from connector.lti.dynamic import tool_at
from connector.lti.limits import launch_limits
from connector.lti.ports import KeySource
from connector.outside.jwks import JwksKeySource
from connector.outside.registration import HttpPlatforms
from connector.outside.urls import DEVELOPMENT, PRODUCTION, UrlRules, guarded_session
from connector.receive import Receive
from connector.register import Registrations
from connector.serve import Admission, Serve, Shelves
from connector.serve.choosing import Choosing
from connector.settings import Settings
from connector.statements.interpret import Interpreter
from connector.statements.items import Grain
from connector.store import platforms, site, sources
from connector.store.unavailable import DatabaseUnavailable
from connector.web.deep_linking import Chooser
from connector.web.look import Look
from connector.web.page import Pages
from widgets.view import AboutView, Theme

REMEMBERED_BY_PUSH = 1_000
"""Actors and objects that each process remembers for a Source; a push brings few, and memory is every process's."""


def url_rules(settings: Settings) -> UrlRules:
    """Return which addresses outside may be asked."""
    return DEVELOPMENT if settings.development else PRODUCTION


@dataclass(frozen=True, slots=True)
class WebParts:
    """Everything the web application is made of; it serves all Tenants, ``site`` is the first one's."""

    site: OpenSite
    keyring: Keyring
    launches: Launches
    pages: Pages
    look: Look
    jwks: Callable[[], dict[str, list[dict[str, str]]]]
    missing: Callable[[], list[str]]
    receive: Receive
    registrations: Registrations
    chooser: Chooser


def web_parts(settings: Settings, clock: Clock = now, keys: KeySource | None = None) -> WebParts:
    """Build the light process from the settings; raises NotReady with everything that is missing."""
    opened = open_site(settings.database(), settings.key())
    keyring = Keyring(opened.readers, opened.seal, clock)
    look = Look(Theme(settings.theme), settings.demo, AboutView())
    rules = url_rules(settings)
    key_source = keys or JwksKeySource(guarded_session(rules), rules, clock)
    return WebParts(
        opened,
        keyring,
        _launches(settings, opened, keyring, clock, key_source),
        _pages(settings, opened, keyring, clock, look),
        look,
        keyring.jwks,
        partial(_missing, opened),
        receiving(opened, keyring, clock),
        registering(opened, clock, settings.origin(), rules),
        Chooser(Choosing(opened.readers, keyring, clock, _launch_url(settings)), look),
    )


def _launch_url(settings: Settings) -> str:
    return f"{settings.origin()}/lti/launch"


def _launches(settings: Settings, opened: OpenSite, keyring: Keyring, clock: Clock, keys: KeySource) -> Launches:
    return Launches(
        sessions=opened.sessions,
        readers=opened.readers,
        seal=opened.seal,
        keys=keys,
        clock=clock,
        launch_url=_launch_url(settings),
        hash_of=keyring.hash_of,
        limits=launch_limits(clock, settings.refusals_a_minute, settings.open_logins),
    )


def _pages(settings: Settings, opened: OpenSite, keyring: Keyring, clock: Clock, look: Look) -> Pages:
    late = timedelta(minutes=settings.late_minutes)
    return Pages(
        serve=Serve(opened.readers, clock, settings.hosts(), late, Shelves()),
        feedback=Feedback(opened.sessions, clock),
        keys=keyring,
        ticket=Tickets(opened.tenant, opened.sessions, opened.readers, clock).of_launch,
        admission=Admission(opened.readers),
        clock=clock,
        look=look,
    )


def registering(site: OpenSite, clock: Clock, origin: str, rules: UrlRules) -> Registrations:
    """Return everything that a dynamic registration needs."""
    return Registrations(
        sessions=site.sessions,
        readers=site.readers,
        clock=clock,
        platforms=HttpPlatforms(rules),
        tool=tool_at(origin),
    )


def receiving(site: OpenSite, keyring: Keyring, clock: Clock) -> Receive:
    """Return everything that taking in pushes needs, whosever they are."""

    def interpreter(tenant: TenantId, grain: str) -> Interpreter:
        return Interpreter(keyring.of(tenant).hashing, Grain(grain), remember=REMEMBERED_BY_PUSH)

    return Receive(
        sessions=site.sessions,
        readers=site.readers,
        seal=site.seal,
        hash_key=keyring.hashing_key,
        interpret=interpreter,
        clock=clock,
    )


def _missing(opened: OpenSite) -> list[str]:
    """Return a sentence for each thing without which no learner of any Tenant sees a Row."""
    try:
        with opened.readers.begin() as session:
            tenants = site.all_tenants(session)
            has_platform = any(one.active for tenant in tenants for one in platforms.all_of(session, tenant))
            has_source = any(sources.all_of(session, tenant) for tenant in tenants)
    except (*DatabaseUnavailable, DatabaseError):
        return ["The database cannot be reached."]
    lacking = {
        "No platform is registered: `onward platform add`.": not has_platform,
        "No LRS is connected: `onward source add`.": not has_source,
    }
    return [sentence for sentence, lacks in lacking.items() if lacks]
