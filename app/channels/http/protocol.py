"""The protocol is uvicorn's HTTP/1.1, hardened against clients that send slowly, or too much before a request is one.

uvicorn with httptools waits for ever for a head that never ends and keeps all of it; a reverse proxy may stand in front
and may not.
"""

import asyncio
import re
from collections.abc import Sequence
from ipaddress import IPv6Address
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD = 32 * 1024
"""Most bytes of the line and headers of a request."""
MOST_AFTER = 2 * 1024 * 1024
"""Most bytes of the rest: an allowed body in chunks of a byte takes six times its size. Extensions of chunks, trailers,
which no parser of ours keeps, and bodies that nobody asked for count too.
"""
MOST_PIPELINED = 32
"""Most requests of a connection that wait for the one before them; no browser sends any. The connection ends with the
last of them.
"""


_HOST = re.compile(rb"(?:[\w.-]*|\[(?P<v6>[0-9a-fA-F:.]+)\])(?::\d{0,5})?")


class CoalescingTransport:
    """The transport sends together what is written in one turn of the event loop: head and body of a reply.

    Of a process killed between two writes a proxy had the head, and could not ask another replica for the rest.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, within: float) -> None:
        self._transport = transport
        self._loop = loop
        self._within = within
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> None:
        if not self._waiting:
            self._loop.call_soon(self._send)
        self._waiting.append(data)

    def close(self) -> None:
        """Close when all is sent, or in `within` seconds: who reads nothing would keep the connection for ever."""
        self._send()
        self._transport.close()
        if self._transport.get_write_buffer_size():
            self._loop.call_later(self._within, self._transport.abort)

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._transport.write(b"".join(waiting))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class HardenedProtocol(HttpToolsProtocol):
    within = 30.0
    """Seconds for a whole request, head and body, to come in: 256 KiB at 70 kbit/s. A client that reads too
    little of its replies for so long, and keeps 64 KiB of them waiting, is cut off.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head = self._after = 0
        self._in_head = True
        self._refused = self._has_cycle = False
        self._deadline: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(CoalescingTransport(transport, self.loop, self.within))  # type: ignore[arg-type]
        self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        self.resume_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        self._unread = self.loop.call_later(self.within, self.transport.abort)
        super().pause_writing()

    def resume_writing(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._count(len(data))
        super().data_received(data)
        if self._after > MOST_AFTER and not self._refused:
            self._refuse(413, "Content Too Large")
        elif self._in_head and self._head > MOST_HEAD and not self._refused:
            self._refuse(431, "Request Header Fields Too Large")

    def _count(self, size: int) -> None:
        if not self._in_head:
            self._after += size
            return
        self._head += size
        if self._deadline is None:  # also for empty lines between two requests, with which one could stay for ever
            self._arm()

    def on_message_begin(self) -> None:
        self._in_head, self._after = True, 0
        if len(self.pipeline) >= MOST_PIPELINED:
            self.cycle.keep_alive = False
            self._refused = True
        if self._refused:
            return
        self._has_cycle = False
        if self._deadline is None:
            self._arm()
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        if not self._refused:
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Drop trailers: uvicorn adds them to the headers, where a proxy has not looked at them."""
        if self._in_head and not self._refused:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if self._refused:
            return
        self._in_head, self._head = False, 0
        hosts = [value for name, value in self.headers if name == b"host"]
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > MOST_HEAD:
            self._refuse(431, "Request Header Fields Too Large")
        elif not _is_one_host(hosts, self.parser.get_http_version()):
            self._refuse(400, "Bad Request")
        else:
            super().on_headers_complete()
            self._has_cycle = True

    def on_body(self, body: bytes) -> None:
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_head = True
        self._disarm()
        if not self._refused:
            super().on_message_complete()

    def _arm(self) -> None:
        self._deadline = self.loop.call_later(self.within, self._refuse, 408, "Request Timeout")

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: int, phrase: str) -> None:
        """Refuse without a problem body: nothing is known of the request, and no page of ours has sent it."""
        self._refused = True
        self._disarm()
        if not self._has_cycle and self.cycle and not self.cycle.response_complete:
            self.cycle.keep_alive = False  # a request before this one is still to be answered, and then it ends
        elif not self.transport.is_closing():
            self.transport.write(
                f"HTTP/1.1 {status} {phrase}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode()
            )
            self.transport.close()


def _is_one_host(hosts: Sequence[bytes], version: str) -> bool:
    """Return True for one host, as RFC 9112 (3.2) asks, that is a name or an address, since links are made of it."""
    if not hosts:
        return version == "1.0"
    host = _HOST.fullmatch(hosts[0])
    if len(hosts) > 1 or host is None:
        return False
    try:
        IPv6Address((host["v6"] or b"::").decode())
    except ValueError:
        return False
    return True
