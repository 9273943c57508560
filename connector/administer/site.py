"""Opening a site: database, schema, Tenant and seal, from plain values."""

from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from connector.administer import keys
from connector.administer.keys import SiteKeys
from connector.clock import Clock
from connector.domain import TenantId
from connector.store import database, site
from connector.store.seal import Seal


@dataclass(frozen=True, slots=True)
class OpenSite:
    """A site that is set up, of one Tenant: what every command and the worker stand on."""

    engine: Engine
    sessions: sessionmaker[Session]
    readers: sessionmaker[Session]
    seal: Seal
    tenant: TenantId
    keys: SiteKeys
    name: str = site.FIRST_TENANT


def open_site(database_url: str, secret_key: str, tenant: str = "") -> OpenSite:
    """Open the site of one Tenant; without a name, of the first (or only) one.

    Raises
    ------
    WrongSchema
        When the database is empty or of another version.
    NotReady
        When ``onward init`` did not run, or with another key.
    UnknownName
        When there is no such Tenant.
    """
    engine = database.create_engine(database_url)
    try:
        database.require_schema(engine)
        return site_on(engine, Seal(secret_key), tenant)
    except BaseException:
        engine.dispose()
        raise


def site_on(engine: Engine, seal: Seal, tenant: str = "") -> OpenSite:
    """Return the site of a Tenant on an engine that is open; raises as ``open_site``."""
    readers = database.readers_of(engine)
    with readers.begin() as session:
        name = tenant or site.default_tenant(session)
        number = site.tenant(session, name)
        opened = keys.read_keys(session, number, seal)
    return OpenSite(engine, database.sessions_of(engine), readers, seal, number, opened, name)


def init_site(database_url: str, secret_key: str, clock: Clock) -> list[str]:
    """Bring the database to this version, make the Tenant and the keys that are missing; return what was made."""
    engine = database.create_engine(database_url)
    try:
        return _made(engine, Seal(secret_key), clock)
    finally:
        engine.dispose()


def _made(engine: Engine, seal: Seal, clock: Clock) -> list[str]:
    made = [] if database.schema_of(engine) == database.newest_schema() else ["database schema"]
    database.upgrade(engine)
    sessions = database.sessions_of(engine)
    with sessions.begin() as session:
        tenant = site.add_tenant(session, site.default_tenant(session), clock())
    return made + [f"{name} key" for name in keys.make_keys(sessions, tenant, seal, clock)]
