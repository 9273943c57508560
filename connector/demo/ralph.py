"""Starts Ralph, a real LRS that we did not write, on loopback; for the demo and for tests.

Its file backend scans the whole file for each page: keep it under 5,000 Statements.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from connector.demo.environments import Say, ensure_environment
from connector.demo.processes import LOOPBACK, free_port, start, stop, wait_until_ready

_PEERS = Path(__file__).parent / "peers"
_APPLICATION = _PEERS / "ralph_app.py"
_READY_WITHIN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Ralph:
    """A running Ralph: its xAPI endpoint, the folder that holds all it knows, and the one pair that it accepts."""

    url: str
    folder: Path
    key: str
    secret: str = field(repr=False)
    process: "subprocess.Popen[bytes]" = field(repr=False)

    def stop(self) -> None:
        """End the process; what it holds stays in its folder."""
        stop(self.process)


def ensure_ralph(environments: Path, say: Say = lambda _: None) -> Path:
    """Return the Python of Ralph's environment, ``environments``/ralph; raises as ``ensure_environment``."""
    return ensure_environment(environments / "ralph", _PEERS / "requirements-ralph.txt", say)


def start_ralph(python: Path, folder: Path, key: str, secret: str, port: int = 0) -> Ralph:
    """Start Ralph on what ``folder`` holds and return it when it answers.

    Parameters
    ----------
    python : Path
        From ``ensure_ralph``.
    folder : Path
        Statements, credentials and log lie here; made if missing.
    key, secret : str
        The one pair that it accepts; the secret goes by standard input, only its hash is kept.
    port : int
        Wished for; another is taken when it is busy, 0 means any.

    Raises
    ------
    NotReady
        It does not answer within a minute.
    """
    (folder / "statements").mkdir(parents=True, exist_ok=True)
    taken, log = free_port(port), folder / "ralph.log"
    process = start([str(python), str(_APPLICATION), str(taken), key], _environment(folder), log, told=secret)
    try:
        wait_until_ready(process, f"http://{LOOPBACK}:{taken}/__lbheartbeat__", log, _READY_WITHIN)
    except BaseException:
        stop(process)
        raise
    return Ralph(f"http://{LOOPBACK}:{taken}/xAPI", folder, key, secret, process)


@contextmanager
def running_ralph(python: Path, folder: Path, key: str, secret: str, port: int = 0) -> Iterator[Ralph]:
    """Start Ralph as ``start_ralph`` does and stop it at the end, whatever happens."""
    ralph = start_ralph(python, folder, key, secret, port)
    try:
        yield ralph
    finally:
        ralph.stop()


def _environment(folder: Path) -> Mapping[str, str]:
    """Return what Ralph's process may know: nothing of ours but its folders."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
    return kept | {
        "RALPH_APP_DIR": str(folder),
        "RALPH_RUNSERVER_BACKEND": "fs",
        "RALPH_BACKENDS__LRS__FS__DEFAULT_DIRECTORY_PATH": str(folder / "statements"),
    }
