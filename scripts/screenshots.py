"""Takes the pictures of docs/images from the shipped content: `make screenshots`."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from playwright.sync_api import Browser, Page, expect, sync_playwright

from app.dialogue.handoffs import Handoff
from app.settings import Settings
from tests.channels.conftest import Service

IMAGES = Path(__file__).parent.parent / "docs" / "images"
DESKTOP, PHONE = (960, 720), (390, 800)
FEVER = "temp 101.5 and shaking, chemo was tuesday"
SHOTS: Sequence[tuple[str, tuple[int, int], Literal["light", "dark"], Sequence[str]]] = (
    ("desktop-light", DESKTOP, "light", ["will i still need regular chemo"]),
    ("desktop-dark", DESKTOP, "dark", ["where does it go in my body"]),
    ("phone-light", PHONE, "light", []),
    ("phone-dark", PHONE, "dark", ["how big is this thing"]),
    ("phone-urgent", PHONE, "light", [FEVER]),
)


def main() -> None:
    with TemporaryDirectory() as folder:
        service = Service(
            Settings(
                _env_file=None,
                database_url=f"sqlite:///{folder}/screenshots.db",
                site_name="Riverside Liver Center",
                phone_line="215-555-0100",
                oncall_line="215-555-0199",
                handoffs=(Handoff("HAI nurse line", extension="4-1300"),),
            )
        )
        service.start()
        try:
            _all(service)
        finally:
            service.stop()


def _all(service: Service) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, size, scheme, asked in SHOTS:
            _widget(browser, service.url, name, size, scheme, asked)
        _form(browser, service.url)
        _staff(browser, service)
        browser.close()


def _widget(
    browser: Browser, url: str, name: str, size: tuple[int, int], scheme: Literal["light", "dark"], asked: Sequence[str]
) -> None:
    page = _page(browser, size, scheme)
    page.goto(f"{url}/")
    page.get_by_role("button", name="Ask a question").click()
    expect(page.get_by_text("Hello!")).to_be_visible()
    for text in asked:
        page.get_by_label("Your question").fill(text)
        page.keyboard.press("Enter")
        expect(page.get_by_text(text)).to_be_visible()
        expect(page.get_by_text("Looking for the answer")).to_have_count(0)
    _take(page, name)


def _form(browser: Browser, url: str) -> None:
    page = _page(browser, PHONE, "light")
    page.goto(f"{url}/ask")
    page.get_by_label("Your question").fill("how does it work")
    page.get_by_role("button", name="Send").click()
    _take(page, "phone-form")


def _staff(browser: Browser, service: Service) -> None:
    page = _page(browser, DESKTOP, "light")
    page.goto(service.link())
    page.keyboard.type("diff pump v iv")
    expect(page.locator("q").first).to_have_text("pump vs IV")
    _take(page, "staff")


def _page(browser: Browser, size: tuple[int, int], scheme: Literal["light", "dark"]) -> Page:
    viewport = {"width": size[0], "height": size[1]}
    context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    return context.new_page()


def _take(page: Page, name: str) -> None:
    page.mouse.move(0, 0)
    page.screenshot(path=IMAGES / f"{name}.png")
    page.context.close()


if __name__ == "__main__":
    main()
