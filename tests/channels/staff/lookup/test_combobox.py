"""The look-up as it is used at a counter: in a real browser, by keyboard."""

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.channels.conftest import Service
from tests.channels.staff.conftest import PHONE, check_on_phone

BULB = "What kind of bulb does the lamp have?"
COLOR = "What color is the lamp?"


@pytest.fixture
def still(desk: Page) -> Page:
    """The desk, where no time passes unless a test lets it."""
    desk.clock.install()
    desk.reload()
    desk.clock.pause_at(desk.evaluate("Date.now() + 1000"))
    return desk


@pytest.fixture
def held(desk: Page) -> Iterator[list[Route]]:
    """Look-ups that wait for their results, until a test lets them go on."""
    routes: list[Route] = []
    desk.route("**/staff/search", lambda route: routes.append(route))
    yield routes
    desk.unroute_all(behavior="ignoreErrors")


def asked(desk: Page) -> Locator:
    return desk.get_by_label("What is asked?")


def opened(desk: Page) -> Locator:
    return desk.locator("#opened")


def options(desk: Page) -> Locator:
    return desk.locator("#list").get_by_role("option")


def active(desk: Page) -> str:
    return str(desk.evaluate("document.getElementById(text.getAttribute('aria-activedescendant'))?.textContent ?? ''"))


def look_up(desk: Page, held: list[Route], text: str) -> Route:
    """Types a text whose results wait, and returns the look-up."""
    before = len(held)
    asked(desk).fill(text)
    while len(held) == before:
        desk.wait_for_timeout(10)
    return held[-1]


def hear(desk: Page) -> None:
    """Notes what is said from now on as `heard`, and that it is taken away again."""
    desk.evaluate(
        "window.heard = []; window.saying = document.getElementById('status');"
        "new MutationObserver(() => heard.push(saying.textContent)).observe(saying, {childList: true})"
    )


def clipboard(desk: Page) -> str:
    return str(desk.evaluate("navigator.clipboard.readText()"))


def test_an_answer_is_found_and_copied_by_keyboard_alone(desk: Page) -> None:
    desk.keyboard.type("blub")
    expect(opened(desk).get_by_text("Read aloud A small bulb.")).to_be_visible()
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("status")).to_have_text(f"Copied as chat text: {BULB}")
    assert clipboard(desk).startswith("The lamp has a small bulb.\n\nSource:")
    desk.keyboard.press("Control+Shift+Enter")
    expect(desk.get_by_role("status")).to_have_text(f"Copied as text message: {BULB}")
    assert clipboard(desk) == "The lamp has a small bulb."
    desk.keyboard.press("Alt+Enter")
    expect(desk.get_by_role("status")).to_have_text(f"Copied as link: {BULB}")
    assert re.fullmatch(r"http://127.0.0.1:\d+/faq#lamp-bulb", clipboard(desk))
    expect(asked(desk)).to_be_focused()


def test_arrows_move_while_the_focus_stays_and_letters_type(desk: Page) -> None:
    desk.keyboard.type("bulb color")
    expect(options(desk)).to_have_count(2)
    for key, title in (("ArrowDown", BULB), ("ArrowDown", COLOR), ("ArrowDown", ""), ("ArrowUp", COLOR)):
        desk.keyboard.press(key)
        assert title in active(desk)
        assert bool(title) == bool(active(desk))
    desk.keyboard.type("ct")
    expect(asked(desk)).to_be_focused()
    expect(asked(desk)).to_have_value("bulb colorct")
    assert active(desk) == ""


def test_home_and_end_are_the_carets(desk: Page) -> None:
    desk.keyboard.type("bulb color")
    expect(options(desk)).to_have_count(2)
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Home")
    desk.keyboard.type("my ")
    desk.keyboard.press("End")
    desk.keyboard.type("s")
    expect(asked(desk)).to_have_value("my bulb colors")


def test_enter_opens_the_active_result_and_a_second_never_closes_it(desk: Page) -> None:
    desk.keyboard.type("bulb color")
    expect(options(desk)).to_have_count(2)
    desk.keyboard.press("ArrowUp")
    for _ in range(3):
        desk.keyboard.press("Enter")
        expect(opened(desk).get_by_role("heading", name=COLOR)).to_be_visible()
    expect(asked(desk)).to_be_focused()
    expect(asked(desk)).to_have_value("bulb color")


