"""The guard for every URL that we fetch: which schemes, which addresses, and that we reach the address we checked.

A URL that somebody else gave us must not make this server ask its own network (server-side request forgery). So the
name is resolved and every address must be public; and because a name may resolve otherwise a moment later (DNS
rebinding), ``guarded_session`` looks at the peer's address again when the connection stands, before TLS and before
anything is sent.

What is left: a rebinding name can make us open, and at once close, a TCP connection to a private address. Proxies of
the environment are not used, since behind one neither address is ours to check.
"""

import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from connector.errors import BadInput

Resolve = Callable[[str, int], Iterable[str]]
"""From a host and port to all its addresses as text; raises OSError when there are none."""

USER_AGENT = "Onward (LTI tool; xAPI connector)"
"""Some Moodles answer 403 to a request without one."""
MAX_URL = 2048
_PORTS = {"http": 80, "https": 443}
_FIRST_FREE_PORT = 1024  # below it live other services: mail, file shares, directories
_SUSPECT = re.compile("[\x00-\x20\x7f\\\\\ud800-\udfff]")
_NAT64 = IPv6Network("64:ff9b::/96")


class UrlRefused(BadInput):
    """A URL that this site must not fetch; the sentence says why, without the URL's path or query."""


class Reach(StrEnum):
    """Which addresses may be asked."""

    PUBLIC = "public"
    ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True)
class UrlRules:
    """Which URLs may be fetched: these schemes, hosts with these addresses."""

    schemes: frozenset[str]
    reach: Reach


PRODUCTION = UrlRules(frozenset({"https"}), Reach.PUBLIC)
DEVELOPMENT = UrlRules(frozenset({"http", "https"}), Reach.ANYWHERE)


def system_resolve(host: str, port: int) -> list[str]:
    """Return all addresses of a host as the system's resolver has them, also of odd spellings such as ``0x7f.1``."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for _, _, _, _, address in found]


def check_url(url: str, rules: UrlRules, resolve: Resolve = system_resolve) -> None:
    """Refuse a URL that must not be fetched; costs one name resolution.

    Raises
    ------
    UrlRefused
        If it is malformed or over 2,048 characters, has another scheme, a user or password, a port that is neither
        the scheme's nor from 1024 up, no address, or (with ``Reach.PUBLIC``) an address that is not public.
    """
    parts = _parts(url)
    scheme_is_allowed(parts, rules)
    no_credentials(parts)
    port = port_of(parts)
    if rules.reach is Reach.PUBLIC:
        addresses_are_public(parts.hostname or "", port, resolve)


def scheme_is_allowed(parts: SplitResult, rules: UrlRules) -> None:
    """Refuse other schemes than the rules'."""
    if parts.scheme not in rules.schemes:
        raise UrlRefused(f"The URL must begin with {' or '.join(sorted(rules.schemes))}://.")


def no_credentials(parts: SplitResult) -> None:
    """Refuse a URL with a user or password; they would end in logs, and ``user@`` hides the host from readers."""
    if "@" in parts.netloc:
        raise UrlRefused("The URL must not carry a user or password.")


def port_of(parts: SplitResult) -> int:
    """Return the port, the scheme's own where none stands; refuse those of other services."""
    try:
        port = parts.port if parts.port is not None else _PORTS[parts.scheme]
    except ValueError as error:
        raise UrlRefused("The URL's port is not a number from 1 to 65535.") from error
    if port not in _PORTS.values() and port < _FIRST_FREE_PORT:
        raise UrlRefused("The URL's port is not one of a web server.")
    return port


def addresses_are_public(host: str, port: int, resolve: Resolve) -> None:
    """Refuse a host of which any address is private, loopback, link-local, reserved or unknown."""
    try:
        addresses = list(resolve(host, port))
    except (OSError, UnicodeError) as error:
        raise UrlRefused(f"The host {host} has no address.") from error
    if not addresses or not all(is_public(address) for address in addresses):
        raise UrlRefused(f"The host {host} is not on the public internet.")


def is_public(address: str) -> bool:
    """Return whether an IP address is a public unicast one, also when it wraps an IPv4 address (RFC 6890).

    An IPv6 scope (``%eth0``) makes it local. What cannot be read is not public.
    """
    try:
        ip = _unwrapped(ip_address(address))
    except ValueError:
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not getattr(ip, "is_site_local", False)


def guarded_session(rules: UrlRules) -> requests.Session:
    """Return a requests session that keeps ``rules`` on each connection, and uses no proxy or .netrc.

    It follows redirects if told to: pass ``allow_redirects=False``, or use ``connector.outside.fetch``.
    """
    session = requests.Session()
    session.trust_env = False
    session.headers["User-Agent"] = USER_AGENT
    adapter = PublicOnlyAdapter() if rules.reach is Reach.PUBLIC else HTTPAdapter()
    for scheme in _PORTS:
        session.mount(f"{scheme}://", adapter)
    return session


class PublicOnlyAdapter(HTTPAdapter):
    """A requests transport that only speaks to public addresses."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools, whose connections look at their peer before they say anything."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PublicPool, "https": _PublicTlsPool}


def _public_peer(connection: HTTPConnection, made: socket.socket) -> socket.socket:
    if not is_public(str(made.getpeername()[0])):
        made.close()
        raise NewConnectionError(connection, "the host is not on the public internet")
    return made


class _PublicConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _public_peer(self, super()._new_conn())


class _PublicTlsConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _public_peer(self, super()._new_conn())


class _PublicPool(HTTPConnectionPool):
    ConnectionCls = _PublicConnection


class _PublicTlsPool(HTTPSConnectionPool):
    ConnectionCls = _PublicTlsConnection


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit("" if len(url) > MAX_URL or _SUSPECT.search(url) else url)
    except ValueError as error:
        raise UrlRefused("The URL cannot be read.") from error
    if not parts.hostname:
        raise UrlRefused("The URL cannot be read, or is over 2,048 characters long.")
    return parts


def _unwrapped(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 one stands for (mapped, 6to4, NAT64), else the address itself."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip
