"""A PostgreSQL server of one test's own, to be stopped and started again."""

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import mkdtemp
from typing import Self

import pytest

from tests.conftest import POSTGRES_BIN


class StoppableServer:
    """Debian's PostgreSQL on a socket; skips the test where it is not installed.

    Data and socket lie outside of pytest's folder: another run takes the rights on that away, and a socket's path may
    have 107 bytes at the most.
    """

    def __init__(self) -> None:
        if not POSTGRES_BIN:
            pytest.skip("PostgreSQL is not installed: `apt-get install postgresql` (make test does it when it may)")
        self._folder = Path(mkdtemp(prefix="onward-pg-", dir="/tmp"))
        self._data = self._folder / "data"
        self._user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self.url = f"postgresql://onward@/postgres?host={self._folder}"

    def __enter__(self) -> Self:
        if self._user:
            shutil.chown(self._folder, "postgres")
        self._run("initdb", "-D", self._data, "-U", "onward", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start()
        return self

    def start(self) -> None:
        options = f"-k {self._folder} -c listen_addresses= -c fsync=off"
        self._run("pg_ctl", "-D", self._data, "-w", "-t", "60", "-l", self._folder / "log", "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-w", "-m", "fast", "stop")

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: object) -> None:
        command = [*self._user, str(POSTGRES_BIN[0] / program), *map(str, arguments)]
        subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
