"""Virtual environments for peers: programs that we did not write, whose pins must never bind ours."""

import fcntl
import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from connector.errors import NotReady

Say = Callable[[str], None]
"""Tells a person what goes on, one sentence at a time."""


def ensure_environment(folder: Path, requirements: Path, say: Say = lambda _: None) -> Path:
    """Return the Python of the virtual environment in ``folder``, made first if it is missing or out of date.

    Parameters
    ----------
    folder : Path
        The environment's own folder; what is in it is thrown away when ``requirements`` change. Two processes that
        ask at once wait for each other.
    requirements : Path
        A pinned requirements file.
    say : callable
        Told before the slow part, which takes up to a minute or two.

    Raises
    ------
    NotReady
        The packages cannot be installed; the sentence ends with pip's own last lines.
    """
    python = folder / "bin" / "python"
    stamp = folder / "requirements.sha256"
    wanted = _fingerprint(requirements)
    with _alone(folder.with_suffix(".lock")):
        if not stamp.is_file() or stamp.read_text() != wanted:
            say(f"Installing {folder.name} into an environment of its own; this happens once.")
            _run([sys.executable, "-m", "venv", "--clear", str(folder)], folder)
            _run([str(python), "-m", "pip", "install", *_PIP, "-r", str(requirements)], folder)
            stamp.write_text(wanted)
    return python


_PIP = ("--quiet", "--disable-pip-version-check", "--no-input")
_LAST_CHARACTERS = 600


def _fingerprint(requirements: Path) -> str:
    return hashlib.sha256(sys.version.encode() + requirements.read_bytes()).hexdigest()


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words only
    if done.returncode:
        raise NotReady(
            f"The environment {folder} cannot be made. Check the network and the disk, then try again.\n"
            f"{(done.stderr or done.stdout)[-_LAST_CHARACTERS:]}"
        )
