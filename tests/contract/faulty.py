"""An LRS of our own with faults that can be listed, combined and drawn: over real sockets, on loopback.

``FaultyLrs`` decides what is answered, ``Served`` puts it on the wire. Time is the LRS's own and stands still unless a
test moves it, so that late commits need no waiting.
"""

import gzip
import json
import random
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
BASE = "/xapi"


class Fault(StrEnum):
    """One thing that LRSs, proxies and networks do."""

    FLAKY = "a 500, 502 or 503 now and then"
    RESET = "a connection that is reset"
    TRUNCATED = "a body that breaks off"
    UNMEASURED = "a body without a length that breaks off"
    SLOW = "a body that drips"
    RATE_LIMITED = "429 with Retry-After"
    DUPLICATES = "statements twice in a page and again on the next"
    OUT_OF_ORDER = "an order of its own"
    DESCENDING = "newest first"
    REVERSED_PAGES = "newest page first, each page ascending"
    SAME_STORED = "many statements of one moment, over page borders"
    LATE_COMMITS = "statements that appear behind newer ones"
    LYING_THROUGH = "a Consistent-Through that lies ahead"
    STALE_THROUGH = "a Consistent-Through that lies behind"
    NO_THROUGH = "no Consistent-Through"
    NO_DATE = "no Date"
    GZIP = "gzip"
    MULTIPART = "multipart/mixed"
    MISSING_MORE = "no `more` at the end"
    NULL_MORE = "`more` is null at the end"
    ABSOLUTE_MORE = "`more` with scheme and host"
    QUERY_MORE = "`more` as a query only"
    EMPTY_PAGES = "empty pages in the middle"
    SHORT_PAGES = "pages shorter than asked for"
    EXPIRED_MORE = "a `more` that is forgotten now and then"
    MALFORMED = "statements that are none"
    NOT_JSON = "statements that are no JSON"
    MORE_LOOP = "a `more` that leads back"
    FOREIGN_MORE = "a `more` to another host"
    ENDS_EARLY = "no `more` although more is held"
    IGNORES_SINCE = "`since` is ignored"
    IGNORES_UNTIL = "`until` is ignored"


MALFORMED: tuple[bytes, ...] = (
    b"7",
    b'"text"',
    b"null",
    b"true",
    b"[]",
    b"{}",
    b'{"id": 3}',
    b'{"id": "not a uuid", "stored": "yesterday"}',
    b'{"id": "00000000-0000-4000-8000-0000000000aa"}',
    b'{"id": "00000000-0000-4000-8000-0000000000ab", "actor": "ann", "verb": 1, "object": []}',
    b'{"actor": {}, "verb": {}, "object": {}}',
    b'{"actor": {"mbox": 5}, "verb": {"id": "no iri"}, "object": {"id": null}}',
    b'{"actor": {"objectType": "Group"}, "verb": {"id": "http://v"}, "object": {"id": "http://o"}}',
    b'{"actor": {"account": {"name": "x"}}, "verb": {"id": "http://v"}, "object": {"id": "http://o"}}',
    b'{"verb": {"id": "http://v"}, "stored": 12}',
    b'{"stored": "2026-13-45T99:00:00Z", "verb": {}}',
    b'{"result": {"score": {"scaled": 1e999}}}',
    b'{"x": "\xff\xfe"}',
    b'{"a": 1, "a": 2}',
    b'{"x": "\\ud800"}',
    b'{"deep": ' + b"[" * 200 + b"]" * 200 + b"}",
)
"""Twenty-one kinds of JSON that are no Statements."""

NOT_JSON: tuple[bytes, ...] = (
    b'{"score": NaN}',
    b'{"x": "\x01"}',
    b'{"a": 1,}',
    b"{'a': 1}",
    b'{"a": 01}',
    b'{"deep": ' + b"[" * 2000 + b"]" * 2000 + b"}",
)
"""Kinds of text between balanced brackets that are no JSON: each of them spoils a whole page for a strict reader."""


@dataclass(frozen=True)
class Held:
    """A Statement as the LRS holds it: its number, its stamp, and when it can be seen (seconds after START)."""

    number: int
    stored: float
    seen_from: float = 0.0

    @property
    def moment(self) -> datetime:
        return START + timedelta(seconds=self.stored)

    @property
    def raw(self) -> bytes:
        said = {
            "id": str(UUID(int=self.number, version=4)),
            "actor": {"mbox": "mailto:a@example.org"},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
            "object": {"id": f"https://lms.example/course/{self.number}"},
            "stored": moment(self.stored),
            "timestamp": moment(self.stored),
        }
        return json.dumps(said).encode()


def moment(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).isoformat(timespec="microseconds")


def number_of(raw: bytes) -> int | None:
    """Return the number of one of our Statements, None for what is malformed."""
    try:
        return int(json.loads(raw)["object"]["id"].rpartition("/")[2])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