def test_what_is_not_sure_is_opened_by_nothing_but_a_choice(desk: Page) -> None:
    desk.keyboard.type("bulb color")
    expect(desk.get_by_text("No sure match.")).to_be_visible()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("status")).to_have_text("No sure match. Choose with the arrow keys.")
    expect(opened(desk)).to_be_hidden()
    options(desk).nth(1).click()
    expect(opened(desk).get_by_role("heading", name=COLOR)).to_be_visible()
    expect(asked(desk)).to_be_focused()


def test_enter_waits_for_the_results_of_what_is_typed(desk: Page, held: list[Route]) -> None:
    waiting = look_up(desk, held, "bulb")
    desk.keyboard.press("Enter")
    expect(opened(desk)).to_be_hidden()
    waiting.continue_()
    expect(desk.get_by_role("status")).to_have_text(f"Opened: {BULB} Read aloud A small bulb.")


def test_enter_opens_nothing_once_something_else_is_typed(desk: Page, held: list[Route]) -> None:
    look_up(desk, held, "bulb")
    desk.keyboard.press("Enter")
    look_up(desk, held, "bulb color").continue_()
    expect(options(desk)).to_have_count(2)
    expect(opened(desk)).to_be_hidden()


def test_what_is_typed_before_the_script_runs_is_looked_up(desk: Page) -> None:
    scripts: list[Route] = []
    desk.route("**/staff.js*", lambda route: scripts.append(route))
    desk.goto(f"{desk.url}?entry=lamp-bulb", wait_until="commit")
    asked(desk).fill("caller cant breathe")
    while not scripts:
        desk.wait_for_timeout(10)
    scripts[0].continue_()
    expect(desk.get_by_role("alert")).to_contain_text("The emergency-staff text.")
    expect(opened(desk)).to_be_hidden()


def test_an_older_answer_never_takes_the_place_of_a_newer(desk: Page, held: list[Route]) -> None:
    older, newer = (look_up(desk, held, text) for text in ("bulb", "what color is the lamp"))
    newer.continue_()
    expect(opened(desk).get_by_role("heading", name=COLOR)).to_be_visible()
    older.fulfill(status=200, content_type="text/html", body="<p class='none'>too late</p>")
    asked(desk).press("End")
    expect(opened(desk).get_by_role("heading", name=COLOR)).to_be_visible()
    expect(desk.get_by_text("too late")).to_have_count(0)


def test_typing_on_takes_no_answer_away_and_says_whose_it_is(desk: Page) -> None:
    desk.keyboard.type("bulb")
    expect(opened(desk)).to_be_visible()
    desk.keyboard.press("Enter")
    desk.evaluate("window.heading = document.querySelector('#opened h2')")
    desk.keyboard.type(" color")
    expect(options(desk)).to_have_count(2)
    expect(opened(desk).get_by_text("Opened for “bulb”, not for what is typed now.")).to_be_visible()
    assert desk.evaluate("heading.isConnected")
    for _ in " color":
        desk.keyboard.press("Backspace")
    expect(opened(desk).get_by_text("Opened for")).to_be_hidden()


def test_what_opened_in_passing_closes_when_it_is_no_longer_sure(still: Page) -> None:
    still.keyboard.type("bulb")
    expect(opened(still)).to_be_visible()
    still.keyboard.type(" color")
    expect(opened(still)).to_be_hidden()


def test_what_has_stood_for_a_while_is_being_read_and_stays(still: Page) -> None:
    still.keyboard.type("bulb")
    expect(opened(still)).to_be_visible()
    still.clock.run_for(2_000)
    still.keyboard.type(" color")
    expect(opened(still).get_by_text("Opened for “bulb”")).to_be_visible()
    asked(still).fill("what color is the lamp")
    expect(opened(still).get_by_role("heading", name=COLOR)).to_be_visible()


def test_danger_stands_above_the_list_and_closes_what_is_open(desk: Page) -> None:
    desk.keyboard.type("bulb")
    desk.keyboard.press("Enter")
    expect(opened(desk)).to_be_visible()
    desk.keyboard.type(" caller cant breathe")
    alert = desk.get_by_role("alert")
    expect(alert).to_have_text(re.compile(r"^\s*Emergency\s+The emergency-staff text\.\s*$"))
    expect(opened(desk)).to_be_hidden()
    below = options(desk).first.bounding_box()
    above = alert.bounding_box()
    assert above
    assert below
    assert above["y"] + above["height"] <= below["y"]
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("status")).to_have_text("Urgent: read what stands above the results.")
    expect(opened(desk)).to_be_hidden()
    asked(desk).fill("bulb")
    expect(alert).to_have_count(0)


