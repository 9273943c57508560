"""Is everything well? One lamp for each part, each with one sentence and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session, sessionmaker

from connector.administer.doctor import LOWEST_MATCH_RATE, OLD_MODEL
from connector.administer.first_run import is_overdue
from connector.clock import Clock
from connector.domain import ItemStatus, Model, TenantId
from connector.serve import platform_hosts, with_start_link
from connector.store import events, feeds, items, learners, leases, models, platforms, served, sources
from connector.store.learners import Matching
from connector.store.leases import JobRecord
from connector.store.served import LaunchSeen, Served
from connector.store.sources import SourceRecord
from connector.sync import JOB

DAY = timedelta(days=1)


class Light(StrEnum):
    """What a lamp shows; ``off`` is neither good nor bad: there is nothing to look at yet."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Lamp:
    """One part: how it is, in a sentence, and what to do next ("" when nothing is); ``step`` is where ("" for none)."""

    key: str
    name: str
    light: Light
    sentence: str
    next_action: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True)
class Lamps:
    """The lamps of one site.

    Parameters
    ----------
    hosts : frozenset of str
        Hosts, besides those of Platforms, whose Activity IRIs may be start links.
    late_after : timedelta
        After this long without a successful read an LRS is behind.
    pause : timedelta
        How often the worker reads each LRS.
    """

    tenant: TenantId
    readers: sessionmaker[Session]
    clock: Clock
    hosts: frozenset[str]
    late_after: timedelta
    pause: timedelta

    def all(self) -> list[Lamp]:
        """Look at everything, in one snapshot."""
        now, tenant = self.clock(), self.tenant
        with self.readers.begin() as session:
            known = [one for one in sources.all_of(session, tenant) if one.active]
            refused = events.audit_counts(session, tenant, "launch_refused", now - DAY)
            work = {job.scope: job for job in leases.jobs(session, tenant) if job.kind == JOB}
            return [
                lms_lamp(served.launches(session, tenant), sum(refused.values())),
                lrs_lamp(known, now, self.late_after),
                worker_lamp([work.get(one.name) for one in known], now, self.pause),
                match_lamp(learners.matching(session, tenant)),
                self._catalogue(session),
                model_lamp(models.current(session, tenant), now),
                rows_lamp(served.served(session, tenant, now - DAY)),
            ]

    def until_shown(self) -> dict[str, Lamp]:
        """Look at what a learner's first Row hangs on, by key: ``lms``, ``model``, ``rows``; three small queries."""
        now, tenant = self.clock(), self.tenant
        with self.readers.begin() as session:
            seen = [
                lms_lamp(served.launches(session, tenant), 0),
                model_lamp(models.current(session, tenant), now),
                rows_lamp(served.served(session, tenant, now - DAY)),
            ]
        return {lamp.key: lamp for lamp in seen}

    def _catalogue(self, session: Session) -> Lamp:
        allowed = self.hosts | platform_hosts(platforms.all_of(session, self.tenant))
        known = [one for one in items.all_of(session, self.tenant).values() if one.status is ItemStatus.SHOWN]
        usable = sum(1 for one in known if with_start_link(one, allowed).url)
        failed = [one.name for one in feeds.all_of(session, self.tenant) if one.active and one.last_error]
        return catalogue_lamp(usable, len(known), failed)


def lms_lamp(seen: Sequence[LaunchSeen], refused: int) -> Lamp:
    """Say whether an LMS is registered, and whether it launches."""
    if not seen:
        return _lms(Light.ERROR, "No learning platform is registered.", "Register your learning platform.")
    launched = [one for one in seen if one.at is not None]
    if not launched:
        waiting = f"{_names([one.platform for one in seen])} is registered, and nobody has opened the tool there yet."
        return _lms(Light.WARNING, waiting, "Open the tool once from a course.")
    last = max(launched, key=lambda one: one.at.timestamp() if one.at else 0)
    sentence = f"Last opened from {last.platform}, {_when(last.at)}."
    if refused:
        more = f"{sentence} {refused} logins or launches were refused in the last day."
        return _lms(Light.WARNING, more, "Run `onward doctor`: it says with which codes, and what each means.")
    return _lms(Light.OK, sentence)


def _lms(light: Light, sentence: str, next_action: str = "") -> Lamp:
    return Lamp("lms", "Learning platform", light, sentence, next_action, "lms")


def lrs_lamp(known: Sequence[SourceRecord], now: datetime, late_after: timedelta) -> Lamp:
    """Say how fresh the Statements are; the worst LRS speaks."""
    if not known:
        return _lrs(Light.ERROR, "No Learning Record Store is connected.", "Connect your LRS.")
    return min((_source_lamp(one, now, late_after) for one in known), key=lambda lamp: _WORST.index(lamp.light))


_WORST = (Light.ERROR, Light.WARNING, Light.OFF, Light.OK)


