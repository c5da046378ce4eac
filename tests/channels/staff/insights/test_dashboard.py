import csv
import hmac
import io
import json
import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import itsdangerous
import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, BrowserContext, expect
from sqlalchemy import Engine

from app.analytics import Usage, usage
from app.channels.staff.insights.items import ITEMS, Figures, Name
from app.channels.staff.insights.titles import Titles
from app.channels.staff.services import StaffServices
from app.main import create_app
from app.records.audit import Audit
from app.records.counts import Counts
from app.records.database import connect, transaction
from app.records.exchange import Exchange
from app.records.feedback import Feedback, Opinion, Tally
from app.records.flags import Flag, Flags
from app.settings import Settings
from tests.channels.conftest import Service, Website, settings_for
from tests.channels.staff.conftest import PHONE, check_on_phone
from tests.exchanges import EXCHANGE

SECRET = "a9" * 20
BEFORE = datetime.now(UTC) - timedelta(days=3)
"""Well within a week, whenever a test ends."""
WORDS = "<b>=1+1</b>"


ANSWERED = replace(EXCHANGE, at=BEFORE, seconds=0.0015)
REFUSED = replace(ANSWERED, outcome="not-covered", subject=("nc-price",), entries=(), topic="nc-price")
MESSAGES = (
    ANSWERED,
    replace(ANSWERED, channel="sms", taken=("lamp-color",)),
    REFUSED,
    replace(REFUSED, outcome="fallback", topic=None, missed="lamp-bulb"),
    replace(REFUSED, outcome="fallback", topic=WORDS, withheld="lamp-place"),
    replace(REFUSED, outcome="clarify", subject=("lamp-bulb", "lamp-color"), topic=None),
    replace(REFUSED, channel="staff", outcome="urgent", subject=("crisis",), topic=None, raised=True, seconds=5.0),
)


def fill(url: str, messages: Sequence[Exchange] = MESSAGES) -> None:
    """What answers, a topic, near misses, an emergency, an opinion and a flag leave behind."""
    engine = connect(url)
    with transaction(engine, "counts") as connection:
        Counts(engine).write(connection, messages)
    feedback = Feedback(engine, timedelta(days=90))
    feedback.give(Opinion("m", BEFORE, "web", "lamp-color", "v", "down", "not-my-question"))
    feedback.give(Opinion("s", BEFORE, "staff", "lamp-color", "v", "down", "looks-wrong"))
    Flags(engine, timedelta(days=90)).add(Flag(BEFORE, "ann", "lamp-bulb", "q", "could-harm", "v", "r"))
    engine.dispose()


def session(roles: list[str]) -> dict[str, str]:
    """The cookie of somebody signed in, as Starlette signs it."""
    at = datetime.now(UTC).timestamp()
    data = {"id": "s", "who": "ann@example.org", "roles": roles, "began": at, "seen": at, "csrf": "c"}
    key = hmac.digest(SECRET.encode(), b"staff sessions", "sha256").hex()
    signed = itsdangerous.TimestampSigner(key).sign(b64encode(json.dumps(data).encode()))
    return {"hai-faq-staff": signed.decode()}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return Settings(**settings.model_dump(exclude={"secret"}), secret=SECRET)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_signed_out_a_person_is_led_to_the_sign_in_and_a_program_gets_401(settings: Settings) -> None:
    with TestClient(create_app(settings), follow_redirects=False) as client:
        asked = client.get("/staff/insights", headers={"accept": "text/html"})
        assert (asked.status_code, asked.headers["location"]) == (303, "/staff/sign-in")
        assert client.get("/staff/insights.csv?table=outcomes").status_code == 401


def test_the_look_up_role_may_not_see_them(settings: Settings) -> None:
    with TestClient(create_app(settings), cookies=session(["lookup"])) as client:
        assert client.get("/staff").status_code == 200
        assert client.get("/staff/insights").status_code == 403
        assert client.get("/staff/insights.csv?table=outcomes").status_code == 403


def test_without_data_the_page_says_so(client: TestClient) -> None:
    response = client.get("/staff/insights")
    assert response.status_code == 200
    assert "No messages in these days. Figures appear here with the first message" in response.text
    assert '<svg class="chart' not in response.text
    assert "July" not in client.get("/staff/insights").text.split("To hand on")[0]


