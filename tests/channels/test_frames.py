"""A portal shows the patients' pages in a frame, and no other website shows anything."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import FrameLocator, Page, expect

from app.main import create_app
from app.settings import Settings
from tests.channels.conftest import Service, Website, page_with, settings_for

PORTAL = "https://portal.hospital.example"
PATIENTS = ("/", "/ask", "/faq")


@pytest.fixture
def portal(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings.model_copy(update={"frame_ancestors": (PORTAL,)}))) as client:
        yield client


@pytest.fixture(scope="module")
def framed(
    tmp_path_factory: pytest.TempPathFactory, cache: Path, website: Website, service: Service
) -> Iterator[Service]:
    """A service that a portal on another site may show in a frame."""
    settings = settings_for(tmp_path_factory.mktemp("framed"), cache, website, "doctor")
    framed = Service(settings.model_copy(update={"frame_ancestors": (website.elsewhere,)}))
    framed.start()
    yield framed
    framed.stop()


def shown(page: Page, website: Website, origin: str, address: str) -> FrameLocator:
    """Return the frame of a website's page that shows an address."""
    website.pages["/portal"] = page_with(
        f'<iframe src="{address}" title="Questions" width="600" height="700"></iframe>'
    )
    website.policy, policy = f"frame-src {address}", website.policy
    page.goto(f"{origin}/portal", wait_until="networkidle")
    website.policy = policy
    return page.frame_locator("iframe")


@pytest.mark.parametrize("path", PATIENTS)
def test_a_portal_may_show_the_patients_pages_and_their_errors(portal: TestClient, path: str) -> None:
    answers = [portal.get(path), portal.delete(path, headers={"accept": "text/html"})]
    assert [answer.status_code for answer in answers] == [200, 405]
    for answer in answers:
        assert f"frame-ancestors {PORTAL};" in answer.headers["content-security-policy"]
        assert "'none'; script-src" in answer.headers["content-security-policy"]
        assert "x-frame-options" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/staff", "/staff/sign-in", "/embed", "/healthz", "/v1/welcome", "/nothing", "/ask/x"]
)
def test_a_portal_may_show_nothing_else(portal: TestClient, path: str) -> None:
    for accept in ("*/*", "text/html"):
        headers = portal.get(path, headers={"accept": accept}).headers
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_without_the_setting_nothing_may_be_shown(client: TestClient) -> None:
    for path in PATIENTS:
        headers = client.get(path).headers
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_in_a_frame_of_another_site_a_conversation_goes_on(page: Page, framed: Service, website: Website) -> None:
    frame = shown(page, website, website.elsewhere, f"{framed.url}/ask")
    frame.get_by_label("Your question").fill("bulb color")
    frame.get_by_role("button", name="Send").click()
    first = frame.locator("[name=conversation_id]").get_attribute("value")
    frame.get_by_role("button", name="What color is the lamp?").click()
    expect(frame.get_by_text("The lamp is green.")).to_be_visible()
    assert re.fullmatch(r"web-[\w-]+", first or "")
    expect(frame.locator("[name=conversation_id]")).to_have_value(first or "")


@pytest.mark.parametrize(("path", "is_portal"), [("/ask", False), ("/staff/sign-in", True), ("/embed", True)])
def test_a_browser_shows_no_other_website_and_no_other_page(
    page: Page, framed: Service, website: Website, path: str, is_portal: bool
) -> None:
    origin = website.elsewhere if is_portal else website.url
    expect(shown(page, website, origin, f"{framed.url}{path}").locator("main")).to_have_count(0)


def test_a_conversation_that_the_portal_itself_posts_is_not_gone_on_with(
    page: Page, framed: Service, website: Website
) -> None:
    asked = page.request.post(f"{framed.url}/v1/messages", data={"text": "what color is the lamp", "channel": "web"})
    planted = asked.json()["conversation_id"]
    fields = f'<input name="conversation_id" value="{planted}"><input name="text" value="lamp"><button>Go</button>'
    form = f'<form method="post" action="{framed.url}/ask" target="questions">{fields}</form>'
    website.pages["/posting"] = page_with(f'{form}<iframe name="questions" title="Questions"></iframe>')
    website.policy, policy = f"form-action {framed.url}; frame-src {framed.url}", website.policy
    page.goto(f"{website.elsewhere}/posting")
    website.policy = policy
    page.get_by_role("button", name="Go").click()
    conversation = page.frame_locator("iframe").locator("[name=conversation_id]")
    expect(conversation).to_have_value(re.compile("^web-"))
    expect(conversation).not_to_have_value(planted)
