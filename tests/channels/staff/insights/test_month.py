"""The month on one page: what it says, what it leaves out, and that it is one page."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine

from app.channels.staff.insights import month
from app.records.audit import Audit
from app.records.withdrawals import Withdrawal, Withdrawals
from app.settings import Settings
from tests.channels.conftest import Service, Website, settings_for
from tests.channels.staff.conftest import check_on_phone
from tests.channels.staff.insights.test_dashboard import ANSWERED, MESSAGES, REFUSED, curator, fill

TODAY = datetime.now(UTC)
THIS = month.name_of(TODAY.date())
LAST_MONTH = datetime.combine(month.span(month.before(THIS))[0], TODAY.timetz())
PAGE = "/staff/insights/month"


def rows(page: str) -> dict[str, list[str]]:
    """What stands beside each name, the first time."""
    found = re.findall(r'<tr><th scope="row">([^<]*)</th>(.*?)</tr>', page)
    named = {name: re.sub(r"<[^>]*>", "|", cells) for name, cells in reversed(found)}
    return {name: [cell.strip() for cell in cells.split("|") if cell.strip()] for name, cells in named.items()}


@pytest.mark.parametrize(
    ("name", "before", "first", "last"),
    [
        ("2028-02", "2028-01", date(2028, 2, 1), date(2028, 2, 29)),
        ("2028-01", "2027-12", date(2028, 1, 1), date(2028, 1, 31)),
        ("2028-12", "2028-11", date(2028, 12, 1), date(2028, 12, 31)),
    ],
)
def test_months_have_first_and_last_days(name: str, before: str, first: date, last: date) -> None:
    assert (month.before(name), month.span(name)) == (before, (first, last))


def test_months_are_named_back_to_the_first_day_and_no_further_than_a_year() -> None:
    assert month.names(date(2027, 11, 30), date(2028, 1, 2)) == ["2028-01", "2027-12", "2027-11"]
    assert len(month.names(date(2020, 1, 1), date(2028, 1, 2))) == 12


def test_numbers_are_compared_and_small_ones_left_out(client: TestClient, settings: Settings) -> None:
    urgent = replace(MESSAGES[-1], channel="web")
    emergency = replace(urgent, subject=("emergency",))
    now = [ANSWERED] * 92 + [REFUSED] * 31 + [urgent] * 4 + [emergency] * 14
    then = [replace(message, at=LAST_MONTH) for message in [ANSWERED] * 46 + [REFUSED] * 31]
    fill(settings.database_url, [replace(message, at=TODAY) for message in now] + then)
    found = rows(client.get(PAGE).text)
    assert found["Answered"] == ["92", "↑", "100% more"]
    assert found["Not covered"] == ["31", "→", "the same"]
    assert (found["Urgent"], found["Emergency"], found["Crisis"]) == (["18", "not compared"], ["not shown"], ["&lt;11"])
    assert found["What the lamp costs"] == ["31"]


def test_without_a_month_before_nothing_is_compared(client: TestClient, settings: Settings) -> None:
    fill(settings.database_url, [replace(ANSWERED, at=TODAY)] * 90)
    assert rows(client.get(PAGE).text)["Answered"] == ["90", "not compared"]


def test_what_was_taken_back_is_named_with_its_day(client: TestClient, engine: Engine) -> None:
    Withdrawals(engine).add(Withdrawal("lamp-color", LAST_MONTH, "Ann", "It is wrong for Mrs. Miller."))
    page = client.get(PAGE).text
    assert f"What color is the lamp? <small>since {LAST_MONTH.date()}</small>" in page
    assert "Miller" not in page
    assert "lamp?" not in client.get(f"{PAGE}?month={month.before(month.before(THIS))}").text


def test_only_months_that_have_begun_are_shown(client: TestClient) -> None:
    for name, status in (("2099-01", 400), ("2026-13", 422), ("july", 422), ("2020-01", 200)):
        assert client.get(f"{PAGE}?month={name}").status_code == status


def test_the_audit_has_a_month_before_it_is_shown(client: TestClient, engine: Engine) -> None:
    assert client.get(PAGE).status_code == 200
    assert Audit(engine).all()[-1].subject == f"insights month {THIS}"
    with engine.begin() as connection:
        connection.exec_driver_sql("drop table audit")
    assert client.get(PAGE).status_code == 503


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory, cache: Path, website: Website) -> Iterator[Service]:
    """A service whose lists are all full."""
    service = Service(settings_for(tmp_path_factory.mktemp("month"), cache, website, "doctor"))
    service.start()
    entries = [f"lamp-{name}" for name in ("bulb", "color", "switch", "place", "owner", "hours")]
    of_entries = [
        replace(
            MESSAGES[place],
            at=TODAY,
            entries=(id_,),
            subject=(id_, "lamp-bulb"),
            missed=id_,
            withheld=held,
            taken=(id_,),
        )
        for id_ in entries
        for place, held in ((0, None), (3, None), (4, id_), (5, None))
    ]
    topics = [
        replace(REFUSED, at=TODAY - timedelta(0), channel=channel) for channel in ("web", "sms", "staff", "api", "rasa")
    ]
    fill(service.settings.database_url, (of_entries + topics) * 20 + [replace(ANSWERED, at=LAST_MONTH)] * 20)
    yield service
    service.stop()


def pages(page: Page, size: str) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format=size)))


@pytest.mark.parametrize("size", ["A4", "Letter"])
def test_it_is_printed_on_one_page_without_controls(browser: Browser, full: Service, size: str) -> None:
    context = curator(browser, full, "light")
    page = context.new_page()
    page.goto(f"{full.url}{PAGE}")
    page.emulate_media(media="print")
    assert pages(page, size) == 1
    assert [node for node in page.locator("a, button, input, nav").all() if node.is_visible()] == []
    context.close()


def test_axe_finds_nothing_and_it_fits_a_telephone(browser: Browser, full: Service) -> None:
    context = curator(browser, full, "dark")
    page = context.new_page()
    page.goto(f"{full.url}{PAGE}")
    check_on_phone(page)
    context.close()