def test_an_entry_that_comes_late_is_not_opened_under_what_was_typed_meanwhile(desk: Page, held: list[Route]) -> None:
    desk.evaluate("localStorage.setItem('hai-faq-staff /', JSON.stringify({pinned: ['lamp-bulb']}))")
    desk.reload()
    asked(desk).press("ArrowDown")
    desk.keyboard.press("Enter")
    while not held:
        desk.wait_for_timeout(10)
    look_up(desk, held, "caller cant breathe").continue_()
    alert = desk.get_by_role("alert")
    expect(alert).to_be_visible()
    with desk.expect_response(lambda response: "entry=" in (response.request.post_data or "")):
        held[0].continue_()
    desk.wait_for_timeout(100)
    expect(opened(desk)).to_be_hidden()


def test_a_result_of_the_question_before_says_so_when_it_is_opened(desk: Page, held: list[Route]) -> None:
    look_up(desk, held, "bulb color").continue_()
    expect(options(desk)).to_have_count(2)
    waiting = look_up(desk, held, "caller cant breathe")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    expect(opened(desk).get_by_text("Opened for “bulb color”, not for what is typed now.")).to_be_visible()
    waiting.abort()
    expect(desk.locator("#notice")).to_contain_text("not checked for danger")
    expect(opened(desk).get_by_text("Opened for “bulb color”")).to_be_visible()


def test_a_copy_is_of_no_answer_to_what_was_typed_before(desk: Page, held: list[Route]) -> None:
    look_up(desk, held, "what color is the lamp").continue_()
    expect(opened(desk)).to_be_visible()
    desk.evaluate("navigator.clipboard.writeText('before')")
    waiting = look_up(desk, held, "what color is the lam")
    desk.keyboard.press("Control+Enter")
    asked(desk).fill("what color is the lamp bulb")
    waiting.abort()
    desk.wait_for_timeout(300)
    assert clipboard(desk) == "before"


def test_all_of_an_alert_is_in_sight_in_a_small_window(desk: Page) -> None:
    desk.set_viewport_size({"width": 320, "height": 420})
    asked(desk).fill("caller cant breathe")
    alert = desk.get_by_role("alert")
    expect(alert).to_be_in_viewport(ratio=0.99)
    expect(asked(desk)).to_be_focused()


def test_an_alert_is_read_out_once_while_it_stands(desk: Page) -> None:
    desk.keyboard.type("caller cant breathe")
    expect(desk.get_by_role("alert")).to_be_visible()
    desk.evaluate("window.alert = document.getElementById('alert')")
    desk.keyboard.type(" bulb")
    expect(options(desk).filter(has_text=BULB)).to_be_visible()
    assert desk.evaluate("alert.isConnected")


def test_a_doubt_is_announced_once_while_it_stands_and_the_results_stay_usable(desk: Page) -> None:
    desk.evaluate(
        "window.said = []; new MutationObserver(() => said.push(doubted.textContent))"
        ".observe(document.getElementById('doubted'), {childList: true})"
    )
    for text in ("make it stop. what kind of bulb", " does the lamp have"):
        desk.keyboard.type(text)
        expect(desk.locator("#doubt")).to_contain_text("The net-crisis-staff text.")
    expect(opened(desk).get_by_text("Read aloud A small bulb.")).to_be_visible()
    desk.keyboard.press("Control+Shift+Enter")
    expect(desk.get_by_role("status")).to_have_text(f"Copied as text message: {BULB}")
    assert desk.evaluate("said") == ["The net-crisis-staff text."]
    expect(desk.get_by_role("alert")).to_have_count(0)


def test_results_are_announced_when_the_typing_pauses_and_not_with_each_letter(still: Page) -> None:
    hear(still)
    still.keyboard.type("bulb")
    expect(opened(still)).to_be_visible()
    still.clock.run_for(200)
    still.keyboard.type(" color")
    expect(options(still)).to_have_count(2)
    still.clock.run_for(1_000)
    assert still.evaluate("heard.filter(Boolean)") == [f"2 results. No sure match. First: {BULB}"]


