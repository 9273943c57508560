"""The recipes by hand: which versions there are, a new one, one of before; each change is kept and written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import TenantId
from connector.errors import BadInput, UnknownName
from connector.recipes.book_file import LONGEST_BOOK, read_book
from connector.recipes.default_book import DEFAULT_TEXT
from connector.recipes.recipe import RecipeBook
from connector.recipes.summary import summary
from connector.statements.iris import fold_item
from connector.store import events, items, recipes
from connector.store.recipes import BookVersion

BUILT_IN = 0
"""The version that was never set: what the program comes with."""
LONGEST_NOTE, LONGEST_BY = 500, 80


@dataclass(frozen=True, slots=True)
class Document:
    """The text of a version and what it says in English."""

    version: int
    text: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Who makes a new version, and why; both in their own words."""

    by: str = "command line"
    note: str = ""


@dataclass(frozen=True, slots=True)
class NewBook:
    """A version that was made; ``unknown`` are the IRIs of pins that name no Item here: they show nothing yet."""

    version: int
    unknown: tuple[str, ...]


def listed(tenant: TenantId, readers: sessionmaker[Session]) -> list[dict[str, Any]]:
    """Return every version as JSON values, newest first; the last one is what the program comes with."""
    with readers.begin() as session:
        kept = recipes.all_of(session, tenant)
    rows = [_as_json(one, is_newest=one is kept[0]) for one in kept]
    state = "kept" if kept else "served"
    return [*rows, {"version": BUILT_IN, "state": state, "made_at": None, "by": "the program", "note": ""}]


def _as_json(one: BookVersion, *, is_newest: bool) -> dict[str, Any]:
    state = "served" if is_newest else "kept"
    return {"version": one.version, "state": state, "made_at": one.made_at, "by": one.made_by, "note": one.note}


def shown(tenant: TenantId, readers: sessionmaker[Session], version: int | None = None) -> Document:
    """Return a version of the recipes, the one that counts where none is named.

    Raises
    ------
    UnknownName
        If there is no such version.
    """
    with readers.begin() as session:
        wanted = _newest(session, tenant) if version is None else version
        return _document(session, tenant, wanted)


def _newest(session: Session, tenant: TenantId) -> int:
    newest = recipes.newest(session, tenant)
    return newest[0] if newest else BUILT_IN


def _document(session: Session, tenant: TenantId, version: int) -> Document:
    text = DEFAULT_TEXT if version == BUILT_IN else recipes.document(session, tenant, version)
    if text is None:
        kept = ", ".join(str(one.version) for one in recipes.all_of(session, tenant)) or "none yet"
        raise UnknownName(f"There is no version {version} of the recipes. Set were: {kept}; 0 is the built-in one.")
    return Document(version, text, tuple(summary(read_book(text))))


def checked(file: Path) -> Document:
    """Read a file without setting it.

    Raises
    ------
    BookRefused
        If it cannot be used: with every mistake and its place.
    BadInput
        If it cannot be read at all.
    """
    text = _content(file)
    return Document(BUILT_IN, text, tuple(summary(read_book(text))))


def _content(file: Path) -> str:
    try:
        if file.stat().st_size > 4 * LONGEST_BOOK:
            raise BadInput(f"{file.name} is too large for recipes.")
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadInput(f"{file.name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{file.name} is not UTF-8: save it as UTF-8 and try again.") from error


# --- changes ------------------------------------------------------------------------------------------------------


def set_book(
    file: Path, tenant: TenantId, sessions: sessionmaker[Session], clock: Clock, change: Change = Change()
) -> NewBook:
    """Make the recipes of a file count from the next request on.

    Raises
    ------
    BadInput
        As `checked`; and if a pin names an Item that is not known here.
    """
    text = _content(file)
    book = read_book(text)
    with sessions.begin() as session:
        unknown = _unknown_pins(session, tenant, book)
        if unknown:
            raise BadInput(f"No item has the IRI {unknown[0]!r}, which a pin names: `onward item list` shows them.")
        return NewBook(_add(session, tenant, text, change, clock()), ())


