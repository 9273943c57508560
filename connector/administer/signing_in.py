"""Signing in to the console: by a password, or by a ticket that a launch of an administrator gave."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac
from secrets import token_urlsafe

from sqlalchemy.orm import Session, sessionmaker

from connector.administer.passwords import hash_password, is_password
from connector.administer.tickets import Tickets
from connector.clock import Clock
from connector.domain import PlatformId, TenantId
from connector.errors import ConnectorError
from connector.lti.limits import Buckets, Budget
from connector.store import accounts, console_sessions, events
from connector.store.console_sessions import SessionRecord

SECRET_BYTES = 32
IDLE = timedelta(minutes=30)
HARD = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)
WINDOW = timedelta(minutes=15)
TRIES_OF_A_NAME = 20
TRIES_OF_AN_ADDRESS = 60
TRIES_OF_THE_CODE = 100
AUDITED_AN_HOUR = 100
"""In ``WINDOW``. A campus may be behind one address, and people mistype; a guesser gets nowhere with any of them."""


class SignInRefused(ConnectorError):
    """Name or password is wrong, or the account is disabled: which of them is not said."""


class TooManyTries(ConnectorError):
    """Too many failed tries: wait."""


@dataclass(frozen=True, slots=True)
class Tries:
    """The rate limits of one process, for what may be guessed; several processes admit several times as much."""

    names: Buckets
    addresses: Buckets
    codes: Buckets
    audit: Budget

    @classmethod
    def counted_by(cls, clock: Clock) -> "Tries":
        """Return fresh limits."""
        return cls(
            Buckets(TRIES_OF_A_NAME, WINDOW, clock),
            Buckets(TRIES_OF_AN_ADDRESS, WINDOW, clock),
            Buckets(TRIES_OF_THE_CODE, WINDOW, clock),
            Budget(AUDITED_AN_HOUR, timedelta(hours=1), clock),
        )

    def take(self, name: str, address: str) -> None:
        """Count a try to sign in; raises TooManyTries."""
        if not (self.addresses.take(address) and self.names.take(name)):
            raise TooManyTries(_WAIT)

    def take_code(self, address: str) -> None:
        """Count a try of the setup code, of this address and of all together; raises TooManyTries."""
        if not (self.addresses.take(address) and self.codes.take("")):
            raise TooManyTries(_WAIT)


_WAIT = "There were too many tries: wait some minutes, then try again."


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """Who may be in the console of one site, and for how long."""

    tenant: TenantId
    sessions: sessionmaker[Session]
    readers: sessionmaker[Session]
    clock: Clock
    tries: Tries
    tickets: Tickets

    def sign_in(self, name: str, password: str, address: str) -> str:
        """Return the secret of a new session; the same time and the same answer for whatever is wrong.

        Parameters
        ----------
        address : str
            Of the browser, as far as it is known: for the limit of tries, kept in memory only.

        Raises
        ------
        SignInRefused
            Name or password is wrong, or the account is disabled.
        TooManyTries, Busy
            Before the password was looked at.
        """
        folded = name.strip().casefold()
        self.tries.take(folded, address)
        with self.readers.begin() as session:
            record = accounts.by_name(session, self.tenant, folded)
        usable = record is not None and record.active
        right = is_password(password, record.password if record and usable else decoy())
        if record is None or not (usable and right):
            raise self._failed()
        return self.begin(record.id, None)

    def _failed(self) -> SignInRefused:
        """Note a try that failed, without any name; return what it is answered with."""
        if self.tries.audit.spend():
            with self.sessions.begin() as session:
                events.audit(session, self.tenant, "sign_in_failed", "", {}, self.clock())
        return SignInRefused("Name or password is wrong.")

    def begin(self, account: int | None, platform: PlatformId | None) -> str:
        """Begin a session; return its secret."""
        secret, now = token_urlsafe(SECRET_BYTES), self.clock()
        with self.sessions.begin() as session:
            console_sessions.add(
                session,
                self.tenant,
                session_hash(secret),
                account=account,
                platform=platform,
                now=now,
                until=now + HARD,
            )
            who = {"account": account} if platform is None else {"platform": platform}
            events.audit(session, self.tenant, "signed_in", "" if platform is None else "launch", who, now)
        return secret

    def who(self, secret: str, *, active: bool = True) -> SessionRecord | None:
        """Return the session of that secret while it holds; None when it does not.

        Parameters
        ----------
        active : bool
            False for what a page asks by itself: that does not keep a session alive.
        """
        if not secret:
            return None
        now, token_hash = self.clock(), session_hash(secret)
        with self.readers.begin() as session:
            record = console_sessions.find(session, self.tenant, token_hash)
        if record is None or record.expires_at <= now or now - record.seen_at > IDLE:
            return None
        if active and now - record.seen_at > NOTED_EVERY:
            with self.sessions.begin() as session:
                console_sessions.seen(session, self.tenant, token_hash, now)
        return record

    def sign_out(self, secret: str) -> None:
        """End a session."""
        with self.sessions.begin() as session:
            console_sessions.end(session, self.tenant, session_hash(secret))

    def enter(self, ticket: str) -> str:
        """Begin a session by a ticket of a launch; return its secret.

        Raises
        ------
        SignInRefused
            If it was used, is too old, or its LMS may not enter any more.
        """
        platform = self.tickets.take(ticket)
        if platform is None:
            raise SignInRefused("This way in is over: open the tool from your platform again, and press the button.")
        return self.begin(None, platform)


# --- secrets -----------------------------------------------------------------------------------------------------


def session_hash(secret: str) -> bytes:
    """Return what is kept of a session's secret; 256 random bits need no salt."""
    return sha256(b"onward console session\0" + secret.encode("utf-8", "surrogatepass")).digest()


def form_token(secret: str) -> str:
    """Return the token that every form of a session carries, and no other site can know."""
    return hmac(secret.encode("utf-8", "surrogatepass"), b"onward console form", sha256).hexdigest()


def is_form_token(given: str, secret: str) -> bool:
    """Tell whether a form carries the token of its session."""
    return bool(secret) and compare_digest(given.encode("utf-8", "surrogatepass"), form_token(secret).encode())


@cache
def decoy() -> str:
    """Return the hash of a password that nobody has: an unknown name is compared with it, and takes as long."""
    return hash_password(token_urlsafe(SECRET_BYTES))
