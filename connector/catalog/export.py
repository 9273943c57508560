"""Export: the catalogue as a file that ``import`` reads back and that changes nothing then."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from connector.catalog import files
from connector.catalog.cells import COLUMNS
from connector.catalog.entries import lines_of
from connector.domain import ItemText, TenantId
from connector.errors import BadInput
from connector.store import described
from connector.store.described import DescribedItem, WordedText


class Format(StrEnum):
    """How a catalogue is written."""

    CSV = "csv"
    JSON = "json"


def export_catalog(
    file: Path, written: Format, tenant: TenantId, readers: sessionmaker[Session], *, with_statements: bool = False
) -> int:
    """Write the catalogue to the new file ``file``; return how many Items it holds.

    ``with_statements`` adds Items and titles that only Statements brought, for somebody to fill in; an import then
    makes them the catalogue's.

    Raises
    ------
    BadInput
        If the file exists or cannot be written.
    """
    with readers.begin() as session:
        items = described.everything(session, tenant)
        texts = described.texts_of(session, tenant, [one.id for one in items])
    chosen = [one for one in items if with_statements or one.columns["in_catalog"]]
    lines = [line for one in chosen for line in _lines(one, texts.get(one.id, ()), with_statements=with_statements)]
    content = "\ufeff" + files.as_csv(lines) if written is Format.CSV else files.as_json(lines)
    try:
        with file.open("x", encoding="utf-8", newline="") as opened:
            opened.write(content)
    except FileExistsError as error:
        raise BadInput(f"{file} exists: choose a new name, exports are never written over a file.") from error
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}.") from error
    return len(chosen)


def _lines(item: DescribedItem, worded: tuple[WordedText, ...], *, with_statements: bool) -> Iterator[dict[str, Any]]:
    texts = [
        ItemText(text.language, text.title, text.summary) for text in worded if with_statements or text.from_catalog
    ]
    family = f"f{item.columns['family_id']}" if item.columns["family_fixed"] else ""
    columns = {name: item.columns[name] for name in COLUMNS}
    if texts and not item.columns["in_catalog"]:  # to fill in: one line, in the language that its title is in
        columns["language"] = texts[0].language
    return lines_of(item.columns["page"] or item.iri, columns, texts, family)
