"""Tells how much of an urgent text is seen at once, by root font and window: `python -m bench.sizes`.

The rest is read by scrolling, or by the button that says so: tests/channels/test_urgent_sizes.py reads all of it.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from app.content.files import load_content
from tests.channels.conftest import Service, Website, page_with, settings_for
from tests.channels.test_urgent_sizes import LANGUAGES, sized, with_text
from tests.channels.test_widget import ask, opened

ROOT_FONTS = (16, 20, 24, 32)
WINDOWS = ((320, 256), (360, 740), (1280, 720), (1366, 768))


def main() -> None:
    scripts = load_content(Path(__file__).parents[1]).scripts
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        website = Website()
        service = Service(settings_for(Path(folder), Path(folder) / "cache", website, "doctor"))
        service.start()
        website.allow(service.url)
        website.pages["/"] = page_with(f'<script async src="{service.url}/widget.js"></script>')
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        sys.stdout.write("language  root font" + "".join(f"{width:>8}x{height}" for width, height in WINDOWS) + "\n")
        for language in LANGUAGES:
            page = browser.new_page()
            with_text(page, scripts[f"crisis{language}"].text, language[1:] or None)
            ask(opened(page, website.url), "i want to die")
            page.get_by_role("button", name="I have read this").wait_for(state="attached")
            for font in ROOT_FONTS:
                sys.stdout.write(f"{language[1:] or 'en':10}{font:6} px " + _row(page, font) + "\n")
            page.close()
        browser.close()
        service.stop()
        website.stop()


def _row(page: Page, font: int) -> str:
    seen = [sized(page, font, window) for window in WINDOWS]
    return "".join(
        f"{sum(each['lines']) / len(each['lines']):>8.0%}, {sum(each['buttons'])}/{len(each['buttons'])}"
        for each in seen
    )


if __name__ == "__main__":
    main()
