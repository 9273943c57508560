"""Passwords of the console: what is refused, and how they are kept (Argon2id, RFC 9106, OWASP's parameters)."""

from collections.abc import Iterable
from secrets import token_bytes
from threading import BoundedSemaphore
from unicodedata import normalize

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from connector.errors import BadInput, Busy

SHORTEST = 12
LONGEST = 1_000
FEWEST_DIFFERENT = 4
MEMORY_KIB = 19_456
PASSES = 2
LANES = 1
DIGEST_BYTES = 32
AT_ONCE = 2
"""Hashes that one process makes at once; each takes 19 MiB."""
LONGEST_WAIT = 3.0

OBVIOUS = ("password", "passwort", "kennwort", "motdepasse", "contrasena", "onward", "letmein", "qwertyuiop")
WALKS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "01234567890123456789")

_turns = BoundedSemaphore(AT_ONCE)


class PasswordRefused(BadInput):
    """The password is too short, too long, or obvious."""


def check_password(password: str, taken: Iterable[str]) -> None:
    """Refuse a password that is short or obvious; which kinds of characters it has is nobody's business.

    Parameters
    ----------
    password : str
        As typed.
    taken : iterable of str
        What it must not be: the account's name, the site's host.

    Raises
    ------
    PasswordRefused
        Saying what to do; never with the password in it.
    """
    if len(password) < SHORTEST:
        raise PasswordRefused(f"The password has under {SHORTEST} characters: take a longer one, such as four words.")
    if len(password) > LONGEST:
        raise PasswordRefused(f"The password has over {LONGEST} characters: take a shorter one.")
    if _is_obvious(password, taken):
        raise PasswordRefused(
            "That password is among the first that anybody would try: take another, such as four words."
        )


def hash_password(password: str) -> str:
    """Return what is kept of a password, in PHC form; takes some 30 ms and 19 MiB. Raises Busy."""
    with _Turn():
        return _argon2(token_bytes(16)).derive_phc_encoded(_bytes(password))


def is_password(password: str, kept: str) -> bool:
    """Tell whether this is the password of which ``kept`` was kept; as long as making it. Raises Busy."""
    with _Turn():
        try:
            Argon2id.verify_phc_encoded(_bytes(password[: LONGEST + 1]), kept)
        except InvalidKey:
            return False
    return True


def _is_obvious(password: str, taken: Iterable[str]) -> bool:
    core = _core(password)
    word = core.strip("0123456789")
    names = {_core(name) for name in taken} - {""}
    walked = any(core in walk or core[::-1] in walk for walk in WALKS)
    few = len(set(password)) < FEWEST_DIFFERENT
    return few or (bool(core) and walked) or core in names or word in names or word in OBVIOUS


def _core(word: str) -> str:
    """Return the letters and digits of ``word``, folded."""
    return "".join(letter for letter in normalize("NFKC", word).casefold() if letter.isalnum())


def _bytes(password: str) -> bytes:
    """Return a password as the same bytes whichever keyboard composed its letters (NFKC, NIST SP 800-63B 5.1.1.2)."""
    return normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _argon2(salt: bytes) -> Argon2id:
    return Argon2id(salt=salt, length=DIGEST_BYTES, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB)


class _Turn:
    """One of the few places in which a hash is made; who waits too long is told to come again."""

    def __enter__(self) -> None:
        if not _turns.acquire(timeout=LONGEST_WAIT):
            raise Busy("Too many people sign in at this moment: wait a few seconds, then try again.")

    def __exit__(self, *_: object) -> None:
        _turns.release()
