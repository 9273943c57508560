"""Processes of peers on loopback: started on a free port, waited for, and stopped; only those started here."""

import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import requests

from connector.errors import NotReady

LOOPBACK = "127.0.0.1"
_PAUSE = 0.1
_LAST_CHARACTERS = 600


def free_port(preferred: int = 0) -> int:
    """Return ``preferred`` if it is free on loopback, else another port that is; 0 means any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, preferred))
        except OSError:
            probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def start(
    command: Sequence[str], environment: Mapping[str, str], log: Path, told: str = ""
) -> "subprocess.Popen[bytes]":
    """Start ``command`` with exactly ``environment``; it reads ``told``, what it prints goes to ``log``."""
    with log.open("ab") as out:
        process = subprocess.Popen(  # noqa: S603 - our own words only
            command, env=dict(environment), stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT
        )
    assert process.stdin is not None
    with suppress(BrokenPipeError), process.stdin:
        process.stdin.write(told.encode())
    return process


def wait_until_ready(process: "subprocess.Popen[bytes]", url: str, log: Path, within: timedelta) -> None:
    """Return as soon as ``url`` answers well.

    Raises
    ------
    NotReady
        The process ended, or did not answer in time; the sentence ends with its last lines.
    """
    deadline = time.monotonic() + within.total_seconds()
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise NotReady(f"{process.args!r} did not start. Its last lines:\n{_last_lines(log)}")
        time.sleep(_PAUSE)


def stop(process: "subprocess.Popen[bytes]", within: timedelta = timedelta(seconds=10)) -> None:
    """End ``process``: ask it to terminate, kill it when it has not after ``within``."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(within.total_seconds())
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False


def _last_lines(log: Path) -> str:
    return log.read_text(errors="replace")[-_LAST_CHARACTERS:]
