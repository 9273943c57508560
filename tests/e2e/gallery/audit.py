"""Lighthouse: a program that we did not write, pinned, in a folder of its own; node 18 or newer runs it."""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.widgets.chromium import PROGRAM

PINS = Path(__file__).parent / "lighthouse"
HOME = Path(__file__).parents[3] / ".peers" / "lighthouse"
LONGEST_A_STATE = 90
_INSTALL = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")


@dataclass(frozen=True)
class Audit:
    """What Lighthouse says of one address; times in milliseconds, scores from 0 to 1."""

    performance: float
    accessibility: float
    lcp: float
    cls: float
    tbt: float
    failing: tuple[str, ...]


def ensure_lighthouse() -> Path:
    """Return the folder in which Lighthouse is installed as pinned, installed first where it is not."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise SystemExit(
            "Lighthouse needs node and npm: install them, or run `make gallery` with --without-lighthouse."
        )
    files = sorted(PINS.iterdir())
    wanted = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    stamp = HOME / "pins.sha256"
    if not stamp.is_file() or stamp.read_text() != wanted:
        shutil.rmtree(HOME, ignore_errors=True)  # an install that was cut off
        HOME.mkdir(parents=True)
        for file in files:
            shutil.copy(file, HOME / file.name)
        subprocess.run(_INSTALL, cwd=HOME, check=True, timeout=400)
        stamp.write_text(wanted)
    return HOME


def audits(urls: Iterable[str]) -> dict[str, Audit]:
    """Measure each address once, one after another in one browser."""
    asked = list(urls)
    done = subprocess.run(
        ["node", "audit.mjs"],
        cwd=ensure_lighthouse(),
        input="\n".join(asked),
        env=os.environ | {"CHROME_PATH": str(PROGRAM)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60 + LONGEST_A_STATE * len(asked),
    )
    return dict(map(_read, filter(None, done.stdout.splitlines())))


def _read(line: str) -> tuple[str, Audit]:
    told = json.loads(line)
    if told.pop("error"):
        raise RuntimeError(line)
    return told.pop("url"), Audit(**{**told, "failing": tuple(told["failing"])})
