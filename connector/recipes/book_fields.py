"""Reading one table of a TOML document field by field; what is wrong is noted with its place, and reading goes on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from connector.domain import RowKind
from connector.recipes.rules import Rule, RuleError, read_rule
from connector.recipes.rules.names import NAMES, About

_NO_RULE = read_rule("sensitive and not sensitive")
"""Stands in for a rule that could not be read, so that reading goes on; such a book is refused."""


@dataclass(slots=True)
class Fields:
    """A table of the document; ``place`` names it ("rows 2 (popular)"), ``problems`` is the document's list."""

    values: Mapping[str, Any]
    place: str
    problems: list[str]
    _asked: set[str] = field(default_factory=set)

    def wrong(self, key: str, what: str) -> None:
        """Note a mistake at ``key``."""
        self.problems.append(f"{self.place}{', ' if self.place else ''}{key}: {what}")

    def get(self, key: str) -> Any:
        """Return a value as it stands, None where there is none."""
        self._asked.add(key)
        return self.values.get(key)

    def close(self) -> None:
        """Note every key that nobody asked for, with the known one that is nearest."""
        for key in self.values:
            if key not in self._asked:
                near = get_close_matches(key, self._asked, 1, 0.5)
                known = f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(sorted(self._asked))}."
                self.wrong(key, f"there is no such key. {known}")

    # --- single values --------------------------------------------------------------------------------------------

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self.get(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.wrong(key, "write true or false, without quotes.")
        return default

    def text(self, key: str, longest: int) -> str:
        """Return a text without spaces around it; "" where there is none."""
        value = self.get(key)
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > longest or not value.strip().isprintable():
            self.wrong(key, f"a text in quotes is wanted, on one line, of at most {longest} characters.")
            return ""
        return value.strip()

    def needed_text(self, key: str, longest: int) -> str:
        """Return a text that has to be there."""
        there = self.values.get(key)
        if there is None or there == "":
            self.wrong(key, "it is missing.")
        return self.text(key, longest)

    def whole(self, key: str, *, least: int, most: int, default: int) -> int:
        """Return a whole number of a range."""
        value = self.get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.wrong(key, f"a whole number from {least} to {most} is wanted, not {value!r}.")
            return default
        return value

    def size(self, key: str, most: int) -> int | None:
        """Return a whole number from 1 to ``most``, None where there is none."""
        return None if self.get(key) is None else self.whole(key, least=1, most=most, default=1)

    def number(self, key: str, *, least: float, most: float, default: float | None) -> float:
        """Return a number of a range; without a ``default`` it has to be there."""
        value = self.get(key)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            said = "it is missing" if value is None else f"not {value!r}"
            self.wrong(key, f"a number from {least:g} to {most:g} is wanted, {said}.")
            return least if default is None else default
        return float(value)

    def kind(self, key: str, default: RowKind | None = None) -> RowKind | None:
        """Return a kind of Row; None after a mistake."""
        value = self.get(key)
        if value is None and default is not None:
            return default
        if isinstance(value, str) and value in set(RowKind):
            return RowKind(value)
        kinds = [one.value for one in RowKind]
        near = get_close_matches(str(value), kinds, 1, 0.5)
        self.wrong(key, f"Did you mean `{near[0]}`?" if near and value else f"one of {', '.join(kinds)} is wanted.")
        return None

    # --- rules ----------------------------------------------------------------------------------------------------

    def rule(self, key: str, about: Collection[About]) -> Rule | None:
        """Return a rule that looks at nothing but ``about``; None where there is none."""
        value = self.get(key)
        if value is None:
            return None
        try:
            rule = read_rule(value if isinstance(value, str) else "")
        except RuleError as error:
            self.wrong(key, str(error))
            return None
        foreign = sorted(name for name in rule.names if NAMES[name].about not in about)
        if foreign:
            allowed = ", ".join(name for name, one in NAMES.items() if one.about in about)
            self.wrong(key, f"`{foreign[0]}` is not known here. There are: {allowed}.")
        return rule

    def needed_rule(self, key: str, about: Collection[About]) -> Rule:
        """Return a rule that has to be there."""
        if self.values.get(key) is None:
            self.wrong(key, "it is missing: write a rule, such as 'minutes <= 30'.")
        return self.rule(key, about) or _NO_RULE

    # --- tables ---------------------------------------------------------------------------------------------------

    def table(self, key: str) -> "Fields":
        """Return a table; an empty one where there is none."""
        value = self.get(key)
        if value is not None and not isinstance(value, dict):
            self.wrong(key, f"write it as a table: `[{key}]`.")
        return Fields(value if isinstance(value, dict) else {}, self._below(key), self.problems)

    def tables(self, key: str, most: int) -> list["Fields"]:
        """Return the tables of an array."""
        value = self.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value) or len(value) > most:
            self.wrong(key, f"write each as a table of its own, `[[{key}]]`, at most {most} of them.")
            return []
        return [Fields(one, self._named(key, place, one), self.problems) for place, one in enumerate(value, 1)]

    def _below(self, key: str) -> str:
        return f"{self.place}, {key}" if self.place else key

    def _named(self, key: str, place: int, values: Mapping[str, Any]) -> str:
        name = values.get("name")
        return self._below(f"{key} {place}") + (f' ("{name}")' if isinstance(name, str) and name else "")


@dataclass(frozen=True, slots=True)
class Moments:
    """The dates of a table: those without an offset are in the zone of the book."""

    fields: Fields
    zone: ZoneInfo

    def start(self, key: str) -> datetime | None:
        """Return when something begins; a date alone is its first moment."""
        return self._moment(key, timedelta(0))

    def end(self, key: str) -> datetime | None:
        """Return when something has ended; a date alone is its whole day."""
        return self._moment(key, timedelta(days=1))

    def _moment(self, key: str, after_a_day: timedelta) -> datetime | None:
        value = self.fields.get(key)
        if isinstance(value, datetime):
            return value if value.tzinfo is not None else value.replace(tzinfo=self.zone)
        if isinstance(value, date) and value < date.max:
            return datetime.combine(value + after_a_day, time(), self.zone)
        if value is not None:
            self.fields.wrong(key, "a date or a date with a time is wanted, without quotes: 2026-12-31T17:00:00.")
        return None


def zone_of(fields: Fields) -> ZoneInfo:
    """Return the time zone of the book."""
    name = fields.text("time_zone", 80) or "UTC"
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        fields.wrong("time_zone", f"no time zone {name!r} is known; names are like Europe/Berlin.")
        return ZoneInfo("UTC")
