"""Platforms that we did not write: each in its own process, from its own environment in the git-ignored ``.peers``."""

from datetime import timedelta
from pathlib import Path

import pytest

from connector.demo import lms
from connector.demo.environments import ensure_environment
from connector.demo.processes import free_port, start, stop, wait_until_ready
from connector.errors import NotReady
from tests.lti.peers.tool import running_tool

HERE = Path(__file__).parent
PEERS = Path(__file__).parents[3] / ".peers"
READY_WITHIN = timedelta(seconds=60)
UNREACHABLE = (
    "No matching distribution",
    "Could not fetch",
    "Temporary failure",
    "Connection",
    "timed out",
    "HTTPError",
)


def environment(name: str, requirements: Path) -> Path:
    """Return the Python of a peer; skip only where the registry cannot be reached."""
    try:
        return ensure_environment(PEERS / name, requirements)
    except NotReady as error:
        if any(sign in str(error) for sign in UNREACHABLE):
            pytest.skip(f"the package registry cannot be reached, so {name} cannot be installed: {error}")
        raise


@pytest.fixture(scope="session")
def lms_python():
    return environment("lms", lms.REQUIREMENTS)


@pytest.fixture(scope="session")
def mock_python():
    return environment("lti-provider-mock", HERE / "requirements-mock.txt")


@pytest.fixture(scope="session")
def openedx_python():
    return environment("openedx", HERE / "requirements-openedx.txt")


@pytest.fixture(scope="module")
def tool(tmp_path_factory):
    with running_tool(tmp_path_factory.mktemp("tool")) as running:
        yield running


@pytest.fixture(scope="module")
def peer(tmp_path_factory):
    """Start a peer's process and return its address; all are stopped at the end of the module."""
    processes = []

    def run(command, answers: str, environment: dict[str, str], port: int) -> str:
        log = tmp_path_factory.mktemp("peer") / "log"
        processes.append(start(command, environment, log))
        wait_until_ready(processes[-1], f"http://127.0.0.1:{port}{answers}", log, READY_WITHIN)
        return f"http://localhost:{port}"

    yield run
    for process in processes:
        stop(process)


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()
