import asyncio
import json
import re
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import itsdangerous
import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from app.channels.http.bodies import FORM
from app.channels.http.problems import Fault
from app.channels.staff import access
from app.channels.staff.words import why_ended, words_of
from app.errors import RequestError, StoreError
from app.main import create_app
from app.records.ended_sessions import End
from app.records.limits import MemoryLimits
from app.roles import Role
from app.settings import Settings
from tests.channels.staff.conftest import csrf_of, path_of
from tests.channels.staff.provider import Provider
from tests.channels.staff.signin.test_signin import come_back

NOW = datetime.now(UTC)


@pytest.fixture
def signed(hospital: TestClient, provider: Provider) -> TestClient:
    """Signed in with the role of the look-up only."""
    hospital.get(come_back(hospital, provider))
    return hospital


def session(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {}
    access.begin(made, "ann", frozenset({"lookup"}), NOW)
    return made | changes


def person(client: TestClient, made: dict[str, Any], after: timedelta = timedelta()) -> access.Person | None:
    return asyncio.run(access.person_of(made, client.app.state.staff, NOW + after))  # type: ignore[attr-defined]


def test_a_session_goes_on_while_it_is_used(outsider: TestClient) -> None:
    made = session()
    for minutes in range(0, 590, 25):
        assert person(outsider, made, timedelta(minutes=minutes)) is not None
    assert person(outsider, made, timedelta(hours=10, seconds=1)) is None
    assert made == {"ended": "long"}


def test_an_idle_session_ends(outsider: TestClient) -> None:
    assert person(outsider, session(), timedelta(minutes=30)) is not None
    assert person(outsider, session(), timedelta(minutes=30, seconds=1)) is None


def test_the_last_use_of_a_session_is_noted_once_a_minute(outsider: TestClient) -> None:
    """Not with each request: a cookie that is set anew undoes the one of a request beside it."""
    made = session()
    assert person(outsider, made, timedelta(seconds=59)) is not None
    assert made["seen"] == NOW.timestamp()
    assert person(outsider, made, timedelta(seconds=60)) is not None
    assert made["seen"] == NOW.timestamp() + 60


def test_who_is_signed_in_and_curates_is_what_the_session_says(outsider: TestClient) -> None:
    cases: list[tuple[list[Role], tuple[str, ...]]] = [
        (["lookup"], ()),
        (["curator"], ("curates",)),
        (["auditor", "curator"], ("curates", "audits")),
    ]
    for roles, may in cases:
        made = session(roles=roles, csrf="token")
        found = person(outsider, made)
        assert found == access.Person("ann", frozenset(roles), "token")
        assert tuple(act for act in ("curates", "audits") if getattr(found, act)) == may
    assert person(outsider, {}) is None
    made = session()


def test_what_was_done_is_said_once_by_the_next_page(curator: TestClient) -> None:
    app: FastAPI = curator.app  # type: ignore[assignment]

    @app.post("/staff/done")
    async def done(request: Request) -> None:
        access.say(request, f"{'<b>'} is dismissed. {'a' * 400}")

    assert curator.post("/staff/done").status_code == 200
    assert len(curator.cookies["hai-faq-staff"]) < 2_000
    said = re.compile(r'role="status">&lt;b&gt; is dismissed. a+</p>')
    assert [bool(said.search(curator.get("/staff").text)) for _ in range(2)] == [True, False]


def test_each_session_has_an_id_and_a_token_that_nobody_guesses_and_a_name_of_bounded_length() -> None:
    one, other = session(), session()
    assert {len(one["id"]), len(one["csrf"])} == {22, 43}
    assert not {one["id"], one["csrf"]} & {other["id"], other["csrf"]}
    access.begin(one, "a" * 1_000, frozenset({"lookup", "curator"}), NOW)
    assert (one["who"], one["roles"]) == ("a" * 200, ["curator", "lookup"])


@pytest.mark.parametrize(
    ("origin", "status"),
    [(None, 200), ("null", 200), ("http://testserver", 200), ("http://testserver.evil", 403), ("evil", 403)],
)
def test_a_script_of_our_page_may_send_the_token_in_a_header(
    curator: TestClient, origin: str | None, status: int
) -> None:
    headers = {"x-csrf-token": csrf_of(curator), **({"origin": origin} if origin else {})}
    assert curator.post("/staff", data={"text": "lamp", "csrf": "x"}, headers=headers).status_code == status
    wrong = headers | {"x-csrf-token": "x"}
    assert curator.post("/staff", data={"text": "lamp", "csrf": csrf_of(curator)}, headers=wrong).status_code == 403


def test_a_list_for_a_script_is_refused_as_a_problem_whatever_its_browser_accepts(outsider: TestClient) -> None:
    html = {"accept": "text/html"}
    refused = outsider.post("/staff/search", data={"text": "lamp"}, headers=html)
    assert (refused.status_code, refused.headers["content-type"]) == (401, "application/problem+json")
    page = outsider.post("/staff", data={"text": "lamp"}, headers=html)
    assert (page.status_code, page.headers["content-type"].split(";")[0]) == (401, "text/html")


def test_signing_in_leaves_nothing_of_what_was_before() -> None:
    made = {"id": "known to someone else", "csrf": "known", "who": "eve", "anything else": "known"}
    access.begin(made, "ann", frozenset({"lookup"}), NOW)
    assert "known" not in json.dumps(made)
    assert made["who"] == "ann"
    assert made.keys() == session().keys()


def test_the_cookie_is_signed_and_kept_from_scripts_and_other_sites(outsider: TestClient, links: list[str]) -> None:
    cookie = outsider.get(path_of(links[-1])).headers["set-cookie"]
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip() for part in cookie.split(";")}
    outsider.cookies.clear()
    forged = itsdangerous.TimestampSigner("guess").sign(b64encode(json.dumps(session()).encode())).decode()
    outsider.cookies.set("hai-faq-staff", forged)
    assert outsider.get("/staff").status_code == 401


