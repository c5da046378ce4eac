"""The identity provider is asked again who may do what, when a page is opened."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient

from app.settings import Settings
from tests.channels.staff.conftest import csrf_of, pass_time, path_of
from tests.channels.staff.provider import Provider
from tests.channels.staff.signin.test_signin import audited, come_back

HTML = {"accept": "text/html"}
CHECK = "/staff/sign-in/check"


@pytest.fixture
def signed(hospital: TestClient, provider: Provider) -> TestClient:
    """Signed in with the role of the look-up; the provider was asked six minutes ago."""
    hospital.get(come_back(hospital, provider))
    pass_time(hospital, 6)
    return hospital


def opened(client: TestClient, path: str = "/staff") -> httpx2.Response:
    return client.get(path, headers=HTML)


def is_led_away(client: TestClient, path: str = "/staff") -> bool:
    return f'content="0; url={CHECK}"' in opened(client, path).text


def asked(client: TestClient) -> dict[str, str]:
    led = client.get(CHECK)
    assert led.status_code == 302
    return dict(parse_qsl(urlsplit(led.headers["location"]).query))


def checked(client: TestClient, provider: Provider, error: str = "") -> str:
    """Where a check ends."""
    back = client.get(path_of(provider.check(asked(client), error)))
    assert back.status_code == 303
    return back.headers["location"]


def test_a_page_asks_after_five_minutes_and_comes_back_to_itself(hospital: TestClient, provider: Provider) -> None:
    hospital.get(come_back(hospital, provider))
    pass_time(hospital, 4.9)
    assert not is_led_away(hospital)
    pass_time(hospital, 0.2)
    assert is_led_away(hospital, "/staff?entry=lamp-color")
    assert checked(hospital, provider) == "/staff?entry=lamp-color"
    assert not is_led_away(hospital)


def test_the_provider_is_asked_without_a_word_and_as_safely_as_at_the_sign_in(signed: TestClient) -> None:
    sent = asked(signed)
    assert (sent["prompt"], sent["code_challenge_method"]) == ("none", "S256")
    assert all(len(sent[name]) >= 20 for name in ("state", "nonce", "code_challenge"))
    assert asked(signed)["state"] != sent["state"]


def test_a_new_role_counts_and_what_is_on_the_screen_goes_on(
    signed: TestClient, provider: Provider, staffed: Settings
) -> None:
    opened(signed)
    provider.claims = {"email": "ann@example.org", "roles": ["curator", "auditor"]}
    assert signed.get("/staff/review").status_code == 403
    csrf = csrf_of(signed)
    assert checked(signed, provider) == "/staff"
    assert signed.get("/staff/review").status_code == 200
    assert csrf_of(signed) == csrf
    assert audited(staffed)[1] == ("ann@example.org", "roles changed", "auditor curator")


def test_who_has_lost_her_role_is_signed_out_and_told_so(
    signed: TestClient, provider: Provider, staffed: Settings
) -> None:
    before = dict(signed.cookies)
    provider.claims = {"email": "ann@example.org", "roles": ["gardener"]}
    assert checked(signed, provider) == "/staff/sign-in"
    assert "does not open these pages any more" in signed.get("/staff/sign-in").text
    signed.cookies.update(before)
    assert signed.get("/staff").status_code == 401
    assert audited(staffed)[-1] == ("ann@example.org", "session ended", "roles")


@pytest.mark.parametrize("error", ["login_required", "interaction_required", "consent_required"])
def test_who_is_signed_out_at_the_provider_is_so_here_and_comes_back_to_her_page(
    signed: TestClient, provider: Provider, error: str
) -> None:
    opened(signed, "/staff?entry=lamp-color")
    assert checked(signed, provider, error) == "/staff/sign-in"
    page = signed.get("/staff/sign-in").text
    assert "your hospital account was signed out" in page
    assert "you are back where you were" in page
    assert signed.get(come_back(signed, provider)).headers["location"] == "/staff?entry=lamp-color"


def test_whom_the_provider_lets_in_no_more_is_signed_out(
    signed: TestClient, provider: Provider, staffed: Settings
) -> None:
    assert checked(signed, provider, "access_denied") == "/staff/sign-in"
    assert "does not open these pages any more" in signed.get("/staff/sign-in").text
    assert audited(staffed)[-1] == ("ann@example.org", "session ended", "roles")


def test_another_person_at_the_same_desk_does_not_take_the_session_over(signed: TestClient, provider: Provider) -> None:
    provider.claims = {"sub": "s-2", "email": "bob@example.org", "roles": ["curator"]}
    assert checked(signed, provider) == "/staff/sign-in"
    assert "another hospital account" in signed.get("/staff/sign-in").text
    assert signed.get("/staff").status_code == 401


@pytest.mark.parametrize(
    "wrong", [{"nonce": "another"}, {"aud": "another"}, {"iss": "http://evil.example"}, {"exp": 1}]
)
def test_an_answer_with_a_wrong_claim_ends_the_session(
    signed: TestClient, provider: Provider, wrong: dict[str, Any]
) -> None:
    provider.wrong = wrong
    assert checked(signed, provider) == "/staff/sign-in"
    assert signed.get("/staff").status_code == 401


def test_an_outage_of_the_provider_closes_no_counter_for_a_quarter_of_an_hour(
    signed: TestClient, provider: Provider
) -> None:
    provider.is_down = True
    assert is_led_away(signed, "/staff?entry=lamp-color")
    assert signed.get(CHECK).headers["location"] == "/staff?entry=lamp-color"
    assert "The lamp is green" in opened(signed, "/staff?entry=lamp-color").text
    pass_time(signed, 1.1)
    assert is_led_away(signed)
    assert signed.get(CHECK).headers["location"] == "/staff"
    pass_time(signed, 14)
    assert is_led_away(signed)
    assert signed.get(CHECK).headers["location"] == "/staff/sign-in"
    assert "could not be reached for a while" in signed.get("/staff/sign-in").text


@pytest.mark.parametrize("how", ["temporarily_unavailable", "server_error", "token"])
def test_a_provider_that_fails_on_the_way_is_asked_again_later(
    signed: TestClient, provider: Provider, how: str
) -> None:
    back = provider.check(asked(signed), "" if how == "token" else how)
    provider.is_down = True
    assert signed.get(path_of(back)).headers["location"] == "/staff"
    assert not is_led_away(signed)


def test_a_form_is_taken_for_twenty_minutes_without_a_page_being_opened(signed: TestClient) -> None:
    csrf = csrf_of(signed)
    pass_time(signed, 13.9)
    assert signed.post("/staff", data={"csrf": csrf, "text": "lamp"}, headers=HTML).status_code == 200
    assert signed.post("/staff/search", data={"csrf": csrf, "text": "lamp"}, headers=HTML).status_code == 200
    pass_time(signed, 0.2)
    refused = signed.post("/staff/flag", data={"csrf": csrf, "text": "my own <words>", "entry": "x"}, headers=HTML)
    assert refused.status_code == 401
    assert "my own &lt;words&gt;" in refused.text
    problem = signed.post("/staff/search", data={"csrf": csrf, "text": "lamp"}, headers=HTML)
    assert (problem.status_code, problem.json()["type"]) == (401, "urn:hai-faq:problem:check-due")
    assert signed.get("/staff").status_code == 401


def test_a_form_that_came_too_late_can_be_sent_again_after_the_check(signed: TestClient, provider: Provider) -> None:
    csrf = csrf_of(signed)
    pass_time(signed, 20)
    assert signed.post("/staff", data={"csrf": csrf, "text": "lamp"}, headers=HTML).status_code == 401
    assert is_led_away(signed)
    checked(signed, provider)
    assert signed.post("/staff", data={"csrf": csrf, "text": "lamp"}, headers=HTML).status_code == 200


@pytest.mark.parametrize("state", ["check.x", "check.", "x", ""])
def test_an_answer_that_nobody_asked_for_signs_nobody_out_of_a_check(signed: TestClient, state: str) -> None:
    asked(signed)
    answer = signed.get("/staff/callback", params={"error": "login_required", "state": state})
    assert answer.headers["location"] == "/staff"
    assert signed.get("/staff").status_code == 200


def test_answers_that_nobody_asked_for_put_no_check_off_for_ever(signed: TestClient, provider: Provider) -> None:
    provider.signed_in = False
    for _ in range(3):
        assert signed.get("/staff/callback?state=check.x").headers["location"] == "/staff"
        pass_time(signed, 8)
    assert signed.get("/staff/callback?state=check.x").headers["location"] == "/staff"
    assert is_led_away(signed)
    assert checked(signed, provider) == "/staff/sign-in"


def test_of_two_windows_the_second_finishes_its_check_and_the_first_changes_nothing(
    signed: TestClient, provider: Provider
) -> None:
    first, second = provider.check(asked(signed)), provider.check(asked(signed))
    assert signed.get(path_of(first)).headers["location"] == "/staff"
    assert signed.get(path_of(second)).headers["location"] == "/staff"
    pass_time(signed, 2)
    assert not is_led_away(signed)


def test_an_answer_works_once(signed: TestClient, provider: Provider) -> None:
    back = path_of(provider.check(asked(signed)))
    provider.claims = {"email": "ann@example.org", "roles": ["curator"]}
    signed.get(back)
    provider.claims = {"email": "ann@example.org", "roles": ["gardener"]}
    assert signed.get(back).headers["location"] == "/staff"
    assert signed.get("/staff/review").status_code == 200
    assert provider.refused == []


@pytest.mark.parametrize("path", ["/staff/review?at=2", "/staff/insights?days=7", "/staff?entry=%2F%2Fevil.example"])
def test_it_comes_back_to_pages_of_ours_only(signed: TestClient, provider: Provider, path: str) -> None:
    assert is_led_away(signed, path)
    sent = asked(signed)
    assert "evil" not in sent["redirect_uri"]
    elsewhere = "&next=//evil.example&back=https://evil.example"
    assert signed.get(path_of(provider.check(sent)) + elsewhere).headers["location"] == path


def test_a_program_and_a_session_by_link_are_led_nowhere(signed: TestClient, curator: TestClient) -> None:
    assert signed.get("/staff").status_code == 200
    pass_time(curator, 25)
    assert not is_led_away(curator)
    assert curator.get(CHECK).status_code == 404


def test_nobody_is_checked_who_is_not_signed_in(hospital: TestClient) -> None:
    assert hospital.get(CHECK).headers["location"] == "/staff/sign-in"
    answer = hospital.get("/staff/callback", params={"code": "x", "state": "check.x"})
    assert answer.headers["location"] == "/staff/sign-in"
