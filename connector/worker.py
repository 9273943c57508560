"""The worker: reads each LRS and trains, each on its clock; a lease in the database keeps work single.

Each piece of work has a thread of its own, so that an LRS that hangs holds up nobody else. The threads are daemons:
what has not ended soon after the signal is cut off as by kill -9, which loses and doubles nothing.
"""

import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Thread
from time import monotonic
from typing import Any

import structlog

from connector import clock
from connector.administer.images import fetch_images
from connector.administer.site import OpenSite
from connector.catalog.feeds import refresh_all
from connector.errors import Busy, ConnectorError, NotReady
from connector.match import apply_rules
from connector.settings import Settings
from connector.store import leases, retention, sources
from connector.store.sources import SourceRecord
from connector.store.unavailable import DatabaseUnavailable
from connector.sync import JOB, RECONCILE, Reading, Stopped, SyncReport, comparing_is_due, furthest, reconcile, sync
from connector.wiring_train import feeding, imaging, reading, workshop
from lrs_adapters.base import LRSError, LRSRefused, LRSUnavailable

log = structlog.get_logger()

LONGEST_PAUSE = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=24)
"""What an LRS may ask for by Retry-After."""
COMPARED_DAYS = (1, 2, 7, 30)
"""How many days back a day is compared with the LRS: four times, later and later."""
COMPARE_AGAIN_AFTER = timedelta(hours=1)
FORGET_EVERY = timedelta(hours=6)
GRACE = timedelta(seconds=2)


