"""Ralph as a small LRS on loopback, run by the Python of its own environment.

``ralph_app.py PORT KEY`` reads a secret from standard input, makes the two the only pair that Ralph accepts, and
answers on 127.0.0.1:PORT until terminated. Where files lie comes from the environment: RALPH_APP_DIR and
RALPH_BACKENDS__LRS__FS__DEFAULT_DIRECTORY_PATH.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("RALPH_RUNSERVER_BACKEND", "fs")

import uvicorn
from ralph.backends.data.base import BaseOperationType
from ralph.backends.lrs.fs import FSLRSBackend
from ralph.cli import cli
from ralph.conf import settings


def write_credential(key: str, secret: str) -> None:
    """Make ``key`` and ``secret`` the one pair, with the right to read and write all statements."""
    Path(settings.AUTH_FILE).unlink(missing_ok=True)
    agent = ["-N", key, "-A", key, "https://onward.example"]
    cli.main(["auth", "-u", key, "-p", secret, "-s", "all", *agent, "-w"], standalone_mode=False)


def serve(port: int) -> None:
    """Answer on 127.0.0.1:``port`` until terminated.

    As it comes the file backend opens its file anew for each POST and answers 500 to the second; appending mends it.
    """
    FSLRSBackend.default_operation_type = BaseOperationType.APPEND
    from ralph.api import app  # noqa: PLC0415 - it makes its backend when it is imported

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    write_credential(sys.argv[2], sys.stdin.read())
    serve(int(sys.argv[1]))