def test_over_tls_the_cookie_is_for_this_host_only(staffed: Settings) -> None:
    links: list[str] = []
    settings = staffed.model_copy(update={"public_url": "https://testserver"})
    with TestClient(create_app(settings, announce=links.append), follow_redirects=False) as client:
        cookie = client.get(path_of(links[-1])).headers["set-cookie"]
    assert cookie.startswith("__Host-hai-faq-staff=")
    assert "; secure" in cookie
    assert "domain" not in cookie


def test_patients_pages_know_of_no_session(curator: TestClient) -> None:
    for path in ("/v1/welcome", "/ask", "/faq", "/healthz"):
        assert "set-cookie" not in curator.get(path).headers


@pytest.mark.parametrize("path", ["/staff", "/staff/search", "/staff/flag", "/staff/sign-out"])
def test_a_change_needs_the_token_of_its_own_session(curator: TestClient, path: str) -> None:
    for data in ({}, {"csrf": ""}, {"csrf": "x" * 43}):
        assert curator.post(path, data={"text": "lamp", "entry": "lamp-color", **data}).status_code == 403
    other = {"csrf": csrf_of(curator), "text": "lamp"}
    assert curator.post("/staff", data=other, headers={"origin": "https://evil.example"}).status_code == 403
    assert curator.post("/staff", data=other, headers={"origin": "http://testserver"}).status_code == 200


def test_a_person_reads_why_on_a_page_and_a_program_gets_a_problem(curator: TestClient) -> None:
    for accept, kind in (("text/html,*/*", "text/html"), ("*/*", "application/problem+json")):
        refused = curator.post("/staff/flag", data={"entry": "lamp-color"}, headers={"accept": accept})
        assert (refused.status_code, refused.headers["content-type"].split(";")[0]) == (403, kind)
        assert "Load the page again" in refused.text


def test_who_meets_an_error_still_has_her_pages_and_may_sign_out(curator: TestClient, hospital: TestClient) -> None:
    html = {"accept": "text/html"}
    page = curator.get("/staff/nothing", headers=html)
    assert page.status_code == 404
    assert all(words in page.text for words in ("There is no such page", "Review</a>", "Sign out"))
    assert "Sign out" not in hospital.get("/staff/nothing", headers=html).text
    too_long = curator.post("/staff", content=b"text=" + b"a" * 300_000, headers=html | {"content-type": FORM})
    assert (too_long.status_code, "That is too long" in too_long.text) == (413, True)


