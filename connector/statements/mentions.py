"""Who is named in bytes that could not be read as a Statement: every identifier that stands in them, however broken.

Looks at the text, not at its structure: half a Statement, an actor of a wrong shape or two identifiers at once are the
very reasons why something lies in quarantine. What is found may be too much (a name beside a home page that belong to
two Actors); digests decide whether it is the person in question.
"""

import json
import re
from collections.abc import Collection, Iterator
from itertools import product
from typing import Final

from connector.domain import Identifier, IfiKind
from connector.statements.identity import hash_identifier, identifier_of

_STRING: Final = r'"((?:[^"\\]|\\.)*)'  # its end is not asked for: the bytes may break off in the middle
_FIELD: Final = re.compile(rf'"(\w+)"\s*:\s*(?:{_STRING}|(\d+))', re.DOTALL)
_MAILBOX: Final = re.compile(r"[^\s\"'<>()\[\]{},;:\\@]{1,200}@[^\s\"'<>()\[\]{},;:\\@]{1,200}")
_SHA1: Final = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{40}(?![0-9A-Za-z])")
MOST_PAIRS: Final = 2_000
"""Names times home pages of one text; a text with more is not a Statement, and is looked at no further."""


def identifiers_in(raw: bytes, home_pages: Collection[str] = ()) -> frozenset[Identifier]:
    """Return every identifier that the bytes could name.

    Parameters
    ----------
    raw : bytes
        Of any kind; what is not UTF-8 is passed over.
    home_pages : collection of str
        Home pages to try with the names of accounts, besides those that the text itself has: an account whose home page
        is missing or broken is found only so, and may be somebody else's.
    """
    text = raw.decode(errors="replace")
    fields = [(name, _unescaped(value) or number) for name, value, number in _FIELD.findall(text)]
    plain = "\n".join([text, *(value for _, value in fields)])
    found = (*_mailboxes(plain, fields), *_sums(plain), *_openids(fields), *_accounts(fields, home_pages))
    return frozenset(filter(None, found))


def digests_in(key: bytes, raw: bytes) -> frozenset[bytes]:
    """Return the digests, as tombstones of erased people have them, of everybody whom the bytes name."""
    hashed = [hash_identifier(key, identifier) for identifier in identifiers_in(raw)]
    folded = {one.folded for one in hashed if one.kind is IfiKind.MBOX}
    return frozenset({one.exact for one in hashed} | folded | {one.sha1 for one in hashed if one.sha1})


def _unescaped(literal: str) -> str:
    """Return what a JSON string says; what is broken says itself."""
    if "\\" not in literal:
        return literal
    try:
        return str(json.loads(f'"{literal}"', strict=False))
    except ValueError:
        return literal


def _mailboxes(text: str, fields: list[tuple[str, str]]) -> Iterator[Identifier | None]:
    whole = {value.strip().rpartition(":")[2] for _, value in fields if "@" in value}  # o'hara@host, too
    for address in whole | set(_MAILBOX.findall(text)):
        yield identifier_of(IfiKind.MBOX, f"mailto:{address}")


def _sums(text: str) -> Iterator[Identifier | None]:
    for digits in set(_SHA1.findall(text)):
        yield identifier_of(IfiKind.MBOX_SHA1SUM, digits)


def _openids(fields: list[tuple[str, str]]) -> Iterator[Identifier | None]:
    for value in _said(fields, "openid"):
        yield identifier_of(IfiKind.OPENID, value)


def _accounts(fields: list[tuple[str, str]], home_pages: Collection[str]) -> Iterator[Identifier | None]:
    pages = sorted(_said(fields, "homepage", "home_page") | set(home_pages))
    names = sorted(_said(fields, "name"))
    if len(pages) * len(names) <= MOST_PAIRS:
        for page, name in product(pages, names):
            yield identifier_of(IfiKind.ACCOUNT, name, page)


def _said(fields: list[tuple[str, str]], *names: str) -> set[str]:
    return {value for name, value in fields if name.casefold() in names}
