from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY

from app.main import create_app
from app.records import database
from app.records.audit import Audit
from app.records.limits import MemoryLimits
from app.settings import Settings
from tests.channels.staff.conftest import csrf_of, path_of
from tests.channels.staff.provider import Provider


def asked_of(client: TestClient) -> dict[str, str]:
    """What the service asks the provider for."""
    sent = client.get("/staff/sign-in/start")
    assert sent.status_code == 302
    return dict(parse_qsl(urlsplit(sent.headers["location"]).query))


def come_back(client: TestClient, provider: Provider) -> str:
    """Approved by the person: the address that her browser is sent to."""
    return path_of(provider.approve(asked_of(client)))


def audited(settings: Settings) -> list[tuple[str, str, str]]:
    engine = database.connect(settings.database_url)
    events: list[tuple[str, str, str]] = [(each.who, each.act, each.subject) for each in Audit(engine).all()]
    engine.dispose()
    return events


def test_a_program_gets_401_and_a_person_is_led_to_the_sign_in(outsider: TestClient) -> None:
    assert outsider.get("/staff").status_code == 401
    assert outsider.post("/staff/search", data={"text": "lamp"}).json()["type"] == "urn:hai-faq:problem:sign-in-needed"
    led = outsider.get("/staff", headers={"accept": "text/html"})
    assert (led.status_code, led.headers["location"]) == (303, "/staff/sign-in")
    assert "open the sign-in link" in outsider.get("/staff/sign-in").text


def test_the_link_signs_in_once(outsider: TestClient, links: list[str], staffed: Settings) -> None:
    first = path_of(links[-1])
    assert outsider.get(first).status_code == 303
    assert outsider.get("/staff").status_code == 200
    outsider.cookies.clear()
    assert outsider.get(first).status_code == 403
    assert outsider.get("/staff").status_code == 401
    assert outsider.get(path_of(links[-1])).status_code == 303
    assert [act for _, act, _ in audited(staffed)] == ["sign-in", "sign-in refused", "sign-in"]


@pytest.mark.parametrize(
    "headers", [{"x-forwarded-for": "203.0.113.9"}, {"forwarded": "for=203.0.113.9"}, {"host": "evil.example"}]
)
def test_the_link_works_on_this_machine_only(outsider: TestClient, links: list[str], headers: dict[str, str]) -> None:
    assert outsider.get(path_of(links[-1]), headers=headers).status_code == 403
    assert outsider.get(path_of(links[-1])).status_code == 303


def test_the_staffs_pages_are_no_part_of_the_published_description(outsider: TestClient) -> None:
    assert not [path for path in outsider.get("/openapi.json").json()["paths"] if path.startswith("/staff")]


def test_where_staff_cannot_sign_in_there_is_nothing(settings: Settings) -> None:
    with TestClient(create_app(settings.model_copy(update={"staff": "off"}))) as client:
        for path in ("/staff", "/staff/sign-in", "/staff/link", "/staff/callback"):
            assert client.get(path).status_code == 404


def test_the_provider_is_asked_with_state_nonce_and_challenge(hospital: TestClient) -> None:
    asked = asked_of(hospital)
    assert asked["code_challenge_method"] == "S256"
    assert all(len(asked[name]) >= 20 for name in ("state", "nonce", "code_challenge"))
    assert asked["redirect_uri"] == "http://testserver/staff/callback"
    assert asked_of(hospital)["state"] != asked["state"]


def test_who_has_a_role_signs_in(hospital: TestClient, provider: Provider, staffed: Settings) -> None:
    signed = hospital.get(come_back(hospital, provider))
    assert (signed.status_code, signed.headers["location"]) == (303, "/staff")
    assert "ann@example.org" in hospital.get("/staff").text
    assert audited(staffed) == [("ann@example.org", "sign-in", "lookup")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"iss": "http://evil.example"},
        {"exp": 1},
        {"sub": None},
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(hospital: TestClient, provider: Provider, wrong: dict[str, Any]) -> None:
    provider.wrong = wrong
    if "sub" in wrong:
        provider.claims = {"roles": ["lookup"]}
    assert hospital.get(come_back(hospital, provider)).status_code == 403
    assert hospital.get("/staff").status_code == 401


def test_a_token_of_another_key_is_refused(hospital: TestClient, provider: Provider) -> None:
    provider.sign_with = provider.other_key
    assert hospital.get(come_back(hospital, provider)).status_code == 403


@pytest.mark.parametrize("written", [None, 7, [], {"a": 1}, "", "a", "a.b.c", "e30.e30.e30", "."])
def test_an_id_token_of_another_shape_is_refused(hospital: TestClient, provider: Provider, written: Any) -> None:
    provider.write = lambda _: written
    assert hospital.get(come_back(hospital, provider)).status_code == 403


