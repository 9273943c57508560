"""Pictures of Items: what the worker fetched, by the address in the catalogue, and by the key that pages name.

An address stands here as its digest only; who wants it reads the Item. All of it is a cache.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from connector.domain import Iri, ItemId, Picture, TenantId
from connector.store import described, names, tables
from connector.store.upsert import insert_or_update

WIDTHS = {320: "small", 640: "wide"}
"""Pixels to the column that holds a Picture of that width."""
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class NamedImage:
    """What an Item says of its image: the address in the catalogue, the key of the Picture that it has now."""

    item: ItemId
    iri: Iri
    url: str = field(repr=False)
    key: str

    @property
    def digest(self) -> bytes:
        """Under what the Picture is kept."""
        return digest_of(self.url)


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """What is kept of one address, without the Picture itself; ``key`` is "" while there is none.

    ``tries`` counts those without a good end in a row, ``size`` the bytes of the Picture. ``due_at`` is when it is
    fetched next.
    """

    key: str
    size: int
    tries: int
    last_error: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """How many addresses the catalogue names, of how many there is a Picture, how many wait, and why others lack.

    ``failed`` maps a reason to how many addresses it is true of; one may have an older Picture all the same.
    """

    named: int
    ready: int
    waiting: int
    size: int
    failed: Mapping[str, int]


def digest_of(url: str) -> bytes:
    """Return under what the Picture of an address is kept."""
    return sha256(url.encode(errors="surrogatepass")).digest()


def named(session: Session, tenant: TenantId) -> list[NamedImage]:
    """Return the Items that name an image, or have a Picture still."""
    table = tables.item
    query = select(table.c.id, table.c.iri, table.c.image_url, table.c.image).where(
        table.c.tenant_id == tenant, or_(table.c.image_url != "", table.c.image != "")
    )
    return [NamedImage(ItemId(row[0]), Iri(row[1]), row[2], row[3]) for row in session.execute(query.order_by("id"))]


def records(session: Session, tenant: TenantId) -> dict[bytes, ImageRecord]:
    """Return what is kept, by the address's digest."""
    table = tables.image
    columns = (table.c[name] for name in ("url_digest", "key", "size", "tries", "last_error", "due_at"))
    rows = session.execute(select(*columns).where(table.c.tenant_id == tenant))
    return {bytes(row[0]): ImageRecord(*row[1:]) for row in rows}


def keep(
    session: Session, tenant: TenantId, digest: bytes, key: str, picture: Picture, now: datetime, due_at: datetime
) -> None:
    """Keep the Picture of an address, in the place of an older one."""
    values = {
        "key": key,
        "small": picture.small,
        "wide": picture.wide,
        "size": len(picture.small) + len(picture.wide),
        "fetched_at": now,
        "due_at": due_at,
        "tries": 0,
        "last_error": "",
    }
    _put(session, tenant, digest, values)


def failed(session: Session, tenant: TenantId, digest: bytes, tries: int, reason: str, due_at: datetime) -> None:
    """Remember why an address gave no Picture; one that is here stays."""
    _put(session, tenant, digest, {"tries": tries, "last_error": reason[:LONGEST_REASON], "due_at": due_at})


def _put(session: Session, tenant: TenantId, digest: bytes, values: Mapping[str, Any]) -> None:
    row = {"tenant_id": tenant, "url_digest": digest, **values}
    insert_or_update(session, tables.image, [row], key=("tenant_id", "url_digest"), change=tuple(values))


def forget(session: Session, tenant: TenantId, digests: Collection[bytes]) -> int:
    """Remove what is kept of addresses; return how many there were."""
    table = tables.image
    for some in names.chunks(sorted(digests)):
        session.execute(delete(table).where(table.c.tenant_id == tenant, table.c.url_digest.in_(some)))
    return len(digests)


def give(session: Session, tenant: TenantId, keys: Mapping[ItemId, str]) -> None:
    """Let Items have these Pictures from the next page on; "" takes theirs away."""
    described.change(session, tenant, {item: {"image": key} for item, key in keys.items()})


def wait_no_longer(session: Session, tenant: TenantId, now: datetime) -> None:
    """Let everything that failed be fetched at the next turn."""
    table = tables.image
    session.execute(update(table).where(table.c.tenant_id == tenant, table.c.last_error != "").values(due_at=now))


def tally(session: Session, tenant: TenantId) -> Tally:
    """Count what the catalogue names and what is kept of it."""
    item = tables.item
    addresses = select(func.count(item.c.image_url.distinct())).where(
        item.c.tenant_id == tenant, item.c.image_url != ""
    )
    kept = records(session, tenant).values()
    reasons = sorted(one.last_error for one in kept if one.last_error)
    known = session.scalar(addresses) or 0
    return Tally(
        named=known,
        ready=sum(1 for one in kept if one.key),
        waiting=max(known - len(kept), 0),
        size=sum(one.size for one in kept),
        failed={reason: reasons.count(reason) for reason in dict.fromkeys(reasons)},
    )


@dataclass(frozen=True, slots=True)
class Pictures:
    """Gives pages their Pictures.

    Parameters
    ----------
    readers : sessionmaker
        Sessions that only read.
    """

    readers: sessionmaker[Session]

    def find(self, key: str, width: int) -> bytes | None:
        """Return the WebP of a key, 320 or 640 pixels wide; None where there is none.

        A key is a digest that is keyed by its Tenant: who has it has seen a page with it.
        """
        table = tables.image
        query = select(table.c[WIDTHS[width]]).where(table.c.key == key, table.c.key != "").limit(1)
        with self.readers.begin() as session:
            found = session.scalar(query)
        return bytes(found) if found is not None else None
