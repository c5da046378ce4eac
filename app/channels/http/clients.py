"""A client is told by its address: whom a limit counts, who is on this machine, who is an operator.

Behind a trusted proxy the middleware has put the client's address in place of the proxy's.
"""

from hmac import compare_digest
from ipaddress import IPv6Address, IPv6Network

from fastapi import Request

from app.channels.http.services import Services

LOOPBACK = ("127.0.0.1", "::1", "testclient")
LOCAL_HOSTS = (*LOOPBACK, "localhost", "[::1]", "testserver")
"""Names of this machine. A website elsewhere whose name leads here must not ask as an operator (DNS rebinding)."""
FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")
"""Headers by which a proxy is known."""
LONGEST = 64
"""Most characters kept of an address that the header of a proxy names."""


def client_of(request: Request, trusted: frozenset[str]) -> str | None:
    """Return the address that a limit counts; None for this machine, where no proxy is trusted and none has asked."""
    address = request.client.host if request.client else ""
    is_exempt = address in LOOPBACK and not trusted and not is_forwarded(request)
    return None if is_exempt else network_of(address[:LONGEST])


def is_forwarded(request: Request) -> bool:
    return any(name in request.headers for name in FORWARDED)


def network_of(address: str) -> str:
    """Return the /64 of an IPv6 address, since one client has all of it, and any other text as it is."""
    if ":" not in address:
        return address
    try:
        parsed = IPv6Address(address)
    except ValueError:  # made up
        return address
    return str(parsed.ipv4_mapped or IPv6Network((int(parsed) >> 64 << 64, 64)))


def is_local(request: Request) -> bool:
    """Return True for a request from this machine, by a name of it and not through a proxy."""
    peer = request.client.host if request.client else ""
    return peer in LOOPBACK and not is_forwarded(request) and (request.url.hostname or "") in LOCAL_HOSTS


def is_inside(request: Request, served: Services) -> bool:
    """Return True for an operator, who has the metrics token or asks from this machine where no proxy is trusted."""
    sent = request.headers.get("authorization", "").removeprefix("Bearer ")
    if served.metrics_token and compare_digest(sent.encode("utf-8", "replace"), served.metrics_token.encode()):
        return True
    return is_local(request) and not served.trusted_proxies
