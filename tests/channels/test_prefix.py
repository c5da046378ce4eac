"""The service as a folder of a website, behind proxies that hand the prefix on and others that take it off."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect

from app.errors import SettingsError
from app.main import create_app
from app.settings import Settings
from tests.channels.conftest import Service, Website, settings_for
from tests.channels.staff.conftest import csrf_of, path_of

PREFIX = "/pump"
HANDED_ON, TAKEN_OFF = PREFIX, ""
BEFORE = (HANDED_ON, TAKEN_OFF)
"""What stands before the path of a request, by proxy."""


def folder_of(settings: Settings, origin: str = "http://testserver") -> Settings:
    return settings.model_copy(update={"public_url": f"{origin}{PREFIX}"})


@pytest.fixture
def links() -> list[str]:
    return []


@pytest.fixture
def client(settings: Settings, links: list[str]) -> Iterator[TestClient]:
    with TestClient(create_app(folder_of(settings), announce=links.append), follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def prefixed(
    tmp_path_factory: pytest.TempPathFactory, cache: Path, website: Website, service: Service
) -> Iterator[Service]:
    prefixed = Service(settings_for(tmp_path_factory.mktemp("folder"), cache, website, "doctor"))
    prefixed.settings = folder_of(prefixed.settings, prefixed.url)
    prefixed.start()
    yield prefixed
    prefixed.stop()


def addresses_of(page: str) -> set[str]:
    """Every address of a page on its own host."""
    return {address for address in re.findall(r'(?:href|src|action)="([^"]*)"', page) if address.startswith("/")}


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("path", ["/", "/ask", "/faq", "/embed", "/nothing", "/staff/sign-in"])
def test_each_address_of_a_page_has_the_prefix_and_leads_somewhere(client: TestClient, path: str, before: str) -> None:
    addresses = addresses_of(client.get(before + path, headers={"accept": "text/html"}).text)
    assert addresses
    for address in addresses:
        assert address.startswith(f"{PREFIX}/"), address
        assert client.get(before + address.removeprefix(PREFIX)).status_code != 404, address


@pytest.mark.parametrize("before", BEFORE)
def test_staff_are_led_on_under_the_prefix(client: TestClient, links: list[str], before: str) -> None:
    unknown = client.get(f"{before}/staff", headers={"accept": "text/html"})
    assert unknown.headers["location"] == f"{PREFIX}/staff/sign-in"
    signed_in = client.get(before + path_of(links[-1]).removeprefix(PREFIX))
    assert signed_in.headers["location"] == f"{PREFIX}/staff"
    for path in ("/staff", "/staff?entry=lamp-color", "/staff/review", "/staff/insights", "/staff/insights/month"):
        addresses = addresses_of(client.get(before + path).text)
        assert [address for address in addresses if not address.startswith(PREFIX)] == []
    fields = {"csrf": csrf_of(client), "entry": "lamp-color", "reason": "looks-wrong"}
    assert client.post(f"{before}/staff/flag", data=fields).headers["location"].startswith(f"{PREFIX}/staff/flagged?")
    assert f'href="{PREFIX}/staff/sign-in"' in client.post(f"{before}/staff/sign-out", data=fields).text


@pytest.mark.parametrize("before", BEFORE)
def test_probes_and_the_api_answer_with_and_without_the_prefix(client: TestClient, before: str) -> None:
    assert client.get(f"{before}/healthz").json() == {"status": "ok"}
    assert client.post(f"{before}/v1/messages", json={"text": "i cant breathe"}).json()["urgent"]
    assert client.get(f"{before}/openapi.json").json()["servers"] == [{"url": PREFIX}]


def test_the_bare_prefix_is_the_first_page_and_nothing_like_it_is(client: TestClient) -> None:
    assert client.get(PREFIX).status_code == 200
    assert {client.get(path).status_code for path in (f"{PREFIX}s/ask", f"{PREFIX * 2}/ask", "/x/pump/ask")} == {404}


@pytest.mark.parametrize("path", ["/faq", "/staff/pump", "/v1", "/sms"])
def test_a_prefix_that_is_a_path_of_ours_is_refused(settings: Settings, path: str) -> None:
    with pytest.raises(SettingsError, match="HAI_FAQ_PUBLIC_URL: its path may not begin with /"):
        create_app(settings.model_copy(update={"public_url": f"https://www.hospital.example{path}"}))


def test_the_widget_asks_under_the_prefix(page: Page, prefixed: Service) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{prefixed.url}{PREFIX}/")
    page.get_by_role("button", name="Ask a question").click()
    page.get_by_label("Your question").fill("what color is the lamp")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The lamp is green.")).to_be_visible()
    assert [url for url in asked if not url.startswith(f"{prefixed.url}{PREFIX}/")] == []


def test_the_look_up_searches_under_the_prefix_while_one_types(page: Page, prefixed: Service) -> None:
    page.goto(f"{prefixed.url}{path_of(prefixed.links[-1])}")
    page.get_by_label("What is asked?").press_sequentially("lamp color")
    expect(page.get_by_role("option").first).to_contain_text("What color is the lamp?")