def import_book(
    file: Path, tenant: TenantId, sessions: sessionmaker[Session], clock: Clock, change: Change = Change()
) -> NewBook:
    """Take over the recipes of another site: as `set_book`, but pins may name Items that are yet to come.

    Raises
    ------
    BadInput
        As `checked`.
    """
    text = _content(file)
    book = read_book(text)
    with sessions.begin() as session:
        unknown = _unknown_pins(session, tenant, book)
        return NewBook(_add(session, tenant, text, change, clock()), unknown)


def export_book(file: Path, tenant: TenantId, readers: sessionmaker[Session], version: int | None = None) -> int:
    """Write a version to a new file, to the byte as it was set; return which.

    Raises
    ------
    BadInput
        If the file is there already, or cannot be written.
    UnknownName
        If there is no such version.
    """
    document = shown(tenant, readers, version)
    try:
        with file.open("xb") as opened:
            opened.write(document.text.encode())
    except FileExistsError as error:
        raise BadInput(f"{file.name} is there already: choose another name.") from error
    except OSError as error:
        raise BadInput(f"{file.name} cannot be written: {error.strerror}.") from error
    return document.version


def rollback(
    tenant: TenantId,
    sessions: sessionmaker[Session],
    clock: Clock,
    version: int | None = None,
    change: Change = Change(),
) -> NewBook:
    """Make a version of before count again, the one before the newest where none is named; it gets a new number.

    Raises
    ------
    UnknownName
        If there is no such version, or nothing was ever set.
    """
    with sessions.begin() as session:
        newest = _newest(session, tenant)
        if newest == BUILT_IN:
            raise UnknownName("There is nothing to go back from: no recipes were ever set.")
        wanted = newest - 1 if version is None else version
        text = _document(session, tenant, wanted).text
        back = Change(change.by, change.note or f"back to version {wanted}")
        return NewBook(_add(session, tenant, text, back, clock(), of=wanted), ())


def _add(session: Session, tenant: TenantId, text: str, change: Change, now: datetime, of: int | None = None) -> int:
    by, note = _line("by", change.by, LONGEST_BY), _line("note", change.note, LONGEST_NOTE)
    version = recipes.add(session, tenant, text, made_by=by, note=note, now=now)
    code = "set" if of is None else "rolled_back"
    detail = {"version": version, "by": by, "note": note} | ({} if of is None else {"of": of})
    events.audit(session, tenant, "recipes_changed", code, detail, now)
    return version


def _line(name: str, value: str, longest: int) -> str:
    if len(value) > longest or not value.isprintable():
        raise BadInput(f"--{name} takes one line of at most {longest} characters.")
    return value.strip()


def _unknown_pins(session: Session, tenant: TenantId, book: RecipeBook) -> tuple[str, ...]:
    folded = {pin.iri: fold_item(pin.iri) for pin in book.pins}
    known = items.numbers(session, tenant, set(folded.values()))
    return tuple(iri for iri, key in folded.items() if key not in known)


# --- differences --------------------------------------------------------------------------------------------------


def difference(
    tenant: TenantId, readers: sessionmaker[Session], old: int | None = None, new: int | None = None
) -> list[str]:
    """Return what differs between two versions, in words and then line by line; empty where nothing does.

    Without ``new`` it is the one that counts, without ``old`` the one before ``new``.

    Raises
    ------
    UnknownName
        If there is no such version.
    """
    with readers.begin() as session:
        latest = _newest(session, tenant) if new is None else new
        after = _document(session, tenant, latest)
        before = _document(session, tenant, max(latest - 1, BUILT_IN) if old is None else old)
    words = [line for line in _lines(before.words, after.words, before, after)[2:] if not line.startswith("@@")]
    return [*words, *_lines(before.text.splitlines(), after.text.splitlines(), before, after)]


def _lines(one: Sequence[str], other: Sequence[str], before: Document, after: Document) -> list[str]:
    names = (f"version {before.version}", f"version {after.version}")
    return list(unified_diff(one, other, *names, lineterm="", n=0))
