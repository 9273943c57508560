"""The custom parameters of a link that say what it shows: ``row``, ``layout``, ``anchor`` (Core 5.4.6).

Platforms write the names as they like (some in lower case only), leave variables that they cannot resolve as they are
(``$Context.id``, Core appendix B), and send numbers as numbers. What a value means is not decided here.
"""

import re
from collections.abc import Mapping

from connector.domain import LinkChoice

LONGEST_WORD = 60
"""Characters that are kept of ``row`` and ``layout``: more than any value that means something has."""
LONGEST_ANCHOR = 2000
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_VARIABLE = re.compile(r"\$[A-Za-z][\w.]*", re.ASCII)


def read_choice(custom: Mapping[str, object]) -> LinkChoice:
    """Read what a link was made to show.

    Parameters
    ----------
    custom : mapping
        The ``custom`` claim. A name in the spelling that we ask for goes before one in another case.

    Returns
    -------
    LinkChoice
        Texts without control characters and outer spaces; "" for what is absent, no text, or an unresolved variable.
    """
    folded = {name.strip().casefold(): value for name, value in sorted(custom.items())} | dict(custom)
    return LinkChoice(
        row=_text(folded.get("row"))[:LONGEST_WORD],
        layout=_text(folded.get("layout"))[:LONGEST_WORD],
        anchor=_text(folded.get("anchor"))[:LONGEST_ANCHOR],
    )


def _text(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or _VARIABLE.fullmatch(value.strip()):
        return ""
    return _CONTROL.sub("", value).strip()
