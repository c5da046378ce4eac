"""Requests that two parsers may read differently, or that cost more than they are worth: docs/SECURITY-TRIALS.md."""

import socket
import time
from collections.abc import Iterable

import pytest

from app.channels.http.protocol import MOST_AFTER, HardenedProtocol
from tests.channels.conftest import Service

BODY = b'{"text": "lamp"}'
POST = b"POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
CHUNKED = POST + b"transfer-encoding: chunked\r\n\r\n10\r\n" + BODY
SMUGGLED = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"


def sent(service: Service, raw: bytes) -> bytes:
    """All that comes back until the server closes, or is silent."""
    received = b""
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as wire:
        try:
            wire.sendall(raw)
            wire.settimeout(0.3)
            while chunk := wire.recv(65536):
                received += chunk
        except (TimeoutError, ConnectionError):
            pass
    return received


def is_cut_off(wire: socket.socket, pieces: Iterable[bytes]) -> bool:
    """Whether the server has closed before all was sent."""
    try:
        for piece in pieces:
            wire.sendall(piece)
            time.sleep(0.05)
    except ConnectionError:
        return True
    return False


@pytest.mark.parametrize(
    "request_",
    [
        POST + b"content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        POST + b"transfer-encoding: chunked\r\ncontent-length: 16\r\n\r\n10\r\n" + BODY + b"\r\n0\r\n\r\n" + SMUGGLED,
        POST + b"content-length: 16\r\ncontent-length: 4\r\n\r\n" + BODY + SMUGGLED,
        POST + b"content-length: 16, 16\r\n\r\n" + BODY + SMUGGLED,
        POST + b"content-length: +16\r\n\r\n" + BODY + SMUGGLED,
        POST + b"content-length : 16\r\n\r\n" + BODY + SMUGGLED,
        POST + b"transfer-encoding:\r\n chunked\r\n\r\n10\r\n" + BODY + b"\r\n0\r\n\r\n" + SMUGGLED,
        POST + b"x: a\r\n b\r\ncontent-length: 16\r\n\r\n" + BODY + SMUGGLED,
        POST + b"transfer-encoding: xchunked\r\n\r\n10\r\n" + BODY + b"\r\n0\r\n\r\n" + SMUGGLED,
        POST + b"transfer-encoding: chunked, identity\r\n\r\n10\r\n" + BODY + b"\r\n0\r\n\r\n" + SMUGGLED,
        POST.replace(b"\r\n", b"\n") + b"content-length: 16\n\n" + BODY + SMUGGLED,
        POST + b"transfer-encoding: chunked\r\n\r\n10\n" + BODY + b"\n0\n\n" + SMUGGLED,
        POST + b"transfer-encoding: chunked\r\n\r\n0x10\r\n" + BODY + b"\r\n0\r\n\r\n" + SMUGGLED,
        POST + b"transfer-encoding: chunked\r\n\r\n100000000000000010\r\n" + BODY + b"\r\n0\r\n\r\n" + SMUGGLED,
        b"GET /healthz HTTP/1.1\r\nhost: x\r\nx: a\rtransfer-encoding: chunked\r\n\r\n" + SMUGGLED,
        b"GET /healthz HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n" + SMUGGLED,
        b"GET /healthz HTTP/1.1\r\n\r\n" + SMUGGLED,
        b'GET / HTTP/1.1\r\nhost: evil"><script>\r\n\r\n' + SMUGGLED,
        b"GET / HTTP/1.1\r\nhost: evil.example/x?\r\n\r\n" + SMUGGLED,
        b"GET / HTTP/1.1\r\nhost: [::1::]\r\n\r\n" + SMUGGLED,
        b"GET / HTTP/1.1\r\nhost: [\r\n\r\n" + SMUGGLED,
    ],
)
def test_a_request_of_doubtful_length_is_refused_with_all_behind_it(service: Service, request_: bytes) -> None:
    received = sent(service, request_)
    assert received.startswith(b"HTTP/1.1 400 ")
    assert received.count(b"HTTP/1.1 ") == 1


def test_a_trailer_is_no_header(service: Service) -> None:
    trailers = b"\r\n0\r\nx-forwarded-for: 203.0.113.9\r\n\r\n"
    head = b"POST /readyz HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    seen: list[list[tuple[bytes, bytes]]] = []
    began = HardenedProtocol.on_message_complete

    def complete(self: HardenedProtocol) -> None:
        seen.append(list(self.headers))
        began(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HardenedProtocol, "on_message_complete", complete)
        sent(service, head + trailers[2:])
    assert [name for name, _ in seen[0]] == [b"host", b"transfer-encoding"]


@pytest.mark.parametrize(
    "endless",
    [
        CHUNKED + b"\r\n0\r\nx: " + b"a" * 2 * MOST_AFTER,
        POST + b"transfer-encoding: chunked\r\n\r\n10;" + b"a" * 2 * MOST_AFTER,
        b"GET /healthz HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * MOST_AFTER,
    ],
)
def test_what_follows_a_head_without_end_is_cut_off(service: Service, endless: bytes) -> None:
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as wire:
        assert is_cut_off(wire, [endless, b"more", b"more"])


def test_a_body_in_chunks_of_one_byte_is_read(service: Service) -> None:
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in BODY)
    assert sent(service, POST + b"transfer-encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n").startswith(
        b"HTTP/1.1 200"
    )


def test_empty_lines_keep_no_connection(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HardenedProtocol, "within", 0.3)
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as wire:
        assert is_cut_off(wire, [SMUGGLED, *[b"\r\n"] * 60])
