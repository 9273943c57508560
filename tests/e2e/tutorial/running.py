"""What a new administrator has: a started site with nothing in it, an LRS with records, and an LMS; real processes.

The LMS is on ``localhost`` and the tool on ``127.0.0.1``, two sites; a Playwright context blocks third-party cookies.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe

import requests

from connector.demo import lms, ralph
from connector.demo.environments import ensure_environment
from connector.demo.processes import free_port, start, stop, wait_until_ready
from connector.demo.simulate import simulate

ROOT = Path(__file__).parents[3]
PEERS = ROOT / ".peers"
POSTED_AT_ONCE = 1_000
READY_WITHIN = timedelta(seconds=30)
SAID = re.compile(r"Setup: open (\S+) in a browser\. Setup code: (\S+) \(good once")


@dataclass(frozen=True)
class Place:
    """What the administrator knows before the first step; ``statements`` is how many the LRS holds."""

    setup: str
    code: str
    lms: lms.RunningLms
    tool: lms.ToolRegistration
    lrs: ralph.Ralph
    statements: int


@contextmanager
def running_place(folder: Path) -> Iterator[Place]:
    """Start everything, say ``onward init``, and stop everything at the end."""
    PEERS.mkdir(exist_ok=True)
    with ExitStack() as open_things:
        lms_port, tool_port = free_port(), free_port()
        origin = f"http://127.0.0.1:{tool_port}"
        records = open_things.enter_context(
            ralph.running_ralph(ralph.ensure_ralph(PEERS), folder / "lrs", "reader", token_urlsafe(12))
        )
        statements = filled(records, lms.lms_issuer(lms_port))
        tool = lms.ToolRegistration(f"{origin}/lti/login", f"{origin}/lti/launch", "10000000000001", "1")
        access = lms.LrsAccess(records.url, records.key, records.secret)
        python = ensure_environment(PEERS / "lms", lms.REQUIREMENTS)
        platform = open_things.enter_context(lms.start_lms(python, folder / "lms", lms_port, tool, access))
        setup, code = started_site(folder, tool_port, open_things)
        yield Place(setup, code, platform, tool, records, statements)


def filled(records: ralph.Ralph, issuer: str) -> int:
    """Send simulated people's Statements to the LRS and return how many."""
    statements = simulate(issuer, datetime.now(UTC))
    for begin in range(0, len(statements), POSTED_AT_ONCE):
        answer = requests.post(
            f"{records.url}/statements/",
            json=statements[begin : begin + POSTED_AT_ONCE],
            auth=(records.key, records.secret),
            headers={"X-Experience-API-Version": "1.0.3"},
            timeout=60,
        )
        assert answer.status_code == 200, answer.text
    return len(statements)


def started_site(folder: Path, port: int, open_things: ExitStack) -> tuple[str, str]:
    """Say ``onward init``, start server and worker; return the address and the code that ``init`` printed."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ", "TMPDIR") if name in os.environ}
    environment = kept | {
        "PYTHONPATH": str(ROOT),
        "ONWARD_ENV": "development",
        "ONWARD_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ONWARD_DATABASE_URL": f"sqlite:///{folder / 'onward.db'}",
        "ONWARD_KEY_FILE": str(folder / "onward.key"),
        "ONWARD_LISTEN": f"127.0.0.1:{port}",
        "ONWARD_SYNC_SECONDS": "5",
    }
    onward = [sys.executable, "-m", "connector"]
    told = subprocess.run([*onward, "init"], env=environment, cwd=folder, capture_output=True, text=True, check=True)
    found = SAID.search(told.stdout)
    assert found is not None, told.stdout
    for command in ("serve", "worker"):
        process = start([*onward, command], environment, folder / f"{command}.log")
        open_things.callback(stop, process)
        if command == "serve":
            wait_until_ready(process, f"http://127.0.0.1:{port}/health/live", folder / "serve.log", READY_WITHIN)
    return found[1], found[2]
