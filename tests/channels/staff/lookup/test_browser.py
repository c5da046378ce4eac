"""The pages of the staff in a real browser, with and without JavaScript."""

import pytest
from playwright.sync_api import Browser, expect

from tests.channels.conftest import Service
from tests.channels.staff.conftest import PHONE, check_on_phone
from tests.channels.test_widget import axe


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
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light", viewport=PHONE)
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
        check_on_phone(page)
    context.close()
