"""LRSs as their Profiles' sources describe them: simulated, which is evidence for our reading of the sources only."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from lrs_adapters.profiles import ConsistentThrough, EndCheck, Profile

SECRET = "Basic cmVhZGVyOmEgc2VjcmV0"
PROXY = "/behind/a/proxy"

Reply = tuple[int, dict[str, str], str]


@dataclass
class SimulatedLrs:
    """One LRS of the kind of ``profile``; its highest page is the profile's, ``more`` and errors are of its ways."""

    profile: Profile
    statements: list[dict[str, Any]] = field(default_factory=list)
    cached: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """Return the path that clients see: SQL LRS stands behind a proxy that adds a prefix."""
        path = self.profile.base_path.replace("<id>", "4711")
        return PROXY + path if self.profile.more_lacks_prefix else path

    def add(self, statement: Mapping[str, Any], stored: datetime) -> None:
        self.statements.append({**statement, "stored": stored.astimezone(UTC).isoformat()})

    def answer(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        if headers.get("Authorization") != SECRET:
            return (400 if self.profile.kind == "adl-lrs" else 401), {"Content-Type": "text/html"}, "<h1>No</h1>"
        if not headers.get("X-Experience-API-Version"):
            return 400, {}, "the version header is missing"
        if path == f"{self.base}/about":
            return 200, {}, json.dumps({"version": ["1.0.3"]})
        if path.startswith(f"{self.base}/statements/more/"):
            return self._page(self.cached[path.rpartition("/")[2]])
        return self._page(query) if path == f"{self.base}/statements" else (404, {"Content-Type": "text/html"}, "<h1>")

    def _page(self, query: Mapping[str, str]) -> Reply:
        size = min(int(query["limit"]), self.profile.page_size)
        held = sorted((datetime.fromisoformat(one["stored"]), one["id"], one) for one in self.statements)
        left = [one for one in held if self._wanted(one, query)]
        more = self._more(query, left[size - 1]) if left[size:] else ""
        body = json.dumps({"statements": [one for *_, one in left[:size]], "more": more})
        return 200, self._headers(held), body

    def _wanted(self, held: tuple[datetime, str, Any], query: Mapping[str, str]) -> bool:
        if "until" in query and held[0] > datetime.fromisoformat(query["until"]):
            return False
        if "cursor" in query:
            moment, name = json.loads(query["cursor"])
            return held[:2] > (datetime.fromisoformat(moment), name)
        return "since" not in query or held[0] > datetime.fromisoformat(query["since"])

    def _more(self, query: Mapping[str, str], last: tuple[datetime, str, Any]) -> str:
        key = {name: query[name] for name in ("limit", "until") if name in query}
        key["cursor"] = json.dumps([last[0].isoformat(), last[1]])
        if self.profile.end_check is EndCheck.ALWAYS:
            return ""
        if self.profile.kind == "adl-lrs":
            name = hashlib.sha256(key["cursor"].encode()).hexdigest()
            self.cached[name] = key
            return f"{self.base}/statements/more/{name}"
        return f"{self.base.removeprefix(PROXY)}/statements?{urlencode(key)}"

    def _headers(self, held: list[tuple[datetime, str, Any]]) -> dict[str, str]:
        now = max((one[0] for one in held), default=datetime(2024, 1, 1, tzinfo=UTC)) + timedelta(seconds=1)
        headers = {"Content-Type": "application/json", "X-Experience-API-Version": "1.0.3"}
        lag = {ConsistentThrough.NOW: timedelta(), ConsistentThrough.LAGS: timedelta(seconds=3)}
        if self.profile.consistent_through in lag:
            through = now - lag[self.profile.consistent_through]
            headers["X-Experience-API-Consistent-Through"] = through.isoformat()
        return headers
