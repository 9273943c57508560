"""A real Ralph that forwards what it is given to a running Onward, both on loopback."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread

from flask import Flask
from werkzeug.serving import make_server

from connector.administer.push import PushCredential
from connector.demo import ralph as demo_ralph
from connector.demo.processes import LOOPBACK, free_port, start, stop, wait_until_ready
from connector.demo.ralph import Ralph

APPLICATION = Path(demo_ralph.__file__).parent / "peers" / "ralph_app.py"


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application on a port of loopback; yields its origin."""
    server = make_server(LOOPBACK, 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@contextmanager
def forwarding_ralph(python: Path, folder: Path, target: str, made: PushCredential) -> Iterator[Ralph]:
    """A Ralph that forwards to ``target``, an xAPI endpoint."""
    (folder / "statements").mkdir(parents=True, exist_ok=True)
    port, log = free_port(), folder / "ralph.log"
    command = [str(python), str(APPLICATION), str(port), "writer"]
    process = start(command, _environment(folder, target, made), log, told="hush")
    try:
        wait_until_ready(process, f"http://{LOOPBACK}:{port}/__lbheartbeat__", log, timedelta(seconds=60))
        yield Ralph(f"http://{LOOPBACK}:{port}/xAPI", folder, "writer", "hush", process)
    finally:
        stop(process)


def _environment(folder: Path, target: str, made: PushCredential) -> Mapping[str, str]:
    """Ralph's settings: its files, and where it forwards to, as its documentation writes it."""
    forwarding = {
        "url": f"{target}/statements",
        "is_active": True,
        "basic_username": made.key,
        "basic_password": made.secret,
        "max_retries": 1,
        "timeout": 10,
    }
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
    return kept | {
        "RALPH_APP_DIR": str(folder),
        "RALPH_RUNSERVER_BACKEND": "fs",
        "RALPH_BACKENDS__LRS__FS__DEFAULT_DIRECTORY_PATH": str(folder / "statements"),
        "RALPH_XAPI_FORWARDINGS": json.dumps([forwarding]),
    }
