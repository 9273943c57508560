"""Settings to objects, for the light process: it serves pages and never loads the numeric libraries."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy.exc import DatabaseError

from connector.administer.site import OpenSite, open_site
from connector.clock import Clock, now
from connector.feedback import Feedback
from connector.launch import Launches
from connector.lti.dynamic import Tool
from connector.lti.keys import public_jwk_set
from connector.lti.ports import KeySource
from connector.lti.visit import SessionKey
from connector.match import Hash
from connector.outside.jwks import JwksKeySource
from connector.outside.registration import HttpPlatforms
from connector.outside.urls import DEVELOPMENT, PRODUCTION, UrlRules, guarded_session
from connector.receive import Receive
from connector.register import Registrations
from connector.serve import Serve, Shelves
from connector.settings import Settings
from connector.statements.identity import hash_identifier
from connector.statements.interpret import Interpreter
from connector.statements.items import Grain
from connector.store import platforms, sources
from connector.store.unavailable import DatabaseUnavailable
from connector.web.look import Look
from connector.web.page import Pages
from widgets.view import AboutView, Theme

KEEP_ITEMS = timedelta(seconds=30)
"""How old titles and links of Items on a page may be; whether they may be shown is never old."""


REMEMBERED_BY_PUSH = 1_000
"""Actors and objects that each process remembers for a Source; a push brings few, and memory is every process's."""


def url_rules(settings: Settings) -> UrlRules:
    """Return which addresses outside may be asked."""
    return DEVELOPMENT if settings.development else PRODUCTION


@dataclass(frozen=True, slots=True)
class WebParts:
    """Everything the web application is made of."""

    site: OpenSite
    launches: Launches
    pages: Pages
    look: Look
    jwks: Callable[[], dict[str, list[dict[str, str]]]]
    missing: Callable[[], list[str]]
    receive: Receive
    registrations: Registrations


def web_parts(settings: Settings, clock: Clock = now, keys: KeySource | None = None) -> WebParts:
    """Build the light process from the settings; raises NotReady with everything that is missing."""
    site = open_site(settings.database(), settings.key())
    look = _look(settings, site)
    pages = Pages(
        serve=Serve(
            site.readers,
            clock,
            settings.hosts(),
            timedelta(minutes=settings.late_minutes),
            Shelves(KEEP_ITEMS, clock),
        ),
        feedback=Feedback(site.sessions, clock),
        key=SessionKey(site.keys.session),
        clock=clock,
        look=look,
    )
    hashing: dict[int, Hash] = {site.tenant: partial(hash_identifier, site.keys.hashing)}
    rules = url_rules(settings)
    launches = Launches(
        sessions=site.sessions,
        readers=site.readers,
        seal=site.seal,
        keys=keys or JwksKeySource(guarded_session(rules), rules, clock),
        clock=clock,
        launch_url=f"{settings.origin()}/lti/launch",
        hash_of=hashing,
    )
    jwks = partial(public_jwk_set, site.keys.signing)
    return WebParts(
        site,
        launches,
        pages,
        look,
        jwks,
        partial(_missing, site),
        receiving(site, clock),
        registering(site, clock, settings.origin(), rules),
    )


def registering(site: OpenSite, clock: Clock, origin: str, rules: UrlRules) -> Registrations:
    """Return everything that a dynamic registration needs."""
    return Registrations(
        sessions=site.sessions,
        readers=site.readers,
        clock=clock,
        platforms=HttpPlatforms(rules),
        tool=Tool(f"{origin}/lti/login", f"{origin}/lti/launch", f"{origin}/lti/jwks"),
    )


def receiving(site: OpenSite, clock: Clock) -> Receive:
    """Return everything that taking in pushes needs."""

    def interpreter(grain: str) -> Interpreter:
        return Interpreter(site.keys.hashing, Grain(grain), remember=REMEMBERED_BY_PUSH)

    return Receive(
        tenant=site.tenant,
        sessions=site.sessions,
        readers=site.readers,
        seal=site.seal,
        hash_key=site.keys.hashing,
        interpret=interpreter,
        clock=clock,
    )


def _look(settings: Settings, site: OpenSite) -> Look:
    with site.readers.begin() as session:
        names = tuple(source.name for source in sources.all_of(session, site.tenant))
    return Look(Theme(settings.theme), settings.demo, AboutView(sources=names))


def _missing(site: OpenSite) -> list[str]:
    """Return a sentence for each thing without which no learner sees a Row."""
    try:
        with site.readers.begin() as session:
            has_platform = any(one.active for one in platforms.all_of(session, site.tenant))
            has_source = bool(sources.all_of(session, site.tenant))
    except (*DatabaseUnavailable, DatabaseError):
        return ["The database cannot be reached."]
    lacking = {
        "No platform is registered: `onward platform add`.": not has_platform,
        "No LRS is connected: `onward source add`.": not has_source,
    }
    return [sentence for sentence, lacks in lacking.items() if lacks]
