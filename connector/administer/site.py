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
    """A site that is set up: what every command, the server and the worker stand on."""

    engine: Engine
    sessions: sessionmaker[Session]
    readers: sessionmaker[Session]
    seal: Seal
    tenant: TenantId
    keys: SiteKeys


def open_site(database_url: str, secret_key: str) -> OpenSite:
    """Open a site.

    Raises
    ------
    WrongSchema
        When the database is empty or of another version.
    NotReady
        When ``onward init`` did not run, or with another key.
    """
    engine = database.create_engine(database_url)
    try:
        return _opened(engine, Seal(secret_key))
    except BaseException:
        engine.dispose()
        raise


def _opened(engine: Engine, seal: Seal) -> OpenSite:
    database.require_schema(engine)
    readers = database.readers_of(engine)
    with readers.begin() as session:
        tenant = site.tenant(session)
        opened = keys.read_keys(session, tenant, seal)
    return OpenSite(engine, database.sessions_of(engine), readers, seal, tenant, opened)


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
        tenant = site.add_tenant(session, site.FIRST_TENANT, clock())
    return made + [f"{name} key" for name in keys.make_keys(sessions, tenant, seal, clock)]
