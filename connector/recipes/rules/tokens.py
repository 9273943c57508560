"""The words of a rule, each with its line and column."""

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from connector.errors import BadInput


class RuleError(BadInput):
    """A rule that cannot be read: where, what is wrong, and what to do; ``line`` and ``column`` count from 1."""

    def __init__(self, line: int, column: int, what: str) -> None:
        super().__init__(f"line {line}, column {column}: {what}")
        self.line = line
        self.column = column
        self.what = what


class Sort(Enum):
    """What a Token is."""

    NAME = "name"
    TEXT = "text"
    NUMBER = "number"
    SIGN = "sign"
    END = "end"


class Token(NamedTuple):
    """One word: ``value`` is folded for names, unquoted for texts."""

    sort: Sort
    value: str
    line: int
    column: int

    def error(self, what: str) -> RuleError:
        """Return the error that stands at this word."""
        return RuleError(self.line, self.column, what)


_WORD = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)
    |(?P<number>-?[0-9]{1,9}(?:\.[0-9]{1,6})?(?![0-9.]))
    |(?P<text>"(?:[^"\\\n]|\\["\\])*"|'(?:[^'\\\n]|\\['\\])*')
    |(?P<sign><=|>=|==|!=|[=<>()\[\],])""",
    re.VERBOSE,
)
_ESCAPED = re.compile(r"\\(.)")
_UNENDED = "a text ends on its line, with the quote that began it; a backslash goes before such a quote inside it"
_MORE_HINTS = {
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `not`, or `!=`",
    '"': _UNENDED,
    "'": _UNENDED,
    "\u201c": 'use straight quotes: "',
    "\u201d": 'use straight quotes: "',
    "\u201e": 'use straight quotes: "',
}


def tokens(text: str) -> Iterator[Token]:
    """Yield the words of ``text``, at last an END.

    Raises
    ------
    RuleError
        At the first character that begins no word.
    """
    place, line, line_at = 0, 1, 0
    while place < len(text):
        found = _WORD.match(text, place)
        if found is None:
            raise RuleError(line, place - line_at + 1, _no_word(text[place]))
        sort, word = str(found.lastgroup), found.group()
        if sort != "space":
            yield Token(Sort(sort), _value(sort, word), line, place - line_at + 1)
        elif "\n" in word:
            line += word.count("\n")
            line_at = place + word.rindex("\n") + 1
        place = found.end()
    yield Token(Sort.END, "", line, place - line_at + 1)


def _value(sort: str, word: str) -> str:
    if sort == "text":
        return _ESCAPED.sub(r"\1", word[1:-1])
    return word.casefold() if sort == "name" else word


def _no_word(letter: str) -> str:
    if letter.isdigit() or letter == "-":
        return "this is no number that a rule can hold: at most nine digits, and six after the point."
    hint = _MORE_HINTS.get(letter, "names, numbers, texts in quotes and < <= > >= == != ( ) [ ] are known")
    return f"{letter!r} cannot stand here: {hint}."
