"""Tells how much of an urgent text is seen at once, by root font and window: `python -m bench.sizes`.

The rest is read by scrolling, or by the button that says so: tests/channels/test_urgent_sizes.py reads all of it.
"""

import sys
from pathlib import Path

from playwright.sync_api import Page

from app.content.files import load_content
from bench.website import website_with_chat
from tests.channels.test_urgent_sizes import LANGUAGES, sized, with_text
from tests.channels.test_widget import ask, opened

ROOT_FONTS = (16, 20, 24, 32)
WINDOWS = ((320, 256), (360, 740), (1280, 720), (1366, 768))


def main() -> None:
    scripts = load_content(Path(__file__).parents[1]).scripts
    sys.stdout.write("language  root font" + "".join(f"{width:>8}x{height}" for width, height in WINDOWS) + "\n")
    with website_with_chat() as (browser, url):
        for language in LANGUAGES:
            page = browser.new_page()
            with_text(page, scripts[f"crisis{language}"].text, language[1:] or None)
            ask(opened(page, url), "i want to die")
            page.get_by_role("button", name="I have read this").wait_for(state="attached")
            for font in ROOT_FONTS:
                sys.stdout.write(f"{language[1:] or 'en':10}{font:6} px " + _row(page, font) + "\n")
            page.close()


def _row(page: Page, font: int) -> str:
    seen = [sized(page, font, window) for window in WINDOWS]
    return "".join(
        f"{sum(each['lines']) / len(each['lines']):>8.0%}, {sum(each['buttons'])}/{len(each['buttons'])}"
        for each in seen
    )


if __name__ == "__main__":
    main()
