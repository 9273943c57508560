"""Translations as people edit them: a .po file becomes what gettext asks, without a file in between."""

from functools import lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

DOMAIN = "widgets"
TRANSLATIONS = Path(__file__).parent / "translations"
TEMPLATE = TRANSLATIONS / f"{DOMAIN}.pot"
"""All messages that a translation needs, in English alone."""


@lru_cache(maxsize=64)
def translations_of(name: str, folder: Path) -> NullTranslations | None:
    """Return the translation ``name`` ("de", "pt_BR") in ``folder``; None if there is none.

    A message that is empty or marked fuzzy is shown in English.
    """
    file = po_file(name, folder)
    return as_translations(catalogue(file, name)) if file.is_file() else None


def po_file(name: str, folder: Path) -> Path:
    """Return where the translation ``name`` stands."""
    return folder / name / "LC_MESSAGES" / f"{DOMAIN}.po"


def catalogue(file: Path, name: str | None = None) -> Catalog:
    """Return what stands in a .po or .pot file.

    Raises
    ------
    babel.messages.pofile.PoFileError
        If it is none, naming the line.
    """
    with file.open("rb") as opened:
        return read_po(opened, locale=name, abort_invalid=True)


def as_translations(messages: Catalog) -> NullTranslations:
    """Return a catalogue as gettext asks it."""
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return Translations(compiled, domain=DOMAIN)
