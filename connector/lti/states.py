"""Secrets of a login: how they are made, hashed and compared, and how a LoginState is written for a store."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

from connector.domain import PlatformId, TenantId
from connector.lti.ports import LoginParameters, LoginState

LOGIN_LIFE = timedelta(minutes=10)
"""How long a login may take; the person may have to sign in at the platform meanwhile."""


def new_secret() -> str:
    """Return 256 random bits as 43 characters that need no escaping."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """Return the SHA-256 of a secret that was made by ``new_secret``; 32 bytes, no salt is needed for 256 bits."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def is_secret_of(secret: str, expected: bytes) -> bool:
    """Return whether ``expected`` is the digest of ``secret``, in constant time."""
    return hmac.compare_digest(digest(secret), expected)


def cookie_name(state: str) -> str:
    """Return the name of the cookie that binds one login to its browser.

    Each login has a cookie of its own, so that two frames on one page do not overwrite each other's. ``__Host-``
    demands Secure, path ``/`` and no Domain (RFC 6265bis 4.1.3.2).
    """
    return f"__Host-onward-{digest(state).hex()[:16]}"


def write_state(state: LoginState) -> dict[str, object]:
    """Return a LoginState as JSON values, for a store's column."""
    return {
        "state": state.state_hash.hex(),
        "nonce": state.nonce_hash.hex(),
        "browser": state.browser_hash.hex(),
        "tenant": state.tenant,
        "platform": state.platform_id,
        "login": asdict(state.login),
        "expires_at": state.expires_at.isoformat(),
    }


def read_state(record: Mapping[str, object]) -> LoginState:
    """Return the LoginState that ``write_state`` wrote.

    Raises
    ------
    ValueError
        If the record has another shape.
    """
    match record:
        case {
            "state": str(state),
            "nonce": str(nonce),
            "browser": str(browser),
            "tenant": int(tenant),
            "platform": int(platform),
            "login": dict(login),
            "expires_at": str(expires_at),
        }:
            hashes = (bytes.fromhex(state), bytes.fromhex(nonce), bytes.fromhex(browser))
            ids = (TenantId(tenant), PlatformId(platform))
            return LoginState(*hashes, *ids, LoginParameters(**login), datetime.fromisoformat(expires_at))
        case _:
            raise ValueError("a stored login has an unknown shape")