@dataclass(slots=True)
class Worker:
    """Keeps one site fresh until it is told to stop."""

    settings: Settings
    site: OpenSite
    stop: Event = field(default_factory=Event)
    only: frozenset[str] = frozenset()
    trains: bool = True
    _readings: dict[str, Reading] = field(default_factory=dict)
    _configured: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    _running: dict[str, Thread] = field(default_factory=dict)
    _due: dict[str, float] = field(default_factory=dict)
    _failures: dict[str, int] = field(default_factory=dict)
    _asked: dict[str, datetime] = field(default_factory=dict)
    _new_facts: bool = True
    _last_push: datetime | None = None

    def run(self) -> None:
        """Work until ``stop`` is set; errors are logged, kept for ``status``, and never end the worker."""
        log.info("worker_started", sync_seconds=self.settings.sync_seconds)
        while not self.stop.is_set():
            self._guarded("look", self._begin_what_is_due)
            self.stop.wait(0.5)
        self._end()

    def _begin_what_is_due(self) -> None:
        with self.site.readers.begin() as session:
            known = [one for one in sources.all_of(session, self.site.tenant) if one.active]
            asked = leases.asked(session, self.site.tenant, JOB, clock.now())
        self._notice_pushes(known)
        for record in known:
            if not self.only or record.name in self.only:
                self._notice_change(record)
                self._notice_asked(record, asked.get(record.name))
                self._begin(f"sync {record.name}", self.settings.sync_seconds, partial(self._read, record))
        if self.trains:
            self._begin("retention", FORGET_EVERY.total_seconds(), self._forget)
            self._begin("catalog", self.settings.catalog_minutes * 60, self._refresh_catalog)
            self._begin("images", self.settings.catalog_minutes * 60, self._fetch_images)
        if self.trains and (self._new_facts or self._asked_to_train()):
            self._begin("train", self.settings.train_minutes * 60, self._train)

    def _notice_pushes(self, known: Sequence[SourceRecord]) -> None:
        """Let what was pushed be learned from: a read that comes later brings nothing new of it."""
        last = max((one.last_push_at for one in known if one.last_push_at is not None), default=None)
        if last != self._last_push:
            self._last_push, self._new_facts = last, True

    def _asked_to_train(self) -> bool:
        """Look whether a training was asked for, as an erasure does; then it does not wait for its turn."""
        with self.site.readers.begin() as session:
            asked = leases.is_asked(session, self.site.tenant, "train", "")
        if asked and not self._new_facts:
            self._new_facts = True
            self._due.pop("train", None)
        return asked

    def _notice_change(self, record: SourceRecord) -> None:
        """Let a Source that its operator has changed be read at once, however often it failed before."""
        configured = _as_configured(record)
        if self._configured.get(record.name) != configured:
            self._configured[record.name] = configured
            self._failures.pop(record.name, None)
            self._due.pop(f"sync {record.name}", None)

    def _notice_asked(self, record: SourceRecord, since: datetime | None) -> None:
        """Let a read that somebody asked for begin at once; each time of asking counts once."""
        if since is not None and self._asked.get(record.name) != since:
            self._asked[record.name] = since
            self._due.pop(f"sync {record.name}", None)

    def _begin(self, what: str, pause: float, work: Callable[[], None]) -> None:
        """Begin ``work`` when it is due and not still being done."""
        running = self._running.get(what)
        if monotonic() < self._due.get(what, 0) or (running is not None and running.is_alive()):
            return
        self._due[what] = monotonic() + pause
        self._running[what] = Thread(target=self._guarded, args=(what, work), name=what, daemon=True)
        self._running[what].start()

    def _guarded(self, what: str, work: Callable[[], None]) -> None:
        try:
            work()
        except DatabaseUnavailable as error:
            log.warning("worker_waits", what=what, why=type(error).__name__)
            self.stop.wait(5)
        except Exception:
            log.exception("worker_failed", what=what)

    # --- reading -------------------------------------------------------------------------------------------------

    def _read(self, record: SourceRecord) -> None:
        try:
            one = self._reading_of(record)
            report = sync(one, self._stop_between_pages)
        except (Busy, Stopped):
            return
        except (LRSError, ConnectorError) as error:
            self._failed(record, error)
            return
        self._failures.pop(record.name, None)
        self._new_facts = self._new_facts or report.added > 0 or report.voided > 0
        self._compare(one)

    def _reading_of(self, record: SourceRecord) -> Reading:
        """Return the open Source, opened anew when its operator has changed it."""
        known = self._readings.get(record.name)
        if known is None or _as_configured(known.record) != _as_configured(record):
            if known is not None:
                known.source.close()
            known = self._readings[record.name] = reading(self.settings, self.site, record)
        return known

    def _stop_between_pages(self, _report: SyncReport) -> None:
        if self.stop.is_set():
            raise Stopped

    def _failed(self, record: SourceRecord, error: Exception) -> None:
        """Keep why, and when the next try is; the pause grows with every failure in a row."""
        self._failures[record.name] = failures = self._failures.get(record.name, 0) + 1
        pause = pause_after(error, failures, timedelta(seconds=self.settings.sync_seconds))
        log.warning("sync_failed", source=record.name, why=str(error))
        with self.site.sessions.begin() as session:
            sources.failed(session, self.site.tenant, record.id, str(error), clock.now())
        self._put_off(JOB, record.name, pause)

    def _put_off(self, kind: str, name: str, pause: timedelta) -> None:
        self._due[f"{kind} {name}"] = monotonic() + pause.total_seconds()
        with self.site.sessions.begin() as session:
            leases.ask(session, self.site.tenant, kind, name, clock.now() + pause)

    # --- comparing -----------------------------------------------------------------------------------------------

    def _compare(self, one: Reading) -> None:
        """Compare one day of a round with the LRS; the next one after the next read, so that nothing new waits long."""
        name, every = one.record.name, timedelta(hours=self.settings.reconcile_hours)
        if not every or monotonic() < self._due.get(f"{RECONCILE} {name}", 0) or not comparing_is_due(one, every):
            return
        try:
            back = [days for days in COMPARED_DAYS if days <= furthest(one)]
            report = reconcile(one, back, self._stop_between_pages, at_most=1)
        except (Busy, Stopped):
            return
        except (LRSError, ConnectorError) as error:
            log.warning("reconcile_failed", source=name, why=str(error))
            self._put_off(RECONCILE, name, COMPARE_AGAIN_AFTER)
            return
        self._new_facts = self._new_facts or report.repaired > 0

    # --- training ------------------------------------------------------------------------------------------------

    def _train(self) -> None:
        from connector.recommend.together import CosineNeighbours  # noqa: PLC0415 - loaded when first needed
        from connector.train import train  # noqa: PLC0415 - loaded when first needed

        self._new_facts = False
        apply_rules(self.site.tenant, self.site.sessions, self.site.readers, clock.now)
        try:
            train(workshop(self.site), CosineNeighbours())
        except NotReady as error:
            self._due.pop("train", None)  # the first completion is worth a training at once
            log.info("train_skipped", why=str(error))
        except Busy as error:
            self._new_facts = True
            log.info("train_skipped", why=str(error))
        except DatabaseUnavailable:
            self._new_facts = True
            raise

    # --- the catalogue -------------------------------------------------------------------------------------------

    def _refresh_catalog(self) -> None:
        """Read every feed; errors are kept with the feed and logged there."""
        refresh_all(feeding(self.settings, self.site))
        self._due.pop("images", None)  # what the feeds have just named

    def _fetch_images(self) -> None:
        """Fetch the catalogue's images that are due; more than a turn's worth goes on at once."""
        try:
            report = fetch_images(imaging(self.settings, self.site), self.stop.is_set)
        except Busy as error:
            log.info("images_skipped", why=str(error))
            return
        if report.left and report.fetched:
            self._due.pop("images", None)

    # --- retention -----------------------------------------------------------------------------------------------

    def _forget(self) -> None:
        more, gone = True, dict[str, int]()
        while more and not self.stop.is_set():  # each batch in a transaction of its own: others write in between
            with self.site.sessions.begin() as session:
                some = retention.forget_old(session, self.site.tenant, clock.now())
                more = retention.has_more(session, self.site.tenant, some)
            gone = {table: gone.get(table, 0) + rows for table, rows in some.items()}
        log.info("retention_done", deleted=gone)

    # --- the end -------------------------------------------------------------------------------------------------

    def _end(self) -> None:
        deadline = monotonic() + GRACE.total_seconds()
        for thread in self._running.values():
            thread.join(max(0, deadline - monotonic()))
        for name, open_reading in self._readings.items():
            if not self._running[f"sync {name}"].is_alive():
                open_reading.source.close()


