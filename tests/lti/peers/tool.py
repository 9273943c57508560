"""The tool as a server on loopback, with real key sets over HTTP, and what all launches must show."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from sqlalchemy import select
from werkzeug.serving import make_server

from connector.administer import platforms
from connector.administer.platforms import NewPlatform
from connector.administer.site import OpenSite, init_site
from connector.app import create_app
from connector.clock import now
from connector.demo.processes import free_port
from connector.domain import Visit
from connector.lti.own_tokens import SessionKey
from connector.lti.visit import decode_visit
from connector.store import tables
from connector.wiring_web import web_parts
from tests.lti.http.stage import SECRET_KEY, VISIT, settings_for
from tests.lti.peers.browser import Browser, Form


@dataclass(frozen=True)
class Tool:
    """A running tool."""

    url: str
    site: OpenSite

    @property
    def login_url(self) -> str:
        return f"{self.url}/lti/login"

    @property
    def launch_url(self) -> str:
        return f"{self.url}/lti/launch"

    def register(self, name: str, issuer: str, client_id: str, auth_url: str, jwks_url: str) -> None:
        new = NewPlatform(name, issuer, client_id, auth_url, "", jwks_url, ("1",), (), {})
        platforms.add(new, self.site.tenant, self.site.sessions, now, lambda _url: None)

    def visit(self, page: requests.Response) -> Visit:
        """Return the Visit of a page, after making sure that the page is ours."""
        assert page.status_code == 200, page.text
        assert page.url == self.launch_url
        assert "<onward-page" in page.text
        found = VISIT.search(page.text)
        assert found, page.text
        return decode_visit(found[1], SessionKey(self.site.keys.session), now)

    def refusals(self) -> list[str]:
        with self.site.readers.begin() as session:
            rows = session.execute(select(tables.audit).where(tables.audit.c.kind == "launch_refused"))
            return [row.code for row in rows]


@contextmanager
def running_tool(folder: Path) -> Iterator[Tool]:
    port = free_port()
    url, database = f"http://127.0.0.1:{port}", f"sqlite:///{folder / 'onward.db'}"
    settings = settings_for(database, public_url=url, env="development")
    init_site(database, SECRET_KEY, now)
    parts = web_parts(settings)
    server = make_server("127.0.0.1", port, create_app(settings, parts), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Tool(url, parts.site)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        parts.site.engine.dispose()


def is_accepted_once(tool: Tool, browser: Browser, form: Form, issuer: str) -> None:
    """Post a form that made a page again: the same browser logs in anew, another one is refused."""
    again = browser.submit(form, follow=False)
    assert again.status_code == 302
    assert again.headers["Location"].startswith(issuer)
    elsewhere = browser.without_cookies().submit(form, follow=False)
    assert elsewhere.status_code == 401
    assert "<code>state_used</code>" in elsewhere.text
    assert not VISIT.search(elsewhere.text)
    assert tool.refusals()[-2:] == ["state_used", "state_used"]
