"""Accounts: who may administer this site; made by the setup code, or at the command line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from secrets import choice
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session, sessionmaker

from connector.administer.passwords import check_password, hash_password
from connector.administer.site import OpenSite
from connector.clock import Clock
from connector.domain import TenantId
from connector.errors import BadInput
from connector.store import accounts, console_sessions, events

LONGEST_NAME = 80
CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No letter that is taken for another (0 and O, 1 and I); five bits each."""
CODE_LENGTH = 20
CODE_GROUP = 5
CODE_DAYS = timedelta(days=7)


class NameRefused(BadInput):
    """The account's name is empty, too long, or not to be read."""


class CodeRefused(BadInput):
    """The setup code is not the one, was used, or has expired."""


@dataclass(frozen=True, slots=True)
class NewCode:
    """A setup code as it is told once; only its hash is kept."""

    code: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of one site.

    Parameters
    ----------
    taken : sequence of str
        What no password may be: words that everybody knows of this site, such as its host.
    """

    tenant: TenantId
    sessions: sessionmaker[Session]
    readers: sessionmaker[Session]
    clock: Clock
    taken: Sequence[str] = ()

    def is_claimed(self) -> bool:
        """Tell whether there is an account."""
        with self.readers.begin() as session:
            return bool(accounts.all_of(session, self.tenant))

    def first_code(self) -> NewCode | None:
        """Make the setup code of a site that has neither an account nor a code; None for others."""
        with self.readers.begin() as session:
            has_one = accounts.code(session, self.tenant) is not None
        return None if has_one or self.is_claimed() else self.new_code()

    def new_code(self) -> NewCode:
        """Make a new setup code; the one before is worth nothing then.

        Raises
        ------
        BadInput
            If the site has an account already.
        """
        if self.is_claimed():
            raise BadInput("This site has an account already: `onward account add NAME` makes another.")
        letters = "".join(choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        groups = [letters[at : at + CODE_GROUP] for at in range(0, CODE_LENGTH, CODE_GROUP)]
        now = self.clock()
        with self.sessions.begin() as session:
            accounts.keep_code(session, self.tenant, _hash_of(letters), now + CODE_DAYS)
            events.audit(session, self.tenant, "setup_code_made", "", {}, now)
        return NewCode("-".join(groups), now + CODE_DAYS)

    def claim(self, code: str, name: str, password: str) -> int:
        """Make the first account by the setup code, which is used up then; return its number.

        Raises
        ------
        CodeRefused
            If the code is not the one, was used, or has expired; the same sentence for each. The caller limits tries.
        BadInput
            If name or password cannot be used; the code stays good.
        """
        self._is_the_code(code)
        kept, name = self._checked(name, password), name.strip()
        now = self.clock()
        with self.sessions.begin() as session:
            held = accounts.code(session, self.tenant, held=True)
            if held is None or not compare_digest(held[0], _hash_of(code)):
                raise CodeRefused(_WRONG_CODE)
            accounts.forget_code(session, self.tenant)
            number = accounts.add(session, self.tenant, name, kept, now)
            events.audit(session, self.tenant, "site_claimed", "", {"account": number}, now)
        return number

    def _is_the_code(self, code: str) -> None:
        now = self.clock()
        with self.readers.begin() as session:
            known = accounts.code(session, self.tenant)
            claimed = bool(accounts.all_of(session, self.tenant))
        right = known is not None and compare_digest(known[0], _hash_of(code)) and known[1] > now
        if claimed or not right:
            with self.sessions.begin() as session:
                events.audit(session, self.tenant, "setup_code_refused", "", {}, now)
            raise CodeRefused(_WRONG_CODE)

    def add(self, name: str, password: str) -> int:
        """Make an account; return its number. Raises BadInput."""
        kept, now = self._checked(name, password), self.clock()
        with self.sessions.begin() as session:
            number = accounts.add(session, self.tenant, name.strip(), kept, now)
            accounts.forget_code(session, self.tenant)
            events.audit(session, self.tenant, "account_added", "", {"account": number}, now)
        return number

    def set_password(self, name: str, password: str) -> None:
        """Give an account another password; everybody who is signed in by it is signed out. Raises UnknownName."""
        with self.readers.begin() as session:
            record = accounts.named(session, self.tenant, name)
        kept, now = self._checked(record.name, password), self.clock()
        self._change(record.id, {"password": kept}, "account_password", now)

    def disable(self, name: str) -> None:
        """Let nobody in by an account from now on; who is signed in is signed out. Raises UnknownName."""
        self._switch(name, active=False)

    def enable(self, name: str) -> None:
        """Let in by an account again that was disabled. Raises UnknownName."""
        self._switch(name, active=True)

    def _switch(self, name: str, *, active: bool) -> None:
        with self.readers.begin() as session:
            record = accounts.named(session, self.tenant, name)
        kind = "account_enabled" if active else "account_disabled"
        self._change(record.id, {"active": active}, kind, self.clock())

    def _change(self, number: int, values: dict[str, Any], kind: str, now: datetime) -> None:
        with self.sessions.begin() as session:
            accounts.change(session, self.tenant, number, values)
            console_sessions.end_of_account(session, self.tenant, number)
            events.audit(session, self.tenant, kind, "", {"account": number}, now)

    def listed(self) -> list[dict[str, Any]]:
        """Return the accounts, oldest first, without their passwords."""
        with self.readers.begin() as session:
            known = accounts.all_of(session, self.tenant)
        return [
            {
                "number": one.id,
                "name": one.name,
                "state": "active" if one.active else "disabled",
                "made": f"{one.created_at:%Y-%m-%d}",
            }
            for one in known
        ]

    def _checked(self, name: str, password: str) -> str:
        """Return what is kept of the password."""
        check_name(name)
        check_password(password, [name, *self.taken])
        return hash_password(password)


def accounts_of(site: OpenSite, public_url: str, clock: Clock) -> Accounts:
    """Return the accounts of a site; no password may be a part of its host's name."""
    host = urlsplit(public_url).hostname or ""
    return Accounts(site.tenant, site.sessions, site.readers, clock, (host, *host.split(".")))


_WRONG_CODE = "This setup code cannot be used: `onward setup code` on the server makes a new one."


def check_name(name: str) -> None:
    """Refuse an account's name that is empty, too long, or not to be read; raises NameRefused."""
    if not name.strip():
        raise NameRefused("The name is missing.")
    if len(name.strip()) > LONGEST_NAME:
        raise NameRefused(f"The name is over {LONGEST_NAME} characters long.")
    if not name.strip().isprintable():
        raise NameRefused("The name has characters that cannot be shown.")


def _hash_of(code: str) -> bytes:
    """Return what is kept of a setup code: its letters' SHA-256; a hundred random bits need no salt."""
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return sha256(f"onward setup code\0{letters}".encode("utf-8", "surrogatepass")).digest()
