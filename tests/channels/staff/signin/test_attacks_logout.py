"""Attacks by logout tokens: docs/SECURITY-TRIALS.md."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt

from app.channels.staff.signin.openid import FAILED_AGAIN, OpenId
from app.errors import ProviderUnreachable
from tests.channels.staff.provider import CLIENT, SECRET, Provider
from tests.channels.staff.signin.test_signin import come_back
from tests.channels.staff.signin.test_signout import LOGOUT
from tests.channels.staff.test_attacks import encoded, token

CLAIMS = {
    "sub": "s-1",
    "sid": "session-1",
    "jti": "t",
    "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
}


@pytest.fixture
def signed(hospital: TestClient, provider: Provider) -> TestClient:
    hospital.get(come_back(hospital, provider))
    return hospital


def is_refused(client: TestClient, logout_token: str) -> bool:
    answer = client.post(LOGOUT, data={"logout_token": logout_token})
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code == 400 and client.get("/staff").status_code == 200


def claims(provider: Provider) -> dict[str, Any]:
    return CLAIMS | {"iss": provider.url, "aud": "hai-faq", "iat": int(time.time()), "exp": int(time.time()) + 60}


@pytest.mark.parametrize("algorithm", ["none", "None", "nOnE", ""])
def test_an_unsigned_logout_token_is_refused(signed: TestClient, provider: Provider, algorithm: str) -> None:
    assert is_refused(signed, token({"alg": algorithm, "kid": "one"}, claims(provider), None))


def test_one_signed_with_the_public_key_or_our_secret_is_refused(signed: TestClient, provider: Provider) -> None:
    public = provider.key.as_pem(private=False), provider.key.as_der(private=False)
    for key in (*public, b"the-client-secret-of-the-tests"):
        assert is_refused(signed, token({"alg": "HS256", "kid": "one"}, claims(provider), key))


def test_one_of_another_key_or_with_a_key_of_its_own_is_refused(signed: TestClient, provider: Provider) -> None:
    own = {"jwk": provider.other_key.as_dict(private=False), "jku": "http://127.0.0.1:9/keys"}
    for header in (
        {"alg": "RS256", "kid": "one"},
        {"alg": "RS256", "kid": "two"},
        {"alg": "RS256", "kid": "one", **own},
    ):
        forged = jwt.encode({"alg": "RS256", "kid": header["kid"]}, claims(provider), provider.other_key)
        assert is_refused(
            signed, f"{encoded(str(header).replace(chr(39), chr(34)).encode())}.{forged.split('.', 1)[1]}"
        )
        assert is_refused(signed, forged)


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "another"},
        {"iss": "http://evil.example"},
        {"iat": 1_000_000_000, "exp": 4_000_000_000},
        {"exp": 1_000_000_000},
        {"iat": None},
        {"nonce": "n"},
        {"events": None},
        {"events": {"http://schemas.openid.net/event/other": {}}},
        {"jti": None},
        {"sub": None, "sid": None},
    ],
)
def test_one_with_a_wrong_claim_is_refused(signed: TestClient, provider: Provider, wrong: dict[str, Any]) -> None:
    assert is_refused(signed, provider.logout_token(**wrong))


def test_an_id_token_is_no_logout_token_and_the_other_way_round(signed: TestClient, provider: Provider) -> None:
    assert is_refused(signed, provider.signed(claims(provider) | {"events": None, "nonce": "n"}))
    provider.write = lambda _: provider.logout_token()
    assert signed.get(come_back(signed, provider)).status_code == 403


def test_one_is_heeded_once(signed: TestClient, provider: Provider) -> None:
    first = provider.logout_token(sid="session-9", jti="once")
    assert signed.post(LOGOUT, data={"logout_token": first}).status_code == 200
    assert is_refused(signed, first)
    assert is_refused(signed, provider.logout_token(jti="once"))


@pytest.mark.parametrize(
    "body", ["", "logout_token=", "logout_token=a", f"logout_token={'a' * 20_000}", "x=1", "%00", "é"]
)
def test_other_bodies_are_refused(signed: TestClient, body: str) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert signed.post(LOGOUT, content=body.encode(), headers=form).status_code == 400
    assert signed.post(LOGOUT, content=body.encode(), headers={"content-type": "application/jwt"}).status_code == 400
    assert signed.get(LOGOUT).status_code == 405


def test_a_key_that_nobody_knows_is_looked_for_twice_a_minute_at_most(signed: TestClient, provider: Provider) -> None:
    before = provider.asked_for_keys
    for number in range(5):
        forged = jwt.encode({"alg": "RS256", "kid": f"k-{number}"}, claims(provider), provider.other_key)
        assert is_refused(signed, forged)
    assert provider.asked_for_keys - before <= 1


def test_a_key_that_the_provider_has_made_since_is_found(signed: TestClient, provider: Provider) -> None:
    provider.key_id = "new"
    logout = jwt.encode({"alg": "RS256", "kid": "new"}, claims(provider), provider.key)
    assert signed.post(LOGOUT, data={"logout_token": logout}).status_code == 200
    assert signed.get("/staff").status_code == 401


def test_many_that_come_together_after_a_change_of_keys_are_all_heeded(signed: TestClient, provider: Provider) -> None:
    assert signed.post(LOGOUT, data={"logout_token": provider.logout_token(sid="session-8")}).status_code == 200
    provider.key_id, provider.keys_take = "new", 0.3
    header = {"alg": "RS256", "kid": "new"}
    tokens = [jwt.encode(header, claims(provider) | {"jti": f"t-{n}"}, provider.key) for n in range(5)]
    with ThreadPoolExecutor() as senders:
        answers = senders.map(lambda token: signed.post(LOGOUT, data={"logout_token": token}).status_code, tokens)
        assert list(answers) == [200] * 5


def test_a_provider_that_fails_is_not_asked_for_each(hospital: TestClient, provider: Provider) -> None:
    provider.is_down = True
    before = provider.asked
    answers = [hospital.post(LOGOUT, data={"logout_token": provider.logout_token()}).status_code for _ in range(5)]
    assert (answers, provider.asked - before) == ([400] * 5, 1)


def test_one_is_heeded_soon_after_the_provider_is_back(provider: Provider) -> None:
    now = [0.0]
    client = OpenId(provider.url, CLIENT, SECRET, "http://testserver/staff/callback", lambda: now[0])
    provider.is_down = True
    with pytest.raises(ProviderUnreachable):
        asyncio.run(client.logout_of(provider.logout_token(), time.time()))
    provider.is_down = False
    now[0] += FAILED_AGAIN
    assert asyncio.run(client.logout_of(provider.logout_token(), time.time())).person == "s-1"
