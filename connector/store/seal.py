"""Sealing of what must not lie about in clear: keys, source secrets, quarantined Statements."""

from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken

from connector.errors import NotReady


class Seal:
    """Encrypts with the site's secret key (Fernet: AES-128-CBC and HMAC-SHA-256).

    Parameters
    ----------
    secret_key : str
        Any string of at least 32 characters; ``onward init`` makes one of 43.
    """

    def __init__(self, secret_key: str) -> None:
        self._fernet = Fernet(urlsafe_b64encode(sha256(b"onward seal\0" + secret_key.encode()).digest()))

    def close(self, clear: bytes) -> bytes:
        """Return ``clear`` encrypted and authenticated."""
        return self._fernet.encrypt(clear)

    def open(self, sealed: bytes) -> bytes:
        """Return what was sealed.

        Raises
        ------
        NotReady
            If it was sealed with another key.
        """
        try:
            return self._fernet.decrypt(bytes(sealed))
        except InvalidToken as error:
            raise NotReady(
                "What is stored was sealed with another secret key: set ONWARD_SECRET_KEY (or the key file) to the key "
                "that `onward init` used."
            ) from error