@dataclass
class Wire:
    """One answer on the wire: ``cut`` bytes are kept back, ``measured`` says whether it has a length."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: int = 0
    measured: bool = True
    drips: bool = False
    reset: bool = False


@dataclass
class FaultyLrs:
    """Decides answers; what is random comes from ``seed``.

    ``limit`` is its own highest page; ``now`` its clock, seconds after START; ``foreign`` the address of another host.
    """

    faults: frozenset[Fault] = frozenset()
    held: list[Held] = field(default_factory=list)
    limit: int = 100
    now: float = 0.0
    seed: int = 0
    origin: str = ""
    foreign: str = ""
    secret: str = "Basic cmVhZGVyOmEgc2VjcmV0"
    requests: list[tuple[str, str | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._rank: dict[int, float] = {}
        self._troubled = False
        self._calm = False

    def answer(self, target: str, headers: Mapping[str, str]) -> Wire:
        """Return the answer to GET ``target``."""
        self.requests.append((target, headers.get("Authorization")))
        if headers.get("Authorization") != self.secret:
            return Wire(401)
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query))
        if parts.path == f"{BASE}/about":
            return Wire(body=b'{"version": ["1.0.3"]}')
        if parts.path != f"{BASE}/statements":
            return Wire(404)
        return self._trouble() or self._page(query)

    def _has(self, *faults: Fault) -> bool:
        return bool(self.faults.intersection(faults))

    def _now_and_then(self, fault: Fault, one_in: int = 4) -> bool:
        return self._has(fault) and self._chance.randrange(one_in) == 0

    def _trouble(self) -> Wire | None:
        """Fail as a whole, but never twice in a row: then it would be no passing trouble."""
        self._calm, self._troubled = self._troubled, False
        if self._calm:
            return None
        failures = {
            Fault.RESET: Wire(reset=True),
            Fault.FLAKY: Wire(self._chance.choice((500, 502, 503)), body=b"<h1>Oops</h1>"),
            Fault.RATE_LIMITED: Wire(429, {"Retry-After": "0"}),
        }
        failure = next((wire for fault, wire in failures.items() if self._now_and_then(fault)), None)
        self._troubled = failure is not None
        return failure

    def _page(self, query: Mapping[str, str]) -> Wire:
        if "at" in query and self._now_and_then(Fault.EXPIRED_MORE, 6):
            return Wire(self._chance.choice((400, 404, 410)))
        size = min(int(query["limit"]), self.limit)
        left = self._left(query)
        size = self._chance.randint(1, size) if self._has(Fault.SHORT_PAGES) else size
        size = 0 if "at" in query and self._now_and_then(Fault.EMPTY_PAGES) else size
        page = self._paged(left, size)
        more = self._more(query, page, left)
        return self._wire(self._written(page), more)

    def _left(self, query: Mapping[str, str]) -> list[Held]:
        seen = [one for one in self.held if one.seen_from <= self.now and self._wanted(one, query)]
        held = sorted(seen, key=self._key)
        start = int(query.get("at", 0))
        if self._has(Fault.DESCENDING, Fault.OUT_OF_ORDER, Fault.REVERSED_PAGES):
            return self._fixed(query, held)[start:]
        after = (float(query["stored"]), int(query["number"])) if "stored" in query else None
        return [one for one in held if after is None or (one.stored, one.number) > after]

    def _fixed(self, query: Mapping[str, str], held: list[Held]) -> list[Held]:
        """Keep to what was there when the walk began, as a cache of ids does: offsets into a live list lose."""
        known = set(json.loads(query["fixed"])) if "fixed" in query else {one.number for one in held}
        return [one for one in held if one.number in known]

    def _wanted(self, one: Held, query: Mapping[str, str]) -> bool:
        if (
            "until" in query
            and not self._has(Fault.IGNORES_UNTIL)
            and one.moment > datetime.fromisoformat(query["until"])
        ):
            return False
        if "since" not in query or self._has(Fault.IGNORES_SINCE):
            return True
        return one.moment > datetime.fromisoformat(query["since"])

    def _key(self, one: Held) -> tuple[float, int]:
        if self._has(Fault.DESCENDING, Fault.REVERSED_PAGES):
            return -one.stored, -one.number
        if self._has(Fault.OUT_OF_ORDER):
            return self._rank.setdefault(one.number, self._chance.random()), one.number
        return one.stored, one.number

    def _paged(self, left: Sequence[Held], size: int) -> list[Held]:
        page = list(left[:size])
        return page[::-1] if self._has(Fault.REVERSED_PAGES) else page

    def _more(self, query: Mapping[str, str], page: list[Held], left: list[Held]) -> str:
        if self._has(Fault.FOREIGN_MORE) and page:
            return f"{self.foreign}{BASE}/statements?limit=5"
        if self._has(Fault.MORE_LOOP) and page:
            return f"{BASE}/statements?limit={query['limit']}&at=0"
        if len(page) == len(left) or self._has(Fault.ENDS_EARLY):
            return ""
        return self._written_more(self._key_of_more(query, page, left))

    def _key_of_more(self, query: Mapping[str, str], page: list[Held], left: list[Held]) -> dict[str, Any]:
        key: dict[str, Any] = {
            name: query[name] for name in ("limit", "since", "until", "stored", "number") if name in query
        }
        key["at"] = int(query.get("at", 0)) + len(page)
        key["turn"] = int(query.get("turn", 0)) + 1
        if self._has(Fault.DESCENDING, Fault.OUT_OF_ORDER, Fault.REVERSED_PAGES):
            before = json.loads(query["fixed"]) if "fixed" in query else [one.number for one in left]
            return {**key, "fixed": json.dumps(before)}
        return {**key, "stored": repr(page[-1].stored), "number": page[-1].number} if page else key

    def _written_more(self, key: Mapping[str, Any]) -> str:
        query = urlencode(key)
        if self._has(Fault.ABSOLUTE_MORE):
            return f"{self.origin}{BASE}/statements?{query}"
        return f"?{query}" if self._has(Fault.QUERY_MORE) else f"{BASE}/statements?{query}"

    def _written(self, page: list[Held]) -> list[bytes]:
        texts = [one.raw for one in page]
        if self._has(Fault.DUPLICATES) and texts:
            texts.append(self._chance.choice(texts))
        if self._has(Fault.MALFORMED) and texts:
            texts.insert(self._chance.randrange(len(texts)), self._chance.choice(MALFORMED))
        if self._has(Fault.NOT_JSON) and texts:
            texts.insert(self._chance.randrange(len(texts)), self._chance.choice(NOT_JSON))
        return texts

    def _wire(self, texts: list[bytes], more: str) -> Wire:
        body = b'{"statements": [' + b", ".join(texts) + b"]" + self._member(more) + b"}"
        headers = {"Content-Type": "application/json"} | self._clocks()
        if self._has(Fault.MULTIPART):
            headers["Content-Type"] = 'multipart/mixed; boundary="the-border"'
            body = b"--the-border\r\nContent-Type: application/json\r\n\r\n" + body + b"\r\n--the-border--\r\n"
        if self._has(Fault.GZIP):
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body)
        return self._damaged(Wire(200, headers, body))

    def _member(self, more: str) -> bytes:
        if more or not self._has(Fault.MISSING_MORE, Fault.NULL_MORE):
            return b', "more": ' + json.dumps(more).encode()
        return b"" if self._has(Fault.MISSING_MORE) else b', "more": null'

    def _clocks(self) -> dict[str, str]:
        date = (START + timedelta(seconds=self.now)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        clocks = {} if self._has(Fault.NO_DATE) else {"Date": date}
        if self._has(Fault.NO_THROUGH):
            return clocks
        ahead = 3600 * self._has(Fault.LYING_THROUGH) - 3600 * self._has(Fault.STALE_THROUGH)
        return clocks | {"X-Experience-API-Consistent-Through": moment(self.now + ahead)}

    def _damaged(self, wire: Wire) -> Wire:
        wire.drips = self._has(Fault.SLOW)
        if self._calm:
            return wire
        plain = not self._has(Fault.GZIP, Fault.MULTIPART)
        unmeasured = plain and self._now_and_then(Fault.UNMEASURED)
        if unmeasured or self._now_and_then(Fault.TRUNCATED):
            self._troubled = True
            wire.cut = self._chance.randint(1, len(wire.body) - 1)
            wire.measured = not unmeasured
        return wire


class Served:
    """A FaultyLrs behind a socket; ``lrs`` may be exchanged at any time."""

    def __init__(self) -> None:
        self.lrs = FaultyLrs()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.origin = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        served = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_GET(self) -> None:
                _send(self, served.lrs.answer(self.path, self.headers))

            def log_message(self, *_: object) -> None:
                """Say nothing: tests look at ``requests``."""

        return Handler


def _send(handler: BaseHTTPRequestHandler, wire: Wire) -> None:
    handler.close_connection = wire.reset or bool(wire.cut) or not wire.measured
    if wire.reset:
        return
    handler.send_response_only(wire.status)
    for name, value in wire.headers.items():
        handler.send_header(name, value)
    if wire.measured:
        handler.send_header("Content-Length", str(len(wire.body)))
    else:
        handler.send_header("Connection", "close")
    handler.end_headers()
    body = wire.body[: len(wire.body) - wire.cut]
    step = max(1, len(body) // 5) if wire.drips else max(1, len(body))
    for at in range(0, len(body), step):
        handler.wfile.write(body[at : at + step])
        handler.wfile.flush()


@contextmanager
def served() -> Iterator[Served]:
    one = Served()
    try:
        yield one
    finally:
        one.close()
