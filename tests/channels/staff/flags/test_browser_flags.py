"""Flags as a clerk and a curator handle them: in a real browser, by keyboard, with and without JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from app.records.database import connect
from app.records.flags import flags
from tests.channels.conftest import Service
from tests.channels.staff.conftest import check_on_phone


@pytest.fixture(autouse=True)
def none_flagged(counter: Service) -> Iterator[None]:
    yield
    engine = connect(counter.settings.database_url)
    with engine.begin() as connection:
        connection.execute(flags.delete())
    engine.dispose()


def flag(page: Page, counter: Service, reason: str) -> None:
    page.goto(f"{counter.url}/staff?entry=lamp-color")
    page.get_by_label("Something wrong?").select_option(label=reason)
    page.get_by_role("button", name="Flag it to the owner").press("Enter")


def test_an_answer_that_could_harm_is_flagged_by_keyboard_and_says_what_to_do(desk: Page, counter: Service) -> None:
    desk.goto(f"{counter.url}/staff?entry=lamp-color")
    desk.get_by_label("Something wrong?").focus()
    desk.keyboard.type("Could")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Flagged as urgent")).to_be_visible()
    expect(desk.get_by_role("status")).to_contain_text("Could harm someone.")
    expect(desk.get_by_role("region", name="Do this now")).to_contain_text("Give this answer to nobody.")
    expect(desk.get_by_role("button", name="Take back the answer to What color is the lamp?")).to_be_visible()


def test_nothing_is_flagged_before_a_reason_is_chosen(desk: Page, counter: Service) -> None:
    desk.goto(f"{counter.url}/staff?entry=lamp-color")
    desk.get_by_role("button", name="Flag it to the owner").press("Enter")
    assert desk.get_by_label("Something wrong?").evaluate("select => select.validity.valueMissing")
    assert "entry=lamp-color" in desk.url


def test_a_flag_is_answered_and_closed_by_keyboard(desk: Page, counter: Service) -> None:
    flag(desk, counter, "It is out of date")
    desk.get_by_role("navigation", name="Pages").get_by_role("link", name="Flags").press("Enter")
    desk.get_by_text("The reply as it was").press("Enter")
    expect(desk.get_by_label("The reply", exact=True)).to_contain_text("The lamp is green.")
    desk.get_by_label("Answer to this machine").fill("It was repainted.")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("status")).to_contain_text("is answered.")
    expect(desk.get_by_role("region", name="Answered 1")).to_contain_text("It was repainted.")
    desk.get_by_role("button", name="Close flag").press("Enter")
    expect(desk.get_by_role("region", name="Closed 1")).to_contain_text("Closed by this machine")


def test_flags_work_without_javascript(browser: Browser, counter: Service, session: StorageState) -> None:
    context = browser.new_context(java_script_enabled=False, storage_state=session)
    page = context.new_page()
    flag(page, counter, "Something is missing")
    expect(page.get_by_role("heading", name="Flagged")).to_be_visible()
    flag(page, counter, "It is hard to understand")
    expect(page.get_by_role("heading", name="Flagged already")).to_be_visible()
    page.get_by_role("link", name="Flags").first.click()
    page.get_by_role("button", name="Close flag").click()
    expect(page.get_by_role("region", name="Closed 1")).to_be_visible()
    context.close()


def test_axe_finds_nothing_in_flags(phone: Page, counter: Service) -> None:
    for reason in ("It is hard to understand", "Could harm someone"):
        flag(phone, counter, reason)
        check_on_phone(phone)
    phone.goto(f"{counter.url}/staff/flags")
    for summary in phone.locator(".flagged summary").all():
        summary.click()
    check_on_phone(phone)
