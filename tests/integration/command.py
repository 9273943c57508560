"""The command ``onward``, called in this process: arguments in, exit code and words out."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import structlog
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from connector.cli import main
from tests.contract.stub_lrs import StubLrs

SECRET = "the secret of the LRS, never shown"


@dataclass(frozen=True, slots=True)
class Answer:
    code: int
    out: str
    err: str


def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """What calls the command; ``told`` is its standard input."""

    def onward(*arguments: object, told: str = "") -> Answer:
        monkeypatch.setattr(sys, "argv", ["onward", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(told))
        capsys.readouterr()
        try:
            main()
            code: Any = 0
        except SystemExit as end:
            code = end.code
        finally:
            structlog.reset_defaults()  # the log would go on to this test's standard error, which is closed after it
        out, err = capsys.readouterr()
        return Answer(int(code or 0), out, err)

    return onward


class LrsOverHttp:
    """An LRS on loopback that wants the right secret, can be switched off, and counts what it is asked."""

    def __init__(self, server: HTTPServer) -> None:
        self.stub = StubLrs(page_max=50)
        self.url = server.url_for("/xapi")
        self.down = False
        server.expect_request("/xapi/statements").respond_with_handler(self._respond)
        server.expect_request("/xapi/about").respond_with_handler(self._respond)

    def hold(self, statements: list[dict[str, Any]]) -> None:
        self.stub.statements += statements

    def _respond(self, request: Request) -> Response:
        if request.authorization is None or request.authorization.password != SECRET:
            return Response(status=401)
        if self.down:
            return Response(status=404)
        status, headers, body = self.stub.answer(request.path, request.args.to_dict())
        return Response(body, status, headers)
