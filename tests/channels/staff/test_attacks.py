"""Attacks on the staff's pages: docs/SECURITY-TRIALS.md."""

import base64
import hashlib
import hmac
import json
import re
from typing import Any

import itsdangerous
import pytest
from fastapi.testclient import TestClient

from app.channels.staff.insights.exports import as_csv
from app.channels.staff.insights.tables import Column, Table
from app.main import create_app
from app.settings import Settings
from app.tokens import Tokens
from tests.channels.staff.conftest import csrf_of, path_of
from tests.channels.staff.provider import Provider
from tests.channels.staff.review.test_review import ask
from tests.channels.staff.signin.test_signin import come_back
from tests.conftest import NOW

NAME = "hai-faq-staff"


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def token(header: dict[str, Any], claims: dict[str, Any], key: bytes | None) -> str:
    """A token by hand: a library that signs well would refuse to write these."""
    signed = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(claims).encode())}"
    return f"{signed}.{encoded(hmac.digest(key, signed.encode(), 'sha256')) if key is not None else ''}"


@pytest.mark.parametrize("algorithm", ["none", "None", "nOnE", ""])
def test_an_unsigned_id_token_is_refused(hospital: TestClient, provider: Provider, algorithm: str) -> None:
    provider.write = lambda claims: token({"alg": algorithm, "kid": "one"}, claims, None)
    assert hospital.get(come_back(hospital, provider)).status_code == 403
    assert hospital.get("/staff").status_code == 401


def test_an_id_token_signed_with_the_public_key_as_a_secret_is_refused(
    hospital: TestClient, provider: Provider
) -> None:
    for key in (provider.key.as_pem(private=False), provider.key.as_der(private=False)):
        provider.write = lambda claims, key=key: token({"alg": "HS256", "kid": "one"}, claims, key)  # type: ignore[misc]
        assert hospital.get(come_back(hospital, provider)).status_code == 403
    assert hospital.get("/staff").status_code == 401


def test_an_id_token_that_brings_its_own_key_is_refused(hospital: TestClient, provider: Provider) -> None:
    provider.sign_with = provider.other_key
    own = provider.other_key.as_dict(private=False)
    body = provider.signed

    def write(claims: dict[str, Any]) -> str:
        header, rest = body(claims).split(".", 1)
        brought = {
            "alg": "RS256",
            "kid": "two",
            "jwk": own,
            "jku": "http://127.0.0.1:9/keys",
            "x5u": "http://127.0.0.1:9",
        }
        return f"{encoded(json.dumps(brought).encode())}.{rest}" if header else ""

    provider.write = write
    assert hospital.get(come_back(hospital, provider)).status_code == 403


def test_nothing_in_the_address_leads_elsewhere_after_sign_in(hospital: TestClient, provider: Provider) -> None:
    elsewhere = "next=//evil.example&redirect_uri=https://evil.example&return_to=/\\evil.example"
    started = hospital.get(f"/staff/sign-in/start?{elsewhere}").headers["location"]
    assert started.startswith(f"{provider.url}/authorize?")
    assert "evil.example" not in started
    back = come_back(hospital, provider)
    assert hospital.get(f"{back}&{elsewhere}").headers["location"] == "/staff"


def test_a_session_known_before_sign_in_is_worth_nothing_after(hospital: TestClient, provider: Provider) -> None:
    back = come_back(hospital, provider)
    planted = dict(hospital.cookies)
    hospital.get(back)
    assert dict(hospital.cookies) != planted
    hospital.cookies.clear()
    hospital.cookies.update(planted)
    assert hospital.get("/staff").status_code == 401


@pytest.mark.parametrize("change", ["roles", "who", "seen"])
def test_a_changed_cookie_is_no_session(curator: TestClient, change: str) -> None:
    signed = curator.cookies[NAME].strip('"')
    body, rest = signed.split(".", 1)
    session = json.loads(base64.b64decode(body)) | {change: ["curator"]}
    curator.cookies.clear()
    curator.cookies.set(NAME, f"{base64.b64encode(json.dumps(session).encode()).decode()}.{rest}")
    assert curator.get("/staff").status_code == 401


