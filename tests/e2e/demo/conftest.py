"""One running demo for the whole story, in a folder of its own, and browsers that block third-party cookies."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
READY = re.compile(r"Ready after (\d+) s\. Open (http://localhost:\d+)/")
PATIENCE = 400


@dataclass
class Demo:
    """A demo that runs: its process, where its LMS is, and what it has printed so far."""

    process: subprocess.Popen
    log: Path
    lms: str
    seconds: int

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)


def start_demo(folder: Path, port: int) -> Demo:
    """Start ``onward demo`` in ``folder`` and return when it says that it is ready."""
    if not (folder / ".peers").exists():
        (folder / ".peers").symlink_to(ROOT / ".peers")
    log = folder / "demo.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ONWARD_")}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "connector", "demo", "--port", str(port)],
            cwd=folder,
            env=environment | {"PYTHONPATH": str(ROOT)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    deadline = time.monotonic() + PATIENCE
    while not (found := READY.search(log.read_text())):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise AssertionError(f"the demo did not start: {log.read_text()[-3000:]}")
        time.sleep(0.2)
    return Demo(process, log, found[2], int(found[1]))


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory):
    (ROOT / ".peers").mkdir(exist_ok=True)
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="session")
def demo(demo_folder):
    running = start_demo(demo_folder, 8710)
    yield running
    running.stop()


@pytest.fixture
def person(browser, demo):
    """Sign in as one of the demo's people: ``person("Amina Sorel", width=…)`` gives the course page with its row."""
    contexts = []

    def sign_in(name: str, width: int = 1280, height: int = 900, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.goto(demo.lms)
        page.locator("form", has_text=name).get_by_role("button").click()
        page.wait_for_url("**/course/view.php?id=*")
        return page

    yield sign_in
    for context in contexts:
        context.close()
