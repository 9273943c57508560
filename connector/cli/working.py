"""The worker of all tenants: one beside the other in one process, each as if it were alone."""

from dataclasses import dataclass, field
from threading import Event, Thread

import structlog

from connector.administer.site import OpenSite, site_on
from connector.errors import NotReady, UnknownName
from connector.settings import Settings
from connector.store import site as stored
from connector.store.unavailable import DatabaseUnavailable
from connector.worker import GRACE, Worker, stop_on_signal

log = structlog.get_logger()
LOOK_EVERY = 5.0
"""Seconds until a tenant that was added is worked for, and one that was removed is let go."""


@dataclass(slots=True)
class Crew:
    """A Worker for each Tenant, in a thread of its own; more than one for a Tenant never, in any process."""

    settings: Settings
    first: OpenSite
    stop: Event = field(default_factory=Event)
    _working: dict[str, tuple[Worker, Thread]] = field(default_factory=dict)

    def run(self, look_every: float = LOOK_EVERY) -> None:
        """Work until ``stop`` is set; looks for tenants that came or went every so many seconds."""
        while not self.stop.is_set():
            try:
                self._match()
            except DatabaseUnavailable as error:
                log.warning("worker_waits", what="tenants", why=type(error).__name__)
            self.stop.wait(look_every)
        for name in list(self._working):
            self._working[name][0].stop.set()
        for _, thread in self._working.values():
            thread.join(2 * GRACE.total_seconds())

    def _match(self) -> None:
        with self.first.readers.begin() as session:
            names = stored.names(session)
        for name in self._working.keys() - names.keys():
            self._working.pop(name)[0].stop.set()
        for name in names.keys() - self._working.keys():
            self._begin(name)

    def _begin(self, name: str) -> None:
        try:
            worker = Worker(self.settings, site_on(self.first.engine, self.first.seal, name))
        except (NotReady, UnknownName):  # it is being made, or removed
            return
        thread = Thread(target=worker.run, name=f"tenant {name}", daemon=True)
        self._working[name] = worker, thread
        thread.start()


def work_for_all(settings: Settings, first: OpenSite) -> None:
    """Work for every tenant until SIGTERM or SIGINT."""
    crew = Crew(settings, first)
    stop_on_signal(crew.stop)
    crew.run()