def test_the_key_of_message_ids_signs_no_session(staffed: Settings) -> None:
    settings = Settings.model_validate(staffed.model_dump() | {"secret": "a9" * 20})
    session = {"id": "x", "who": "eve", "roles": ["curator"], "began": 9e9, "seen": 9e9, "csrf": "x"}
    signed = itsdangerous.TimestampSigner("a9" * 20).sign(base64.b64encode(json.dumps(session).encode())).decode()
    with TestClient(create_app(settings)) as client:
        for value in (signed, Tokens(b"a9" * 20).sign(NOW, "web", ("x",), "v"), hashlib.sha256(b"x").hexdigest()):
            assert client.get("/staff", headers={"cookie": f"{NAME}={value}"}).status_code == 401


def test_a_session_of_another_page_cannot_be_forced_on_staff(outsider: TestClient, links: list[str]) -> None:
    for guess in ("", "null", "undefined", path_of(links[-1])[-43:-1], "%00", "é"):
        assert outsider.get("/staff/link", params={"token": guess}).status_code == 403


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://testserver.evil.example", "http://[", "testserver:1"]
)
def test_a_change_from_another_origin_is_refused_even_with_the_token(curator: TestClient, origin: str) -> None:
    sent = {"csrf": csrf_of(curator), "text": "lamp"}
    assert curator.post("/staff", data=sent, headers={"origin": origin}).status_code == 403


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '"autofocus onfocus=alert(1) x="', "{{7*191}}", "'; drop table audit;--"]
)
def test_what_staff_type_is_shown_as_text(curator: TestClient, text: str) -> None:
    for path in ("/staff", "/staff/search"):
        shown = curator.post(path, data={"csrf": csrf_of(curator), "text": text, "settled": "1"}).text
        assert "<script>alert" not in shown
        assert 'onfocus=alert(1) x="' not in shown
        assert "1337" not in shown
    assert curator.get("/staff", params={"entry": text}).status_code == 404
    assert curator.post("/staff/flag", data={"csrf": csrf_of(curator), "entry": text}).status_code == 400


MARKUP = "<script>alert(1)</script> <img src=x onerror=alert(1)> </textarea> {{7*191}}"


def test_what_patients_typed_is_shown_to_curators_as_text(curator: TestClient) -> None:
    ask(curator, MARKUP, f"{MARKUP} rust", near=True)
    shown = curator.get("/staff/review").text
    assert "&lt;script&gt;alert(1)" in shown
    assert not re.search(r"<script>alert|<img src|1337|</textarea> \{", shown)


@pytest.mark.parametrize("field", ["keys", "pick", "id", "typed", "title", "lines", "own", "next", "near", "q1"])
def test_what_a_curator_proposes_is_shown_as_text_or_refused(curator: TestClient, field: str) -> None:
    given = {"pick": "new", "id": "nc-rust", "title": "rust", "lines": "a\nb\nc\nd\ne"} | {field: MARKUP}
    said = curator.post("/staff/review/propose", data={"csrf": csrf_of(curator), **given})
    assert said.status_code in (200, 303, 400)
    for page in (said.text, curator.get("/staff/review/proposals").text):
        assert not re.search(r"<script>alert|<img src|1337", page)


@pytest.mark.parametrize(
    "act", ["propose", "dismiss", "put-off", "undo", "withheld", "withheld/give-back", "proposals/withdraw"]
)
def test_review_needs_the_token_and_the_role(
    curator: TestClient, hospital: TestClient, provider: Provider, act: str
) -> None:
    sent = {"entry": "lamp-color", "why": "x", "target": "lamp-color", "lines": "x"}
    assert curator.post(f"/staff/review/{act}", data=sent).status_code == 403
    hospital.get(come_back(hospital, provider))
    assert hospital.post(f"/staff/review/{act}", data=sent | {"csrf": csrf_of(hospital)}).status_code == 403


def test_a_name_from_the_provider_is_shown_as_text(hospital: TestClient, provider: Provider) -> None:
    provider.claims = {"email": "<script>alert(1)</script>", "roles": ["lookup"]}
    hospital.get(come_back(hospital, provider))
    assert "&lt;script&gt;alert" in hospital.get("/staff").text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum(1)", "\t=1", "\r=1", "\n=1", "＝1+1"])
def test_no_cell_of_a_download_is_a_formula(text: str) -> None:
    assert as_csv({"Topics": Table([Column("Topic")], [(text,)])}).splitlines()[1].lstrip('"').startswith("'")


def test_nobody_exports_without_the_role(hospital: TestClient, provider: Provider) -> None:
    hospital.get(come_back(hospital, provider))
    assert hospital.get("/staff/insights.csv", params={"table": "topics"}).status_code == 403
    assert hospital.get("/staff/insights/month").status_code == 403
