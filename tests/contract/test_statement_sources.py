import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from lrs_adapters.base import StatementSource
from lrs_adapters.memory import MemorySource
from lrs_adapters.profiles import XAPI
from lrs_adapters.registry import open_source
from tests.contract.statement_source_contract import LrsUnderTest, StatementSourceContract
from tests.contract.stub_lrs import StubLrs

EVERYTHING = re.compile(".*")


class InMemory(LrsUnderTest):
    late_by = timedelta(seconds=30)
    again = 1

    def __init__(self) -> None:
        self._held: list[Mapping[str, Any]] = []

    def add(self, statements: Sequence[dict[str, Any]]) -> None:
        self._held += [{**statement, "stored": statement["timestamp"]} for statement in statements]

    def open(self, page_size: int) -> StatementSource:
        return MemorySource(self._held, replace(XAPI, page_size=page_size))


class TestMemorySource(StatementSourceContract):
    @pytest.fixture
    def lrs(self):
        return InMemory()


class OverHttp(LrsUnderTest):
    late_by = timedelta(seconds=30)
    again = 1

    def __init__(self, server: HTTPServer, shape: str, kind: str) -> None:
        self._stub = StubLrs(more_shape=shape, origin=server.url_for(""))
        self._url = server.url_for("/xapi")
        self._kind = kind
        server.expect_request(EVERYTHING).respond_with_handler(self._respond)

    def add(self, statements: Sequence[dict[str, Any]]) -> None:
        for statement in statements:
            self._stub.add(statement, datetime.fromisoformat(statement["timestamp"]))

    def open(self, page_size: int) -> StatementSource:
        return open_source(self._kind, self._url, "reader", "a secret", page_size=page_size)

    def _respond(self, request: Request) -> Response:
        if request.authorization is None or request.authorization.password != "a secret":
            return Response(status=401)
        status, headers, body = self._stub.answer(request.path, request.args.to_dict())
        return Response(body, status, headers)


class TestXapiSource(StatementSourceContract):
    @pytest.fixture(params=["path", "query", "relative", "absolute"])
    def lrs(self, request, httpserver):
        return OverHttp(httpserver, request.param, "xapi")


class TestXapi2Source(StatementSourceContract):
    @pytest.fixture
    def lrs(self, httpserver):
        return OverHttp(httpserver, "path", "xapi-2.0")
