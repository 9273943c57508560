"""Platforms that we did not write on ``localhost``, our tool on 127.0.0.1, and a person's browser between them."""

import json
from dataclasses import dataclass

import pytest

from connector.administer import platforms
from connector.administer.platforms import NewPlatform
from connector.clock import now
from connector.demo.lms import LrsAccess, ToolRegistration, lms_issuer, write_config
from connector.demo.processes import free_port
from tests.e2e.launch.platform import serve, stop
from tests.e2e.peers import campus
from tests.e2e.peers.stock import CATALOGUE, stock
from tests.e2e.widgets.chromium import PROGRAM, SWITCHES
from tests.lti.peers.conftest import lms_python, mock_python, openedx_python, peer, tool

__all__ = ["lms_python", "mock_python", "openedx_python", "peer", "tool"]
COOKIE_CONTROLS = {"blocked": 1, "allowed": 0}
"""Chromium's own setting: third-party cookies are blocked always, or never."""


@dataclass(frozen=True)
class Person:
    """A browser of one person, who blocks third-party cookies or allows them."""

    context: object
    allows_cookies: bool


@pytest.fixture(scope="session", params=COOKIE_CONTROLS)
def profile(browsers, request, tmp_path_factory):
    """A browser with a profile: contexts without one always block third-party cookies."""
    folder = tmp_path_factory.mktemp("profile")
    (folder / "Default").mkdir()
    chosen = {"profile": {"cookie_controls_mode": COOKIE_CONTROLS[request.param]}}
    (folder / "Default" / "Preferences").write_text(json.dumps(chosen))
    context = browsers.running().browser_type.launch_persistent_context(
        folder, executable_path=PROGRAM, args=SWITCHES, viewport={"width": 883, "height": 900}
    )
    context.route(f"{CATALOGUE}/**", lambda route: route.abort())
    context.set_default_timeout(30_000)
    yield Person(context, request.param == "allowed")
    context.close()


@pytest.fixture
def person(profile):
    """The same browser without cookies and pages of the test before."""
    profile.context.clear_cookies()
    yield profile
    for page in profile.context.pages[1:]:
        page.close()


@pytest.fixture(scope="module")
def stocked(tool):
    """The tool with courses to recommend, which are on a host of a Platform and so can be opened."""
    add(tool, NewPlatform("catalogue", *campus.addresses(CATALOGUE, "none"), (), (), {}))
    return tool


def add(tool, new: NewPlatform) -> None:
    platforms.add(new, tool.site.tenant, tool.site.sessions, now, lambda _url: None)


@pytest.fixture(scope="module")
def demo_lms(lms_python, stocked, peer, tmp_path_factory):
    """The demo LMS of everyone, told of the tool by hand."""
    port, state = free_port(), tmp_path_factory.mktemp("lms")
    issuer = lms_issuer(port)
    stocked.register("demo-lms", issuer, "onward-demo", f"{issuer}/auth", f"{issuer}/jwks")
    registration = ToolRegistration(stocked.login_url, stocked.launch_url, "onward-demo", "1")
    config = write_config(state, port, registration, LrsAccess("http://127.0.0.1:9/xAPI", "k", "s"))
    peer([str(lms_python), str(campus.DEMO_LMS), str(config)], "/jwks", {}, port)
    return campus.DemoLms(issuer)


@pytest.fixture(scope="module")
def course():
    """A page of the platforms' site with a frame, for platforms that have none of their own."""
    server, thread = serve("localhost", campus.course_page)
    yield f"http://localhost:{server.server_port}"
    stop(server, thread)


@pytest.fixture(scope="module")
def mock(mock_python, stocked, peer, course):
    """``lti-provider-mock``, told of the tool by its settings."""
    port = free_port()
    issuer = f"http://localhost:{port}"
    lti = {"iss": issuer, "login_url": stocked.login_url, "launch_url": stocked.launch_url}
    settings = {"USERS": [campus.MILA], "COURSES": [{"id": "c-9", "name": "Mocking", "users": []}], "LTI": lti}
    environment = {f"LTI_PROVIDER_MOCK__{name}": json.dumps(value) for name, value in settings.items()}
    serve = ["-m", "uvicorn", "lti_provider_mock.server:app", "--host", "127.0.0.1", "--port", str(port)]
    peer([str(mock_python), *serve], "/jwks", environment, port)
    add(stocked, NewPlatform("mock", *campus.addresses(issuer, "lti-provider-mock"), ("1",), (course,), {}))
    return campus.Mock(issuer, course)


@pytest.fixture(scope="module")
def openedx(openedx_python, stocked, peer, course):
    """Open edX's consumer, told of the tool by its command line."""
    port = free_port()
    issuer = f"http://localhost:{port}"
    command = [str(openedx_python), str(campus.OPEN_EDX), str(port), "client-x", stocked.login_url, stocked.launch_url]
    peer(command, "/jwks", {}, port)
    add(stocked, NewPlatform("openedx", *campus.addresses(issuer, "client-x"), ("1",), (course,), {}))
    return campus.OpenEdx(issuer, course)


@pytest.fixture(scope="module")
def peers(stocked, demo_lms, mock, openedx):
    """All three; on each one person has completed course 1."""
    people = {demo_lms.issuer: ["102"], mock.issuer: ["u-1"], openedx.issuer: ["external-student"]}
    stock(stocked.site, people)
    return {"demo_lms": demo_lms, "mock": mock, "openedx": openedx}
