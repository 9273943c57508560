"""Counters for Prometheus; no label ever names a person."""

from prometheus_client import Counter, Histogram

SLATES = Counter("onward_slates", "Pages served, by state.", ["state"])
FORGOTTEN = Counter("onward_slates_not_kept", "Pages that were served but could not be recorded.")
REFUSED = Counter("onward_launches_refused", "Logins and launches refused, by code.", ["code"])
FAILED = Counter("onward_pages_failed", "Pages that could not be made and became a message.", ["why"])
PUSHED = Counter("onward_pushed_statements", "Statements received by push, by what became of them.", ["outcome"])
PUSH_REFUSED = Counter("onward_pushes_refused", "Pushes refused, by code.", ["code"])
SECONDS = Histogram(
    "onward_request_seconds",
    "Time to answer, by route.",
    ["route"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