@pytest.mark.parametrize(
    "change", [("state=", "state=x"), ("state=", "other="), ("code=", "code=x"), ("code=", "error=")]
)
def test_a_wrong_state_or_code_is_refused(hospital: TestClient, provider: Provider, change: tuple[str, str]) -> None:
    back = come_back(hospital, provider).replace(*change)
    assert hospital.get(back).status_code == 403
    assert hospital.get("/staff").status_code == 401


def test_a_way_back_works_once(hospital: TestClient, provider: Provider) -> None:
    back = come_back(hospital, provider)
    before = dict(hospital.cookies)
    assert [hospital.get(back).status_code for _ in range(2)] == [303, 303]
    assert provider.refused == []
    hospital.cookies.clear()
    hospital.cookies.update(before)
    assert hospital.get(back).status_code == 403
    assert provider.refused == ["code"]


@pytest.mark.parametrize("answer", ["code=x&state=y", "error=access_denied&state=y", ""])
def test_an_answer_that_nobody_asked_for_signs_nobody_out(
    hospital: TestClient, provider: Provider, answer: str
) -> None:
    hospital.get(come_back(hospital, provider))
    assert hospital.get(f"/staff/callback?{answer}").headers["location"] == "/staff"
    assert hospital.get("/staff").status_code == 200


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_windows_in_which_one_signs_in_the_later_does(
    hospital: TestClient, provider: Provider, order: tuple[int, int]
) -> None:
    backs = [come_back(hospital, provider) for _ in range(2)]
    for window in order:
        hospital.get(backs[window])
    assert hospital.get("/staff").status_code == 200


def test_a_way_back_begun_in_another_browser_is_refused(hospital: TestClient, provider: Provider) -> None:
    back = come_back(hospital, provider)
    hospital.cookies.clear()
    assert hospital.get(back).status_code == 403


def test_without_the_verifier_the_provider_gives_nothing(hospital: TestClient, provider: Provider) -> None:
    asked = asked_of(hospital)
    back = path_of(provider.approve(asked | {"code_challenge": "stolen"}))
    assert hospital.get(back).status_code == 403
    assert provider.refused == ["verifier"]


def test_who_has_no_role_stays_out(hospital: TestClient, provider: Provider, staffed: Settings) -> None:
    provider.claims = {"email": "bob@example.org", "roles": ["gardener"]}
    refused = hospital.get(come_back(hospital, provider))
    assert refused.status_code == 403
    assert "bob@example.org, but that account does not open these pages" in refused.text
    assert audited(staffed) == [("bob@example.org", "sign-in refused", "no role")]


@pytest.mark.parametrize(
    ("claims", "who"),
    [
        ({"email": "ann@example.org", "preferred_username": "ann"}, "ann@example.org"),
        ({"email": "", "preferred_username": "ann"}, "ann"),
        ({"email": "boss@example.org", "email_verified": False, "preferred_username": "ann"}, "ann"),
        ({"preferred_username": "ann\nlee"}, "ann\\nlee"),
        ({}, "s-1"),
    ],
)
def test_who_signed_in_is_known_by_address_else_name_else_number(
    hospital: TestClient, provider: Provider, staffed: Settings, claims: dict[str, Any], who: str
) -> None:
    provider.claims = {**claims, "roles": "curator lookup"}
    assert hospital.get(come_back(hospital, provider)).status_code == 303
    assert audited(staffed) == [(who, "sign-in", "curator lookup")]