def test_the_page_shows_figures_and_approved_titles(client: TestClient, settings: Settings) -> None:
    fill(settings.database_url)
    page = client.get("/staff/insights?days=7").text
    assert "<dt>Messages</dt><dd>7</dd>" in page
    assert "<dt>Answered</dt><dd>2 of 6</dd>" in page
    assert "1 crisis" in page
    assert "What color is the lamp?" in page
    assert "0 helped, 1 did not" in page
    assert page.count('role="img"') == 5


def test_whatever_a_name_is_the_page_shows_it_as_text_and_nothing_is_inline(
    client: TestClient, settings: Settings
) -> None:
    fill(settings.database_url)
    page = client.get("/staff/insights").text
    assert "<b>=1" not in page
    assert "&lt;b&gt;=1+1&lt;/b&gt;" in page
    assert " style=" not in page


def test_only_weeks_months_and_quarters_are_shown(client: TestClient) -> None:
    assert client.get("/staff/insights?days=90").status_code == 200
    assert client.get("/staff/insights?days=31").status_code == 422
    assert client.get("/staff/insights.csv?table=texts").status_code == 422


@pytest.mark.parametrize("name", ITEMS)
def test_every_table_is_a_file_to_keep(client: TestClient, settings: Settings, name: Name) -> None:
    fill(settings.database_url)
    response = client.get(f"/staff/insights.csv?days=7&table={name}")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"].startswith(f'attachment; filename="{name}-7-days-to-')
    found = rows(response.text)
    assert len(found) > 1
    assert len({len(row) for row in found}) == 1


def test_the_span_begins_with_the_first_day_of_figures(client: TestClient, settings: Settings) -> None:
    fill(settings.database_url)
    found = rows(client.get("/staff/insights.csv?days=90&table=outcomes").text)
    assert [row[0] for row in found[1:-2]] == [str(BEFORE.date() + timedelta(days=day)) for day in range(4)]
    assert found[2][1:] == ["0"] * 9
    page = client.get("/staff/insights?days=90").text
    assert f"Messages have been counted since {BEFORE.date()}." in page


def test_one_day_is_shown_without_a_chart_of_days(client: TestClient, settings: Settings) -> None:
    fill(settings.database_url, [replace(message, at=datetime.now(UTC)) for message in MESSAGES])
    page = client.get("/staff/insights").text
    assert page.count('role="img"') == 1  # the hours
    assert "<span>Choice offered</span> <b>1</b>" in page
    assert ", which is still running." in page


def test_no_id_is_shown_but_in_the_column_of_ids(client: TestClient, settings: Settings) -> None:
    gone = replace(REFUSED, topic="nc-gone", missed="nc-other", outcome="fallback")
    fill(settings.database_url, [*MESSAGES, gone, replace(gone, topic="nc-other", missed=None)])
    page = re.sub(r"<td[^>]*>[^<]*</td>|href=\"[^\"]*\"|aria-[a-z]+=\"[^\"]*\"", "", client.get("/staff/insights").text)
    assert "A topic no longer in the content" in page
    assert "Something else entirely" in page
    assert not re.search(r">\s*nc-\w+|>\s*lamp-\w+", page, re.IGNORECASE)


def test_flags_of_staff_stand_apart_from_what_patients_say(client: TestClient, settings: Settings) -> None:
    fill(settings.database_url)
    page = client.get("/staff/insights").text
    assert "<dt>Flags of staff</dt><dd>2</dd>" in page
    assert '<dd class="of">1 did not</dd>' in page


def test_a_family_of_misses_leads_to_its_questions_in_review(client: TestClient, settings: Settings) -> None:
    fill(settings.database_url)
    page = client.get("/staff/insights").text
    assert '<a href="/staff/review?topic=lamp-bulb">What kind of bulb does the lamp have?</a></span> <b>1</b>' in page
    assert '<a href="/staff/review?topic=lamp-color">What color is the lamp?</a></span> <b>1</b>' in page


def test_the_review_that_a_family_of_misses_leads_to_shows_nothing_else(
    client: TestClient, settings: Settings, engine: Engine
) -> None:
    fill(settings.database_url)
    staff: StaffServices = client.app.state.staff  # type: ignore[attr-defined]
    with transaction(engine, "questions") as connection:
        unknown = replace(REFUSED, outcome="fallback", text="zzyzx qwrtp")
        bulb = replace(unknown, message_id="b", text="which sort of bulb would the lamp take")
        staff.questions.write(connection, [unknown, bulb])
    [path] = re.findall(r'href="([^"]+)">What kind of bulb', client.get("/staff/insights").text)
    review = client.get(path).text
    assert "2 questions wait" in review
    assert review.count('<li class="group') == 1
    assert "which sort of bulb" in review


