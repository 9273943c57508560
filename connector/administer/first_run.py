"""The first sync and training: asked for here, done by the worker; how far they are is read from the job table."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from connector.administer.account import Account, account
from connector.clock import Clock
from connector.domain import Model, TenantId
from connector.errors import NotReady
from connector.store import events, leases, models, sources
from connector.store.leases import JobRecord
from connector.store.sources import SourceRecord
from connector.sync import JOB

TRAIN = "train"
STARTS_WITHIN = timedelta(seconds=15)
"""A worker looks for what was asked every half second; this long is in doubt for nobody."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the reads of one Source stand; ``progress`` as ``connector.sync.Progress.as_json`` keeps it."""

    name: str
    state: str
    progress: Mapping[str, Any]
    last_success_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class FirstRun:
    """How the first sync and training stand.

    ``worker_missing`` is true where something should have begun and nothing has; ``told`` is None where it
    was not counted.
    """

    readings: tuple[Reading, ...]
    training: JobRecord | None
    model: Model | None
    worker_missing: bool
    told: Account | None = None

    @property
    def is_read(self) -> bool:
        """Whether every Source was read to its end at least once."""
        return bool(self.readings) and all(one.last_success_at is not None for one in self.readings)

    @property
    def is_done(self) -> bool:
        """Whether everything was read, and something was learned from it."""
        return self.is_read and self.model is not None

    @property
    def runs(self) -> bool:
        """Whether something is being done now."""
        trains = self.training is not None and self.training.state == "running"
        return trains or any(one.state == "running" for one in self.readings)


@dataclass(frozen=True, slots=True)
class FirstRuns:
    """Asks for work, and says how far it is.

    Parameters
    ----------
    pause : timedelta
        How often the worker reads each LRS.
    """

    tenant: TenantId
    sessions: sessionmaker[Session]
    readers: sessionmaker[Session]
    clock: Clock
    pause: timedelta

    def ask(self) -> int:
        """Ask the worker to read every LRS and to train, now; return how many LRSs.

        Raises
        ------
        NotReady
            If no LRS is connected.
        """
        now = self.clock()
        with self.sessions.begin() as session:
            known = [one for one in sources.all_of(session, self.tenant) if one.active]
            if not known:
                raise NotReady("No LRS is connected: connect one first.")
            for one in known:
                leases.ask(session, self.tenant, JOB, one.name, now)
            leases.ask(session, self.tenant, TRAIN, "", now)
            events.audit(session, self.tenant, "work_asked", "", {"sources": len(known)}, now)
        return len(known)

    def counted(self) -> FirstRun:
        """Return how the work stands; once all is done, with what became of every Statement."""
        run = self.standing()
        if not run.is_done or run.runs:
            return run
        with self.readers.begin() as session:
            return replace(run, told=account(session, self.tenant))

    def standing(self) -> FirstRun:
        """Return how the work stands, without counting Statements."""
        with self.readers.begin() as session:
            known = [one for one in sources.all_of(session, self.tenant) if one.active]
            work = {(job.kind, job.scope): job for job in leases.jobs(session, self.tenant)}
            model = models.current(session, self.tenant)
        reads = {one.name: work.get((JOB, one.name)) for one in known}
        training = work.get((TRAIN, ""))
        late = any(is_overdue(job, self.clock(), self.pause) for job in reads.values())
        return FirstRun(
            tuple(_reading(one, reads[one.name]) for one in known),
            training,
            model,
            late and not any(job.state == "running" for job in work.values()),
        )


def is_overdue(job: JobRecord | None, now: datetime, pause: timedelta) -> bool:
    """Tell whether a worker that runs would have begun this work by now.

    It was asked for and has not begun; or the pause after it last began is over, and a minute more.
    """
    if job is None or job.state == "running":
        return False
    if job.started_at is None or job.due_at > job.started_at:
        return now - job.due_at > STARTS_WITHIN
    ended = max(job.started_at, job.finished_at or job.started_at)
    return now - ended > pause + timedelta(minutes=1)


def _reading(one: SourceRecord, job: JobRecord | None) -> Reading:
    return Reading(
        one.name,
        job.state if job else "waiting",
        dict(job.progress or {}) if job else {},
        one.last_success_at,
        one.last_error,
    )
