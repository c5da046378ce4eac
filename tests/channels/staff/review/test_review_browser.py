"""The review as a curator uses it: in a real browser, by keyboard, with and without JavaScript."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import Engine

from app.records.database import connect, transaction
from app.records.proposals import Proposals, proposals
from app.records.review_queue import ReviewQueue, questions
from tests.channels.conftest import Service, Website, settings_for, watched_page
from tests.channels.staff.conftest import PHONE, check_on_phone
from tests.channels.test_widget import axe
from tests.exchanges import EXCHANGE

ASKED = (
    *("can the lamp rust", "does the lamp rust ??", "will the lamp rust soon"),
    *("may a cat sit on it", "is a radio loud", "what about the moon", "is there a garden"),
)


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory, cache: Path, website: Website) -> Iterator[Service]:
    service = Service(settings_for(tmp_path_factory.mktemp("ward"), cache, website, "doctor"))
    service.start()
    yield service
    service.stop()


@pytest.fixture
def store(ward: Service) -> Iterator[Engine]:
    """Holds the questions of `ASKED`, the newest first, and no others."""
    engine = connect(ward.settings.database_url)
    with transaction(engine, "questions") as connection:
        connection.execute(questions.delete())
        connection.execute(proposals.delete())
    ask(engine, *ASKED)
    yield engine
    engine.dispose()


def ask(engine: Engine, *texts: str, near: bool = False) -> None:
    now, asked = datetime.now(UTC), replace(EXCHANGE, outcome="fallback", netted=near)
    batch = [
        replace(asked, message_id=f"m-{near}-{text}", at=now - timedelta(minutes=place), text=text)
        for place, text in enumerate(texts)
    ]
    with transaction(engine, "questions") as connection:
        ReviewQueue(engine, timedelta(days=30), str).write(connection, batch)


def waiting(engine: Engine) -> list[str]:
    return [question.text for question in ReviewQueue(engine, timedelta(days=30), str).open(datetime.now(UTC))]


def opened(browser: Browser, ward: Service, **options: object) -> Page:
    page = browser.new_context(**{"viewport": {"width": 1000, "height": 800}} | options).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(5_000)
    page.goto(ward.link())
    page.goto(f"{ward.url}/staff/review")
    return page


@pytest.fixture
def desk(browser: Browser, ward: Service, store: Engine) -> Iterator[Page]:
    """The review, opened by a curator."""
    with watched_page(browser.new_context(viewport={"width": 1000, "height": 800})) as page:
        page.goto(ward.link())
        page.goto(f"{ward.url}/staff/review")
        yield page


def row(page: Page, text: str) -> Locator:
    return page.locator(".group").filter(has=page.get_by_role("heading", name=text))


def focused(page: Page) -> str:
    page.wait_for_load_state()
    return str(page.evaluate("document.activeElement.querySelector('h2')?.textContent ?? document.activeElement.name"))


def test_letters_and_arrows_move_between_the_groups_and_one_is_open_at_a_time(desk: Page) -> None:
    desk.keyboard.press("j")
    assert focused(desk) == "can the lamp rust"
    desk.keyboard.press("Enter")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("j")
    desk.keyboard.press("k")
    assert focused(desk) == "may a cat sit on it"
    desk.keyboard.press("Enter")
    expect(desk.locator(".group > details[open]")).to_have_count(1)


def test_a_key_dismisses_and_the_next_group_has_the_focus_and_a_key_undoes_it(desk: Page, store: Engine) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("d")
    expect(desk.get_by_role("status")).to_contain_text("3 questions are dismissed.")
    assert focused(desk) == "may a cat sit on it"
    assert len(waiting(store)) == len(ASKED) - 3
    desk.keyboard.press("u")
    expect(desk.get_by_role("status")).to_contain_text("3 questions wait for review again.")
    assert focused(desk) == "can the lamp rust"
    assert sorted(waiting(store)) == sorted(ASKED)


@pytest.mark.parametrize(("key", "hours"), [("s", 17), ("w", 7 * 24 + 1)])
def test_a_key_puts_a_group_off(desk: Page, store: Engine, key: str, hours: int) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press(key)
    expect(desk.get_by_role("status")).to_contain_text("3 questions are put off until")
    assert len(waiting(store)) == len(ASKED) - 3
    later = datetime.now(UTC) + timedelta(hours=hours)
    assert len(ReviewQueue(store, timedelta(days=30), str).open(later)) == len(ASKED)


def test_phrasings_are_proposed_by_keyboard_alone(desk: Page, store: Engine) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("p")
    assert focused(desk) == "typed"  # no topic is near
    desk.keyboard.type("lamp-place")
    desk.keyboard.press("Tab")
    desk.keyboard.type("may the lamp rust\nrust on a lamp")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("status")).to_contain_text("Proposed for Where is the lamp?")
    (proposal,) = Proposals(store).open()
    assert (proposal.target, proposal.lines) == ("lamp-place", ("may the lamp rust", "rust on a lamp"))
    assert focused(desk) == "may a cat sit on it"


def test_the_nearest_topic_is_one_key_away(desk: Page, store: Engine) -> None:
    ask(store, "which bulb has it", "tell me which bulb has it", "what bulb has it got", "its bulb is which")
    desk.reload()
    desk.keyboard.press("j")
    desk.keyboard.press("p")
    assert focused(desk) == "pick"
    for key in ("Space", "Tab"):
        desk.keyboard.press(key)
    desk.keyboard.type("a bulb for the lamp")
    for key in ("Tab", "Enter"):
        desk.keyboard.press(key)
    expect(desk.get_by_role("status")).to_contain_text("Proposed for What kind of bulb does the lamp have?")


def test_a_topic_that_is_chosen_with_the_mouse_leads_to_what_is_typed_next(desk: Page) -> None:
    group = desk.locator(".group").first
    group.locator("summary").click()
    for choice, field in (("a new topic", "id"), ("another question", "typed")):
        group.get_by_role("radio", name=choice).click()
        assert focused(desk) == field
        desk.keyboard.type("rust")
    expect(group.get_by_label("Id, such as")).to_have_value("nc-rust")


def test_enter_in_a_field_proposes_and_never_dismisses(desk: Page, store: Engine) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("t")
    assert focused(desk) == "id"
    desk.keyboard.type("rust")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Not yet.")).to_be_visible()
    expect(desk.get_by_label("Id, such as")).to_have_value("nc-rust")
    assert len(waiting(store)) == len(ASKED)


def test_keys_do_nothing_while_one_types(desk: Page, store: Engine) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("p")
    desk.locator(".group").first.get_by_label("Phrasings, one a line").fill("")
    desk.keyboard.type("dswjkuptx?")
    expect(desk.locator(".group").first.get_by_label("Phrasings, one a line")).to_have_value("dswjkuptx?")
    expect(desk.locator("#keys")).to_be_hidden()
    assert len(waiting(store)) == len(ASKED)


def test_the_keys_are_shown_by_a_key(desk: Page) -> None:
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog", name="Keys")).to_be_visible()
    desk.keyboard.press("j")
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_groups_are_ticked_with_shift_and_dismissed_together(desk: Page, store: Engine) -> None:
    boxes = desk.locator(".group > input")
    boxes.nth(1).check()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(desk.locator("#chosen")).to_have_text("With the 3 groups that are ticked:")
    desk.get_by_role("form", name="Several groups").get_by_role("button", name="Dismiss").click()
    expect(desk.get_by_role("status")).to_contain_text("3 questions are dismissed.")
    assert sorted(waiting(store)) == sorted([*ASKED[:3], ASKED[-1]])
    assert focused(desk) == ASKED[-1]


def test_ticks_that_the_browser_brings_back_are_counted(desk: Page) -> None:
    desk.locator(".group > input").first.check()
    desk.get_by_role("link", name="Insights").click()
    desk.go_back()
    expect(desk.locator(".group > input").first).to_be_checked()
    expect(desk.locator("#chosen")).to_have_text("With the group that is ticked:")


def test_keys_are_for_all_that_are_ticked(desk: Page, store: Engine) -> None:
    for key in ("j", "x", "j", "x", "s"):
        desk.keyboard.press(key)
    expect(desk.get_by_role("status")).to_contain_text("4 questions are put off")
    assert len(waiting(store)) == len(ASKED) - 4


def test_the_choice_is_kept_over_an_act_and_no_word_is_in_the_address(desk: Page) -> None:
    desk.get_by_label("First").select_option("newest")
    desk.get_by_label("Channel").select_option("web")
    desk.get_by_role("button", name="Show").click()
    assert desk.url.endswith("/staff/review?channel=web&order=newest")
    row(desk, "may a cat").get_by_role("button", name="Dismiss").first.click()
    expect(desk.get_by_role("status")).to_contain_text("1 question is dismissed.")
    assert "/staff/review?channel=web&order=newest#group-" in desk.url
    expect(desk.get_by_label("First")).to_have_value("newest")


def test_what_was_done_is_said_once(desk: Page) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("d")
    expect(desk.get_by_role("status")).to_be_visible()
    desk.reload()
    expect(desk.get_by_role("status")).to_have_count(0)


def test_where_one_was_on_the_page_is_kept(desk: Page, store: Engine) -> None:
    ask(store, *(f"{word} is it" for word in ("alpha", "bravo", "delta", "gamma", "omega", "sigma", "theta", "kappa")))
    desk.set_viewport_size({"width": 1000, "height": 320})
    desk.reload()
    desk.locator(".group").nth(9).scroll_into_view_if_needed()
    before = desk.evaluate("scrollY")
    desk.locator(".group").nth(8).locator(".quick").click()
    expect(desk.get_by_role("status")).to_be_visible()
    assert abs(desk.evaluate("scrollY") - before) < 60


def test_a_proposal_unlike_its_group_is_asked_about_with_all_that_was_typed(desk: Page, store: Engine) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("p")
    group = desk.locator(".group").first
    group.get_by_role("radio", name="a new topic").check()
    group.get_by_label("Id, such as").fill("nc-cheese")
    group.get_by_label("Title, completing").fill("cheese")
    group.get_by_label("Phrasings, one a line").fill(
        "brie\ngouda please\nis there cheddar\nfeta or not\nparmesan at noon"
    )
    group.get_by_role("button", name="Propose").click()
    expect(desk.get_by_role("alert")).to_contain_text("These phrasings are not like the questions")
    assert axe(desk) == []
    expect(desk.get_by_label("Title, completing")).to_have_value("cheese")
    assert len(waiting(store)) == len(ASKED)
    desk.get_by_label("does the lamp rust").check()
    desk.get_by_role("button", name="Propose all the same").click()
    expect(desk.get_by_role("status")).to_contain_text("Proposed for cheese")
    assert len(waiting(store)) == len(ASKED) - 1


def test_an_answer_is_taken_back_and_given_back(desk: Page) -> None:
    desk.get_by_role("link", name="Taken back").click()
    desk.get_by_label("Which answer").fill("What color is the lamp?")
    desk.get_by_label("Why").fill("it was repainted")
    desk.get_by_role("button", name="Take it back").click()
    expect(desk.get_by_role("heading", name="Take this answer back for all patients?")).to_be_visible()
    assert axe(desk) == []
    desk.get_by_role("button", name="Take it back for everyone").click()
    expect(desk.get_by_role("status")).to_contain_text("lamp-color is taken back")
    assert axe(desk) == []
    desk.get_by_role("button", name="Give it back").click()
    expect(desk.get_by_role("status")).to_contain_text("lamp-color is given back")


def test_without_javascript_all_of_it_works(browser: Browser, ward: Service, store: Engine) -> None:
    page = opened(browser, ward, java_script_enabled=False)
    row(page, "can the lamp rust").get_by_role("button", name="Dismiss").first.click()
    expect(page.get_by_role("status")).to_contain_text("3 questions are dismissed.")
    assert page.url.split("#")[1] == row(page, "may a cat").get_attribute("id")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("3 questions wait for review again.")
    group = row(page, "can the lamp rust")
    group.locator("summary").first.click()
    group.get_by_label("does the lamp rust").uncheck()
    group.get_by_label("another question").check()
    group.get_by_label("Words of its title").fill("where is the lamp")
    group.get_by_label("Phrasings, one a line").fill("may the lamp rust")
    group.get_by_role("button", name="Propose").click()
    expect(page.get_by_role("status")).to_contain_text("Proposed for Where is the lamp?")
    expect(row(page, "does the lamp rust")).to_be_visible()
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, ward: Service, store: Engine, scheme: str) -> None:
    ask(store, "my cat\u200b hurts \u202eodd", near=True)
    page = opened(browser, ward, color_scheme=scheme, viewport=PHONE)
    for number in range(2):
        page.locator(".group > details > summary").nth(number).click()
        check_on_phone(page)
    page.keyboard.press("?")
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.locator(".group form").nth(1).get_by_role("button", name="Dismiss").click()
    expect(page.get_by_role("status")).to_contain_text("3 questions are dismissed.")
    page.goto(f"{ward.url}/staff/review/decided")
    check_on_phone(page)
    page.context.close()


def test_more_than_ten_are_asked_about_before_they_go(desk: Page, store: Engine) -> None:
    ask(store, *(f"is the radio loud on channel {number}" for number in range(11)))
    desk.reload()
    row(desk, "radio loud").get_by_role("button", name="Dismiss").first.click()
    expect(desk.get_by_role("heading", name="Dismiss 12 questions?")).to_be_visible()
    assert axe(desk) == []
    desk.get_by_role("button", name="Dismiss 12 questions").click()
    expect(desk.get_by_role("status")).to_contain_text("12 questions are dismissed.")


def test_twenty_groups_are_a_line_each(desk: Page, store: Engine) -> None:
    ask(store, *(f"{chr(97 + place) * 2}ixo {chr(98 + place)}uvo" for place in range(24)))
    desk.reload()
    heights = [box.bounding_box() for box in desk.locator(".group").all()]
    assert len(heights) == 20
    assert all(box and box["height"] <= 36 for box in heights)
