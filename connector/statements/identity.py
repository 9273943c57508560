"""Identities: an Actor's identifier in, keyed hashes out.

What is stored of an identifier is two HMAC-SHA-256 digests under the site's hashing key, and its shape. The *exact*
digest keeps what differs apart; the *folded* one brings spellings of one identifier together (case, a trailing slash of
the home page) for rules that a site switches on.
"""

import hashlib
import hmac
import re
from typing import Final

from connector.domain import HashedIdentity, Identifier, IfiKind
from connector.errors import BadInput
from connector.statements.iris import fold_address, is_usable

_MAILTO: Final = "mailto:"
_MAILBOX: Final = re.compile(r"[^\s@]+@[^\s@]+")
_SHA1: Final = re.compile(r"[0-9A-Fa-f]{40}")
_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_RUN_OF_LETTERS: Final = re.compile(r"[^\W\d_]+")
_RUN_OF_DIGITS: Final = re.compile(r"\d+")
_REST: Final = re.compile(r"[^\w@.\-]+")
_LONGEST_NAME: Final = 1000
_LONGEST_SHAPE: Final = 40


def identifier_of(kind: IfiKind, value: str, home_page: str = "") -> Identifier | None:
    """Return a checked Identifier, None where it is not one (xAPI 1.0.3 part 2, 2.4.2.3).

    A mailbox must be a ``mailto`` IRI, a SHA-1 40 hex digits, an OpenID a URI, an account must have a name and the IRI
    of its home page. The scheme of a mailbox and the digits of a SHA-1 come back in lower case.
    """
    match kind:
        case IfiKind.MBOX:
            return _mailbox(value)
        case IfiKind.MBOX_SHA1SUM:
            return Identifier(kind, value.lower()) if _SHA1.fullmatch(value) else None
        case IfiKind.OPENID:
            return Identifier(kind, value) if is_usable(value) else None
        case IfiKind.ACCOUNT:
            return _account(value, home_page)


def _mailbox(value: str) -> Identifier | None:
    address = value[len(_MAILTO) :]
    if value[: len(_MAILTO)].lower() != _MAILTO or not _MAILBOX.fullmatch(address) or not is_usable(value):
        return None
    return Identifier(IfiKind.MBOX, _MAILTO + address)


def _account(name: str, home_page: str) -> Identifier | None:
    if not name.strip() or len(name) > _LONGEST_NAME or not is_usable(home_page):
        return None
    return Identifier(IfiKind.ACCOUNT, name, home_page)


def parse_identifier(text: str) -> Identifier:
    """Return the Identifier that a person typed.

    ``mbox:NAME@HOST`` (with or without ``mailto:``), ``mbox_sha1sum:40 HEX DIGITS``, ``openid:URI`` or
    ``account:HOMEPAGE|NAME``.

    Raises
    ------
    BadInput
        The sentence says which form is wanted; it does not repeat what was typed.
    """
    kind, _, rest = text.strip().partition(":")
    if kind not in _FORMS:
        forms = ", ".join(_FORMS.values())
        raise BadInput(f"This is not an identifier. Write one of: {forms}.")
    found = _typed(IfiKind(kind), rest)
    if found is None:
        raise BadInput(f"This identifier cannot be used. Write it as {_FORMS[kind]}.")
    return found


_FORMS: Final = {
    "mbox": "mbox:NAME@HOST",
    "mbox_sha1sum": "mbox_sha1sum:40 HEX DIGITS",
    "openid": "openid:URI",
    "account": "account:HOMEPAGE|NAME",
}


def _typed(kind: IfiKind, rest: str) -> Identifier | None:
    if kind is IfiKind.MBOX and not rest.lower().startswith(_MAILTO):
        rest = _MAILTO + rest
    if kind is not IfiKind.ACCOUNT:
        return identifier_of(kind, rest)
    home_page, _, name = rest.partition("|")
    return identifier_of(kind, name, home_page)


