"""The gallery of a development server on 127.0.0.1, with the headers and the static files of production."""

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from urllib.request import Request, urlopen

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from connector.web import gallery, security, static

ASSET = re.compile(r'(?:href|src)="(/static/[^"]+)"')


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[str]:
    """Yield the address of a running server."""
    app = Flask("gallery", static_folder=None)
    app.config["ONWARD_HTTPS"] = False
    app.register_blueprint(static.blueprint())
    app.register_blueprint(gallery.blueprint())
    app.add_url_rule("/act", "act", lambda: ("", 204), methods=["POST"])  # what was seen goes nowhere
    security.protect(app)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def weights(address: str, name: str) -> tuple[int, int]:
    """Return the bytes of a state over gzip: its HTML, and all CSS and JavaScript that it names."""
    html = _read(f"{address}/gallery/{name}")
    assets = sorted(set(ASSET.findall(html.decode())))
    return len(gzip.compress(html, mtime=0)), sum(len(gzip.compress(_read(address + one), mtime=0)) for one in assets)


def _read(url: str) -> bytes:
    with urlopen(Request(url, headers={"Accept-Encoding": "identity"}), timeout=20) as answer:
        return answer.read()
