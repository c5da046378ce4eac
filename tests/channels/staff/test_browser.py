"""The look-up as it is used at a counter: in a real browser, by keyboard, with and without JavaScript."""

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


def test_an_answer_is_found_and_copied_by_keyboard_alone(desk: Page) -> None:
    desk.keyboard.type("blub")
    result = desk.get_by_role("group").filter(has_text="What kind of bulb does the lamp have?")
    expect(result.get_by_text("Read aloud A small bulb.")).to_be_visible()
    desk.keyboard.press("Enter")
    desk.keyboard.press("c")
    expect(desk.get_by_role("status")).to_have_text("Chat text copied.")
    assert desk.evaluate("navigator.clipboard.readText()").startswith("The lamp has a small bulb.\n\nSource:")
    desk.keyboard.press("t")
    expect(desk.get_by_role("status")).to_have_text("Text message copied.")
    assert desk.evaluate("navigator.clipboard.readText()") == "The lamp has a small bulb."
    desk.keyboard.press("Escape")
    expect(desk.get_by_label("What is asked?")).to_be_focused()


def test_arrows_move_and_slash_comes_back(desk: Page) -> None:
    desk.keyboard.type("bulb color")
    rows = desk.locator(".result > summary")
    expect(rows.nth(1)).to_be_visible()
    desk.keyboard.press("ArrowDown")
    expect(rows.nth(0)).to_be_focused()
    desk.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.locator(".result").nth(1)).to_have_attribute("open", "")
    desk.keyboard.press("/")
    expect(desk.get_by_label("What is asked?")).to_be_focused()
    assert desk.evaluate("getSelection().toString()") == "bulb color"


def test_danger_is_an_alert_above_the_results(desk: Page) -> None:
    desk.keyboard.type("caller cant breathe")
    expect(desk.get_by_role("alert")).to_have_text("The emergency-staff text.")
    desk.keyboard.press("Escape")
    desk.keyboard.type("bulb")
    expect(desk.get_by_role("alert")).to_have_count(0)


def test_a_doubt_is_announced_once_while_it_stands_and_the_results_stay_usable(desk: Page) -> None:
    desk.evaluate(
        "window.said = []; new MutationObserver(() => said.push(doubted.textContent))"
        ".observe(document.getElementById('doubted'), {childList: true})"
    )
    for text in ("make it stop. what kind of bulb", " does the lamp have"):
        desk.keyboard.type(text)
        expect(desk.locator("#doubt")).to_have_text("The net-crisis-staff text.")
    expect(desk.get_by_text("Read aloud A small bulb.")).to_be_visible()
    desk.keyboard.press("Enter")
    desk.keyboard.press("t")
    expect(desk.get_by_role("status")).to_have_text("Text message copied.")
    assert desk.evaluate("said") == ["The net-crisis-staff text."]
    expect(desk.get_by_role("alert")).to_have_count(0)


def test_nothing_typed_travels_in_an_address(desk: Page) -> None:
    requested: list[str] = []
    desk.on("request", lambda request: requested.append(request.url))
    desk.keyboard.type("who looks after the lamp")
    expect(desk.get_by_text("Who looks after the lamp?").first).to_be_visible()
    desk.get_by_role("button", name="Look up").click()
    expect(desk.get_by_text("The night nurse does.")).to_be_visible()
    assert not any("looks" in url for url in requested)


def test_a_search_that_fails_leaves_no_answer_to_other_words(desk: Page) -> None:
    desk.keyboard.type("bulb")
    expect(desk.get_by_text("Read aloud A small bulb.")).to_be_visible()
    desk.route("**/staff/search", lambda route: route.abort())
    desk.keyboard.type(" or chest pain")
    expect(desk.get_by_text("The search did not answer.", exact=False).last).to_be_visible()
    expect(desk.get_by_text("A small bulb.")).to_have_count(0)


def test_a_session_that_has_ended_leads_back_to_the_sign_in(desk: Page) -> None:
    desk.context.clear_cookies()
    desk.keyboard.type("lamp")
    expect(desk.get_by_role("heading", name="Staff sign-in")).to_be_visible()


def test_without_javascript_all_of_it_works(browser: Browser, counter: Service) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(counter.link())
    page.get_by_label("What is asked?").fill("how much does the lamp cost")
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_text("extension 4-1200")).to_be_visible()
    page.get_by_text("The lamp", exact=True).click()
    page.get_by_role("link", name="When may the lamp be on?").click()
    page.get_by_text("To copy").click()
    expect(page.get_by_text("Text message, 1 part", exact=True)).to_be_visible()
    page.get_by_role("button", name="Flag it to the owner").click()
    expect(page.get_by_text("It is on record that this answer looks wrong")).to_be_visible()
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
        expect(page.get_by_text(seen).first).to_be_visible()
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
