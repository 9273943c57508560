"""The step "first sync and training": asked for by a button, done by the worker, shown from the job table."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from werkzeug.datastructures import MultiDict

from connector.administer.account import Account
from connector.administer.first_run import FirstRun, FirstRuns, Reading
from connector.clock import Clock
from connector.errors import UnknownName
from connector.store.leases import JobRecord
from connector.web.console.steps import Asked, Shown, Stage, Standing, Went, Wrong
from widgets.console.rooms import FirstView, LampView, ReadingView

LOOKS_EVERY = 3
TEMPLATE = "console_first.html"


@dataclass(frozen=True, slots=True)
class FirstStep:
    """Asks for the work, and shows how far it is."""

    runs: FirstRuns
    clock: Clock
    key: str = "first"
    title: str = "First sync"

    def standing(self) -> Standing:
        """Return how far it is, in one sentence."""
        return standing_of(self.runs.standing())

    def view(self, asked: Asked, given: Mapping[str, str], errors: Mapping[str, str]) -> Shown:  # noqa: ARG002 - a step's signature
        """Show each LRS with its progress, the training, and what became of every Statement."""
        if asked.page:
            raise UnknownName("There is no such page.")
        run, now = self.runs.counted(), self.clock()
        done = run.is_done
        view = FirstView(
            readings=tuple(reading_view(one, now) for one in run.readings),
            training=training_lamp(run) if run.readings else None,
            worker_missing=run.worker_missing,
            can_ask=bool(run.readings) and not run.runs,
            label="Read and train again" if done else "Read and train now",
            results=results_of(run.told) if run.told else (),
            more=reasons_of(run.told) if run.told else (),
        )
        return Shown(TEMPLATE, view, refresh=0 if done and not run.runs else LOOKS_EVERY)

    def submit(self, asked: Asked, form: MultiDict[str, str]) -> Went | Shown | Wrong:  # noqa: ARG002 - a step's signature
        """Ask the worker to read and train."""
        count = self.runs.ask()
        told = "one LRS is" if count == 1 else f"{count} LRSs are"
        return Went(f"Asked for: {told} read, then the training begins.", told={"sources": count})


def standing_of(run: FirstRun) -> Standing:
    """Return how far reading and training are."""
    if not run.readings:
        return Standing(Stage.BLOCKED, "No LRS is connected yet.", "Connect your LRS first.")
    trouble = _trouble(run)
    if trouble is not None:
        return trouble
    if run.is_done and run.model is not None:
        return Standing(Stage.DONE, f"Everything was read, and model {run.model.version} was trained.")
    if run.runs:
        return Standing(Stage.WAITING, "The worker is at it; you can leave this page.")
    read = "Everything was read; nothing was trained yet." if run.is_read else "The records were not read yet."
    return Standing(Stage.CURRENT, read, "Read and train now.")


def _trouble(run: FirstRun) -> Standing | None:
    if run.worker_missing:
        return Standing(Stage.CURRENT, "No worker runs.", "Start `onward worker` on the server.")
    failed = [one for one in run.readings if one.error]
    if not failed:
        return None
    return Standing(Stage.CURRENT, f"{failed[0].name} could not be read: {failed[0].error}", "Mend that first.")


def reading_view(one: Reading, now: datetime) -> ReadingView:
    """Return one LRS's progress: numbers that were measured, estimates that say "about"."""
    if one.error and one.state != "running":
        return ReadingView(one.name, "error", one.error)
    if one.state == "running":
        share = one.progress.get("share")
        percent = round(share * 100) if isinstance(share, float | int) else None
        return ReadingView(one.name, "waiting", progress_words(one.progress, now), percent)
    if one.last_success_at is not None:
        return ReadingView(one.name, "ok", f"read to its end, last at {one.last_success_at:%H:%M:%S} UTC")
    return ReadingView(one.name, "off", "not read yet")


def progress_words(progress: Mapping[str, object], now: datetime) -> str:
    """Return how far a read is; what cannot be known is left out."""
    parts = [f"{_number(progress.get('read')):,} statements read", f"{_number(progress.get('per_second')):,} a second"]
    if isinstance(share := progress.get("share"), float | int):
        parts.append(f"about {share:.0%} of the time span")
    if isinstance(ends := progress.get("ends_at"), str):
        parts.append(f"about {_long(datetime.fromisoformat(ends) - now)} left")
    return ", ".join(parts)


def _number(value: object) -> int:
    return round(value) if isinstance(value, int | float) else 0


def _long(time: timedelta) -> str:
    minutes = max(round(time / timedelta(minutes=1)), 1)
    if minutes >= 120:  # noqa: PLR2004 - two hours
        return f"{round(minutes / 60)} hours"
    return "a minute" if minutes == 1 else f"{minutes} minutes"


def training_lamp(run: FirstRun) -> LampView:
    """Say how the training stands."""
    job, model = run.training, run.model
    if job is not None and job.state == "running":
        return LampView("Training", "waiting", "It trains now.")
    if job is not None and job.state in {"failed", "stopped"}:
        return LampView("Training", "error", _failure(job))
    if model is None:
        return LampView("Training", "off", "It begins by itself when something was read.")
    learned = f"{model.interactions:,} completions of {model.items:,} items by {model.learners:,} learners"
    return LampView("Training", "ok", f"Model {model.version} was learned from {learned}.")


def _failure(job: JobRecord) -> str:
    return job.last_error or "The last training was stopped before its end; the worker tries again."


def results_of(told: Account) -> tuple[tuple[str, str, str], ...]:
    """Return what became of every Statement; the numbers add up to what was read."""
    if not told.seen and not told.quarantined:
        return ()
    aside = sum(told.quarantined.values())
    return (
        ("Read", f"{told.seen + aside:,}", "statements, each counted once"),
        ("Kept", f"{told.kept:,}", "they say what somebody began, went on with or completed"),
        ("Ignored", f"{told.ignored.total():,}", "they say nothing that a recommendation could use"),
        ("Voided", f"{told.voided:,}", "the LRS took them back"),
        ("Set aside", f"{aside:,}", "they could not be read; `onward status` names one of each kind"),
    )


def reasons_of(told: Account) -> tuple[tuple[str, str, str], ...]:
    """Return why Statements are ignored or were set aside, the most frequent first."""
    ignored = [(_words(reason), number, "ignored") for reason, number in Counter(told.ignored).most_common()]
    aside = [(_words(reason), number, "set aside") for reason, number in Counter(told.quarantined).most_common()]
    return tuple((reason, f"{number:,}", became) for reason, number, became in (*ignored, *aside))


def _words(reason: str) -> str:
    return reason.replace("_", " ").capitalize()
