"""The cells of a catalogue: from what people write to what is kept, each with a sentence that says what to write."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from unicodedata import category
from urllib.parse import urlsplit

from connector.domain import Audience, ItemStatus
from connector.errors import BadInput
from connector.statements.iris import fold_item, is_usable

EMPTIES: Final = "-"
"""The cell that empties a field; an empty cell leaves it as it is."""
SEPARATOR: Final = "|"
MOST_MINUTES: Final = 60 * 24 * 365
MOST_DAYS: Final = 365 * 100
FIRST_YEAR, LAST_YEAR = 1970, 2199
MOST_NAMES: Final = 100
LONGEST: Final = {
    "url": 2000,
    "image_url": 2000,
    "title": 500,
    "summary": 20_000,
    "level": 80,
    "language": 35,
    "provider": 200,
    "family": 200,
    "topics": 200,
    "skills": 200,
    "audience": 300,
    "prerequisites": 2000,
}
"""Characters that a field, or one name of a list, holds; a longer text is refused, not cut."""
_TRUE, _FALSE = frozenset({"1", "true", "yes"}), frozenset({"0", "false", "no"})

Read = Callable[[Any, str], Any]


def text(value: Any, name: str) -> str:
    """Return ``value`` with single blanks.

    Raises
    ------
    BadInput
        If it is no text, too long, or holds control characters or lone surrogates: no database keeps those.
    """
    if not isinstance(value, str):
        raise BadInput(f"{name} must be text.")
    plain = " ".join(value.split())
    if not plain.isprintable() and any(category(character) in {"Cc", "Cs"} for character in plain):
        raise BadInput(f"{name} holds control characters: delete them.")
    if len(plain) > LONGEST.get(name, len(plain)):
        raise BadInput(f"{name} is longer than {LONGEST[name]} characters: shorten it.")
    return plain


def language(value: Any, name: str) -> str:
    """Return a language tag; raises BadInput for what cannot be one (BCP 47)."""
    tag = text(value, name)
    if not all(part.isascii() and part.isalnum() for part in tag.split("-")):
        raise BadInput(f"{name} {tag!r} is no language tag: write one such as en or pt-BR.")
    return tag


def url(value: Any, name: str) -> str:
    """Return a web address; raises BadInput for anything else."""
    address = text(value, name)
    try:
        parts = urlsplit(address)
        found = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        found = False
    if not found:
        raise BadInput(f"{name} {address!r} is no web address: write one that begins with https://.")
    return address


def iri(value: Any, name: str) -> str:
    """Return an absolute IRI as it is written; raises BadInput for what is none."""
    spelled = text(value, name)
    if not is_usable(fold_item(spelled)):
        raise BadInput(
            f"{name} {spelled!r} is no absolute IRI: write what the statements have, such as "
            "https://lms.example.edu/course/view.php?id=4."
        )
    return spelled


def _whole(most: int, what: str) -> Read:
    def read(value: Any, name: str) -> int:
        try:
            number = 0 if isinstance(value, bool) else round(float(value))
        except (TypeError, ValueError, OverflowError):
            number = 0
        if not 0 < number <= most:
            raise BadInput(f"{name} must be a number of {what} from 1 to {most:,}.")
        return number

    return read


def flag(value: Any, name: str) -> bool:
    """Return yes or no; raises BadInput for any other word."""
    word = str(value).strip().casefold()
    if word not in _TRUE | _FALSE:
        raise BadInput(f"{name} must be true or false.")
    return word in _TRUE


def status(value: Any, name: str) -> str:
    """Return a status; raises BadInput for any other word."""
    word = text(value, name).casefold()
    if word not in set(ItemStatus):
        raise BadInput(f"{name} must be one of: {', '.join(ItemStatus)}.")
    return word


# --- lists -------------------------------------------------------------------------------------------------------


def _names(read_one: Read) -> Read:
    def read(value: Any, name: str) -> list[str]:
        given = value.split(SEPARATOR) if isinstance(value, str) else value
        if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
            raise BadInput(f"{name} must be names separated by {SEPARATOR} (CSV) or an array of names (JSON).")
        if len(given) > MOST_NAMES:
            raise BadInput(f"{name} has more than {MOST_NAMES} names.")
        if any(SEPARATOR in one for one in given):
            raise BadInput(f"{name} must not hold the character {SEPARATOR}, which separates names.")
        return list(dict.fromkeys(read_one(one, name) for one in given if one.strip()))

    return read


def _folded_iri(value: str, name: str) -> str:
    return fold_item(iri(value, name))


def admitted(value: str, name: str) -> str:
    """Return an entry of ``audience`` as Visits are compared with it; raises BadInput for what can never match."""
    kind, colon, who = text(value, name).partition(":")
    kind, who = kind.strip().casefold(), who.strip()
    if kind in {"role", "language"}:
        who = who.casefold()
    known = kind in {"role", "course", "platform", "language"} and bool(colon and who)
    if not known or (kind == "role" and who not in set(Audience)):
        raise BadInput(
            f"{name} {value!r} is none of role:{'|role:'.join(Audience)}, course:ID, platform:NAME, language:TAG."
        )
    return f"{kind}:{who}"


# --- times -------------------------------------------------------------------------------------------------------


def starts(value: Any, name: str) -> datetime:
    """Return the moment from which something is there; a day begins at midnight UTC."""
    return _moment(value, name, timedelta(0))


def ends(value: Any, name: str) -> datetime:
    """Return the moment at which something ends; a day ends at the midnight after it, UTC."""
    return _moment(value, name, timedelta(days=1))


def _moment(value: Any, name: str, of_a_day: timedelta) -> datetime:
    """Return an ISO 8601 date or time, in UTC where it names no zone.

    Raises
    ------
    BadInput
        If it is none, or not of the years 1970 to 2199.
    """
    written = text(value, name)
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return _time(written, name)
    _year_is_sane(day.year, name)
    return datetime.combine(day, time(), UTC) + of_a_day


def _time(written: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise BadInput(
            f"{name} {written!r} is no date: write 2026-09-01, or 2026-09-01T08:00+02:00 (without a zone it is UTC)."
        ) from error
    _year_is_sane(moment.year, name)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _year_is_sane(year: int, name: str) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadInput(f"{name} must be of the years {FIRST_YEAR} to {LAST_YEAR}.")


# --- the fields --------------------------------------------------------------------------------------------------

COLUMNS: Final[Mapping[str, tuple[Read, Any]]] = {
    "url": (url, ""),
    "language": (language, ""),
    "minutes": (_whole(MOST_MINUTES, "minutes"), None),
    "level": (text, ""),
    "topics": (_names(text), []),
    "skills": (_names(text), []),
    "provider": (text, ""),
    "image_url": (url, ""),
    "prerequisites": (_names(_folded_iri), []),
    "audience": (_names(admitted), []),
    "sensitive": (flag, False),
    "status": (status, ItemStatus.SHOWN.value),
    "visible": (flag, True),
    "enrolable": (flag, True),
    "starts_at": (starts, None),
    "ends_at": (ends, None),
    "renewal_days": (_whole(MOST_DAYS, "days"), None),
}
"""How each column of an Item is read, and what it is when it is empty."""
