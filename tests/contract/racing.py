"""A simulated LRS under load: writers stamp Statements and commit them out of order while others read.

Stored is set before the commit, as real LRSs do; a commit lands up to ``slowest`` seconds later. Consistent-Through is
simply the present moment, as Learning Locker and SQL LRS send it: a promise that is not kept.
"""

import heapq
import json
import random
import threading
import time
from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

WRITERS = 4
LEARNERS, COURSES = 300, 60
Stamp = tuple[float, int]


def statement(number: int, stored: float) -> dict[str, Any]:
    """The Statement ``number``, stamped ``stored`` seconds since 1970."""
    at = datetime.fromtimestamp(stored, UTC).isoformat(timespec="microseconds")
    return {
        "id": str(UUID(int=number + 1, version=4)),
        "actor": {"account": {"homePage": "https://lms.example", "name": str(number % LEARNERS)}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {
            "id": f"https://lms.example/course/view.php?id={number % COURSES}",
            "definition": {"type": "http://adlnet.gov/expapi/activities/course", "name": {"en": f"{number % COURSES}"}},
        },
        "stored": at,
        "timestamp": at,
    }


@dataclass
class RacingLrs:
    """What is committed, in the order of Stored; safe between threads. ``pause`` is how long each answer takes."""

    page_max: int = 100
    pause: float = 0.0
    _stamps: list[Stamp] = field(default_factory=list)
    _raw: dict[int, bytes] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def commit(self, stamp: Stamp) -> None:
        """Let a Statement be seen from now on."""
        raw = json.dumps(statement(stamp[1], stamp[0])).encode()
        with self._lock:
            self._raw[stamp[1]] = raw
            insort(self._stamps, stamp)

    def commit_all(self, stamps: Sequence[Stamp]) -> None:
        for stamp in stamps:
            self.commit(stamp)

    def page(self, query: dict[str, str]) -> bytes:
        """Return the body of GET /statements: since and until exclusive and inclusive, as xAPI 1.0.3 part 3, 2.1.3."""
        time.sleep(self.pause)
        limit = min(int(query.get("limit", "0")) or self.page_max, self.page_max)
        with self._lock:
            begin = bisect_right(self._stamps, _after(query))
            end = bisect_right(self._stamps, _until(query))
            chosen = self._stamps[begin : min(end, begin + limit)]
            raws = [self._raw[number] for _, number in chosen]
            more = self._more(query, chosen[-1], limit) if chosen and begin + limit < end else ""
        return b'{"statements": [' + b",".join(raws) + b'], "more": ' + json.dumps(more).encode() + b"}"

    def _more(self, query: dict[str, str], last: Stamp, limit: int) -> str:
        until = f"&until={query['until']}" if "until" in query else ""
        return f"/xapi/statements?limit={limit}&at={last[0]!r}&number={last[1]}{until}"


def _after(query: dict[str, str]) -> Stamp:
    if "at" in query:
        return float(query["at"]), int(query["number"])
    return (_seconds(query["since"]), 1 << 60) if "since" in query else (-1.0, 0)


def _until(query: dict[str, str]) -> Stamp:
    return (_seconds(query["until"]), 1 << 60) if "until" in query else (float("inf"), 0)


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


@contextmanager
def served(lrs: RacingLrs) -> Iterator[str]:
    """Serve ``lrs`` on loopback; yield its endpoint."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(lrs))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/xapi"
    finally:
        server.shutdown()
        server.server_close()


def _handler(lrs: RacingLrs) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            about = parts.path.endswith("/about")
            body = b'{"version": ["1.0.3"]}' if about else lrs.page(query)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("X-Experience-API-Version", "1.0.3")
            self.send_header("X-Experience-API-Consistent-Through", datetime.now(UTC).isoformat())
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def written(lrs: RacingLrs, count: int, seconds: float, slowest: float, seed: int) -> list[threading.Thread]:
    """Start four writers that commit ``count`` Statements in about ``seconds``, each up to ``slowest`` s late."""
    each = count // WRITERS
    threads = [
        threading.Thread(
            target=_write, args=(lrs, range(place * each, (place + 1) * each), seconds, slowest, seed + place)
        )
        for place in range(WRITERS)
    ]
    for thread in threads:
        thread.start()
    return threads


def _write(lrs: RacingLrs, numbers: range, seconds: float, slowest: float, seed: int) -> None:
    chance, waiting, begun = random.Random(seed), list[tuple[float, Stamp]](), time.time()
    for place, number in enumerate(numbers):
        time.sleep(max(0.0, begun + seconds * place / len(numbers) - time.time()))
        stored = time.time()
        late = slowest * chance.random() ** 4  # most commits are quick, few are slow
        heapq.heappush(waiting, (stored + late, (stored, number)))
        _land(lrs, waiting, time.time())
    while waiting:
        time.sleep(max(0.0, waiting[0][0] - time.time()))
        _land(lrs, waiting, time.time())


def _land(lrs: RacingLrs, waiting: list[tuple[float, Stamp]], now: float) -> None:
    while waiting and waiting[0][0] <= now:
        lrs.commit(heapq.heappop(waiting)[1])
