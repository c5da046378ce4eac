from collections.abc import Sequence

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient
from starlette.responses import PlainTextResponse

from app.channels.http import middleware, problems
from app.channels.http.clients import LONGEST, client_of
from app.main import create_app
from app.settings import Settings
from tests.channels.conftest import stand_still

ALLOWED = "https://www.hospital.example"


def client_seen(peer: str, *forwarded: str, trusted: tuple[str, ...] = (), more: Sequence[tuple[str, str]] = ()) -> str:
    """Whom a limit counts for a request of `peer` that has these headers X-Forwarded-For, and more."""

    async def show(request: Request) -> Response:
        return PlainTextResponse(str(client_of(request, frozenset(trusted))))

    app = FastAPI()
    app.add_route("/", show)
    problems.install(app)
    middleware.install(app, (), trusted, secure=False)
    headers = [("x-forwarded-for", hops) for hops in forwarded] + list(more)
    return TestClient(app, client=(peer, 1)).get("/", headers=headers).text


def test_addresses_of_one_network_of_ipv6_are_one_client() -> None:
    network = "2001:db8:1::/64"
    assert client_seen("2001:db8:1::1") == client_seen("2001:db8:1::ffff") == network
    assert client_seen("2001:db8:2::1") != network
    assert client_seen("::ffff:203.0.113.9") == "203.0.113.9"
    assert client_seen("10.0.0.1", "2001:db8:1::7", trusted=("10.0.0.1",)) == network


@pytest.mark.parametrize("peer", ["203.0.113.9", "made:up", "[2001:db8::1]:443", ""])
def test_any_other_client_counts_as_it_is_named(peer: str) -> None:
    assert client_seen(peer) == peer


@pytest.mark.parametrize("network", ["10.4.0.0/16", "10.4.7.7/16"])
def test_who_wrote_is_told_by_a_proxy_of_a_trusted_network_only(network: str) -> None:
    trusted = (network,)
    assert client_seen("10.4.7.7", "6.6.6.6, 203.0.113.5, 10.4.1.1", trusted=trusted) == "203.0.113.5"
    assert client_seen("10.5.7.7", "203.0.113.5", trusted=trusted) == "10.5.7.7"
    assert client_seen("10.4.7.7", "unknown", trusted=trusted) == "unknown"


def test_a_client_is_one_whatever_its_port_and_however_many_lines_it_forges() -> None:
    trusted = ("10.4.0.0/16",)
    assert client_seen("10.4.7.7", "203.0.113.5:4711", trusted=trusted) == "203.0.113.5"
    assert client_seen("10.4.7.7", "[2001:db8:1::7]:4711", trusted=trusted) == "2001:db8:1::/64"
    assert client_seen("10.4.7.7", "6.6.6.6", "203.0.113.5", trusted=trusted) == "203.0.113.5"
    assert len(client_seen("10.4.7.7", "x" * 9_000, trusted=trusted)) == LONGEST


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