def test_a_period_is_compared_with_the_one_before_where_that_was_counted_whole(
    client: TestClient, settings: Settings
) -> None:
    old = replace(ANSWERED, at=BEFORE - timedelta(days=7))
    fill(settings.database_url, [ANSWERED] * 15 + [old] * 20)
    assert "than in the 7 days before" not in client.get("/staff/insights?days=7").text
    fill(settings.database_url, [replace(old, at=BEFORE - timedelta(days=13))] * 10)
    page = client.get("/staff/insights?days=7").text
    assert "25% less than in the 7 days before" in page
    assert "than in the 30 days before" not in client.get("/staff/insights?days=30").text


def figures(counted: Usage, tallies: Sequence[Tally] = ()) -> Figures:
    return Figures(counted, tallies, [], Titles({}, {}), {})


def test_an_outcome_of_another_version_is_drawn_as_other() -> None:
    counted = usage([((BEFORE.date(), "web", "outcome", "riddle"), 3)], BEFORE.date(), 7)
    riddle = ITEMS["outcomes"].table(figures(counted)).series[-1]
    assert (riddle.title, riddle.fill, riddle.total) == ("Of another release", "other", 3)


def test_a_reason_of_another_version_is_in_no_row() -> None:
    tallies = [Tally("lamp-color", "down", reason, 2) for reason in ("not-clear", "too-long")]
    table = ITEMS["reasons"].table(figures(usage([], BEFORE.date(), 7), tallies))
    assert table.bars == [("Hard to understand", [2], "not-clear")]


def test_a_day_on_which_few_asked_has_no_point_but_its_numbers() -> None:
    counted = usage(
        [((BEFORE.date(), "web", "outcome", name), times) for name, times in (("answer", 1), ("fallback", 2))],
        BEFORE.date(),
        7,
    )
    item = ITEMS["answered"]
    last = item.points(item.table(figures(counted)))[-1]
    assert (last.height, last.words) == (None, "1 of 3")


def test_a_download_is_noted(client: TestClient, engine: Engine) -> None:
    client.get("/staff/insights.csv?days=90&table=topics")
    last = Audit(engine).all()[-1]
    assert (last.who, last.act, last.subject) == ("this machine", "export", "insights topics 90 days")


def test_what_cannot_be_noted_is_not_handed_out(client: TestClient, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("drop table audit")
    response = client.get("/staff/insights.csv?table=outcomes")
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert client.get("/staff/insights").status_code == 200


def test_a_store_out_of_reach_is_said_on_a_page(settings: Settings, tmp_path: Path) -> None:
    dead = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path}"})
    with TestClient(create_app(dead), cookies=session(["curator"])) as client:
        response = client.get("/staff/insights")
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert "The records cannot be reached right now." in response.text


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, cache: Path, website: Website) -> Iterator[Service]:
    """A service of this file's own, with figures."""
    service = Service(settings_for(tmp_path_factory.mktemp("insights"), cache, website, "doctor"))
    service.start()
    fill(service.settings.database_url)
    yield service
    service.stop()


def curator(browser: Browser, service: Service, scheme: Literal["light", "dark"]) -> BrowserContext:
    context = browser.new_context(color_scheme=scheme, viewport=PHONE)
    [(name, value)] = session(["curator"]).items()
    context.add_cookies([{"name": name, "value": value, "url": service.url}])
    return context


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_a_telephone(
    browser: Browser, filled: Service, scheme: Literal["light", "dark"]
) -> None:
    context = curator(browser, filled, scheme)
    page = context.new_page()
    page.goto(f"{filled.url}/staff/insights?days=90")
    for summary in page.locator("summary").all():
        summary.click()
    check_on_phone(page)
    scrolled = page.get_by_role("region", name="Table: What messages got")
    assert scrolled.evaluate("node => node.scrollWidth > node.clientWidth && node.tabIndex === 0")
    expect(page.get_by_role("img", name="What messages got")).to_be_visible()
    context.close()