def _as_configured(record: SourceRecord) -> tuple[Any, ...]:
    """Return what a Source is read by; what reading it leaves in its record is not among that."""
    credentials = record.auth_kind, record.auth_key, record.sealed_secret
    return record.id, record.kind, record.url, credentials, record.options, record.grain, record.time_field


def pause_after(error: Exception, failures: int, usual: timedelta) -> timedelta:
    """Return how long a Source is left alone after so many failures in a row (1 is the first).

    Double with each failure, up to ten minutes; at once ten minutes where a person has to act first; never sooner than
    the LRS asked for.
    """
    if isinstance(error, LRSRefused):
        return LONGEST_PAUSE
    asked = error.wait if isinstance(error, LRSUnavailable) and error.wait else timedelta()
    return max(min(usual * (1 << min(failures, 10)), LONGEST_PAUSE), min(asked, LONGEST_WAIT))


def run(settings: Settings, site: OpenSite) -> None:
    """Work until SIGTERM or SIGINT."""
    worker = Worker(settings, site)
    stop_on_signal(worker.stop)
    worker.run()


def follow(settings: Settings, site: OpenSite, names: Sequence[str]) -> None:
    """Go on reading some Sources until SIGTERM or SIGINT; no training."""
    worker = Worker(settings, site, only=frozenset(names), trains=False)
    stop_on_signal(worker.stop)
    worker.run()


def stop_on_signal(stop: Event) -> None:
    """Set ``stop`` at SIGTERM or SIGINT."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