def test_copied_is_seen_heard_each_time_and_goes_again(still: Page) -> None:
    still.keyboard.type("bulb")
    button = opened(still).locator("[data-copy=chat]")
    expect(button).to_have_text(re.compile("Copy chat text"))
    hear(still)
    copied = f"Copied as chat text: {BULB}"
    for heard in ([copied], [copied, "", copied]):
        button.click()
        expect(asked(still)).to_be_focused()
        expect(button).to_have_text(re.compile("^Copied"))
        still.clock.run_for(200)
        assert still.evaluate("heard") == heard
    still.clock.run_for(5_000)
    expect(button).to_have_text(re.compile("Copy chat text"))


def test_what_is_copied_says_so_where_nothing_is_open(desk: Page) -> None:
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("status")).to_have_text("Open an answer first.")
    desk.keyboard.type("how much does the lamp cost")
    expect(opened(desk).get_by_text("Hand over to Electrician, extension 4-1200.")).to_be_visible()
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("status")).to_have_text("There is no approved text to copy.")


def test_a_copy_by_key_opens_the_active_choice_first(desk: Page) -> None:
    desk.keyboard.type("bulb color")
    expect(options(desk)).to_have_count(2)
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("Control+Shift+Enter")
    expect(desk.get_by_role("status")).to_have_text(f"Copied as text message: {COLOR}")
    assert clipboard(desk) == "The lamp is green."
    expect(opened(desk).get_by_role("heading", name=COLOR)).to_be_visible()


def test_an_answer_is_shown_and_copied_in_its_other_language(desk: Page) -> None:
    desk.keyboard.type("where is the lamp")
    opened(desk).get_by_role("button", name="Español").click()
    spanish = opened(desk).locator("[lang=es]", has_text="La lámpara está en la mesa").first
    expect(spanish).to_be_visible()
    expect(opened(desk).get_by_text("The lamp stands on the table").first).to_be_hidden()
    expect(opened(desk).get_by_text("Approved by Dr. Test").locator("visible=true")).to_have_count(1)
    expect(opened(desk).get_by_label("In which text?")).to_have_value(re.compile("^es:"))
    asked(desk).press("Control+Shift+Enter")
    expect(desk.get_by_role("status")).to_have_text(re.compile("Copied as text message"))
    assert clipboard(desk) == "La lámpara está en la mesa junto a la cama."


