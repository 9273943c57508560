"""Entries of a catalogue: the lines about one Item, read, joined and written again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from connector.catalog import cells
from connector.domain import Iri, ItemText
from connector.errors import BadInput
from connector.statements.iris import fold_item, page_of

FIELDS: Final = (
    "iri",
    "url",
    "title",
    "summary",
    "language",
    "minutes",
    "level",
    "topics",
    "skills",
    "provider",
    "image_url",
    "prerequisites",
    "audience",
    "sensitive",
    "status",
    "visible",
    "enrolable",
    "starts_at",
    "ends_at",
    "renewal_days",
    "family",
)
"""The columns of a catalogue, in the order in which they are written."""
UNKNOWN_LANGUAGE: Final = "und"


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """What a catalogue says of one Item; fields that are not in ``columns`` were left out and stay as they are.

    ``iri`` is folded, ``page`` the address as it was written ("" where it is none). ``family`` is a code that joins the
    Items of one file, "" for none.
    """

    iri: Iri
    page: str
    columns: Mapping[str, Any]
    texts: tuple[ItemText, ...] = ()
    family: str = ""


# --- reading -----------------------------------------------------------------------------------------------------


def read_line(row: Mapping[str, Any]) -> CatalogEntry:
    """Return what one line says.

    Raises
    ------
    BadInput
        With the field that cannot be used and what to write.
    """
    spelled = cells.iri(row.get("iri") or "", "iri")
    given = {name: value for name, value in row.items() if not _is_left_out(value)}
    columns = {name: _cell(given[name], name) for name in cells.COLUMNS if name in given}
    if columns.get("starts_at") and columns.get("ends_at") and columns["starts_at"] >= columns["ends_at"]:
        raise BadInput("ends_at must be later than starts_at.")
    family = cells.text(given.get("family", ""), "family")
    return CatalogEntry(fold_item(spelled), page_of(spelled), columns, _texts(given), family)


def _is_left_out(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _cell(value: Any, name: str) -> Any:
    read, empty = cells.COLUMNS[name]
    emptied = isinstance(value, str) and value.strip() == cells.EMPTIES
    return empty if emptied else read(value, name)


def _texts(given: Mapping[str, Any]) -> tuple[ItemText, ...]:
    title, summary = (cells.text(given.get(name, ""), name) for name in ("title", "summary"))
    if summary and not title:
        raise BadInput("summary needs a title on the same line.")
    tag = _cell(given.get("language", ""), "language") if "language" in given else ""
    return (ItemText(tag or UNKNOWN_LANGUAGE, title, summary),) if title else ()


def joined(first: CatalogEntry, later: CatalogEntry) -> CatalogEntry:
    """Join a later line about the same Item to what was said before.

    It adds a title in one more language and fills in what was left out; the Item's own language is the first line's.

    Raises
    ------
    BadInput
        If that language has a title already.
    """
    taken = {text.language for text in first.texts} & {text.language for text in later.texts}
    if taken:
        raise BadInput(f"language {min(taken)} has a title on an earlier line about this iri: keep one of the two.")
    more = {name: value for name, value in later.columns.items() if name != "language"}
    return replace(
        first,
        columns={**more, **first.columns},
        texts=(*first.texts, *later.texts),
        family=first.family or later.family,
    )


# --- writing -----------------------------------------------------------------------------------------------------


def lines_of(
    iri: str, columns: Mapping[str, Any], texts: Sequence[ItemText], family: str = ""
) -> Iterator[dict[str, Any]]:
    """Write an Item as the lines that `read_line` and `joined` read back: its own language first, without empty cells.

    A title in another language than the Item's never stands on the first line, which says the Item's language.
    """
    own = columns.get("language") or ""
    main = [text for text in texts if text.language == (own or UNKNOWN_LANGUAGE)]
    first = {"iri": iri, **_said(columns), "family": family, **(_worded(main[0]) if main else {})}
    yield {name: first[name] for name in FIELDS if first.get(name) not in ("", None, [])}
    for text in texts:
        if text not in main:
            yield {"iri": iri, **_worded(text), "language": text.language}


def _said(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _written(columns.get(name)) for name in cells.COLUMNS}


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _worded(text: ItemText) -> dict[str, str]:
    return {"title": text.title} | ({"summary": text.summary} if text.summary else {})


def by_item(lines: Iterable[tuple[str, CatalogEntry]]) -> tuple[list[CatalogEntry], list[str]]:
    """Join lines by Item, in the order of the file; return a sentence for each that contradicts an earlier one.

    ``lines`` are pairs of where a line stands and what it says.
    """
    found: dict[str, CatalogEntry] = {}
    refused = []
    for place, entry in lines:
        try:
            found[entry.iri] = joined(found[entry.iri], entry) if entry.iri in found else entry
        except BadInput as error:
            refused.append(f"{place}: {error}")
    return list(found.values()), refused
