"""The worker: reads each LRS and trains, each on its clock; a lease in the database keeps work single."""

import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event
from time import monotonic

import structlog

from connector.administer.site import OpenSite
from connector.clock import now
from connector.errors import Busy, ConnectorError, NotReady
from connector.settings import Settings
from connector.store import retention, sources
from connector.store.unavailable import DatabaseUnavailable
from connector.sync import Reading, sync
from connector.wiring_train import reading, workshop
from lrs_adapters.base import LRSError

log = structlog.get_logger()

LONGEST_PAUSE = timedelta(minutes=10)
FORGET_EVERY = timedelta(hours=6)


@dataclass(slots=True)
class Worker:
    """Keeps one site fresh until it is told to stop."""

    settings: Settings
    site: OpenSite
    stop: Event = field(default_factory=Event)
    only: frozenset[str] = frozenset()
    trains: bool = True
    _readings: dict[str, Reading] = field(default_factory=dict)
    _due: dict[str, float] = field(default_factory=dict)
    _failures: dict[str, int] = field(default_factory=dict)
    _new_facts: bool = True

    def run(self) -> None:
        """Work until ``stop`` is set; errors are logged, kept for ``status``, and never end the worker."""
        log.info("worker_started", sync_seconds=self.settings.sync_seconds)
        while not self.stop.is_set():
            self._guarded("sources", self._read_all)
            if self.trains:
                self._guarded("train", self._train_if_due)
                self._guarded("retention", self._forget_if_due)
            self.stop.wait(0.5)
        for open_reading in self._readings.values():
            open_reading.source.close()

    def _guarded(self, what: str, work: Callable[[], None]) -> None:
        try:
            work()
        except DatabaseUnavailable as error:
            log.warning("worker_waits", what=what, why=type(error).__name__)
            self.stop.wait(5)

    def _is_due(self, what: str, pause: float) -> bool:
        if monotonic() < self._due.get(what, 0):
            return False
        self._due[what] = monotonic() + pause
        return True

    def _read_all(self) -> None:
        with self.site.readers.begin() as session:
            known = [one for one in sources.all_of(session, self.site.tenant) if one.active]
        for record in known:
            if self.only and record.name not in self.only:
                continue
            if self._is_due(f"sync {record.name}", self.settings.sync_seconds) and not self.stop.is_set():
                if record.name not in self._readings:
                    self._readings[record.name] = reading(self.settings, self.site, record)
                self._read(self._readings[record.name])

    def _read(self, one: Reading) -> None:
        name = one.record.name
        try:
            report = sync(one)
        except Busy:
            return
        except (LRSError, ConnectorError) as error:
            self._failures[name] = self._failures.get(name, 0) + 1
            self._postpone(name)
            log.warning("sync_failed", source=name, why=str(error))
            return
        self._failures.pop(name, None)
        self._new_facts = self._new_facts or report.added > 0 or report.voided > 0

    def _postpone(self, name: str) -> None:
        """Double the pause with every failure in a row, up to ten minutes."""
        pause = self.settings.sync_seconds * 2 ** min(self._failures[name], 10)
        self._due[f"sync {name}"] = monotonic() + min(pause, LONGEST_PAUSE.total_seconds())

    def _train_if_due(self) -> None:
        if not self._new_facts or not self._is_due("train", self.settings.train_minutes * 60):
            return
        from connector.recommend.together import CosineNeighbours  # noqa: PLC0415 - loaded when first needed
        from connector.train import train  # noqa: PLC0415 - loaded when first needed

        try:
            train(workshop(self.site), CosineNeighbours())
        except (Busy, NotReady) as error:
            log.info("train_skipped", why=str(error))
            return
        self._new_facts = False

    def _forget_if_due(self) -> None:
        if self._is_due("retention", FORGET_EVERY.total_seconds()):
            with self.site.sessions.begin() as session:
                gone = retention.forget_old(session, self.site.tenant, now())
            log.info("retention_done", **gone)


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
