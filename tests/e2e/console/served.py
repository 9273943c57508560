"""The whole application on 127.0.0.1 with its console, on a temporary database."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from connector.administer.accounts import accounts_of
from connector.app import create_app
from connector.settings import Environment
from tests.lti.http.stage import Stage

PASSWORD = "four quiet words here"


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        pass


class ServedStage:
    """A stage that a browser can open; ``url`` is its address."""

    def __init__(self, database_url: str) -> None:
        self.server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=_Quiet)
        self.url = f"http://127.0.0.1:{self.server.port}"
        given: dict[str, Any] = {"env": Environment.DEVELOPMENT, "public_url": self.url}
        self.stage = Stage(database_url, **given)
        self.stage.app = create_app(self.stage.settings, self.stage.parts)
        self.accounts = accounts_of(self.stage.site, self.url, self.stage.clock)

    def _answer(self, environ, start_response):
        return self.stage.app(environ, start_response)  # made once the port is known

    def sign_in(self, page) -> None:
        page.goto(f"{self.url}/setup")
        page.get_by_label("Name").fill("Ada")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()


@contextmanager
def serving(database_url: str) -> Iterator[ServedStage]:
    served = ServedStage(database_url)
    thread = Thread(target=served.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.server.shutdown()
        thread.join()
        served.stage.close()
