import re
from typing import Literal

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from playwright.sync_api import Browser, expect

from app.channels.http.bodies import MOST_BYTES
from app.channels.http.problems import HELP
from app.main import create_app
from app.records.limits import MemoryLimits
from app.settings import Settings
from tests.channels.conftest import Service
from tests.channels.test_widget import axe

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
PROGRAMS = (
    "*/*",
    "application/json",
    "application/json, text/html;q=0.9",
    "text/html;q=0",
    "text/html;q=x",
    "image/*",
    "",
)
FORM = {"content-type": "application/x-www-form-urlencoded"}


def is_page(answer: Response) -> bool:
    return answer.headers["content-type"].startswith("text/html")


def is_problem(answer: Response) -> bool:
    return answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nothing", b"", 404),
        ("GET", "/faq/nothing", b"", 404),
        ("DELETE", "/ask", b"", 405),
        ("POST", "/faq", b"", 405),
        ("POST", "/ask", b"a" * (MOST_BYTES + 1), 413),
        ("POST", "/ask", b"a=b&" * 101, 400),
    ],
)
def test_a_browser_gets_a_page_that_says_whom_to_call_and_the_way_on(
    client: TestClient, method: str, path: str, body: bytes, status: int
) -> None:
    answer = client.request(method, path, content=body, headers=FORM | {"accept": BROWSER})
    assert (answer.status_code, is_page(answer)) == (status, True)
    for part in (
        'In an emergency call <a href="tel:911">',
        '<a href="tel:5550100">555-0100</a>',
        'href="/ask"',
        'href="/faq"',
    ):
        assert part in answer.text
    assert ("allow" in answer.headers) == (status == 405)
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; ")


@pytest.mark.parametrize("accept", PROGRAMS)
def test_a_program_gets_a_problem(client: TestClient, accept: str) -> None:
    assert is_problem(client.get("/nothing", headers={"accept": accept}))


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/entries/none"), ("GET", "/v1"), ("GET", "/v1/messages"), ("POST", "/sms/none"),
     ("PUT", "/webhooks/rest/webhook"), ("POST", "/healthz"), ("DELETE", "/openapi.json"), ("POST", "/staff/search")],
)  # fmt: skip
def test_the_api_answers_with_problems_whatever_is_accepted(client: TestClient, method: str, path: str) -> None:
    assert is_problem(client.request(method, path, headers={"accept": BROWSER}))


def test_over_the_limit_a_page_says_to_wait(settings: Settings) -> None:
    with TestClient(create_app(settings.model_copy(update={"trusted_proxies": ("testclient",)}))) as client:
        services = client.app.state.services  # type: ignore[attr-defined]
        object.__setattr__(services, "requests", MemoryLimits(1.0, burst=1, clock=lambda: 0.0))
        answers = [client.get("/faq", headers={"accept": BROWSER}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert is_page(answers[1])
    assert answers[1].headers["retry-after"] == "1"
    assert "Please wait a moment" in answers[1].text


def test_what_nobody_foresaw_is_a_page_that_tells_nothing_of_it(client: TestClient) -> None:
    answering = client.app.state.services.answering  # type: ignore[attr-defined]
    object.__setattr__(answering, "clock", lambda: dict[str, str]()["my name is jane"])
    answer = client.post("/ask", data={"text": "lamp"}, headers={"accept": BROWSER})
    assert (answer.status_code, is_page(answer)) == (500, True)
    assert "jane" not in answer.text
    assert "In an emergency call" in answer.text


@pytest.mark.parametrize("path", ["/faq", "/nothing"])
def test_before_content_is_loaded_the_page_stands_by_itself(settings: Settings, path: str) -> None:
    folder = settings.model_copy(update={"public_url": "https://www.hospital.example/pump"})
    answer = TestClient(create_app(folder)).get(path, headers={"accept": BROWSER})
    assert (answer.status_code, is_page(answer)) == (503 if path == "/faq" else 404, True)
    assert re.sub("<[^>]*>", "", answer.text).count(HELP) == 1
    assert 'href="/pump/ask"' in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "/nothing", 404, "No hay ninguna página en esta dirección."),
        ("DELETE", "/ask", 405, "Esta página no se puede usar de esta manera."),
        ("POST", "/ask", 400, "Esto no se pudo leer."),
    ],
)
def test_an_error_is_told_in_the_language_of_the_browser(
    client: TestClient, method: str, path: str, status: int, said: str
) -> None:
    headers = FORM | {"accept": BROWSER, "accept-language": "es-MX,en;q=0.5"}
    answer = client.request(method, path, content=b"a=b&" * 101, headers=headers)
    assert answer.status_code == status
    for part in ('<html lang="es">', said, '<p lang="es"><a href="tel:911">911</a>. The Spanish safety notice.</p>'):
        assert part in answer.text
    assert "accept-language" in answer.headers["vary"]


def test_before_content_is_loaded_only_the_fixed_help_is_in_english(settings: Settings) -> None:
    headers = {"accept": BROWSER, "accept-language": "es"}
    answer = TestClient(create_app(settings)).get("/faq", headers=headers)
    assert "El servicio no puede responder ahora." in answer.text
    assert answer.text.count('<p lang="en">If this is an emergency') == 1
    assert answer.text.count(' lang="en"') == 2  # with the way to English
    assert "accept-language" in answer.headers["vary"]


def test_an_error_whose_page_cannot_be_drawn_is_a_problem(client: TestClient) -> None:
    app = client.app
    assert isinstance(app, FastAPI)
    app.state.error_pages.insert(0, lambda *_: 1 / 0)
    assert is_problem(client.get("/nothing", headers={"accept": BROWSER}))


@pytest.mark.parametrize(("path", "status"), [("/staff/nothing", 404), ("/staff/sign-in", 405), ("/staff", 401)])
def test_the_staffs_pages_draw_their_own_errors(client: TestClient, path: str, status: int) -> None:
    method = "POST" if status != 404 else "GET"
    answer = client.request(method, path, headers={"accept": BROWSER})
    assert (answer.status_code, is_page(answer)) == (status, True)
    assert ("Sign in</a>" if status == 401 else "To the look-up") in answer.text


@pytest.mark.parametrize("query", ["", "?a=b&c=%2F%2Fevil.example"])
@pytest.mark.parametrize("path", ["/ask", "/faq", "/embed", "/staff"])
def test_a_slash_at_the_end_leads_to_the_page_with_its_query(client: TestClient, path: str, query: str) -> None:
    answer = client.get(f"{path}/{query}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, path + query)
    assert client.post(f"{path}/", follow_redirects=False).status_code == 405


def test_no_other_address_with_a_slash_leads_anywhere(client: TestClient) -> None:
    for path in ("/v1/entries/", "/healthz/", "http://testserver//evil.example/ask/", "/ask//", "/widget.js/"):
        assert client.get(path, follow_redirects=False).status_code == 404


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_an_error_page(
    browser: Browser, service: Service, scheme: Literal["light", "dark"]
) -> None:
    page = browser.new_context(color_scheme=scheme, viewport={"width": 320, "height": 600}).new_page()
    for tag, call in (("en", "Call 911"), ("es", "Llamar al 911")):
        page.goto(f"{service.url}/nothing?lang={tag}")
        expect(page.get_by_role("link", name=call)).to_be_visible()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.context.close()
