"""Clients that forge what proxies say of them, in the headers that each proxy sends: docs/SECURITY-TRIALS.md."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from app.channels.http.forwarded import LONGEST, hops
from app.main import create_app
from app.settings import Settings
from tests.channels.conftest import stand_still
from tests.channels.test_http import client_seen

Headers = list[tuple[str, str]]
PROXY, TRUSTED, REAL, FORGED = "10.4.7.7", ("10.4.0.0/16",), "203.0.113.5", "6.6.6.6"
LISTED, FORWARDED = "x-forwarded-for", "forwarded"
PROXIES: dict[str, Headers] = {
    "haproxy forwardfor": [(LISTED, FORGED), (LISTED, REAL)],
    "haproxy forwarded": [(FORWARDED, f"for={FORGED}"), (FORWARDED, f"proto=http;for={REAL}")],
    "haproxy both": [(LISTED, FORGED), (FORWARDED, f"for={FORGED}"), (LISTED, REAL), (FORWARDED, f"for={REAL}")],
    "azure application gateway": [(LISTED, f"{FORGED}, {REAL}:4711")],
    "nginx": [(LISTED, f"{FORGED}, {REAL}"), ("x-real-ip", REAL)],
    "aws alb with ports": [(LISTED, f"{FORGED},{REAL}:50123")],
    "cloudflare, then nginx": [("cf-connecting-ip", REAL), (LISTED, f"{FORGED},{REAL}, 10.4.1.1")],
    "a proxy that listens to IPv6": [(LISTED, f"{FORGED}, ::ffff:{REAL}, ::ffff:10.4.1.1")],
    "forwarded, quoted, with a port": [(FORWARDED, f'for={FORGED}, for="{REAL}:4711";proto=https;by=_edge')],
    "forwarded twice": [(FORWARDED, f'for={FORGED}, For="{REAL}";host="faq.example, for={FORGED}", for=10.4.1.1')],
}


@pytest.mark.parametrize("headers", PROXIES.values(), ids=PROXIES)
def test_whoever_a_client_says_it_is_the_proxy_says_who(headers: Headers) -> None:
    assert client_seen(PROXY, trusted=TRUSTED, more=headers) == REAL
    assert client_seen("10.5.7.7", trusted=TRUSTED, more=headers) == "10.5.7.7"


@pytest.mark.parametrize("headers", [[(LISTED, "[2001:db8:1::7]:4711")], [(FORWARDED, 'for="[2001:db8:1::7]:4711"')]])
def test_brackets_and_ports_are_no_part_of_an_address(headers: Headers) -> None:
    assert client_seen(PROXY, trusted=TRUSTED, more=headers) == "2001:db8:1::/64"


@pytest.mark.parametrize(
    "headers",
    [
        [(LISTED, FORGED), (FORWARDED, f"for={REAL}")],
        [(FORWARDED, f"for={FORGED}"), (LISTED, REAL)],
        [(FORWARDED, f"for={REAL}"), (LISTED, "unknown")],
    ],
)
def test_who_contradicts_the_proxy_counts_as_the_proxy(headers: Headers) -> None:
    assert client_seen(PROXY, trusted=TRUSTED, more=headers) == PROXY


@pytest.mark.parametrize(
    "forwarded",
    [
        f'for="{FORGED}, for={REAL}',
        f'for="{FORGED}\\", for={REAL}',
        f'host=";for={FORGED},";for={REAL}',
        f'for={REAL};host=",for={FORGED}"',
        f"for={FORGED};, garbage, for={REAL};",
    ],
)
def test_a_quotation_mark_that_a_client_forges_swallows_nothing(forwarded: str) -> None:
    assert client_seen(PROXY, trusted=TRUSTED, more=[(FORWARDED, forwarded)]) == REAL


@pytest.mark.parametrize("forwarded", ["", "garbage", "proto=https", "for=", f"for={FORGED}, proto=https", '"', ","])
def test_where_forwarded_tells_nothing_the_other_header_does(forwarded: str) -> None:
    assert client_seen(PROXY, REAL, trusted=TRUSTED, more=[(FORWARDED, forwarded)]) == REAL
    assert client_seen(PROXY, trusted=TRUSTED, more=[(FORWARDED, forwarded)]) == PROXY


def test_only_the_end_of_a_long_list_is_read() -> None:
    assert len(list(hops("for=10.4.1.1," * 2_000 + "for=10.4.1.1"))) <= LONGEST / len("for=10.4.1.1,") + 1


@pytest.mark.parametrize("forged", [lambda n: (LISTED, f"6.6.6.{n}"), lambda n: (FORWARDED, f"for=6.6.6.{n}")])
@pytest.mark.parametrize("own", [(LISTED, REAL), (FORWARDED, f"for={REAL}")])
def test_a_forged_first_line_neither_passes_the_limit_nor_uses_up_another(
    settings: Settings, forged: Callable[[int], tuple[str, str]], own: tuple[str, str]
) -> None:
    update = {"messages_per_second": 2.0, "trusted_proxies": ("testclient",)}
    with TestClient(create_app(settings.model_copy(update=update))) as client:
        stand_still(client, "limits")
        attacks = [client.post("/v1/messages", json={"text": "lamp"}, headers=[forged(n), own]) for n in range(5)]
        other = client.post("/v1/messages", json={"text": "lamp"}, headers=[(own[0], own[1].replace(REAL, "6.6.6.0"))])
        danger = client.post("/v1/messages", json={"text": "i cant breathe"}, headers=[forged(9), own])
    assert [each.status_code for each in attacks] == [200, 200, 429, 429, 429]
    assert (other.status_code, danger.json()["urgent"]) == (200, True)


def test_a_proxy_on_this_machine_that_nobody_named_is_limited(settings: Settings) -> None:
    with TestClient(create_app(settings.model_copy(update={"messages_per_second": 1.0}))) as client:
        stand_still(client, "limits")
        asked = [client.post("/v1/messages", json={"text": "lamp"}, headers={LISTED: f"6.6.6.{n}"}) for n in range(2)]
        direct = [client.post("/v1/messages", json={"text": "lamp"}) for _ in range(2)]
    assert [each.status_code for each in (*asked, *direct)] == [200, 429, 200, 200]