def hash_identifier(key: bytes, identifier: Identifier) -> HashedIdentity:
    """Return what is stored of ``identifier``.

    Parameters
    ----------
    key : bytes
        The site's hashing key. It cannot be changed later: other digests are other people.
    identifier : Identifier
        As ``identifier_of`` or ``parse_identifier`` gave it.
    """
    return HashedIdentity(
        identifier.kind,
        identifier.home_page,
        exact=_digest(key, identifier),
        folded=_digest(key, fold_identifier(identifier)),
        shape=shape_of(identifier.value),
        bare=bare_digest(key, identifier.value),
        sha1=_sha1_digest(key, identifier),
    )


def bare_digest(key: bytes, value: str) -> bytes:
    """Return the digest of a value alone, case folded, without kind and home page: 32 bytes.

    Parameters
    ----------
    key : bytes
        The site's hashing key.
    value : str
        An account's name, or a mailbox with ``mailto:``.
    """
    return hmac.digest(key, f"bare\0{value.casefold()}".encode(errors="surrogatepass"), "sha256")


def _sha1_digest(key: bytes, identifier: Identifier) -> bytes | None:
    """Return one digest for a mailbox and for the SHA-1 sum of its lower-case form; None for other kinds."""
    match identifier.kind:
        case IfiKind.MBOX:
            return bare_digest(key, sha1_of_mbox(fold_identifier(identifier)).value)
        case IfiKind.MBOX_SHA1SUM:
            return bare_digest(key, identifier.value)
        case _:
            return None


def _digest(key: bytes, identifier: Identifier) -> bytes:
    message = f"{identifier.kind.value}\0{identifier.home_page}\0{identifier.value}"
    return hmac.digest(key, message.encode(errors="surrogatepass"), "sha256")


def fold_identifier(identifier: Identifier) -> Identifier:
    """Return the spelling under which look-alikes meet: case folded; host and trailing slash of the home page too."""
    return Identifier(identifier.kind, identifier.value.casefold(), fold_address(identifier.home_page))


def sha1_of_mbox(mbox: Identifier) -> Identifier:
    """Return the ``mbox_sha1sum`` of a mailbox: the SHA-1 of its ``mailto`` IRI as spelled (2.4.2.3).

    Providers differ in whether they lower the case first: ask with ``fold_identifier(mbox)`` too.

    Raises
    ------
    BadInput
        ``mbox`` is another kind of identifier.
    """
    if mbox.kind is not IfiKind.MBOX:
        raise BadInput(f"Only a mailbox has a SHA-1 sum; this is an identifier of the kind {mbox.kind.value}.")
    digest = hashlib.sha1(mbox.value.encode(), usedforsecurity=False).hexdigest()
    return Identifier(IfiKind.MBOX_SHA1SUM, digest)


def shape_of(value: str) -> str:
    """Say how an identifier looks, never what it is: "digits(4)", "letters(6)", "uuid", "sha1", "a.a9@host", "uri".

    In mixed values a run of letters is ``a``, of digits ``9``, of anything else but ``@ . - _`` is ``?``.
    """
    if _UUID.fullmatch(value):
        return "uuid"
    if _SHA1.fullmatch(value):
        return "sha1"
    if "://" in value:
        return "uri"
    return _plain_shape(value.removeprefix(_MAILTO))


def _plain_shape(value: str) -> str:
    if _RUN_OF_DIGITS.fullmatch(value):
        return f"digits({len(value)})"
    if _RUN_OF_LETTERS.fullmatch(value):
        return f"letters({len(value)})"
    name, at, _ = value.partition("@")
    return _runs(name)[:_LONGEST_SHAPE] + ("@host" if at else "")


def _runs(text: str) -> str:
    return _REST.sub("?", _RUN_OF_DIGITS.sub("9", _RUN_OF_LETTERS.sub("a", text)))