@pytest.mark.parametrize(
    "claims", [{"sub": "s" * 256}, {"sid": "s" * 256}, {"preferred_username": "This machine"}, {"sub": "unknown"}]
)
def test_a_name_that_no_cookie_holds_or_that_is_ours_signs_nobody_in(
    hospital: TestClient, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims = {"roles": "lookup", **claims}
    assert hospital.get(come_back(hospital, provider)).status_code == 403
    assert hospital.get("/staff").status_code == 401


def test_a_refused_sign_in_ends_the_session_before_it_and_is_recorded(
    hospital: TestClient, provider: Provider, staffed: Settings
) -> None:
    for claims, why in (({"roles": "gardener"}, "no role"), ({"roles": "lookup"}, "OAuthError")):
        provider.claims = {"email": "ann@example.org", "roles": "lookup"}
        assert hospital.get(come_back(hospital, provider)).status_code == 303
        provider.claims = {"email": "bob@example.org", **claims}
        back = come_back(hospital, provider)
        assert hospital.get(back.replace("code=", "code=x" if why != "no role" else "code=")).status_code == 403
        assert hospital.get("/staff").status_code == 401
        who = "bob@example.org" if why == "no role" else "unknown"
        assert audited(staffed)[-1] == (who, "sign-in refused", why)


def test_sign_ins_are_counted_by_how_they_ended(outsider: TestClient, links: list[str]) -> None:
    def counted() -> list[float]:
        ends = ("signed in", "refused")
        return [REGISTRY.get_sample_value("hai_faq_sign_ins_total", {"outcome": end}) or 0.0 for end in ends]

    before = counted()
    for path in (path_of(links[-1]), "/staff/link?token=guess", "/staff/link"):
        outsider.get(path)
    assert [now - then for now, then in zip(counted(), before, strict=True)] == [1.0, 2.0]


def test_the_sign_in_offers_the_ways_that_there_are(hospital: TestClient, outsider: TestClient) -> None:
    pages = [client.get("/staff/sign-in") for client in (hospital, outsider)]
    assert [page.status_code for page in pages] == [200, 200]
    by_provider, by_link = (page.text for page in pages)
    assert ("/staff/sign-in/start" in by_provider, "/staff/sign-in/start" in by_link) == (True, False)
    assert ("open the sign-in link" in by_provider, "open the sign-in link" in by_link) == (False, True)
    assert [hospital.get("/staff/link").status_code, outsider.get("/staff/callback").status_code] == [404, 404]
    assert outsider.get("/staff/sign-in/start").status_code == 404


def test_where_the_store_is_dead_people_still_sign_in_and_the_log_keeps_it(
    outsider: TestClient, links: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    staff = outsider.app.state.staff  # type: ignore[attr-defined]
    dead = database.connect("sqlite:////proc/nowhere/a.db")
    outsider.app.state.staff = replace(staff, audit=Audit(dead))  # type: ignore[attr-defined]
    assert outsider.get(path_of(links[-1])).status_code == 303
    assert outsider.get("/staff").status_code == 200
    assert [line for line in caplog.messages if line.startswith("audit: sign-in this machine auditor curator lookup (")]
    dead.dispose()


def test_a_provider_that_is_down_is_said(staffed: Settings) -> None:
    settings = staffed.model_dump() | {
        "secret": "a9" * 20,
        "public_url": "http://testserver",
        "oidc_issuer": "http://127.0.0.1:9",
        "oidc_client_id": "x",
    }
    with TestClient(create_app(Settings.model_validate(settings)), follow_redirects=False) as client:
        assert client.get("/staff/sign-in/start").status_code == 503


def test_sign_ins_are_throttled(outsider: TestClient) -> None:
    staff = outsider.app.state.staff  # type: ignore[attr-defined]
    standing = MemoryLimits(staff.sign_in_limits.rate, burst=staff.sign_in_limits.burst, clock=lambda: 0.0)
    outsider.app.state.staff = replace(staff, sign_in_limits=standing)  # type: ignore[attr-defined]
    statuses = [outsider.get("/staff/link?token=guess").status_code for _ in range(25)]
    assert statuses == [403] * 20 + [429] * 5
    one, another = (TestClient(outsider.app, client=(f"203.0.113.{n}", 50_000)) for n in (8, 9))
    assert [one.get("/staff/link").status_code for _ in range(21)][-2:] == [403, 429]
    assert another.get("/staff/link").status_code == 403


def test_signing_out_ends_the_session_for_a_copied_cookie_too(curator: TestClient, staffed: Settings) -> None:
    copied = dict(curator.cookies)
    assert curator.post("/staff/sign-out", data={"csrf": csrf_of(curator)}).status_code == 200
    assert "hai-faq-staff" not in curator.cookies  # the counter's computer keeps no name
    assert curator.get("/staff").status_code == 401
    assert [act for _, act, _ in audited(staffed)] == ["sign-in", "sign-out"]
    curator.cookies.update(copied)
    assert curator.get("/staff").status_code == 401


@pytest.mark.parametrize(
    ("claims", "roles"),
    [
        ({"roles": "lookup"}, {"lookup"}),
        ({"roles": "lookup curator"}, {"lookup", "curator"}),
        ({"roles": ["curator", 7, None]}, {"curator"}),
        ({"roles": {"lookup": True}}, set()),
        ({}, set()),
    ],
)
def test_roles_come_from_a_list_or_words(claims: dict[str, Any], roles: set[str], hospital: TestClient) -> None:
    provider = hospital.app.state.staff.provider  # type: ignore[attr-defined]
    assert provider.roles_of(claims) == roles
    nested = replace(provider, roles_claim="realm_access.roles")
    assert nested.roles_of({"realm_access": claims, "roles": "curator"}) == roles
    assert nested.roles_of({"realm_access": "curator"}) == set()
