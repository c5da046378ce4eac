"""Behind a trusted proxy the client of a request is the last hop that is no trusted proxy.

uvicorn's layer finds it in `X-Forwarded-For`, whose lines are one list; this one also reads `Forwarded` (RFC 7239).
"""

import re
from collections.abc import Collection, Iterable, Iterator
from ipaddress import IPv4Network, ip_network

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.channels.http.clients import network_of

_PAIR = r"""[\w!#$%&'*+.^`|~-]+=(?:"(?:[^"\\]|\\.)*"|[^\s",;]*)"""
_FOR = re.compile(rf"""(?:^|;)[ \t]*for=(?:"([^\s",;]*)"|([^\s",;]*))|{_PAIR}""", re.I)
_LAST = re.compile(rf"(?:(.*),)?[ \t]*({_PAIR}(?:[ \t]*;[ \t]*{_PAIR})*)[ \t;]*", re.S)
"""The last element and all before it: from the left, a quotation mark that a client forged would swallow the rest."""
LONGEST = 2_000
"""Characters read of `Forwarded`, those at its end: what a client forged stands before them, and costs time."""


class ForwardedHeaders:
    def __init__(self, app: ASGIApp, trusted: Collection[str]) -> None:
        networks = [network for proxy in trusted for network in _networks(proxy)]
        self._plain = ProxyHeadersMiddleware(app, networks)  # type: ignore[arg-type]
        self._hosts = self._plain.trusted_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["client"] and scope["client"][0] in self._hosts:
            self._write_plain(scope)
        await self._plain(scope, receive, send)  # type: ignore[arg-type]

    def _write_plain(self, scope: Scope) -> None:
        """Put the client that `Forwarded` names into `X-Forwarded-For`.

        Which of the two the proxy wrote nobody can tell where they contradict: such requests count as the proxy's own,
        so that a forged one neither gets a limit of its own nor uses up another's.
        """
        client = self._client(hops(_joined(scope, b"forwarded")))
        if not client:
            return
        listed = _joined(scope, b"x-forwarded-for")
        if listed and network_of(self._client([listed])) != network_of(client):
            client = scope["client"][0]
        headers = [header for header in scope["headers"] if header[0] != b"x-forwarded-for"]
        scope["headers"] = [*headers, (b"x-forwarded-for", client.encode("latin-1"))]

    def _client(self, hops: Iterable[str]) -> str:
        """Return the first of the hops, the nearest first, that is no trusted proxy; else the farthest."""
        host = ""
        for hop in hops:
            host, _ = self._hosts.get_trusted_client_address(hop)
            if host not in self._hosts:
                break
        return host


def _networks(proxy: str) -> Iterator[str]:
    """Yield a proxy's address or network, and the same as a proxy that listens to IPv6 writes it, `::ffff:10.0.0.1`."""
    try:
        network = ip_network(proxy, strict=False)
    except ValueError:  # a name, in tests
        yield proxy
        return
    yield str(network)
    if isinstance(network, IPv4Network):
        yield f"::ffff:{network.network_address}/{96 + network.prefixlen}"


def _joined(scope: Scope, wanted: bytes) -> str:
    """Return all lines of a header, which together are one list (RFC 9110, 5.3)."""
    return b", ".join(value for name, value in scope["headers"] if name == wanted).decode("latin-1")


def hops(forwarded: str) -> Iterator[str]:
    """Yield whom each element of `Forwarded` is for, "" where it is silent, the last first, until one is garbled."""
    rest: str | None = forwarded[-LONGEST:]
    while rest and (found := _LAST.fullmatch(rest)):
        rest, element = found.groups()
        yield next((quoted or plain for quoted, plain in _FOR.findall(element) if quoted or plain), "")
