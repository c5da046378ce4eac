"""Against a real server, byte by byte."""

import socket
from collections.abc import Iterator

import pytest

from app.channels.http.protocol import MOST_HEAD, HardenedProtocol
from tests.channels.conftest import Service


@pytest.fixture
def wire(service: Service) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as connection:
        yield connection


def answer(wire: socket.socket) -> str:
    """All that comes until the server closes, or the first answer."""
    received = b""
    while chunk := wire.recv(65536):
        received += chunk
        if b"\r\n\r\n" in received:
            break
    return received.split(b"\r\n")[0].decode()


def test_a_request_in_pieces_is_answered(wire: socket.socket) -> None:
    for piece in (b"GET /hea", b"lthz HTTP/1.1\r\nho", b"st: x\r\n\r\n"):
        wire.sendall(piece)
    assert answer(wire) == "HTTP/1.1 200 OK"


@pytest.mark.parametrize(
    "head",
    [
        b"GET /healthz HTTP/1.1\r\n" + b"".join(b"x-%d: %s\r\n" % (n, b"a" * 90) for n in range(500)) + b"\r\n",
        b"GET /healthz HTTP/1.1\r\nx: " + b"a" * MOST_HEAD,
        b"GET /" + b"a" * MOST_HEAD,
    ],
)
def test_a_head_that_is_too_long_is_refused_before_it_ends(wire: socket.socket, head: bytes) -> None:
    wire.sendall(head)
    assert answer(wire).startswith("HTTP/1.1 431 ")
    assert wire.recv(1) == b""


def test_a_request_that_never_ends_is_given_up(wire: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HardenedProtocol, "within", 0.2)
    with socket.create_connection(wire.getpeername(), timeout=10) as slow:
        slow.sendall(b"POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{")
        assert answer(slow).startswith("HTTP/1.1 408 ")
        assert slow.recv(1) == b""


def test_a_body_of_any_allowed_size_comes_through(wire: socket.socket) -> None:
    body = b'{"text": "' + b"a " * 9000 + b'"}'
    wire.sendall(b"POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n")
    wire.sendall(b"content-length: %d\r\n\r\n" % len(body) + body)
    assert answer(wire) == "HTTP/1.1 200 OK"


def test_a_reply_comes_in_one_piece(wire: socket.socket) -> None:
    wire.sendall(b"GET /v1/welcome HTTP/1.1\r\nhost: x\r\n\r\n")
    head, _, body = wire.recv(65536).partition(b"\r\n\r\n")
    assert b"content-length: %d\r\n" % len(body) in head
