"""A tiny server on 127.0.0.1: sample pages under the CSP of production, the assets, and what was posted."""

import json
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from urllib.parse import parse_qs, urlsplit

from tests.e2e.widgets import arabic
from tests.e2e.widgets.forms import FORMS
from widgets import STATIC, asset_names, render, render_message
from widgets.pseudo import pseudo
from widgets.samples import MESSAGES, PAGES
from widgets.view import Theme
from widgets.wording import offer

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'"
)
offer(pseudo())
FILES = {hashed: STATIC / name for name, hashed in asset_names().items()}
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


def document(
    name: str, theme: str = "light", origins: tuple[str, ...] = (), cards: int = 99, language: str = "en"
) -> str:
    if name in FORMS:
        return FORMS[name](language, Theme(theme))
    if name == "arabic":
        return render(replace(arabic.page(), theme=Theme(theme)), arabic.words())
    if name in MESSAGES:
        return render_message(replace(MESSAGES[name], theme=Theme(theme), language=language))
    rows = tuple(replace(row, cards=row.cards[:cards]) for row in PAGES[name].rows)
    page = replace(PAGES[name], rows=rows, theme=Theme(theme), platform_origins=origins, language=language)
    return render(page)


class _Handler(BaseHTTPRequestHandler):
    server: "SampleServer"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        folder, _, name = url.path.lstrip("/").partition("/")
        if folder == "static":
            self._send(FILES[name].read_bytes(), TYPES[FILES[name].suffix])
        elif folder == "frame":
            self._send(self._framed(name, query).encode(), policy="")
        elif folder in {*PAGES, *MESSAGES, *FORMS, "arabic"}:
            origins = tuple(query.get("origins", "").split())
            theme, language = query.get("theme", "light"), query.get("language", "en")
            self._send(document(folder, theme, origins, int(query.get("cards", 99)), language).encode())
        elif folder == "favicon.ico":
            self._send(b"", status=204)
        else:
            self.send_error(404)

    def _framed(self, name: str, query: dict[str, str]) -> str:
        here, tool = self.server.platform, self.server.url
        return (
            "<!doctype html><title>Platform</title><script>window.heard = [];"
            "addEventListener('message', (event) => heard.push(event.data))</script>"
            f'<iframe src="{tool}/{name}?origins={here}" width="883" height="{query["height"]}"></iframe>'
        )

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with self.server.arrived:
            self.server.posted.append((self.path, dict(self.headers), body))
            self.server.arrived.notify_all()
        if self.headers["Content-Type"].startswith("application/json"):
            self._send(json.dumps({}).encode(), "application/json", status=self.server.answer)
        else:
            self._send(document("see-all" if "row=" in body else "personal").encode())

    def _send(self, body: bytes, kind: str = "text/html; charset=utf-8", *, status: int = 200, policy: str = POLICY):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if policy:
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class SampleServer(ThreadingHTTPServer):
    """The server; ``posted`` holds (path, headers, body), ``answer`` is the status that script gets."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.posted: list[tuple[str, dict[str, str], str]] = []
        self.answer = 200
        self.arrived = Condition()
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.platform = f"http://localhost:{self.server_port}"

    def first(self, wanted: Callable[[str, str], bool]) -> tuple[dict[str, str], str]:
        """Wait for the first post whose path and body are wanted; its headers and body."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: any(wanted(path, body) for path, _, body in self.posted), timeout=20)
        return next((headers, body) for path, headers, body in self.posted if wanted(path, body))


@contextmanager
def serving():
    """Yield a running server."""
    server = SampleServer()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
