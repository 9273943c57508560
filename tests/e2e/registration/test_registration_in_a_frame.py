"""A registration in a real browser: our page in a frame of an LMS on another site, third-party cookies blocked."""

import json
from contextlib import ExitStack, contextmanager
from threading import Thread
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from pydantic import SecretStr
from werkzeug import Request, Response
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import WSGIRequestHandler, make_server

from connector.administer import invites
from connector.administer.invites import NewInvite
from connector.administer.site import init_site
from connector.app import create_app
from connector.clock import now
from connector.lti.switches import Switches
from connector.settings import Environment, Settings
from connector.wiring_web import web_parts
from tests.lti.registering import school

KEY = "a key of thirty-two characters or more"


class Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        pass


@contextmanager
def served(host: str, app):
    server = make_server(host, 0, app, threaded=True, request_handler=Silent)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Lms:
    """An LMS on ``localhost``: its administrator's page with our URL in a frame, and its side of a registration."""

    def __init__(self) -> None:
        self.origin, self.invite, self.requests = "", "", []

    def __call__(self, environ, start_response):
        return self.answer(Request(environ))(environ, start_response)

    def answer(self, request: Request) -> Response:
        if request.path == "/configuration":
            moodle = school(self.origin, registration_endpoint=f"{self.origin}/register")
            return Response(json.dumps(moodle), mimetype="application/json")
        if request.path == "/register":
            self.requests.append(request.get_json())
            return Response(json.dumps({"client_id": "2c2Mj0x5sHdexS4"}), mimetype="application/json")
        address = f"{self.invite}?openid_configuration={quote(self.origin, safe='')}%2Fconfiguration"
        return Response(
            "<!doctype html><html lang=en><title>Manage tools</title><style>body{margin:0}iframe{border:0;width:100%;"
            "height:640px}</style><script>window.heard=[];addEventListener('message',(e)=>heard.push([e.origin,e.data]))"
            f'</script><main><h1>Manage tools</h1><iframe title="Tool" src="{address}"></iframe></main>',
            mimetype="text/html",
        )


@pytest.fixture
def lms(tmp_path):
    lms = Lms()
    url = f"sqlite:///{tmp_path / 'onward.db'}"
    init_site(url, KEY, now)
    with ExitStack() as open_things:
        lms.origin = f"http://localhost:{open_things.enter_context(served('localhost', lms))}"
        late = DispatcherMiddleware(None)  # its address has to be known before the application is made
        port = open_things.enter_context(served("127.0.0.1", late))
        settings = Settings(
            _env_file=None,
            env=Environment.DEVELOPMENT,
            database_url=url,
            public_url=f"http://127.0.0.1:{port}",
            secret_key=SecretStr(KEY),
            theme="auto",
        )
        parts = web_parts(settings)
        open_things.callback(parts.site.engine.dispose)
        late.app = create_app(settings, parts)
        new = NewInvite(name="campus", switches=Switches(given_name=True))
        lms.invite = invites.invite(new, settings.origin(), parts.site.tenant, parts.site.sessions, now).url
        yield lms


def page_of(browser, lms, **options):
    context = browser.new_context(**options)
    page = context.new_page()
    complaints = []
    page.on("console", lambda line: complaints.append(line.text) if line.type in {"error", "warning"} else None)
    page.goto(lms.origin)
    return page, page.frame_locator("iframe"), complaints


def test_an_administrator_registers_in_a_frame_of_another_site_and_the_lms_hears_that_it_is_over(browser, lms):
    page, frame, complaints = page_of(browser, lms, viewport={"width": 883, "height": 652})
    frame.get_by_role("button", name="Register").focus()
    page.keyboard.press("Enter")
    frame.get_by_role("heading", name="Registered").wait_for()
    assert [request["client_name"] for request in lms.requests] == ["Onward"]
    frame.get_by_role("button", name="Done: close this page").press("Enter")
    page.wait_for_function("heard.length > 0")
    assert page.evaluate("heard") == [[lms.invite.partition("/lti")[0], {"subject": "org.imsglobal.lti.close"}]]
    assert page.context.cookies() == []
    page.context.close()
    assert [line for line in complaints if "does not match the recipient" not in line] == []


def test_without_script_the_registration_works_and_no_button_is_there_that_does_nothing(browser, lms):
    page, frame, _ = page_of(browser, lms, java_script_enabled=False)
    frame.get_by_role("button", name="Register").click()
    frame.get_by_role("heading", name="Registered").wait_for()
    assert frame.get_by_role("button").count() == 0
    assert "LTI External tools" in frame.locator("main").inner_text()
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_pages_are_accessible_and_fit_a_frame_of_320_pixels(browser, lms, scheme):
    page, frame, _ = page_of(browser, lms, viewport={"width": 320, "height": 652}, color_scheme=scheme)
    for name in ("Register", None):
        frame.locator("h1").wait_for()
        inner = page.frames[1]
        assert inner.evaluate("document.documentElement.scrollWidth") <= 320
        assert [found["id"] for found in Axe().run(page).response["violations"]] == []
        if name:
            frame.get_by_role("button", name=name).click()
            frame.get_by_role("heading", name="Registered").wait_for()
    page.context.close()
