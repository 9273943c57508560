"""A Finding: one thing that ``onward doctor`` looked at."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a Finding is; ``ok`` says that something is well."""

    ERROR = "error"
    WARNING = "warning"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what was seen and what to do ("" when nothing is to be done)."""

    severity: Severity
    code: str
    seen: str
    remedy: str = ""