def _source_lamp(one: SourceRecord, now: datetime, late_after: timedelta) -> Lamp:
    if one.last_error:
        return _lrs(Light.ERROR, f"{one.name} could not be read: {one.last_error}", "Mend that, then test it here.")
    if one.last_success_at is None:
        return _lrs(Light.WARNING, f"{one.name} was not read to its end yet.", "Read it now.", "first")
    if now - one.last_success_at > late_after:
        when = _when(one.last_success_at)
        return _lrs(Light.WARNING, f"{one.name} was last read {when}.", "Start `onward worker` on the server.", "first")
    return _lrs(Light.OK, f"{one.name} was read {_when(one.last_success_at)}.")


def _lrs(light: Light, sentence: str, next_action: str = "", step: str = "lrs") -> Lamp:
    return Lamp("lrs", "Learning records", light, sentence, next_action, step)


def worker_lamp(work: Sequence[JobRecord | None], now: datetime, pause: timedelta) -> Lamp:
    """Say whether a worker runs, by what should have begun and has not."""
    begun = [job.started_at for job in work if job is not None and job.started_at is not None]
    if any(is_overdue(job, now, pause) for job in work):
        since = f"; the last work began {_when(max(begun))}" if begun else ""
        return _worker(Light.ERROR, f"No worker seems to run{since}.", "Start `onward worker` on the server.")
    if not begun:
        return _worker(Light.OFF, "No work has begun yet.", "Ask for the first read.")
    return _worker(Light.OK, f"The last work began {_when(max(begun))}.")


def _worker(light: Light, sentence: str, next_action: str = "") -> Lamp:
    return Lamp("worker", "Worker", light, sentence, next_action, "first")


def match_lamp(matching: Matching) -> Lamp:
    """Say how many who launched are known to the Statements."""
    if matching.rate is None:
        return _match(Light.OFF, "Nobody was counted yet: nobody has opened the tool.")
    sentence = f"{matching.matched} of {matching.launched} people who opened the tool have learning records."
    if matching.rate < LOWEST_MATCH_RATE:
        return _match(Light.ERROR, sentence, "Look which rule would match more of them.")
    return _match(Light.OK, sentence)


def _match(light: Light, sentence: str, next_action: str = "") -> Lamp:
    return Lamp("matching", "Matching", light, sentence, next_action, "matching")


def catalogue_lamp(usable: int, known: int, failed: Sequence[str]) -> Lamp:
    """Say how much of what people learn can be recommended."""
    sentence = f"{usable} of {known} items have a title and a start link, and can be recommended."
    if failed:
        return _catalogue(Light.WARNING, f"The feed {failed[0]} could not be read. {sentence}", _MEND_FEED)
    if not known:
        return _catalogue(Light.OFF, "No item is known yet: they come with the first read.")
    if not usable:
        return _catalogue(Light.ERROR, sentence, _GIVE_LINKS)
    return _catalogue(Light.WARNING if usable * 2 < known else Light.OK, sentence, _GIVE_LINKS * (usable * 2 < known))


_MEND_FEED = "Run `onward catalog refresh` on the server: it says why."
_GIVE_LINKS = "Import a catalogue (`onward catalog import`), or allow their host with ONWARD_ALLOWED_HOSTS."


def _catalogue(light: Light, sentence: str, next_action: str = "") -> Lamp:
    return Lamp("catalogue", "Catalogue", light, sentence, next_action)


def model_lamp(model: Model | None, now: datetime) -> Lamp:
    """Say how old what is recommended from is."""
    if model is None:
        return _model(Light.ERROR, "Nothing was learned from the records yet.", "Train for the first time.")
    sentence = f"Model {model.version} was trained {_when(model.trained_at)}, from {model.learners} learners."
    if now - model.trained_at > OLD_MODEL:
        return _model(Light.WARNING, sentence, "Train again; the worker does so by itself while it runs.")
    return _model(Light.OK, sentence)


def _model(light: Light, sentence: str, next_action: str = "") -> Lamp:
    return Lamp("model", "Model", light, sentence, next_action, "first")


def rows_lamp(lately: Served) -> Lamp:
    """Say whether learners see Rows."""
    if not lately.pages:
        return _rows(Light.OFF, "No learner has opened the page in the last day.", "Place it where learners pass by.")
    sentence = f"{lately.with_rows} of {lately.pages} pages of the last day showed a row."
    if lately.with_rows * 2 < lately.pages:
        return _rows(Light.ERROR, sentence, "Look at the lamps above: a page is empty when one of them is not well.")
    return _rows(Light.OK, sentence)


def _rows(light: Light, sentence: str, next_action: str = "") -> Lamp:
    return Lamp("rows", "Rows served", light, sentence, next_action, "page" if light is Light.OFF else "")


def _names(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + f" and {names[-1]}"


def _when(moment: datetime | None) -> str:
    return f"on {moment:%Y-%m-%d} at {moment:%H:%M} UTC" if moment else "never"
