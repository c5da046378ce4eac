"""The pages of the staff in a real browser, with and without JavaScript."""

import time

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.records.database import connect
from app.records.review_queue import questions
from tests.channels.conftest import Service
from tests.channels.test_widget import axe


def written(counter: Service) -> None:
    """Waits until what was asked is stored: the writer gathers for a quarter of a second."""
    engine = connect(counter.settings.database_url)
    for _ in range(200):
        with engine.connect() as connection:
            if connection.execute(select(questions.c.message_id).where(questions.c.state == "open")).first():
                break
        time.sleep(0.05)
    engine.dispose()


def test_without_javascript_all_of_it_works(browser: Browser, counter: Service) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(counter.link())
    page.get_by_label("What is asked?").fill("how much does the lamp cost")
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_text("extension 4-1200").last).to_be_visible()
    page.get_by_label("What is asked?").fill("where is the lamp")
    page.get_by_role("button", name="Look up").click()
    page.locator("summary", has_text="Español").click()
    expect(page.get_by_text("La lámpara está en la mesa junto a la cama.").first).to_be_visible()
    page.get_by_text("The lamp", exact=True).click()
    page.get_by_role("link", name="When may the lamp be on?").click()
    page.get_by_text("To copy").click()
    expect(page.get_by_text("Text message, 1 part", exact=True)).to_be_visible()
    page.get_by_label("Something wrong?").select_option(label="The answer is wrong")
    page.get_by_role("button", name="Flag it to the owner").click()
    expect(page.get_by_role("heading", name="Flagged")).to_be_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, counter: Service, scheme: str) -> None:
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light", viewport={"width": 320, "height": 600}
    )
    page = context.new_page()
    page.goto(f"{counter.url}/staff/sign-in")
    assert axe(page) == []
    page.goto(counter.link())
    for text, seen in (
        ("", "All answers"),
        ("bulb", "A small bulb."),
        ("make it stop. bulb", "The net-crisis-staff text."),
        ("i cant breathe lamp cost", "The emergency-staff text."),
    ):
        page.get_by_label("What is asked?").fill(text)
        expect(page.get_by_text(seen).locator("visible=true").first).to_be_visible()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()


def test_a_curator_reviews_and_proposes(desk: Page, counter: Service) -> None:
    httpx2.post(f"{counter.url}/v1/messages", json={"text": "can the lamp rust"})
    written(counter)
    desk.get_by_role("link", name="Review").click()
    desk.get_by_text("Propose phrasings").first.click()
    desk.get_by_label("Phrasings, one a line").first.fill("rust on its foot\nit may get rusty")
    desk.get_by_role("button", name="Propose").first.click()
    expect(desk.get_by_role("heading", name="Proposed")).to_be_visible()
    desk.get_by_role("link", name="Proposals").click()
    expect(desk.get_by_text("rust on its foot")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_review(browser: Browser, counter: Service, scheme: str) -> None:
    for text in ("may a cat sit on the lamp", "cats sit on lamp ok"):
        httpx2.post(f"{counter.url}/v1/messages", json={"text": text})
    written(counter)
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light", viewport={"width": 320, "height": 600}
    )
    page = context.new_page()
    page.goto(counter.link())
    page.goto(f"{counter.url}/staff/review")
    for summary in page.locator(".group summary").all():
        summary.click()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()
