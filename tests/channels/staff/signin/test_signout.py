"""Who signs out, here or at the hospital, is signed out on every replica."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY

from app.channels.staff.signin.session_ends import SessionEnds
from app.main import create_app
from app.records import database
from app.records.ended_sessions import EndedSessions
from app.settings import Settings
from tests.channels.staff.conftest import csrf_of, read_at_once
from tests.channels.staff.provider import CLIENT, Provider
from tests.channels.staff.signin.test_signin import audited, come_back

LOGOUT = "/staff/back-channel-logout"
HTML = {"accept": "text/html"}
Replicas = tuple[TestClient, TestClient]


@pytest.fixture
def replicas(by_provider: Settings, provider: Provider) -> Iterator[Replicas]:
    """One session at two replicas, over one store."""
    with ExitStack() as running:
        apps = [create_app(by_provider) for _ in range(2)]
        here, there = (running.enter_context(TestClient(app, follow_redirects=False)) for app in apps)
        for replica in (here, there):
            read_at_once(replica)
        here.get(come_back(here, provider))
        there.cookies.update(here.cookies)
        assert statuses((here, there)) == [200, 200]
        yield here, there


def statuses(replicas: Replicas) -> list[int]:
    return [replica.get("/staff").status_code for replica in replicas]


def test_a_session_that_is_signed_out_at_one_replica_is_over_at_all(replicas: Replicas) -> None:
    here, there = replicas
    assert here.post("/staff/sign-out", data={"csrf": csrf_of(here)}).status_code == 200
    assert statuses(replicas) == [401, 401]
    assert there.get("/staff", headers=HTML).headers["location"] == "/staff/sign-in"


def test_who_signs_out_is_led_to_sign_out_at_the_provider_and_back(replicas: Replicas, provider: Provider) -> None:
    here, _ = replicas
    page = here.post("/staff/sign-out", data={"csrf": csrf_of(here)}).text
    leads_to = page.split('content="0; url=')[1].split('"')[0].replace("&amp;", "&")
    sent = dict(parse_qsl(urlsplit(leads_to).query))
    assert leads_to.startswith(f"{provider.url}/sign-out?")
    assert sent["client_id"] == CLIENT
    assert sent["post_logout_redirect_uri"] == "http://testserver/staff/sign-in"


def test_without_a_provider_or_while_it_is_down_one_is_signed_out_here(
    curator: TestClient, hospital: TestClient, provider: Provider
) -> None:
    hospital.get(come_back(hospital, provider))
    provider.is_down = True
    for client in (curator, hospital):
        page = client.post("/staff/sign-out", data={"csrf": csrf_of(client)}).text
        assert "You are signed out" in page
        assert "http-equiv" not in page
        assert client.get("/staff").status_code == 401


@pytest.mark.parametrize(
    ("named", "over"),
    [
        ({}, True),
        ({"sub": None}, True),
        ({"sid": None}, True),
        ({"sid": "session-2"}, False),
        ({"sid": None, "sub": "s-2"}, False),
    ],
)
def test_a_logout_token_ends_what_it_names_on_all_replicas(
    replicas: Replicas, provider: Provider, named: dict[str, str | None], over: bool
) -> None:
    here, there = replicas
    told = there.post(LOGOUT, data={"logout_token": provider.logout_token(**named)})
    assert (told.status_code, told.content, told.headers["cache-control"]) == (200, b"", "no-store")
    assert "set-cookie" not in told.headers
    assert statuses((here, there)) == ([401, 401] if over else [200, 200])


def test_who_was_signed_out_by_the_hospital_reads_so_and_may_sign_in_again(
    replicas: Replicas, provider: Provider, staffed: Settings
) -> None:
    here, there = replicas
    there.post(LOGOUT, data={"logout_token": provider.logout_token()})
    assert here.get("/staff?entry=lamp-color", headers=HTML).headers["location"] == "/staff/sign-in"
    assert "your hospital account was signed out" in here.get("/staff/sign-in").text
    assert ("identity provider", "sign-out", "session session-1 person s-1") in audited(staffed)
    provider.claims = provider.claims | {"sid": "session-2"}
    assert here.get(come_back(here, provider)).headers["location"] == "/staff?entry=lamp-color"
    assert here.get("/staff").status_code == 200


def test_who_signed_in_after_the_logout_of_all_her_sessions_stays_in(replicas: Replicas, provider: Provider) -> None:
    here, there = replicas
    token = provider.logout_token(sid=None, iat=int(here.app.state.services.now.timestamp()) - 60)  # type: ignore[attr-defined]
    assert there.post(LOGOUT, data={"logout_token": token}).status_code == 200
    assert statuses(replicas) == [200, 200]


def test_a_logout_that_cannot_be_kept_is_no_success_and_is_heeded_here(
    hospital: TestClient, provider: Provider
) -> None:
    hospital.get(come_back(hospital, provider))
    dead = database.connect("sqlite:////proc/nowhere/a.db")
    staff = hospital.app.state.staff  # type: ignore[attr-defined]
    ends = SessionEnds(EndedSessions(dead, timedelta(hours=10)))
    hospital.app.state.staff = replace(staff, ends=ends)  # type: ignore[attr-defined]
    assert hospital.get("/staff").status_code == 200
    assert hospital.post(LOGOUT, data={"logout_token": provider.logout_token()}).status_code == 400
    assert hospital.get("/staff").status_code == 401
    dead.dispose()


def test_where_nobody_signs_in_by_a_provider_there_is_no_logout(outsider: TestClient) -> None:
    assert outsider.post(LOGOUT, data={"logout_token": "x"}).status_code == 404


def test_many_may_go_home_at_once_and_guesses_are_throttled(hospital: TestClient, provider: Provider) -> None:
    tokens = [provider.logout_token(sid=f"session-{number}") for number in range(40)]
    assert {hospital.post(LOGOUT, data={"logout_token": token}).status_code for token in tokens} == {200}
    guesses = [hospital.post(LOGOUT, data={"logout_token": "a.b.c"}).status_code for _ in range(40)]
    assert guesses[:20] == [400] * 20
    assert guesses[-1] == 429


def test_logouts_are_counted_by_how_they_ended(hospital: TestClient, provider: Provider) -> None:
    def counted() -> list[float]:
        ends = ("done", "refused")
        return [REGISTRY.get_sample_value("hai_faq_logouts_total", {"outcome": end}) or 0.0 for end in ends]

    before = counted()
    for token in (provider.logout_token(), "x", ""):
        hospital.post(LOGOUT, data={"logout_token": token})
    assert [now - then for now, then in zip(counted(), before, strict=True)] == [1.0, 2.0]
