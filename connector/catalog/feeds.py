"""Feeds: a catalogue that an LMS keeps, asked for again and again.

A feed says something only when it changes: what it brought last time is remembered as marks, so that a file imported
since then stands until the LMS says something new. Whether a course is visible and open is written at every refresh.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from sqlalchemy.orm import Session, sessionmaker

from connector.catalog.cells import LONGEST, SEPARATOR
from connector.catalog.entries import UNKNOWN_LANGUAGE, CatalogEntry
from connector.catalog.importing import BATCH
from connector.catalog.taking import Taken, take
from connector.clock import Clock
from connector.domain import ItemText, TenantId
from connector.errors import BadInput, ConnectorError
from connector.outside.fetch import FetchFailed
from connector.outside.moodle import Moodle, MoodleCourse
from connector.outside.urls import UrlRules
from connector.statements.iris import fold_item, page_of
from connector.store import described, feeds, leases
from connector.store.feeds import FeedRecord
from connector.store.names import chunks
from connector.store.seal import Seal

log = structlog.get_logger()

JOB: Final = "catalog"
LONGEST_REFRESH: Final = timedelta(minutes=15)
LONGEST_NAME: Final = 80
KINDS: Final = ("moodle",)
IGNORED: Final = "ignored"
"""The value of the options ``enrolment`` and ``dates`` where a site does not keep them."""
_MARK: Final = 8


@dataclass(frozen=True, slots=True)
class NewFeed:
    """What an operator says of a feed; ``options`` may hold ``language``, ``enrolment`` and ``dates``."""

    name: str
    kind: str
    url: str
    token: str = field(repr=False)
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Feeding:
    """What feeds need: the Tenant, sessions, the seal of tokens, the time, which addresses may be asked, who works."""

    tenant: TenantId
    sessions: sessionmaker[Session]
    readers: sessionmaker[Session]
    seal: Seal
    clock: Clock
    rules: UrlRules
    owner: str


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """What a refresh brought: courses listed, of them hidden, those no longer listed, and what changed here."""

    courses: int
    hidden: int
    gone: int
    changes: Taken


def connect(new: NewFeed, feeding: Feeding) -> RefreshReport:
    """Try a feed, and if it answers keep it under its name and take in what it lists; a known name is changed.

    Raises
    ------
    BadInput
        If name or address cannot be used.
    MoodleRefused, FetchFailed
        If it does not answer with courses; then nothing is kept.
    """
    name, url = new.name.strip(), new.url.strip().rstrip("/")
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadInput(f"A feed needs a name of at most {LONGEST_NAME} characters.")
    if not page_of(url) or urlsplit(url).query or urlsplit(url).fragment:
        raise BadInput("The address must be that of the site's front page, such as https://moodle.example.edu.")
    courses = _listed(Moodle(url, new.token, feeding.rules))
    values: dict[str, Any] = {
        "name": name,
        "kind": new.kind,
        "url": url,
        "sealed_token": feeding.seal.close(new.token.encode()),
        "options": dict(new.options),
    }
    with feeding.sessions.begin() as session:
        leases.take(session, feeding.tenant, JOB, name, feeding.owner, feeding.clock(), LONGEST_REFRESH)
        known = {one.name: one for one in feeds.all_of(session, feeding.tenant)}.get(name)
        if known is not None and known.url == url:
            values["options"] = {"marks": known.options.get("marks", {}), **new.options}
        record = feeds.put(session, feeding.tenant, values, feeding.clock())
    return _under_lease(record, feeding, courses)


def refresh(name: str, feeding: Feeding) -> RefreshReport:
    """Ask one feed for its courses and take in what changed.

    Raises
    ------
    UnknownName
        If there is none of that name.
    Busy
        If another process asks it now.
    MoodleRefused, FetchFailed
        If it does not answer with courses; the error is kept with the feed.
    """
    with feeding.sessions.begin() as session:
        record = feeds.by_name(session, feeding.tenant, name)
        leases.take(session, feeding.tenant, JOB, name, feeding.owner, feeding.clock(), LONGEST_REFRESH)
    return _under_lease(record, feeding, None)


def refresh_all(feeding: Feeding) -> dict[str, RefreshReport | ConnectorError]:
    """Refresh every active feed; one that fails keeps none of the others from it. Return what came of each."""
    with feeding.readers.begin() as session:
        known = [one.name for one in feeds.all_of(session, feeding.tenant) if one.active]
    outcomes: dict[str, RefreshReport | ConnectorError] = {}
    for name in known:
        try:
            outcomes[name] = refresh(name, feeding)
        except ConnectorError as error:
            outcomes[name] = error
    return outcomes


def disconnect(name: str, tenant: TenantId, sessions: sessionmaker[Session]) -> int:
    """Forget a feed and its token; its Items stay. Return how many stay hidden as it last said; raises UnknownName."""
    with sessions.begin() as session:
        return feeds.remove(session, tenant, name)


# --- one refresh -------------------------------------------------------------------------------------------------


def _under_lease(record: FeedRecord, feeding: Feeding, courses: list[MoodleCourse] | None) -> RefreshReport:
    """Refresh under a lease that is held, and give it back with the error if there was one."""
    error = "stopped before its end"
    try:
        report = _refreshed(record, feeding, _listed(_opened(record, feeding)) if courses is None else courses)
        error = ""
    except ConnectorError as failure:
        error = str(failure)
        log.warning("feed_failed", feed=record.name, why=error)
        raise
    finally:
        with feeding.sessions.begin() as session:
            leases.give_back(session, feeding.tenant, JOB, record.name, feeding.owner, feeding.clock(), error=error)
            if error:
                feeds.failed(session, feeding.tenant, record, error, feeding.clock())
    log.info("feed_refreshed", feed=record.name, courses=report.courses, hidden=report.hidden, gone=report.gone)
    return report


def _opened(record: FeedRecord, feeding: Feeding) -> Moodle:
    token = feeding.seal.open(record.sealed_token or b"").decode()
    return Moodle(record.url, token, feeding.rules)


def _listed(moodle: Moodle) -> list[MoodleCourse]:
    courses = moodle.courses()
    if not courses:
        raise FetchFailed("Moodle lists no course: let the token's user see courses. Nothing was changed.")
    return courses


def _refreshed(record: FeedRecord, feeding: Feeding, courses: Sequence[MoodleCourse]) -> RefreshReport:
    """Write what is new in batches; the marks last, so that a refresh that was cut off is done again."""
    marks = record.options.get("marks", {})
    said = {course.id: _said(course, record) for course in courses}
    entries = [_entry(course, record, said[course.id], marks.get(str(course.id), "")) for course in courses]
    changes = Taken()
    for some in chunks(entries, BATCH):
        with feeding.sessions.begin() as session:
            changes += take(session, feeding.tenant, some, feeding.clock())
    new_marks = {str(number): "".join(map(_mark, what.values())) for number, what in said.items()}
    with feeding.sessions.begin() as session:
        gone = _hide_the_gone(session, feeding, record, {entry.iri for entry in entries})
        feeds.succeeded(session, feeding.tenant, record, {**record.options, "marks": new_marks}, feeding.clock())
    return RefreshReport(len(courses), sum(not course.visible for course in courses), gone, changes)


def _hide_the_gone(session: Session, feeding: Feeding, record: FeedRecord, listed: Iterable[str]) -> int:
    """Hide the courses of this site that are no longer listed, also those that only Statements knew; delete none."""
    beginning = fold_item(_page(record.url, 1))[:-1]
    its = described.under(session, feeding.tenant, beginning, record.name)
    gone = [one.id for one in its if one.columns["visible"] and one.iri not in listed]
    now = {"visible": False, "feed": record.name, "catalog_at": feeding.clock()}
    described.change(session, feeding.tenant, dict.fromkeys(gone, now))
    return len(gone)


# --- one course --------------------------------------------------------------------------------------------------


def _page(url: str, number: int) -> str:
    return f"{url}/course/view.php?id={number}"


def _said(course: MoodleCourse, record: FeedRecord) -> dict[str, Any]:
    """Return what the feed says of a course that a file may say otherwise."""
    dated = record.options.get("dates") != IGNORED
    tag = course.language or str(record.options.get("language") or UNKNOWN_LANGUAGE)
    topic = course.category.replace(SEPARATOR, "/")[: LONGEST["topics"]]
    text = ItemText(tag[: LONGEST["language"]], course.title[: LONGEST["title"]], course.summary[: LONGEST["summary"]])
    return {
        "texts": (text,) if course.title else (),
        "url": _page(record.url, course.id),
        "language": text.language if text.language != UNKNOWN_LANGUAGE else "",
        "topics": [topic] if topic else [],
        "image_url": course.image_url if len(course.image_url) <= LONGEST["image_url"] else "",
        "starts_at": course.starts_at if dated else None,
        "ends_at": course.ends_at if dated else None,
    }


def _entry(course: MoodleCourse, record: FeedRecord, said: Mapping[str, Any], marks: str) -> CatalogEntry:
    """Return what is new of a course, with what is always said; an empty word is news only where there was another."""
    old = [marks[place : place + _MARK] for place in range(0, len(marks), _MARK)] or [""] * len(said)
    news = {
        name: value
        for (name, value), mark in zip(said.items(), old, strict=False)
        if _mark(value) != mark and (value or mark)
    }
    texts = news.pop("texts", ())
    page = _page(record.url, course.id)
    return CatalogEntry(fold_item(page), page, news | _always(course, record), texts)


def _always(course: MoodleCourse, record: FeedRecord) -> dict[str, Any]:
    said: dict[str, Any] = {"feed": record.name, "visible": course.visible}
    if record.options.get("enrolment") == IGNORED:
        return said | {"enrolable": True}
    return said if course.enrolable is None else said | {"enrolable": course.enrolable}


def _mark(value: Any) -> str:
    return sha256(repr(value).encode()).hexdigest()[:_MARK]
