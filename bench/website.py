"""The chat on a website of another origin, as patients meet it, with the fixture's content."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.channels.conftest import Service, Website, page_with, settings_for


@contextmanager
def website_with_chat() -> Iterator[tuple[Browser, str]]:
    """Serve a page that holds only the script's line; give a browser and the page's address."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        website = Website()
        service = Service(settings_for(Path(folder), Path(folder) / "cache", website, "doctor"))
        service.start()
        website.allow(service.url)
        website.pages["/"] = page_with(f'<script async src="{service.url}/widget.js"></script>')
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        try:
            yield browser, website.url
        finally:
            browser.close()
            service.stop()
            website.stop()
