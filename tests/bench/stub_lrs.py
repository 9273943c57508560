"""A stub LRS for measuring: serves N Statements in pages, ascending by Stored, made when asked for. A simulator.

Run as ``python -m tests.bench.stub_lrs PORT COUNT``; it prints "ready" and serves until it is ended. Ids have no order,
as those of real LRSs; a page is made while the one before it is being worked on, so that nobody waits for the stub.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from urllib.parse import parse_qs, urlsplit

HOME = "https://lms.example.edu"
START = datetime(2025, 1, 1, tzinfo=UTC)
LARGEST_PAGE = 1000
COURSES = 500
LEARNERS = 5_000
_SHAPES = 10_007
"""How many different combinations of Verb and course there are to choose from: a prime, so that they do not repeat with
learners."""


def statement(number: int) -> bytes:
    """Return Statement ``number`` as Moodle's logstore writes it; all of it follows from the number."""
    digest = md5(b"%d" % number, usedforsecurity=False).hexdigest()
    at = (START + timedelta(seconds=number)).isoformat()
    learner = int(digest[:8], 16) % LEARNERS
    return _shapes()[number % _SHAPES] % (
        f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-a{digest[17:20]}-{digest[20:]}".encode(),
        learner,
        at.encode(),
        at.replace("+", ".400000+").encode(),
    )


@lru_cache(maxsize=1)
def _shapes() -> list[bytes]:
    random = Random(11)
    return [_shape(random) for _ in range(_SHAPES)]


def _shape(random: Random) -> bytes:
    course = int(random.paretovariate(0.8)) % COURSES + 1
    verb = random.choice(("completed", "completed", "initialized", "experienced"))
    definition = {"type": "https://w3id.org/xapi/cmi5/activitytype/course", "name": {"en": f"Course {course}"}}
    told = {
        "id": "%s",
        "actor": {"account": {"homePage": HOME, "name": "%d"}, "name": "Somebody"},
        "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}", "display": {"en": verb}},
        "object": {"id": f"{HOME}/course/view.php?id={course}", "definition": definition, "objectType": "Activity"},
        "context": {
            "platform": "Moodle",
            "language": "en",
            "contextActivities": {"category": [{"id": HOME, "definition": {"name": {"en": "Moodle"}}}]},
        },
        "timestamp": "%s",
        "stored": "%s",
        "version": "1.0.3",
    }
    return json.dumps(told).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    count: int

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        limit = min(int(query.get("limit", ["100"])[0]), LARGEST_PAGE)
        begin = int(query.get("from", ["0"])[0])
        body = _page(begin, limit, self.count)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Experience-API-Version", "1.0.3")
        self.end_headers()
        self.wfile.write(body)
        _page(begin + limit, limit, self.count)

    def log_message(self, *_: object) -> None:
        return


@lru_cache(maxsize=4)
def _page(begin: int, limit: int, count: int) -> bytes:
    """Return a page; the last one is empty, so that its end is no question."""
    end = min(begin + limit, count)
    more = f"/xapi/statements?from={end}&limit={limit}" if begin < count else ""
    return b'{"statements":[' + b",".join(map(statement, range(begin, end))) + b'],"more":"' + more.encode() + b'"}'


def main() -> None:
    port, _Handler.count = int(sys.argv[1]), int(sys.argv[2])
    _shapes()
    server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
