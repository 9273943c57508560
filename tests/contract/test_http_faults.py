"""What only a socket can do wrong: bodies that break off, connections that are reset, servers that are silent."""

import socket
import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest

from lrs_adapters.auth import Basic
from lrs_adapters.base import LRSUnavailable
from lrs_adapters.http import Connection
from lrs_adapters.transport import Patience

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
BROKEN = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\nConnection: close\r\n\r\nhel"
RESET = b""
SILENT = None


class Server:
    """Answers one connection after the other with the bytes it was given; None keeps silent."""

    def __init__(self, answers: Sequence[bytes | None]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._answers = answers
        self._open: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/xapi"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._thread.join(10)
        for one in (*self._open, self._listener):
            one.close()

    def _serve(self) -> None:
        for answer in self._answers:
            connection, _ = self._listener.accept()
            self._open.append(connection)
            connection.recv(65536)
            if answer is not None:
                connection.sendall(answer)
                connection.close()


@pytest.fixture
def serve():
    servers = []

    def start(*answers):
        servers.append(Server(answers))
        return servers[-1].url

    yield start
    for server in servers:
        server.close()


def connection(url: str, retries: int) -> Connection:
    patience = Patience(read=timedelta(seconds=0.3), retries=retries, backoff=timedelta())
    return Connection(url, Basic("key", "secret"), headers={}, patience=patience)


@pytest.mark.parametrize("fault", [BROKEN, RESET, SILENT])
def test_what_goes_wrong_once_is_tried_again(serve, fault):
    url = serve(fault, WHOLE)
    assert connection(url, retries=1).get(url).body == b"hello"


def test_a_body_that_breaks_off_three_times_is_unavailable(serve):
    url = serve(BROKEN, BROKEN, BROKEN)
    with pytest.raises(LRSUnavailable, match="broke off"):
        connection(url, retries=2).get(url)


@pytest.mark.parametrize(("fault", "sentence"), [(RESET, "cannot be reached"), (SILENT, "cannot be reached|in time")])
def test_what_goes_wrong_at_each_try_is_unavailable(serve, fault, sentence):
    url = serve(fault, fault)
    with pytest.raises(LRSUnavailable, match=sentence):
        connection(url, retries=1).get(url)
