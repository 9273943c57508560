"""A small LRS of our own: xAPI's GET /statements and /about as far as a reader needs them, with switchable faults."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode


@dataclass
class StubLrs:
    """Orders by Stored, filters by it (exclusive), pages with a key that names the last Statement sent.

    ``more_shape`` is "path", "query", "relative" or "absolute"; ``origin`` is needed for the last only.
    """

    statements: list[dict[str, Any]] = field(default_factory=list)
    page_max: int = 500
    more_shape: str = "path"
    origin: str = ""
    consistent_through: str = ""
    date: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)

    def add(self, statement: Mapping[str, Any], stored: datetime) -> None:
        self.statements.append({**statement, "stored": stored.astimezone(UTC).isoformat()})

    def answer(self, path: str, query: Mapping[str, str]) -> tuple[int, dict[str, str], str]:
        """Return status, headers and body for GET ``path``."""
        self.asked.append({"path": path, **query})
        if path == "/xapi/about":
            return 200, {}, json.dumps({"version": ["1.0.3", "2.0.0"]})
        if path != "/xapi/statements":
            return 404, {"Content-Type": "text/html"}, "<h1>Not here</h1>"
        return 200, self._headers(), json.dumps(self._result(query))

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "X-Experience-API-Version": "1.0.3"}
        optional = {"X-Experience-API-Consistent-Through": self.consistent_through, "Date": self.date}
        return headers | {name: value for name, value in optional.items() if value}

    def _result(self, query: Mapping[str, str]) -> dict[str, Any]:
        page_size = min(int(query["limit"]), self.page_max)
        held = sorted((datetime.fromisoformat(s["stored"]), s["id"], s) for s in self.statements)
        after = json.loads(query["after"]) if "after" in query else None
        chosen = [(moment, name, s) for moment, name, s in held if self._wanted(moment, name, query, after)]
        page = chosen[:page_size]
        more = self._more(query, page[-1][:2]) if chosen[page_size:] else ""
        return {"statements": [s for _, _, s in page], "more": more}

    def _wanted(self, moment: datetime, name: str, query: Mapping[str, str], after: list[str] | None) -> bool:
        if "until" in query and moment > datetime.fromisoformat(query["until"]):
            return False
        if after is not None:
            return (moment, name) > (datetime.fromisoformat(after[0]), after[1])
        return "since" not in query or moment > datetime.fromisoformat(query["since"])

    def _more(self, query: Mapping[str, str], last: tuple[datetime, str]) -> str:
        kept = {name: query[name] for name in ("limit", "until") if name in query}
        after = urlencode(kept | {"after": json.dumps([last[0].isoformat(), last[1]])})
        start = {
            "path": "/xapi/statements",
            "query": "",
            "relative": "statements",
            "absolute": f"{self.origin}/xapi/statements",
        }
        return f"{start[self.more_shape]}?{after}"