WORDS_OF_THE_TRADE = re.compile(r"\b(console|token|provider|role|session|body|json|csrf|oidc|http)s?\b", re.IGNORECASE)


def test_nothing_that_staff_read_of_an_error_is_in_the_words_of_the_trade() -> None:
    errors = [kind() for kind in (*RequestError.__subclasses__(), StoreError)]
    said = [" ".join(words_of(error, Fault(getattr(error, "status", 503), "", "", ""))) for error in errors]
    said += [" ".join(words_of(Exception(), Fault(status, "", "", ""))) for status in range(400, 600)]
    said += [why_ended(end, timedelta(minutes=30), timedelta(hours=10)) for end in get_args(End)]
    assert [words for words in said if not words.strip() or WORDS_OF_THE_TRADE.search(words)] == []


def test_a_page_says_how_long_a_session_could_last() -> None:
    assert "for 30 minutes." in why_ended("idle", timedelta(minutes=30), timedelta(hours=10))
    assert "for 1 hour." in why_ended("idle", timedelta(minutes=60), timedelta(hours=10))
    assert "for 10 hours." in why_ended("long", timedelta(minutes=1), timedelta(hours=10))
    assert why_ended("", timedelta(), timedelta()) == ""


@pytest.mark.parametrize("path", ["/staff/review", "/staff/insights", "/staff/insights/month"])
def test_the_look_up_alone_opens_no_patients_text(signed: TestClient, path: str) -> None:
    assert signed.get("/staff").status_code == 200
    assert signed.get(path).status_code == 403
    assert "Review" not in signed.get("/staff").text


def test_staff_are_limited_by_name_since_desks_share_an_address(signed: TestClient, provider: Provider) -> None:
    app: Any = signed.app
    object.__setattr__(app.state.services, "requests", MemoryLimits(2.0, clock=lambda: 0.0))
    assert [signed.get("/staff").status_code for _ in range(3)] == [200, 200, 429]
    provider.claims = {"email": "bob@example.org", "roles": ["lookup"]}
    signed.get(come_back(signed, provider))
    assert signed.get("/staff").status_code == 200


@pytest.mark.parametrize("path", ["/staff", "/staff/search"])
def test_danger_is_said_to_staff_who_are_over_every_limit(signed: TestClient, path: str) -> None:
    services: Any = signed.app.state.services  # type: ignore[attr-defined]
    csrf = csrf_of(signed)
    object.__setattr__(services, "requests", MemoryLimits(1e-9, clock=lambda: 0.0))
    object.__setattr__(services.answering, "limits", MemoryLimits(1e-9, clock=lambda: 0.0))
    sent = {"csrf": csrf, "text": "caller cant breathe"}
    assert [signed.post(path, data=sent).status_code for _ in range(3)] == [200, 200, 200]
    assert "The emergency-staff text." in signed.post(path, data=sent).text
    for text in ("what color is the lamp", ""):
        assert [signed.post(path, data=sent | {"text": text}).status_code for _ in range(2)] == [200, 429]


def test_staffs_pages_answer_head_and_a_link_that_works_once_does_not(outsider: TestClient, links: list[str]) -> None:
    """What looks at a link before a person follows it must not use it up."""
    assert outsider.head(path_of(links[-1])).status_code == 405
    assert outsider.head("/staff", headers={"accept": "text/html"}).headers["location"] == "/staff/sign-in"
    assert outsider.get(path_of(links[-1])).status_code == 303
    assert {outsider.head(path).status_code for path in ("/staff", "/staff/review", "/staff/insights")} == {200}


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/staff/review?day=27.11.2026", "/staff/review"),
        ("/staff/review/proposals/withdraw?id=7", "/staff/review/proposals"),
        ("/staff/nothing", "/staff"),
    ],
)
def test_who_cannot_go_on_is_led_to_the_page_before(curator: TestClient, address: str, page: str) -> None:
    refused = curator.get(address, headers={"accept": "text/html"})
    assert refused.status_code in (404, 422)
    assert f'class="go" href="{page}"' in refused.text
