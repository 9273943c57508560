"""Starts and stops the demo LMS, a process of its own in an environment of its own (``peers/lms.py``)."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from connector.demo.catalogue import DemoCourse, demo_courses
from connector.demo.people import DemoPerson, demo_people
from connector.demo.processes import LOOPBACK, start, stop, wait_until_ready

PEERS = Path(__file__).with_name("peers")
PROGRAM = PEERS / "lms.py"
REQUIREMENTS = PEERS / "requirements-lms.txt"
READY_WITHIN = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class ToolRegistration:
    """The tool as the demo LMS has it registered: where a login starts, where a launch arrives, and its ids."""

    login_url: str
    launch_url: str
    client_id: str
    deployment_id: str


@dataclass(frozen=True, slots=True)
class LrsAccess:
    """Where the demo LMS sends completions: the endpoint without ``/statements``, and a credential that may write."""

    endpoint: str
    key: str
    secret: str


class RunningLms:
    """The demo LMS while it runs; as a context manager it stops its process at the end.

    Parameters
    ----------
    process : subprocess.Popen
        The process, started by ``start_lms``; nothing else is ever stopped.
    issuer : str
        ``http://localhost:PORT``, without a trailing slash.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", issuer: str) -> None:
        self.issuer = issuer
        self._process = process

    @property
    def auth_url(self) -> str:
        """The OIDC authorization endpoint."""
        return f"{self.issuer}/auth"

    @property
    def jwks_url(self) -> str:
        """Where the LMS publishes its key."""
        return f"{self.issuer}/jwks"

    @property
    def is_running(self) -> bool:
        """Whether the process still lives."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the process; does nothing the second time."""
        stop(self._process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def lms_issuer(port: int) -> str:
    """Return the demo LMS's issuer; on ``localhost`` while the tool is on 127.0.0.1, so that the two are cross-site."""
    return f"http://localhost:{port}"


def start_lms(
    python: Path,
    state: Path,
    port: int,
    tool: ToolRegistration,
    lrs: LrsAccess,
    ready_within: timedelta = READY_WITHIN,
) -> RunningLms:
    """Start the demo LMS and return when it answers.

    Parameters
    ----------
    python : pathlib.Path
        The interpreter of the environment made from ``REQUIREMENTS``.
    state : pathlib.Path
        A folder for its configuration, key, completions and log; made if missing.
    port : int
        A free port on loopback.
    tool, lrs
        What it launches and where it records.
    ready_within : timedelta
        How long to wait for the first answer.

    Raises
    ------
    NotReady
        The process ended or did not answer in time; the sentence ends with the last lines of ``state/lms.log``.
    """
    state.mkdir(parents=True, exist_ok=True)
    config, log = write_config(state, port, tool, lrs), state / "lms.log"
    process = start([str(python), str(PROGRAM), str(config)], {"PYTHONUNBUFFERED": "1"}, log)
    try:
        wait_until_ready(process, f"http://{LOOPBACK}:{port}/jwks", log, ready_within)
    except BaseException:
        stop(process)
        raise
    return RunningLms(process, lms_issuer(port))


def write_config(state: Path, port: int, tool: ToolRegistration, lrs: LrsAccess) -> Path:
    """Write ``lms.json`` (mode 600, it holds the LRS's credential) into ``state`` and return its path."""
    path = state / "lms.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(lms_config(state, port, tool, lrs), indent=1), encoding="utf-8")
    return path


def lms_config(state: Path, port: int, tool: ToolRegistration, lrs: LrsAccess) -> Mapping[str, Any]:
    """Return what ``peers/lms_config.py`` reads."""
    issuer = lms_issuer(port)
    return {
        "issuer": issuer,
        "port": port,
        "state": str(state),
        "tool": asdict(tool),
        "lrs": asdict(lrs),
        "people": [_person(person) for person in demo_people()],
        "courses": [_course(course) for course in demo_courses(issuer) if course.url],
    }


def _person(person: DemoPerson) -> dict[str, Any]:
    given = asdict(person)
    completed = given.pop("history")
    return {**given, "completed": completed}


def _course(course: DemoCourse) -> dict[str, Any]:
    names = ("number", "title", "summary", "language", "minutes", "level", "topics", "provider")
    return {**{name: getattr(course, name) for name in names}, "hidden": course.status == "hidden"}
