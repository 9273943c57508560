"""Holding a Source while it is read: its lease, the beats that keep it, and how the work ended."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from connector.errors import BadInput, Busy
from connector.store import leases, sources
from connector.store.heart import Heart
from connector.sync.reading import JOB, Reading, Stopped
from lrs_adapters.base import LRSError


@dataclass(frozen=True, slots=True)
class Hold:
    """The lease of a Source, held for one kind of work; ``left`` is the progress that the last try left."""

    reading: Reading
    kind: str
    left: Mapping[str, Any]

    def beat(self, session: Session, progress: Mapping[str, Any] | None = None) -> None:
        """Lengthen the lease; belongs in the transaction of what is kept.

        Raises
        ------
        Busy
            If another process has taken it: nothing of this transaction may stay.
        """
        one = self.reading
        for kind in _kinds(self.kind):
            told = progress if kind == self.kind else None
            leases.beat(session, one.tenant, kind, one.record.name, one.owner, told)


@contextmanager
def held(reading: Reading, kind: str = JOB) -> Iterator[Hold]:
    """Hold the Source's lease for work of ``kind``; keep how it ended for ``status``.

    Raises
    ------
    Busy
        If another process reads this Source.
    """
    hold = _taken(reading, kind)
    try:
        with Heart(partial(_beat_alone, hold), reading.beat_every):
            yield hold
    except (LRSError, BadInput) as failure:
        _failed(hold, str(failure))
        raise
    except Busy:
        raise
    except (Stopped, KeyboardInterrupt, GeneratorExit):
        _put_down(hold)
        raise
    except Exception as failure:  # kept for `status` before it goes up: nothing may stop a Source unseen
        _failed(hold, f"An error of ours, {type(failure).__name__}: please report it with the log.")
        raise
    _ended(hold)


def _kinds(kind: str) -> tuple[str, ...]:
    return (JOB,) if kind == JOB else (JOB, kind)


def _taken(reading: Reading, kind: str) -> Hold:
    left: dict[str, Any] = {}
    with reading.sessions.begin() as session:
        for one in _kinds(kind):
            left = leases.take(session, reading.tenant, one, reading.record.name, reading.owner, reading.clock())
    return Hold(reading, kind, left)


def _beat_alone(hold: Hold) -> None:
    with hold.reading.sessions.begin() as session:
        hold.beat(session)


def _failed(hold: Hold, sentence: str) -> None:
    """Keep the reason with the work; reading what is new also says it of the Source itself."""
    one = hold.reading
    with one.sessions.begin() as session:
        if hold.kind == JOB:
            sources.failed(session, one.tenant, one.record.id, sentence, one.clock())
        for kind in _kinds(hold.kind):
            error = sentence if kind == hold.kind else ""
            leases.give_back(session, one.tenant, kind, one.record.name, one.owner, one.clock(), error=error)


def _put_down(hold: Hold) -> None:
    one = hold.reading
    with one.sessions.begin() as session:
        for kind in _kinds(hold.kind):
            leases.put_down(session, one.tenant, kind, one.record.name, one.owner, one.clock())


def _ended(hold: Hold) -> None:
    one = hold.reading
    with one.sessions.begin() as session:
        for kind in _kinds(hold.kind):
            leases.give_back(session, one.tenant, kind, one.record.name, one.owner, one.clock())
