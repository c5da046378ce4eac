"""What would keep an emergency waiting is limited, bounded, or made once."""

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi import Response
from fastapi.testclient import TestClient
from pydantic import SecretStr

from app.channels.http.bodies import MOST_FIELDS
from app.channels.http.constants import MOST
from app.channels.http.protocol import MOST_PIPELINED, HardenedProtocol
from app.channels.sms.webhook import MOST_BYTES
from app.main import create_app
from app.records.limits import MemoryLimits
from app.settings import Settings
from tests.channels.conftest import Service

PAGE = b"GET /faq HTTP/1.1\r\nhost: x\r\n\r\n"
WITHOUT_MESSAGE = (
    "/",
    "/ask",
    "/faq",
    "/embed",
    "/widget.js",
    "/v1/entries",
    "/v1/welcome",
    "/openapi.json",
    "/webhooks/rest/",
)


@pytest.fixture
def proxied(settings: Settings) -> Iterator[TestClient]:
    """A client that is limited, to a service with a gateway."""
    update = {"trusted_proxies": ("testclient",), "public_url": "https://faq.hospital.example"}
    secrets = {"twilio_auth_tokens": (SecretStr("t" * 32),), "sms_number_keys": (SecretStr("n" * 32),)}
    with TestClient(create_app(settings.model_copy(update={**update, **secrets}))) as client:
        yield client


@pytest.mark.parametrize("path", WITHOUT_MESSAGE)
def test_an_address_that_takes_no_message_is_limited(proxied: TestClient, path: str) -> None:
    app: Any = proxied.app
    object.__setattr__(app.state.services, "requests", MemoryLimits(2.0, clock=lambda: 0.0))
    assert [proxied.get(path).status_code for _ in range(3)] == [200, 200, 429]
    assert proxied.post("/v1/messages", json={"text": "i cant breathe"}).json()["urgent"]


@pytest.mark.parametrize(("path", "body"), [("/v1/messages", {"text": 1}), ("/v1/search", {}), ("/nowhere", {})])
def test_what_is_refused_is_limited_too(proxied: TestClient, path: str, body: dict[str, Any]) -> None:
    app: Any = proxied.app
    object.__setattr__(app.state.services, "requests", MemoryLimits(2.0, clock=lambda: 0.0))
    first, second, third = (proxied.post(path, json=body).status_code for _ in range(3))
    assert first == second != third == 429


def test_of_a_very_large_body_it_is_not_said_what_is_wrong(proxied: TestClient) -> None:
    refused = proxied.post("/v1/messages", json={"text": [{}] * 30_000})
    assert (refused.status_code, refused.json()["type"]) == (400, "urn:hai-faq:problem:invalid-body")


def test_who_starts_over_without_end_is_limited(proxied: TestClient) -> None:
    app: Any = proxied.app
    object.__setattr__(app.state.services.answering, "limits", MemoryLimits(1.0, clock=lambda: 0.0))
    said = [proxied.post("/webhooks/rest/webhook", json={"sender": f"s{n}", "message": "/restart"}) for n in range(2)]
    assert [each.status_code for each in said] == [200, 429]


def test_a_search_is_limited_as_a_message_is_and_danger_passes(proxied: TestClient) -> None:
    app: Any = proxied.app
    object.__setattr__(app.state.services.answering, "limits", MemoryLimits(1.0, clock=lambda: 0.0))
    asked = ["lamp", "lamp", "i cant breathe"]
    assert [proxied.post("/v1/search", json={"text": text}).status_code for text in asked] == [200, 429, 200]


@pytest.mark.parametrize("path", ["/ask", "/sms/twilio"])
def test_a_form_of_very_many_fields_is_refused_before_any_work(proxied: TestClient, path: str) -> None:
    form = urlencode([(f"f{number}", "x") for number in range(MOST_FIELDS + 1)])
    refused = proxied.post(path, content=form, headers={"content-type": "application/x-www-form-urlencoded"})
    assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json")


def test_a_webhook_of_too_many_bytes_is_refused_before_its_signature_is_looked_at(proxied: TestClient) -> None:
    assert proxied.post("/sms/twilio", content=b"Body=" + b"x" * MOST_BYTES).status_code == 413


def test_what_is_the_same_for_everyone_is_made_once_for_each_knowledge(client: TestClient) -> None:
    app: Any = client.app
    served = app.state.services
    made = [served.constant("made", lambda: Response()) for _ in range(2)]
    object.__setattr__(served.answering.reloader, "current", replace(served.knowledge, version="next"))
    assert made[0] is made[1]
    assert served.constant("made", lambda: Response()) is not made[0]


def test_hosts_that_a_client_makes_up_fill_no_memory(client: TestClient) -> None:
    app: Any = client.app
    for number in range(MOST + 5):
        client.get("/embed", headers={"host": f"host{number}.example"})
    assert 0 < len(app.state.services.constants._responses) <= MOST


def test_of_a_pipeline_so_many_requests_are_answered_and_then_the_connection_ends(service: Service) -> None:
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as wire:
        wire.sendall(PAGE * 200)
        received = b"".join(iter(lambda: wire.recv(65536), b""))
    assert received.count(b"HTTP/1.1 200 OK") == MOST_PIPELINED + 1
    assert received.count(b"connection: close") == 1


def test_what_a_refused_request_says_is_said_by_no_other(service: Service) -> None:
    asked = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n" * (MOST_PIPELINED + 1)
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as wire:
        wire.sendall(asked + b"GET /healthz HTTP/1.1\r\nhost: y\r\norigin: https://evil.example\r\n\r\n")
        received = b"".join(iter(lambda: wire.recv(65536), b""))
    assert received.count(b"HTTP/1.1 200 OK") == MOST_PIPELINED + 1
    assert received.count(b"vary: Origin") == MOST_PIPELINED + 1  # written where a request named no origin


def test_a_request_under_way_is_answered_though_the_next_is_refused(service: Service) -> None:
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as wire:
        wire.sendall(b"GET /faq HTTP/1.1\r\nhost: x\r\n\r\nGET /faq HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n")
        received = b"".join(iter(lambda: wire.recv(65536), b""))
    assert received.startswith(b"HTTP/1.1 200 OK")
    assert received.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("origin", ["http://[x", "null", "", "https://evil.example"])
def test_an_origin_of_any_shape_is_foreign_and_danger_is_answered(client: TestClient, origin: str) -> None:
    said = client.post("/ask", data={"text": "i cant breathe"}, headers={"origin": origin})
    assert said.status_code == 200
    assert 'role="alert"' in said.text


def test_who_reads_nothing_is_cut_off(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HardenedProtocol, "within", 0.2)
    with socket.socket() as wire:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wire.settimeout(20)
        wire.connect(("127.0.0.1", service.port))
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            ask_for_ever(wire)


def ask_for_ever(wire: socket.socket) -> None:
    while True:
        wire.sendall(PAGE)
        time.sleep(0.01)
