"""Erasures that came after a backup, done again in what was restored, before anything serves it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from connector.administer import keys, tombstones
from connector.administer.tombstones import KeptTombstone, mark_of
from connector.clock import Clock
from connector.domain import TenantId
from connector.errors import ConnectorError
from connector.privacy import Erasure, PrivacyDesk, erase_again
from connector.store import database, erase, site
from connector.store.erase import Tombstone
from connector.store.seal import Seal


@dataclass(frozen=True, slots=True)
class BeforeRestore:
    """What the present database knows of erasures: tombstones and how many there were, by name of the Tenant."""

    tombstones: Mapping[str, Sequence[Tombstone]] = field(default_factory=dict)
    erasures: Mapping[str, int] = field(default_factory=dict)
    readable: bool = True

    @property
    def count(self) -> int:
        """How many tombstones there are, of all Tenants."""
        return sum(map(len, self.tombstones.values()))


def before_restore(engine: Engine) -> BeforeRestore:
    """Read the tombstones of a database that is about to be replaced; one that is broken or empty has none."""
    try:
        if database.schema_of(engine) is None:
            return BeforeRestore()
        with database.readers_of(engine).begin() as session:
            named = site.names(session)
            found = {name: erase.tombstones(session, tenant) for name, tenant in named.items()}
            return BeforeRestore(found, {name: erase.erasures(session, tenant) for name, tenant in named.items()})
    except (DBAPIError, ConnectorError):
        return BeforeRestore(readable=False)


def rescue(engine: Engine, seal: Seal, before: BeforeRestore, file: Path) -> None:
    """Write the tombstones of the present database to ``file``, so that a restore that breaks off loses none.

    Raises
    ------
    NotReady
        If the site's keys were sealed with another secret key.
    BadInput
        If the file cannot be written.
    """
    with database.readers_of(engine).begin() as session:
        for name, tenant in site.names(session).items():
            found = before.tombstones.get(name, ())
            if found:
                tombstones.append(file, kept_of(name, keys.read_keys(session, tenant, seal).hashing, found))


def file_of(kept: str) -> list[KeptTombstone]:
    """Return the tombstones of the file that the setting names; none where there is no setting or no file yet."""
    return tombstones.read(Path(kept)) if kept and Path(kept).exists() else []


def erase_once_more(
    engine: Engine, seal: Seal, before: BeforeRestore, listed: Sequence[KeptTombstone], clock: Clock
) -> list[Erasure]:
    """Erase in every Tenant of a restored database whom the tombstones name; return what that did, by Tenant.

    Raises
    ------
    NotReady
        If there are tombstones, and the site's keys were sealed with another secret key.
    """
    with database.readers_of(engine).begin() as session:
        named = site.names(session)
        wanted = {tenant: _wanted(session, seal, name, tenant, before, listed) for name, tenant in named.items()}
        desks = {tenant: _desk(session, engine, seal, tenant, clock) for tenant, those in wanted.items() if those}
    done = [erase_again(desk, wanted[tenant]) for tenant, desk in desks.items()]
    with database.sessions_of(engine).begin() as session:
        erase.skip_erasures(session, {named[name]: count for name, count in before.erasures.items() if name in named})
    return done


def _wanted(
    session: Session, seal: Seal, name: str, tenant: TenantId, before: BeforeRestore, listed: Sequence[KeptTombstone]
) -> list[Tombstone]:
    wanted = list(before.tombstones.get(name, ()))
    if any(one.tenant == name for one in listed):
        wanted += tombstones.of_key(listed, name, keys.read_keys(session, tenant, seal).hashing)
    return wanted


def _desk(session: Session, engine: Engine, seal: Seal, tenant: TenantId, clock: Clock) -> PrivacyDesk:
    hashing = keys.read_keys(session, tenant, seal).hashing
    return PrivacyDesk(tenant, database.sessions_of(engine), database.readers_of(engine), seal, hashing, clock)


def kept_of(name: str, hashing_key: bytes, found: Sequence[Tombstone]) -> list[KeptTombstone]:
    """Return tombstones as they go into a file."""
    mark = mark_of(hashing_key)
    return [KeptTombstone(name, mark, one) for one in found]
