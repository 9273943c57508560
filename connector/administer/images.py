"""Images of the catalogue: which may be fetched, when, and what came of it.

The worker does the fetching, one address after another, never within a transaction; pages draw a poster until a Picture
is there. What fails is tried again, later and later, and counted with its reason.
"""

import hmac
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from sqlalchemy.orm import Session, sessionmaker

from connector.administer.finding import Finding, Severity
from connector.clock import Clock
from connector.domain import ItemId, Picture, TenantId
from connector.outside.fetch import FetchFailed
from connector.serve.links import platform_hosts
from connector.store import feeds, images, leases, platforms
from connector.store.images import ImageRecord, NamedImage

log = structlog.get_logger()

JOB: Final = "images"
LONGEST_TURN: Final = timedelta(minutes=10)
LEASE: Final = timedelta(minutes=15)
MOST_A_TURN: Final = 500
MOST_BYTES: Final = 512 * 1024 * 1024
"""Room for the Pictures of a Tenant: over 10,000 of them."""
GOOD_FOR: Final = timedelta(days=30)
"""How long a Picture is shown before its address is asked again."""
FIRST_PAUSE: Final = timedelta(hours=1)
LONGEST_PAUSE: Final = timedelta(days=7)
GIVEN_UP_AFTER: Final = 3
"""Times that a host did not answer after which it is left alone until the next turn."""
SHOWN_REASONS: Final = 5

Draw = Callable[[str], Picture]
"""From an address to its Picture; raises FetchFailed."""


@dataclass(frozen=True, slots=True)
class Imaging:
    """What fetching images needs.

    Parameters
    ----------
    draw : callable
        Fetches an address under the guard, and makes the Picture.
    hosts : frozenset of str
        Hosts that the operator allows besides those of Platforms and feeds.
    key : bytes
        The Tenant's key, with which Pictures are named.
    """

    tenant: TenantId
    sessions: sessionmaker[Session]
    readers: sessionmaker[Session]
    clock: Clock
    draw: Draw
    hosts: frozenset[str]
    key: bytes = field(repr=False)
    owner: str = ""
    room: int = MOST_BYTES


@dataclass(frozen=True, slots=True)
class ImagesReport:
    """What a turn did: addresses fetched well, failed, put off to the next turn, and Pictures no Item names now."""

    fetched: int = 0
    failed: int = 0
    left: int = 0
    forgotten: int = 0


def never() -> bool:
    """Go on to the end."""
    return False


def fetch_images(imaging: Imaging, stop: Callable[[], bool] = never) -> ImagesReport:
    """Fetch what is due, at most 500 addresses and ten minutes long; forget what no Item names any more.

    Raises
    ------
    Busy
        If another process does it now.
    """
    tenant, now = imaging.tenant, imaging.clock()
    with imaging.sessions.begin() as session:
        leases.take(session, tenant, JOB, "", imaging.owner, now, LEASE)
    error = "stopped before its end"
    try:
        report = _turn(imaging, stop)
        error = ""
    finally:
        with imaging.sessions.begin() as session:
            leases.give_back(session, tenant, JOB, "", imaging.owner, imaging.clock(), error=error)
    log.info("images_fetched", fetched=report.fetched, failed=report.failed, left=report.left)
    return report


def _turn(imaging: Imaging, stop: Callable[[], bool]) -> ImagesReport:
    plan = _plan(imaging)
    with imaging.sessions.begin() as session:
        images.forget(session, imaging.tenant, plan.unnamed)
        images.give(session, imaging.tenant, plan.changes)
    end, counts, silent = imaging.clock() + LONGEST_TURN, Counter[str](), Counter[str]()
    for address in plan.due[:MOST_A_TURN]:
        if stop() or imaging.clock() > end:
            break
        counts[_done(imaging, plan, address, silent)] += 1
    left = len(plan.due) - counts["fetched"] - counts["failed"]
    return ImagesReport(counts["fetched"], counts["failed"], left, len(plan.unnamed))


# --- what is to be done ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Address:
    """One address with the Items that name it, and what is known of it."""

    url: str = field(repr=False)
    host: str
    digest: bytes
    items: tuple[ItemId, ...]
    record: ImageRecord | None


@dataclass(slots=True)
class _Plan:
    """What a turn does; ``size`` grows with what it keeps."""

    hosts: frozenset[str]
    due: list[_Address]
    unnamed: set[bytes]
    changes: Mapping[ItemId, str]
    size: int


def _plan(imaging: Imaging) -> _Plan:
    tenant, now = imaging.tenant, imaging.clock()
    with imaging.readers.begin() as session:
        named, known = images.named(session, tenant), images.records(session, tenant)
        hosts = imaging.hosts | hosts_of(session, tenant)
    addresses = _addresses(named, known)
    wanted = {one.digest for one in addresses}
    due = [one for one in addresses if one.record is None or one.record.due_at <= now]
    return _Plan(
        hosts=hosts,
        due=sorted(due, key=lambda one: one.record.due_at.timestamp() if one.record else 0),  # the new ones first
        unnamed=set(known) - wanted,
        changes=_changes(named, known),
        size=sum(record.size for digest, record in known.items() if digest in wanted),
    )


def hosts_of(session: Session, tenant: TenantId) -> frozenset[str]:
    """Return the hosts that a Tenant's images may come from without being asked for: its Platforms' and its feeds'."""
    named = (urlsplit(feed.url).netloc.casefold() for feed in feeds.all_of(session, tenant))
    return platform_hosts(platforms.all_of(session, tenant)) | frozenset(filter(None, named))


