"""The catalogue of messages: ``python -m widgets.messages [FOLDER …]`` writes ``translations/widgets.pot`` anew.

The folders are those of other packages whose sentences (marked with ``gettext_noop``) are shown on our pages;
``make messages`` names them.

A translation is made from it with Babel (``pybabel init`` or ``update``, then ``compile``, domain ``widgets``).
"""

import sys
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import write_po

from widgets.wording import DOMAIN, TRANSLATIONS

PACKAGE = Path(__file__).parent
TEMPLATE = TRANSLATIONS / f"{DOMAIN}.pot"
METHODS = [("templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
KEYWORDS = DEFAULT_KEYWORDS | {"gettext_noop": None}
OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}


def extracted(*others: Path) -> bytes:
    """Return all messages of modules and templates as a .pot file, in a fixed order, without dates."""
    catalog = Catalog(charset="utf-8", fuzzy=False)
    for folder in (PACKAGE, *others):
        for file, _, message, comments, context in extract_from_dir(folder, METHODS, OPTIONS, KEYWORDS):
            catalog.add(message, None, [(f"{folder.name}/{file}", 0)], auto_comments=comments, context=context)
    written = BytesIO()
    write_po(written, catalog, width=120, omit_header=True, sort_output=True, include_lineno=False)
    return HEADER + written.getvalue()


HEADER = (
    b'msgid ""\n'
    b'msgstr ""\n'
    b'"Content-Type: text/plain; charset=utf-8\\n"\n'
    b'"Content-Transfer-Encoding: 8bit\\n"\n'
    b'"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
)


def main() -> None:
    """Write the committed catalogue."""
    TEMPLATE.write_bytes(extracted(*map(Path, sys.argv[1:])))


if __name__ == "__main__":
    main()
