"""The worker: reads each LRS and trains, each on its clock; a lease in the database keeps work single.

Each piece of work has a thread of its own, so that an LRS that hangs holds up nobody else. The threads are daemons:
what has not ended soon after the signal is cut off as by kill -9, which loses and doubles nothing.
"""

import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from threading import Event, Thread
from time import monotonic
from typing import Any

import structlog

from connector import clock
from connector.administer.site import OpenSite
from connector.errors import Busy, ConnectorError, NotReady
from connector.settings import Settings
from connector.store import retention, sources
from connector.store.sources import SourceRecord
from connector.store.unavailable import DatabaseUnavailable
from connector.sync import Reading, SyncReport, sync
from connector.wiring_train import reading, workshop
from lrs_adapters.base import LRSError

log = structlog.get_logger()

LONGEST_PAUSE = timedelta(minutes=10)
FORGET_EVERY = timedelta(hours=6)
GRACE = timedelta(seconds=2)


class _Stopped(Exception):
    """The worker was told to stop between two pages."""


@dataclass(slots=True)
class Worker:
    """Keeps one site fresh until it is told to stop."""

    settings: Settings
    site: OpenSite
    stop: Event = field(default_factory=Event)
    only: frozenset[str] = frozenset()
    trains: bool = True
    _readings: dict[str, Reading] = field(default_factory=dict)
    _running: dict[str, Thread] = field(default_factory=dict)
    _due: dict[str, float] = field(default_factory=dict)
    _failures: dict[str, int] = field(default_factory=dict)
    _new_facts: bool = True

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
        for record in known:
            if not self.only or record.name in self.only:
                self._begin(f"sync {record.name}", self.settings.sync_seconds, partial(self._read, record))
        if self.trains:
            self._begin("retention", FORGET_EVERY.total_seconds(), self._forget)
        if self.trains and self._new_facts:
            self._begin("train", self.settings.train_minutes * 60, self._train)

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
            report = sync(self._reading_of(record), self._stop_between_pages)
        except (Busy, _Stopped):
            return
        except (LRSError, ConnectorError) as error:
            self._failed(record, error)
            return
        self._failures.pop(record.name, None)
        self._new_facts = self._new_facts or report.added > 0 or report.voided > 0

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
            raise _Stopped

    def _failed(self, record: SourceRecord, error: Exception) -> None:
        """Double the pause with every failure in a row, up to ten minutes."""
        self._failures[record.name] = self._failures.get(record.name, 0) + 1
        pause = self.settings.sync_seconds * 2 ** min(self._failures[record.name], 10)
        self._due[f"sync {record.name}"] = monotonic() + min(pause, LONGEST_PAUSE.total_seconds())
        log.warning("sync_failed", source=record.name, why=str(error))
        with self.site.sessions.begin() as session:
            sources.failed(session, self.site.tenant, record.id, str(error), clock.now())

    # --- training ------------------------------------------------------------------------------------------------

    def _train(self) -> None:
        from connector.recommend.together import CosineNeighbours  # noqa: PLC0415 - loaded when first needed
        from connector.train import train  # noqa: PLC0415 - loaded when first needed

        self._new_facts = False
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

    # --- retention -----------------------------------------------------------------------------------------------

    def _forget(self) -> None:
        with self.site.sessions.begin() as session:
            gone = retention.forget_old(session, self.site.tenant, clock.now())
        log.info("retention_done", deleted=gone)

    # --- the end -------------------------------------------------------------------------------------------------

    def _end(self) -> None:
        deadline = monotonic() + GRACE.total_seconds()
        for thread in self._running.values():
            thread.join(max(0, deadline - monotonic()))
        if not any(thread.is_alive() for thread in self._running.values()):
            for open_reading in self._readings.values():
                open_reading.source.close()


def _as_configured(record: SourceRecord) -> tuple[Any, ...]:
    return record.id, record.kind, record.url, record.auth_key, record.sealed_secret, record.grain


def run(settings: Settings, site: OpenSite) -> None:
    """Work until SIGTERM or SIGINT."""
    worker = Worker(settings, site)
    _stop_on_signal(worker.stop)
    worker.run()


def follow(settings: Settings, site: OpenSite, names: Sequence[str]) -> None:
    """Go on reading some Sources until SIGTERM or SIGINT; no training."""
    worker = Worker(settings, site, only=frozenset(names), trains=False)
    _stop_on_signal(worker.stop)
    worker.run()


def _stop_on_signal(stop: Event) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
