"""The catalogues of messages: ``python -m widgets.messages [FOLDER …]`` writes them anew and says what is missing.

The folders are those of other packages whose sentences (marked with ``gettext_noop``) are shown on our pages;
``make messages`` names them. ``widgets.pot`` has what learners, teachers and those who register the tool read; each
``<language>/LC_MESSAGES/widgets.po`` is brought up to it. ``console.pot`` has what the console alone says, which is
English.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import write_po

from widgets.catalogue import DOMAIN, TEMPLATE, TRANSLATIONS, catalogue, po_file
from widgets.faults import faults

PACKAGE = Path(__file__).parent
CONSOLE_TEMPLATE = TRANSLATIONS / "console.pot"
METHODS = [("templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
KEYWORDS = DEFAULT_KEYWORDS | {"gettext_noop": None, "ngettext_noop": (1, 2)}
OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
CONSOLE_FILE = re.compile(r"console|/by_hand")
"""Files whose sentences only the console shows."""


def extracted(*others: Path) -> dict[Path, bytes]:
    """Return the two .pot files, by where they stand, with all messages in a fixed order and without dates."""
    catalogs = {TEMPLATE: _empty("en"), CONSOLE_TEMPLATE: _empty("en")}
    for folder in (PACKAGE, *others):
        for file, _, message, comments, context in extract_from_dir(folder, METHODS, OPTIONS, KEYWORDS):
            place = f"{folder.name}/{file}"
            catalog = catalogs[CONSOLE_TEMPLATE if CONSOLE_FILE.search(place) else TEMPLATE]
            catalog.add(message, None, [(place, 0)], auto_comments=comments, context=context)
    return {path: _written(catalog) for path, catalog in catalogs.items()}


def brought_up(language: str, folder: Path = TRANSLATIONS) -> bytes:
    """Return the .po file of ``language`` with the messages of the template, no more and no fewer.

    A message that was reworded keeps its old translation, marked fuzzy: English is shown until a person looks at it.
    """
    translated = catalogue(po_file(language, folder), language)
    translated.update(catalogue(TEMPLATE))
    return _written(translated, f"Language: {language}\\n", f"Plural-Forms: {translated.plural_forms}\\n")


def languages(folder: Path = TRANSLATIONS) -> list[str]:
    """Return the languages besides English, in the alphabet's order."""
    return sorted(file.parents[1].name for file in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def _empty(language: str) -> Catalog:
    return Catalog(locale=language, charset="utf-8", fuzzy=False)


def _written(catalog: Catalog, *more: str) -> bytes:
    """Return the catalogue as a file; a template names no plural forms, so that each new language gets its own."""
    written = BytesIO()
    write_po(written, catalog, 120, omit_header=True, sort_output=True, include_lineno=False, ignore_obsolete=True)
    fields = ("Content-Type: text/plain; charset=utf-8\\n", "Content-Transfer-Encoding: 8bit\\n", *more)
    lines = [f'"{field}"' for field in fields]
    return "\n".join(['msgid ""', 'msgstr ""', *lines, "", ""]).encode() + written.getvalue()


def _written_anew(others: list[Path]) -> Iterator[str]:
    """Write all catalogues; yield what each translation lacks."""
    for path, content in extracted(*others).items():
        path.write_bytes(content)
    for language in languages():
        file = po_file(language, TRANSLATIONS)
        file.write_bytes(brought_up(language))
        found = faults(catalogue(TEMPLATE), catalogue(file, language))
        yield from (f"{language}: {fault}" for fault in found or ["complete"])


def main() -> None:
    """Write the committed catalogues."""
    for line in _written_anew([Path(folder) for folder in sys.argv[1:]]):
        print(line)  # noqa: T201 - what the command answers


if __name__ == "__main__":
    main()