def _addresses(named: Collection[NamedImage], known: Mapping[bytes, ImageRecord]) -> list[_Address]:
    items: dict[str, list[ItemId]] = {}
    for one in named:
        if one.url:
            items.setdefault(one.url, []).append(one.item)
    digests = {url: images.digest_of(url) for url in items}
    return [
        _Address(url, host_of(url), digests[url], tuple(those), known.get(digests[url])) for url, those in items.items()
    ]


def _changes(named: Collection[NamedImage], known: Mapping[bytes, ImageRecord]) -> dict[ItemId, str]:
    """Return the Items whose Picture is not the one that is kept of their address."""
    right = {one.item: known[one.digest].key if one.url and one.digest in known else "" for one in named}
    return {one.item: right[one.item] for one in named if one.key != right[one.item]}


def host_of(url: str) -> str:
    """Return the host of an address with its port, "" where it has none."""
    try:
        return urlsplit(url).netloc.casefold()
    except ValueError:
        return ""


# --- one address -------------------------------------------------------------------------------------------------


def _done(imaging: Imaging, plan: _Plan, address: _Address, silent: Counter[str]) -> str:
    """Fetch one address; return what came of it: ``fetched``, ``failed`` or ``left``."""
    if not plan.hosts & {address.host, address.host.rpartition(":")[0] or address.host}:
        _refuse(imaging, address, f"{address.host or 'An address without a host'} is not among the allowed hosts.")
        return "failed"
    if silent[address.host] >= GIVEN_UP_AFTER:
        return "left"
    if plan.size >= imaging.room:
        _put_off(imaging, address, f"The room for pictures, {imaging.room // 1024**2} MiB, is full.")
        return "failed"
    try:
        picture = imaging.draw(address.url)
    except FetchFailed as error:
        silent[address.host] += error.status is None
        _put_off(imaging, address, f"{address.host}: {error}")
        return "failed"
    plan.size += len(picture.small) + len(picture.wide)
    _keep(imaging, address, picture)
    return "fetched"


def _keep(imaging: Imaging, address: _Address, picture: Picture) -> None:
    """Keep a Picture, and let the Items that name its address have it."""
    now, key = imaging.clock(), key_of(picture, imaging.key)
    with imaging.sessions.begin() as session:
        images.keep(session, imaging.tenant, address.digest, key, picture, now, now + GOOD_FOR)
        images.give(session, imaging.tenant, dict.fromkeys(address.items, key))


def key_of(picture: Picture, key: bytes) -> str:
    """Return what pages call a Picture: 128 bits of a keyed digest of it, so that nobody can guess one."""
    content = hmac.digest(key, b"image\0" + picture.small + picture.wide, "sha256")
    return urlsafe_b64encode(content[:16]).rstrip(b"=").decode()


def _refuse(imaging: Imaging, address: _Address, reason: str) -> None:
    """Remember why an address was not asked; it is looked at again at each turn, which costs nothing."""
    if address.record is None or address.record.last_error != reason:
        with imaging.sessions.begin() as session:
            images.failed(session, imaging.tenant, address.digest, 0, reason, imaging.clock())


def _put_off(imaging: Imaging, address: _Address, reason: str) -> None:
    tries = (address.record.tries if address.record else 0) + 1
    with imaging.sessions.begin() as session:
        images.failed(session, imaging.tenant, address.digest, tries, reason, imaging.clock() + pause_after(tries))


def pause_after(tries: int) -> timedelta:
    """Return how long an address is left alone that failed so often in a row: an hour, doubled up to a week."""
    return min(FIRST_PAUSE * (1 << min(tries - 1, 10)), LONGEST_PAUSE)


# --- what is told ------------------------------------------------------------------------------------------------


def told(session: Session, tenant: TenantId) -> dict[str, Any]:
    """Return what ``onward status --json`` says of images."""
    tally = images.tally(session, tenant)
    return {
        "named": tally.named,
        "ready": tally.ready,
        "waiting": tally.waiting,
        "bytes": tally.size,
        "failed": sum(tally.failed.values()),
        "failed_because": dict(tally.failed),
    }


def findings(session: Session, tenant: TenantId) -> list[Finding]:
    """Return what keeps images from being shown; nothing where the catalogue names none."""
    tally = images.tally(session, tenant)
    if not tally.failed:
        return []
    worst = sorted(tally.failed.items(), key=lambda one: (-one[1], one[0]))[:SHOWN_REASONS]
    reasons = " ".join(f"{reason} ({count})" for reason, count in worst)
    return [
        Finding(
            Severity.WARNING,
            "images_failed",
            f"{sum(tally.failed.values())} of {tally.named} images could not be had: {reasons}",
            "`onward images list` names their items; the worker tries again. Allow a host with ONWARD_IMAGE_HOSTS.",
        )
    ]


def failing(session: Session, tenant: TenantId, now: datetime) -> list[dict[str, Any]]:
    """Return the Items whose image could not be had, with why and when it is tried next, by reason and IRI."""
    known = images.records(session, tenant)
    pairs = [(one, known[one.digest]) for one in images.named(session, tenant) if one.url and one.digest in known]
    rows = [
        {
            "item": one.iri,
            "why": record.last_error,
            "tries": record.tries,
            "next_try_at": max(record.due_at, now).isoformat(timespec="minutes"),
        }
        for one, record in pairs
        if record.last_error
    ]
    return sorted(rows, key=lambda row: (str(row["why"]), str(row["item"])))
