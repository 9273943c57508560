"""Where a request comes from, for limits: never written down, never counted by itself."""

from ipaddress import IPv6Address, IPv6Network, ip_address

from flask import Request

from connector.lti.sender import Sender

NETWORK_BITS = 64
"""Of an IPv6 address: a house or a phone has all addresses of one such network."""
RETRY_AFTER = "60"


def sender_of(request: Request) -> Sender:
    """Return who sent ``request``, as far as it can be said."""
    headers = request.headers
    return Sender(source_of(request.remote_addr), headers.get("Origin", ""), headers.get("Sec-Fetch-Site", ""))


def source_of(address: str | None) -> str:
    """Return what limits count by: an IPv4 address, or the /64 network of an IPv6 one; "" when there is none."""
    try:
        found = ip_address(address or "")
    except ValueError:  # a Unix socket has no address
        return ""
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), NETWORK_BITS), strict=False))
