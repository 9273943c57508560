import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from lrs_adapters.base import StatementSource
from lrs_adapters.memory import MemorySource
from lrs_adapters.products import PRODUCTS
from lrs_adapters.profiles import XAPI, Profile, SinceField
from lrs_adapters.registry import open_source
from tests.contract.simulated import SimulatedLrs
from tests.contract.statement_source_contract import LrsUnderTest, StatementSourceContract, UntimedSourceContract
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


class Unfiltered(OverHttp):
    again = 27

    def open(self, page_size: int) -> StatementSource:
        return open_source("xapi", self._url, "reader", "a secret", page_size=page_size, since_field=SinceField.NONE)


class TestSourceWithoutSince(UntimedSourceContract):
    @pytest.fixture
    def lrs(self, httpserver):
        return Unfiltered(httpserver, "path", "xapi")


class Simulated(LrsUnderTest):
    late_by = timedelta(seconds=30)
    again = 1

    def __init__(self, server: HTTPServer, profile: Profile) -> None:
        self._lrs = SimulatedLrs(profile)
        self._url = server.url_for(self._lrs.base)
        self._kind = profile.kind
        server.expect_request(EVERYTHING).respond_with_handler(self._respond)

    def add(self, statements: Sequence[dict[str, Any]]) -> None:
        for statement in statements:
            self._lrs.add(statement, datetime.fromisoformat(statement["timestamp"]))

    def open(self, page_size: int) -> StatementSource:
        return open_source(self._kind, self._url, "reader", "a secret", page_size=page_size, rate_per_minute=1_000_000)

    def _respond(self, request: Request) -> Response:
        status, headers, body = self._lrs.answer(request.path, request.args.to_dict(), request.headers)
        return Response(body, status, headers)


SOUND = [profile for profile in PRODUCTS if profile.kind != "scorm-cloud"]


class TestSimulatedLrs(StatementSourceContract):
    @pytest.fixture(params=SOUND, ids=lambda profile: profile.kind)
    def lrs(self, request, httpserver):
        return Simulated(httpserver, request.param)


class EndsEarly(Simulated):
    repeats = True


class TestSimulatedScormCloud(StatementSourceContract):
    @pytest.fixture
    def lrs(self, httpserver):
        (profile,) = (one for one in PRODUCTS if one.kind == "scorm-cloud")
        return EndsEarly(httpserver, profile)


class Lines(LrsUnderTest):
    again = 0

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, statements: Sequence[dict[str, Any]]) -> None:
        with self._path.open("a") as file:
            file.writelines(json.dumps(one) + "\n" for one in statements)

    def open(self, page_size: int) -> StatementSource:
        return open_source("dump", self._path.as_uri(), page_size=page_size)


class TestDumpSource(UntimedSourceContract):
    @pytest.fixture
    def lrs(self, tmp_path):
        (tmp_path / "all.ndjson").touch()
        return Lines(tmp_path / "all.ndjson")
