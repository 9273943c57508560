"""A stub LRS for measuring: serves N ready-made Statements in pages, ascending by Stored, from memory. A simulator.

Run as ``python -m tests.bench.stub_lrs PORT COUNT``; it prints "ready" and serves until it is ended.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

HOME = "https://lms.example.edu"
START = datetime(2025, 1, 1, tzinfo=UTC)
LARGEST_PAGE = 1000


def statements(count: int, learners: int = 5_000, courses: int = 500) -> list[bytes]:
    """Return ``count`` Statements as Moodle's logstore writes them, each with its own id and Stored."""
    random = Random(11)
    return [_statement(number, random, learners, courses) for number in range(count)]


def _statement(number: int, random: Random, learners: int, courses: int) -> bytes:
    course = int(random.paretovariate(0.8)) % courses + 1
    at = START + timedelta(seconds=number)
    verb = random.choice(("completed", "completed", "initialized", "experienced"))
    definition = {"type": "https://w3id.org/xapi/cmi5/activitytype/course", "name": {"en": f"Course {course}"}}
    told = {
        "id": str(UUID(int=number + (1 << 100))),
        "actor": {"account": {"homePage": HOME, "name": str(random.randrange(learners))}, "name": "Somebody"},
        "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}", "display": {"en": verb}},
        "object": {"id": f"{HOME}/course/view.php?id={course}", "definition": definition, "objectType": "Activity"},
        "context": {
            "platform": "Moodle",
            "language": "en",
            "contextActivities": {"category": [{"id": HOME, "definition": {"name": {"en": "Moodle"}}}]},
        },
        "timestamp": at.isoformat(),
        "stored": (at + timedelta(milliseconds=400)).isoformat(),
        "version": "1.0.3",
    }
    return json.dumps(told).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    pages: dict[int, bytes]
    held: list[bytes]

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        limit = min(int(query.get("limit", ["100"])[0]), LARGEST_PAGE)
        begin = int(query.get("from", ["0"])[0])
        body = self._page(begin, limit)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Experience-API-Version", "1.0.3")
        self.end_headers()
        self.wfile.write(body)

    def _page(self, begin: int, limit: int) -> bytes:
        end = begin + limit
        more = f"/xapi/statements?from={end}&limit={limit}" if end < len(self.held) else ""
        return b'{"statements":[' + b",".join(self.held[begin:end]) + b'],"more":"' + more.encode() + b'"}'

    def log_message(self, *_: object) -> None:
        return


def main() -> None:
    port, count = int(sys.argv[1]), int(sys.argv[2])
    _Handler.held = statements(count)
    server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
