"""Proposals as a curator handles them: in a real browser, by keyboard."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.records.database import connect
from app.records.proposals import Proposal, Proposals, Tried
from tests.channels.conftest import Service
from tests.channels.staff.conftest import check_on_phone

PAGE = "/staff/review/proposals"


@pytest.fixture(autouse=True)
def proposed(counter: Service) -> None:
    """One that nobody has tried, and one that does harm."""
    engine, now = connect(counter.settings.database_url), datetime.now(UTC)
    store = Proposals(engine)
    for lines in (("where does it go rusty",), ("price of that lamp",)):
        store.add(Proposal(now, "ann@example.org", "phrasing", "lamp-place", "", lines, ("m1",)))
    store.note_tried(store.open()[-1], Tried(now, "abc", "cases: 'the price': out -> ANSWERED lamp-place " * 4, ""))
    engine.dispose()


def test_what_is_ticked_is_downloaded_by_keyboard(desk: Page, counter: Service, tmp_path: Path) -> None:
    desk.goto(f"{counter.url}{PAGE}")
    assert [box.is_checked() for box in desk.get_by_role("checkbox").all()[-2:]] == [True, False]
    desk.get_by_role("button", name="Download what is ticked").focus()
    with desk.expect_download() as downloading:
        desk.keyboard.press("Enter")
    downloading.value.save_as(tmp_path / "a.patch")
    written = (tmp_path / "a.patch").read_text()
    assert "+- where does it go rusty" in written
    assert "price" not in written


def test_a_proposal_is_withdrawn_after_a_second_look(desk: Page, counter: Service) -> None:
    desk.goto(f"{counter.url}{PAGE}")
    count = desk.get_by_role("checkbox").count()
    desk.get_by_role("link", name="Withdraw proposal").first.click()
    desk.get_by_role("link", name="Keep it").click()
    expect(desk.get_by_role("checkbox")).to_have_count(count)
    desk.get_by_role("link", name="Withdraw proposal").first.click()
    desk.get_by_role("button", name="Withdraw it").press("Enter")
    expect(desk.get_by_role("status")).to_contain_text("is withdrawn. Its questions wait for review again.")
    expect(desk.get_by_role("checkbox")).to_have_count(count - 1)


def test_axe_finds_nothing_in_proposals(phone: Page, counter: Service) -> None:
    for path in (PAGE, f"{PAGE}/withdraw?id=2"):
        phone.goto(f"{counter.url}{path}")
        check_on_phone(phone)
