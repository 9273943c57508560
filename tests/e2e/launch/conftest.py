"""One tool and one platform for each test, on two sites; browsers block third-party cookies."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from pydantic import SecretStr
from werkzeug import Request
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from connector.administer import platforms
from connector.administer.platforms import NewPlatform
from connector.administer.site import OpenSite, init_site
from connector.app import create_app
from connector.clock import now
from connector.settings import Environment, Settings
from connector.wiring_web import web_parts
from tests.e2e.launch.platform import CLIENT, Platform, serve, stop
from tests.lti.harness import ListKeys, jwk_of, rsa_key

PATIENT = "const wait = setTimeout; setTimeout = (then, time) => wait(then, time === 1500 ? 12000 : time)"
KEY = "a key of thirty-two characters or more"


@dataclass
class World:
    """The platform, the tool's site, how late it is, and what the browser asked the tool for.

    With ``keeps_cookies`` false the answers to requests of frames lose their cookies, as in a browser that knows no
    partitioned ones; a tab of its own keeps them.
    """

    platform: Platform
    site: OpenSite | None = None
    tool: str = ""
    keeps_cookies: bool = True
    late: timedelta = timedelta()
    asked: list[tuple[str, str]] = field(default_factory=list)

    def clock(self):
        return now() + self.late

    def paths(self) -> list[str]:
        """What was asked of the tool's launch."""
        return [f"{method} {url.split('?')[0]}" for method, url in self.asked if url.startswith("/lti/")]


class _Browserlike:
    """The tool behind a browser that drops cookies in frames, and a list of what was asked."""

    def __init__(self, app, world: World) -> None:
        self._app, self._world = app, world

    def __call__(self, environ, start_response):
        request = Request(environ)
        self._world.asked.append((request.method, request.full_path))
        framed = request.headers.get("Sec-Fetch-Dest") == "iframe"

        def answer(status, headers, *rest):
            kept = [one for one in headers if self._world.keeps_cookies or not framed or one[0] != "Set-Cookie"]
            return start_response(status, kept, *rest)

        return self._app(environ, answer)


@pytest.fixture
def world(tmp_path):
    world = World(Platform())
    world.platform.clock = world.clock
    url = f"sqlite:///{tmp_path / 'onward.db'}"
    init_site(url, KEY, now)
    with ExitStack() as open_things:
        late = DispatcherMiddleware(None)  # its address has to be known before the application is made
        for host, app in (("localhost", world.platform), ("127.0.0.1", late)):
            server, thread = serve(host, app)
            open_things.callback(stop, server, thread)
            address = f"http://{host}:{server.server_port}"
            if app is late:
                world.tool = world.platform.tool = address
            else:
                world.platform.origin = address
        settings = Settings(
            _env_file=None,
            env=Environment.DEVELOPMENT,
            database_url=url,
            public_url=world.tool,
            secret_key=SecretStr(KEY),
            theme="auto",
        )
        parts = web_parts(settings, world.clock, ListKeys([jwk_of(rsa_key())]))
        open_things.callback(parts.site.engine.dispose)
        world.site = parts.site
        late.app = _Browserlike(create_app(settings, parts), world)
        lms = world.platform.origin
        new = NewPlatform("campus", lms, CLIENT, f"{lms}/auth", "", f"{lms}/jwks", ("dep-1",), (), {})
        platforms.add(new, parts.site.tenant, parts.site.sessions, now, lambda _url: None)
        yield world


@pytest.fixture
def one_process(browsers):
    """A browser of our own that draws frames of other sites in the page's process.

    A launch moves a frame between two sites four times in a moment; with a process for each site Playwright loses sight
    of such a frame now and then, though it is there. What cookies do is decided elsewhere and stays the same.
    """
    return browsers.running("--disable-site-isolation-trials", "--disable-features=IsolateOrigins,site-per-process")


@pytest.fixture
def context(one_process):
    """A person's browser; third-party cookies are blocked, as Playwright's contexts do.

    A busy machine may be slower than the second and a half that our page waits for the platform: it waits longer here,
    unless the test is about that wait.
    """
    contexts = []

    def make(*, patient: bool = True, **options):
        contexts.append(one_process.new_context(**{"viewport": {"width": 883, "height": 700}} | options))
        contexts[-1].set_default_timeout(45_000)
        expect.set_options(timeout=45_000)
        if patient:
            contexts[-1].add_init_script(PATIENT)
        return contexts[-1]

    yield make
    for one in contexts:
        one.close()
