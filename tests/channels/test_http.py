import json
import logging
import sys

import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request

from app.channels.http import Json, client_of
from app.main import create_app
from app.settings import Settings
from tests.channels.conftest import stand_still

ALLOWED = "https://www.hospital.example"


def request_from(peer: str, forwarded: str = "") -> Request:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    return Request({"type": "http", "client": (peer, 1), "headers": headers})


def test_addresses_of_one_network_of_ipv6_are_one_client() -> None:
    first, second, elsewhere = (
        client_of(request_from(f"2001:db8:{net}::{host}"), frozenset()) for net, host in ((1, 1), (1, "ffff"), (2, 1))
    )
    assert first == second != elsewhere
    assert client_of(request_from("::ffff:203.0.113.9"), frozenset()) == "203.0.113.9"
    assert client_of(request_from("10.0.0.1", "2001:db8:1::7"), frozenset({"10.0.0.1"})) == first


@pytest.mark.parametrize("peer", ["203.0.113.9", "made:up", "[2001:db8::1]:443", ""])
def test_any_other_client_counts_as_it_is_named(peer: str) -> None:
    assert client_of(request_from(peer), frozenset()) == peer


@pytest.mark.parametrize(
    "path", ["/healthz", "/nothing", "/ask", "/faq", "/widget.js", "/staff", "/openapi.json", "/metrics"]
)
def test_every_response_is_guarded(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "server" not in headers


def test_a_refused_method_says_which_are_taken(client: TestClient) -> None:
    refused = client.request("TRACE", "/v1/messages")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert refused.json()["type"] == "urn:hai-faq:problem:method-not-allowed"


def test_no_page_of_ours_loads_scripts_from_elsewhere(client: TestClient) -> None:
    assert client.get("/docs").status_code == client.get("/redoc").status_code == 404
    assert client.get("/openapi.json").json()["openapi"]


def test_what_nobody_foresaw_is_a_problem_that_the_website_can_read(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(settings.model_copy(update={"allowed_origins": (ALLOWED,)}))
    with TestClient(app) as client:
        object.__setattr__(app.state.services.answering, "clock", lambda: dict[str, str]()["my name is jane"])
        failed = client.post("/v1/messages", json={"text": "lamp"}, headers={"origin": ALLOWED})
    assert (failed.status_code, failed.headers["content-type"]) == (500, "application/problem+json")
    assert failed.headers["access-control-allow-origin"] == ALLOWED
    assert failed.headers["cache-control"] == "no-store"
    assert "jane" not in failed.text + caplog.messages[-1]


def test_the_log_has_the_place_of_an_error_and_not_its_words() -> None:
    try:
        dict[str, str]()["my name is jane"]
    except KeyError:
        record = logging.LogRecord("app", logging.ERROR, "", 1, "unforeseen", None, sys.exc_info())
    line = json.loads(Json().format(record))
    assert line["error"] == "KeyError"
    assert "test_http.py" in line["at_line"]
    assert "KeyError: 'my" not in line["at_line"]


def test_many_clients_together_meet_a_limit_that_danger_passes(settings: Settings) -> None:
    update = {"messages_per_second_in_all": 2.0, "trusted_proxies": ("testclient",)}
    with TestClient(create_app(settings.model_copy(update=update))) as client:
        assert stand_still(client, "limit_in_all").rate == 2.0
        said = [
            client.post("/v1/messages", json={"text": text}, headers={"x-forwarded-for": f"203.0.113.{n}"})
            for n, text in enumerate(["lamp"] * 4 + ["i cant breathe"])
        ]
    assert [each.status_code for each in said] == [200, 200, 429, 429, 200]
    assert said[2].headers["retry-after"] == "1"