def test_pinned_and_recent_entries_are_at_hand_and_kept_as_ids_only(desk: Page) -> None:
    for text, key in (("what color is the lamp", "Enter"), ("bulb", "Shift+Enter")):
        asked(desk).fill(text)
        expect(opened(desk)).to_be_visible()
        desk.keyboard.press(key)
        desk.keyboard.press("Enter")
        expect(desk.get_by_role("status")).to_have_text(re.compile("Opened"))
    asked(desk).fill("")
    expect(opened(desk).get_by_text("Opened for “bulb”.", exact=True)).to_be_visible()
    for group, title in (("Pinned", BULB), ("Recent", COLOR)):
        expect(desk.get_by_role("group", name=group).get_by_role("option")).to_have_text([title])
    kept = desk.evaluate("JSON.parse(Object.values(localStorage)[0])")
    assert kept == {"pinned": ["lamp-bulb"], "recent": ["lamp-bulb", "lamp-color"]}
    desk.reload()
    asked(desk).press("ArrowDown")
    desk.keyboard.press("Enter")
    expect(opened(desk).get_by_role("heading", name=BULB)).to_be_visible()
    expect(opened(desk).get_by_role("button", name="Pinned")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("kept", ['{"pinned": ["gone", "lamp-bulb", 7]}', '{"pinned": "x"}', "[", "null"])
def test_what_is_no_longer_served_or_never_ours_is_not_shown(desk: Page, kept: str) -> None:
    asked(desk).fill("bulb")
    expect(opened(desk)).to_be_visible()
    desk.keyboard.press("Enter")
    desk.evaluate("kept => localStorage.setItem(Object.keys(localStorage)[0], kept)", kept)
    desk.goto(desk.url)
    asked(desk).fill("")
    expect(options(desk)).to_have_text([BULB] if "bulb" in kept else [])


def test_signing_out_leaves_nothing_in_the_browser(desk: Page, counter: Service) -> None:
    desk.goto(counter.link())
    asked(desk).fill("bulb")
    expect(opened(desk)).to_be_visible()
    desk.keyboard.press("Shift+Enter")
    expect(desk.get_by_role("status")).to_have_text(f"Pinned: {BULB}")
    assert desk.evaluate("[localStorage.length, sessionStorage.length]") == [1, 1]
    desk.get_by_role("button", name="Sign out").click()
    expect(desk.get_by_role("heading", name="You are signed out")).to_be_visible()
    assert desk.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_escape_goes_back_in_steps(desk: Page) -> None:
    desk.keyboard.type("bulb")
    expect(opened(desk)).to_be_visible()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Escape")
    assert active(desk) == ""
    expect(opened(desk)).to_be_visible()
    desk.keyboard.press("Escape")
    expect(opened(desk)).to_be_hidden()
    expect(asked(desk)).to_have_value("bulb")
    desk.keyboard.press("Escape")
    expect(asked(desk)).to_have_value("")
    expect(options(desk)).to_have_count(0)


@pytest.mark.parametrize("key", ["Control+k", "/"])
def test_a_key_leads_to_the_search_from_anywhere_on_the_page(desk: Page, key: str) -> None:
    desk.keyboard.type("bulb")
    opened(desk).get_by_role("button", name="Print").focus()
    desk.keyboard.press(key)
    expect(asked(desk)).to_be_focused()
    assert desk.evaluate("getSelection().toString()") == "bulb"


def test_a_slash_within_a_question_types(desk: Page) -> None:
    desk.keyboard.type("on/off")
    expect(asked(desk)).to_have_value("on/off")


def test_only_the_answer_is_printed(desk: Page) -> None:
    desk.keyboard.type("bulb")
    expect(opened(desk)).to_be_visible()
    desk.emulate_media(media="print")
    expect(opened(desk).get_by_text("The lamp has a small bulb.").first).to_be_visible()
    for shown in ("button", "input", "select", "[role=option]", "nav", ".browse", ".keys", ".copies"):
        assert desk.locator(shown).locator("visible=true").count() == 0


def test_nothing_typed_travels_in_an_address(desk: Page) -> None:
    requested: list[str] = []
    desk.on("request", lambda request: requested.append(request.url))
    desk.keyboard.type("who looks after the lamp")
    expect(opened(desk).get_by_text("The night nurse does.")).to_be_visible()
    desk.get_by_role("button", name="Look up").click()
    expect(desk.get_by_role("status")).to_have_text(re.compile("Opened"))
    assert not any("looks" in url for url in requested)


def test_when_the_search_fails_the_last_results_stay_for_ten_minutes_and_say_whose_they_are(still: Page) -> None:
    still.keyboard.type("bulb")
    expect(opened(still).get_by_text("Read aloud A small bulb.")).to_be_visible()
    still.keyboard.press("Enter")
    still.route("**/staff/search", lambda route: route.abort())
    still.keyboard.type(" or chest pain")
    notice = still.locator("#notice")
    expect(notice).to_contain_text(
        re.compile(
            r"^Not connected\. These are the results for “bulb” of \d+:\d+ [AP]M\. What is typed now was not looked up"
        )
    )
    expect(notice).to_contain_text("In an emergency call 911.")
    expect(opened(still).get_by_text("Read aloud A small bulb.")).to_be_visible()
    still.clock.run_for(9 * 60_000)
    expect(options(still)).to_have_count(1)
    still.clock.run_for(61_000)
    expect(options(still)).to_have_count(0)
    expect(opened(still)).to_be_hidden()


def test_a_failure_says_that_it_did_not_check_only_of_what_it_did_not_check(desk: Page) -> None:
    desk.keyboard.type("caller cant breathe")
    expect(desk.get_by_role("alert")).to_be_visible()
    desk.route("**/staff/search", lambda route: route.fulfill(status=429))
    asked(desk).fill("caller cant breathe ")
    expect(desk.locator("#notice")).to_contain_text("These are the results for “caller cant breathe”")
    expect(desk.locator("#notice")).not_to_contain_text("not checked")


def test_what_is_late_says_so_and_does_not_hold_back_what_is_typed_now(still: Page) -> None:
    still.keyboard.type("bulb")
    expect(opened(still)).to_be_visible()
    held: list[Route] = []
    still.route("**/staff/search", lambda route: held.append(route))
    look_up(still, held, "what color is the lamp")
    asked(still).fill("caller cant breathe")
    still.clock.run_for(1_100)
    notice = still.locator("#notice")
    expect(notice).to_contain_text(re.compile(r"^Still looking up what is typed\. These are the results for “bulb”"))
    expect(notice).to_contain_text("It is not yet checked for danger.")
    expect(opened(still).get_by_text("Opened for “bulb”, not for what is typed now.")).to_be_visible()
    still.clock.run_for(1_000)
    still.wait_for_timeout(200)
    assert [route.request.post_data for route in held] == ["text=what+color+is+the+lamp", "text=caller+cant+breathe"]
    held[1].continue_()
    expect(still.get_by_role("alert")).to_be_visible()
    expect(notice).to_be_hidden()
    expect(opened(still)).to_be_hidden()


def test_a_late_answer_to_what_was_typed_before_says_whose_it_is(still: Page) -> None:
    held: list[Route] = []
    still.route("**/staff/search", lambda route: held.append(route))
    older = look_up(still, held, "bulb")
    asked(still).fill("caller cant breathe")
    still.clock.run_for(1_100)
    older.continue_()
    expect(still.locator("#notice")).to_contain_text("These are the results for “bulb”")
    expect(opened(still).get_by_text("Opened for “bulb”, not for what is typed now.")).to_be_visible()


def test_after_a_failure_it_is_tried_again_by_itself(still: Page) -> None:
    still.route("**/staff/search", lambda route: route.fulfill(status=429))
    asked(still).fill("caller cant breathe")
    expect(still.locator("#notice")).to_contain_text("not checked for danger")
    still.unroute("**/staff/search")
    still.clock.run_for(2_100)
    expect(still.get_by_role("alert")).to_be_visible()
    expect(still.locator("#notice")).to_be_hidden()


def test_after_a_failure_enter_tries_again(desk: Page) -> None:
    desk.route("**/staff/search", lambda route: route.fulfill(status=503))
    desk.keyboard.type("bulb")
    expect(desk.locator("#notice")).to_contain_text("The search did not answer.")
    desk.unroute("**/staff/search")
    desk.keyboard.press("Enter")
    expect(opened(desk).get_by_text("Read aloud A small bulb.")).to_be_visible()
    expect(desk.locator("#notice")).to_be_hidden()


def test_a_session_that_has_ended_says_so_and_what_was_typed_comes_back(desk: Page, counter: Service) -> None:
    desk.keyboard.type("bulb")
    expect(opened(desk)).to_be_visible()
    desk.context.clear_cookies()
    desk.keyboard.type(" color")
    expect(desk.locator("#notice")).to_contain_text("Your session has ended. These are the results for “bulb”")
    expect(options(desk)).to_have_count(1)
    desk.get_by_role("link", name="Sign in again").click()
    expect(desk.get_by_role("heading", name="Staff sign-in")).to_be_visible()
    desk.goto(counter.link())
    expect(asked(desk)).to_have_value("bulb color")
    expect(options(desk)).to_have_count(2)


def test_a_link_to_an_entry_opens_it(desk: Page) -> None:
    desk.goto(f"{desk.url}?entry=lamp-bulb")
    expect(opened(desk).get_by_text("Read aloud A small bulb.")).to_be_visible()
    opened(desk).get_by_role("link", name=BULB).click()
    expect(opened(desk).get_by_text("Read aloud A small bulb.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_combobox(desk: Page, scheme: Literal["light", "dark"]) -> None:
    desk.emulate_media(color_scheme=scheme)
    desk.set_viewport_size(PHONE)
    for text, keys in (
        ("bulb", "Enter Shift+Enter"),
        ("bulb color", "ArrowDown Control+Enter"),
        ("where is the lamp", "Enter"),
        ("", "Escape Escape ArrowDown"),
        ("how much does the lamp cost", "Enter"),
    ):
        asked(desk).fill(text)
        expect(options(desk).first).to_be_visible()
        for key in keys.split():
            desk.keyboard.press(key)
        check_on_phone(desk)
    desk.route("**/staff/search", lambda route: route.abort())
    asked(desk).fill("lamp")
    expect(desk.locator("#notice")).to_be_visible()
    check_on_phone(desk)
