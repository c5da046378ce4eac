"""The widget as a hospital's patients meet it: in a real browser, on another origin, under the strictest policy."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import Engine, select

from app.channels.assets import asset
from app.records.database import connect
from app.records.feedback import feedback
from scripts.widget import widget
from tests.channels.conftest import Service, Website, page_with, serving, settings_for

HEARD = """
window.heard = [];
for (const name of ['ready', 'opened', 'closed', 'message', 'answered', 'unanswered', 'urgent', 'feedback', 'error'])
  document.addEventListener('hai-faq:' + name, (event) => heard.push([name, event.detail]));
"""


def opened(page: Page, url: str) -> Page:
    page.goto(url)
    page.get_by_role("button", name="Ask a question").click()
    return page


def ask(page: Page, text: str) -> None:
    page.get_by_label("Your question").fill(text)
    page.keyboard.press("Enter")


def axe(page: Page) -> list[str]:
    """Everything that axe finds wrong with WCAG 2.2 A and AA, and its best practices."""
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found: dict[str, Any] = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}}).response
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found["violations"]]


def test_what_is_served_is_made_of_the_parts_by_make_widget() -> None:
    assert asset("widget.js").body.decode() == widget()


def test_the_widget_is_small() -> None:
    widget = asset("widget.js")
    assert len(widget.squeezed) <= 15 * 1024
    assert b"innerHTML" not in widget.body


def test_under_the_strictest_policy_a_question_gets_its_answer_source_and_seal(page: Page, website: Website) -> None:
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    ask(opened(page, website.url), "what color is the lamp")
    expect(page.get_by_text("The lamp is green.")).to_be_visible()
    expect(page.get_by_role("link", name="The Bedside Lamp, Example Ward")).to_have_attribute(
        "href", "https://example.org/lamp"
    )
    expect(page.get_by_text("Approved by Dr. Test, Jan 1, 2029")).to_be_visible()
    paths = [re.sub(r"https?://[^/]+", "", url) for url in requested if not url.startswith(website.url)]
    assert paths == ["/widget.js", "/v1/welcome", "/v1/messages"]
    assert page.context.cookies() == []


def test_the_line_with_its_hash_loads_and_a_wrong_hash_does_not(page: Page, website: Website, service: Service) -> None:
    tag = '<script async src="{}{}" integrity="{}" crossorigin="anonymous"></script>'
    widget = asset("widget.js")
    website.pages["/pinned"] = page_with(tag.format(service.url, widget.address, widget.integrity))
    website.pages["/wrong"] = page_with(tag.format(service.url, widget.address, "sha384-" + "A" * 64))
    page.goto(f"{website.url}/pinned")
    expect(page.get_by_role("button", name="Ask a question")).to_be_visible()
    page.goto(f"{website.url}/wrong", wait_until="networkidle")
    expect(page.locator("hai-faq-chat")).to_have_count(0)


def test_an_origin_that_the_service_was_not_told_of_is_refused(page: Page, website: Website) -> None:
    ask(opened(page, website.elsewhere), "what color is the lamp")
    expect(page.get_by_text("The service did not answer.")).to_be_visible()
    expect(page.get_by_text("The lamp is green.")).to_have_count(0)
    assert page.evaluate("window.broken") == []


def test_options_are_picked_by_button(page: Page, website: Website) -> None:
    ask(opened(page, website.url), "bulb color")
    expect(page.get_by_text("Which one?")).to_be_visible()
    page.get_by_role("button", name="None of these").click()
    expect(page.get_by_text("The none-chosen text.")).to_be_visible()
    expect(page.get_by_role("button", name="None of these")).to_have_count(0)
    ask(page, "bulb color")
    page.get_by_role("button", name="What kind of bulb does the lamp have?").click()
    expect(page.get_by_text("The lamp has a small bulb.")).to_be_visible()


def test_everything_can_be_done_by_keyboard(page: Page, website: Website) -> None:
    page.goto(website.url)
    launch = page.get_by_role("button", name="Ask a question")
    expect(launch).to_be_visible()
    for key in ("Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_label("Your question")).to_be_focused()
    page.keyboard.type("bulb color")
    page.keyboard.press("Enter")
    option = page.get_by_role("button", name="What color is the lamp?")
    expect(option).to_be_visible()
    for _ in range(10):
        if not option.evaluate("node => node.getRootNode().activeElement === node"):
            page.keyboard.press("Shift+Tab")
    expect(option).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_text("The lamp is green.")).to_be_visible()
    expect(page.get_by_label("Your question")).to_be_focused()
    page.keyboard.press("Escape")
    expect(launch).to_be_focused()
    assert launch.get_attribute("aria-expanded") == "false"


def test_a_reply_is_read_from_the_question_on(page: Page, website: Website) -> None:
    page.set_viewport_size({"width": 1000, "height": 520})
    opened(page, website.url)
    for text, seen in (("what color is the lamp", "The lamp is green."), ("bulb type", "The lamp has a small bulb.")):
        ask(page, text)
        expect(page.get_by_text(seen)).to_be_in_viewport()
    expect(page.get_by_text("bulb type", exact=True)).to_be_in_viewport()
    expect(page.get_by_text("The lamp is green.")).not_to_be_in_viewport()


def test_focus_is_not_trapped(page: Page, website: Website) -> None:
    opened(page, website.url)
    for _ in range(5):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") != "HAI-FAQ-CHAT"


def test_the_accessibility_tree_reads_as_a_conversation(page: Page, website: Website) -> None:
    ask(opened(page, website.url), "what color is the lamp")
    expect(page.get_by_text("The lamp is green.")).to_be_visible()
    expect(page.get_by_role("dialog", name="Questions and answers")).to_match_aria_snapshot("""
      - heading "Questions and answers" [level=2]
      - button "Close"
      - log "Conversation":
        - text: "You asked:"
        - paragraph: what color is the lamp
        - heading "What color is the lamp?" [level=3]
        - paragraph: The lamp is green.
        - group "Did this help?":
          - button "Yes, this helped"
          - button "No, this did not help"
        - paragraph: "Related:"
        - button "How do I switch the lamp on?"
      - textbox "Your question"
      - button "Send"
      - button "Talk to a person"
      - button "Start over"
    """)


def rows(service: Service) -> list[tuple[str, str | None]]:
    engine: Engine = connect(service.settings.database_url)
    with engine.connect() as connection:
        found = connection.execute(select(feedback.c.verdict, feedback.c.reason).order_by(feedback.c.at)).all()
    engine.dispose()
    return [(row.verdict, row.reason) for row in found]


def test_thumbs_and_reasons_are_kept_once_for_a_message(page: Page, website: Website, service: Service) -> None:
    before = len(rows(service))
    ask(opened(page, website.url), "what color is the lamp")
    page.get_by_role("button", name="No, this did not help").click()
    page.get_by_role("button", name="Hard to understand").click()
    expect(page.get_by_text("Thank you. That is noted.")).to_be_visible()
    expect(page.get_by_text("What was wrong?")).to_have_count(0)
    expect(page.get_by_role("button", name="No, this did not help")).to_have_attribute("aria-pressed", "true")
    assert rows(service)[before:] == [("down", "not-clear")]


def test_an_emergency_is_an_alert_that_stays_until_it_is_put_away(page: Page, website: Website) -> None:
    ask(opened(page, website.url), "i cant breathe")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Call 911 now.")
    expect(alert.get_by_role("link", name="Call 911")).to_have_attribute("href", "tel:911")
    ask(page, "what color is the lamp")
    expect(page.get_by_text("The lamp is green.")).to_be_visible()
    page.reload()
    expect(alert).to_contain_text("Call 911 now.")
    alert.get_by_role("button", name="I have read this").click()
    expect(alert).to_have_text("")
    expect(page.get_by_role("log").get_by_text("Call 911 now.")).to_be_visible()


def test_an_urgent_reply_is_read_though_start_over_was_pressed_before_it_came(page: Page, website: Website) -> None:
    held: list[Route] = []
    page.route("**/v1/messages", lambda route: held.append(route))
    ask(opened(page, website.url), "i cant breathe")
    expect(page.get_by_text("Looking for the answer")).to_be_visible()
    page.get_by_role("button", name="Start over").click()
    held[0].continue_()
    expect(page.get_by_role("alert")).to_contain_text("Call 911 now.")
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_a_question_that_hangs_does_not_hold_up_danger(page: Page, website: Website) -> None:
    opened(page, website.url)
    page.clock.install()
    held: list[Route] = []
    page.route("**/v1/messages", lambda route: route.continue_() if held else held.append(route))
    ask(page, "what color is the lamp")
    ask(page, "i cant breathe")
    page.clock.fast_forward(5_000)
    expect(page.get_by_role("alert")).to_contain_text("Call 911 now.")


def test_an_urgent_reply_opens_the_chat_that_was_closed_meanwhile(page: Page, website: Website) -> None:
    held: list[Route] = []
    page.route("**/v1/messages", lambda route: held.append(route))
    ask(opened(page, website.url), "i cant breathe")
    expect(page.get_by_text("Looking for the answer")).to_be_visible()
    page.keyboard.press("Escape")
    held[0].continue_()
    expect(page.get_by_role("alert")).to_contain_text("Call 911 now.")
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("button", name="Please read this first")).to_be_visible()


def test_several_questions_that_hang_hold_up_danger_no_longer_than_one(page: Page, website: Website) -> None:
    opened(page, website.url)
    page.clock.install()
    page.route("**/v1/messages", lambda route: route.continue_() if "breathe" in str(route.request.post_data) else None)
    for text in ("what color is the lamp", "bulb color", "bulb type", "i cant breathe"):
        ask(page, text)
    page.clock.fast_forward(5_000)
    expect(page.get_by_role("alert")).to_contain_text("Call 911 now.")


def test_an_urgent_text_that_was_not_read_is_next_after_a_later_one(page: Page, website: Website) -> None:
    opened(page, website.url)
    alert = page.get_by_role("alert")
    for text, seen in (("i cant breathe", "Call 911 now."), ("i want to die", "Call or text 988 now.")):
        ask(page, text)
        expect(alert).to_contain_text(seen)
    page.get_by_role("button", name="Start over").click()
    alert.get_by_role("button", name="I have read this").click()
    expect(alert).to_contain_text("Call 911 now.")
    alert.get_by_role("button", name="I have read this").click()
    expect(alert).to_have_text("")


def test_while_nobody_can_look_at_what_was_typed_the_numbers_to_call_stand_there(page: Page, website: Website) -> None:
    page.route("**/v1/messages", lambda route: route.fulfill(status=503, body="{}"))
    ask(opened(page, website.url), "i want to die")
    card = page.locator(".fail")
    for name in ("Call 911", "Call 988", "Text 988"):
        expect(card.get_by_role("link", name=name)).to_be_visible()


def test_a_reply_that_is_none_spoils_nothing_that_is_kept(page: Page, website: Website) -> None:
    ask(opened(page, website.url), "i cant breathe")
    expect(page.get_by_role("alert")).to_contain_text("Call 911 now.")
    headers = {"access-control-allow-origin": website.url}
    page.route("**/v1/messages", lambda route: route.fulfill(json={"text": "hi"}, headers=headers))
    ask(page, "what color is the lamp")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("Call 911 now.")


def test_a_doubt_opens_the_reply_with_a_calm_card(page: Page, website: Website) -> None:
    ask(opened(page, website.url), "make it stop. what color is the lamp")
    expect(page.get_by_role("log")).to_match_aria_snapshot("""
      - log "Conversation":
        - paragraph: make it stop. what color is the lamp
        - note:
          - paragraph:
            - text: If you think of ending your life, call
            - link "988"
            - text: .
          - link "Call 988"
          - link "Text 988"
        - heading "What color is the lamp?" [level=3]
        - paragraph: The lamp is green.
    """)
    expect(page.get_by_role("alert")).to_have_text("")
    expect(page.get_by_text("If you think of ending your life")).to_have_count(1)
    expect(page.get_by_role("link", name="Text 988")).to_have_attribute("href", "sms:988")


@pytest.mark.parametrize(
    ("said", "buttons"), [("dizzy", {"Call 555-0199": "tel:5550199"}), ("sos", {"Call 911": "tel:911"})]
)
def test_the_card_of_a_doubt_has_a_button_for_each_number_in_it(
    page: Page, website: Website, said: str, buttons: dict[str, str]
) -> None:
    ask(opened(page, website.url), said)
    links = page.get_by_role("note").locator(".call")
    expect(links).to_have_text(list(buttons))
    assert [link.get_attribute("href") for link in links.all()] == list(buttons.values())


def test_the_card_of_a_doubt_is_not_pinned_and_stays_in_its_place(page: Page, website: Website) -> None:
    ask(opened(page, website.url), "make it stop")
    expect(page.get_by_text("The unclear text.")).to_be_visible()
    ask(page, "what color is the lamp")
    expect(page.get_by_text("The lamp is green.")).to_be_visible()
    page.goto(f"{website.url}/other")
    expect(page.get_by_role("note").get_by_text("If you think of ending your life")).to_have_count(1)
    expect(page.get_by_role("alert")).to_have_text("")


def with_net(page: Page, text: str, language: str | None = None) -> None:
    """Puts another sentence in the place of the fixture's, in real replies of the service."""

    def fulfill(route: Route) -> None:
        response = route.fetch()
        reply = response.json()
        _, *rest = reply["text"].split("\n\n")
        route.fulfill(response=response, json={**reply, "text": "\n\n".join([text, *rest]), "language": language})

    page.route("**/v1/messages", fulfill)


def test_a_sentence_from_right_to_left_takes_its_card_along(page: Page, website: Website) -> None:
    with_net(page, "إذا كنت تشعر بسوء شديد الآن، فاتصل بالرقم 911.", "ar")
    ask(opened(page, website.url), "sos")
    card = page.get_by_role("note")
    expect(card).to_have_attribute("lang", "ar")
    assert card.evaluate("node => getComputedStyle(node).borderRightWidth") == "5px"
    expect(card.locator(".calls")).to_have_attribute("lang", "en")
    expect(card.get_by_role("link", name="Call 911")).to_be_visible()


def test_a_line_whose_area_code_is_988_is_not_taken_for_the_crisis_line(page: Page, website: Website) -> None:
    line = "988 555 0123"

    def welcome(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, json={**response.json(), "lines": {"oncall_line": line}})

    page.route("**/v1/welcome", welcome)
    with_net(page, f"If you feel unwell, call {line}.")
    ask(opened(page, website.url), "dizzy")
    expect(page.get_by_role("note").locator(".call")).to_have_text([f"Call {line}"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("forced", ["active", "none"])
def test_the_card_of_a_doubt_holds_in_any_colours_and_at_320_pixels(
    browser: Browser, website: Website, service: Service, scheme: Any, forced: Any
) -> None:
    context = browser.new_context(color_scheme=scheme, forced_colors=forced, viewport={"width": 320, "height": 568})
    page = context.new_page()
    with_net(page, f"{'Donau' * 60} call 911, or call or text 988. The line is 555-0199.")
    ask(opened(page, website.url), "make it stop. what color is the lamp")
    expect(page.get_by_role("note").locator(".call")).to_have_count(4)
    assert widest(page) == 0
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert widest(page) == 0
    assert axe(page) == []
    width = page.get_by_role("note").evaluate("node => getComputedStyle(node).borderInlineStartWidth")
    assert width == "5px"
    context.close()


def test_a_page_change_keeps_the_conversation_and_starting_over_erases_it(page: Page, website: Website) -> None:
    ask(opened(page, website.url), "what color is the lamp")
    expect(page.get_by_text("The lamp is green.")).to_be_visible()
    page.get_by_label("Your question").fill("and the bul")
    page.goto(f"{website.url}/other")
    expect(page.get_by_text("The lamp is green.")).to_be_visible()
    expect(page.get_by_label("Your question")).to_have_value("and the bul")
    page.get_by_role("button", name="Start over").click()
    expect(page.get_by_text("The lamp is green.")).to_have_count(0)
    kept = page.evaluate("JSON.stringify(Object.values(sessionStorage))")
    assert "green" not in kept
    assert "bul" not in kept
    assert "web-" not in kept


def test_half_an_hour_without_a_word_clears_it(page: Page, website: Website) -> None:
    page.clock.install()
    ask(opened(page, website.url), "what color is the lamp")
    expect(page.get_by_text("The lamp is green.")).to_be_visible()
    page.clock.fast_forward("31:00")
    expect(page.get_by_text("The lamp is green.")).to_have_count(0)
    assert "green" not in page.evaluate("JSON.stringify(Object.values(sessionStorage))")


@pytest.fixture
def mortal(tmp_path: Path, cache: Path, website: Website, service: Service) -> Iterator[Service]:
    """A service of one test's own, to be stopped and started."""
    with serving(Service(settings_for(tmp_path, cache, website, "demo")), website, service, "/mortal") as mortal:
        yield mortal


def test_a_server_that_dies_loses_nothing(page: Page, website: Website, mortal: Service) -> None:
    opened(page, f"{website.url}/mortal")
    expect(page.get_by_text("Demonstration only.")).to_be_visible()
    mortal.stop()
    ask(page, "what color is the lamp")
    expect(page.get_by_text("The service did not answer.")).to_be_visible()
    expect(page.get_by_text("The offline text.")).to_be_visible()
    expect(page.get_by_role("link", name="555-0199")).to_have_attribute("href", "tel:5550199")
    mortal.start()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("The lamp is green.")).to_be_visible()
    expect(page.get_by_text("what color is the lamp", exact=True)).to_have_count(1)
    expect(page.get_by_text("not approved for patients")).to_be_visible()
    expect(page.get_by_text("Approved by")).to_have_count(0)


def test_a_limit_is_said_and_the_message_kept(page: Page, website: Website) -> None:
    def refuse(route: Route) -> None:
        problem = '{"status": 429, "help": "In an emergency call 911."}'
        headers = {"access-control-allow-origin": website.url}
        route.fulfill(status=429, body=problem, content_type="application/problem+json", headers=headers)

    page.route("**/v1/messages", refuse)
    ask(opened(page, website.url), "what color is the lamp")
    expect(page.get_by_text("Too many messages at once.")).to_be_visible()
    expect(page.get_by_text("In an emergency call 911.").last).to_be_visible()
    page.unroute("**/v1/messages")
    page.reload()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("The lamp is green.")).to_be_visible()


def test_offline_is_said_and_slow_is_said(page: Page, website: Website) -> None:
    opened(page, website.url)
    expect(page.get_by_text("Hello.")).to_be_visible()
    page.clock.install()
    page.route("**/v1/messages", lambda route: None)
    ask(page, "what color is the lamp")
    expect(page.get_by_text("Looking for the answer")).to_be_visible()
    page.clock.fast_forward(5_000)
    expect(page.get_by_text("This takes longer than usual.")).to_be_visible()
    page.unroute("**/v1/messages")
    page.get_by_role("button", name="Start over").click()
    page.context.set_offline(True)
    ask(page, "what color is the lamp")
    expect(page.get_by_text("You seem to be offline.")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("The lamp is green.")).to_be_visible()


def test_events_carry_kinds_and_no_word_entry_or_intent(page: Page, website: Website) -> None:
    page.add_init_script(HEARD)
    ask(opened(page, website.url), "what color is the lamp")
    page.get_by_role("button", name="Yes, this helped").click()
    ask(page, "tell me something")
    ask(page, "i cant breathe")
    expect(page.get_by_role("alert")).to_contain_text("Call 911")
    page.route("**/v1/messages", lambda route: route.abort())
    ask(page, "secret")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    page.keyboard.press("Escape")
    page.wait_for_function("heard.some(([name]) => name === 'feedback')")
    heard = page.evaluate("heard")
    names = {name for name, _ in heard}
    assert names == {"ready", "opened", "message", "answered", "feedback", "unanswered", "urgent", "error", "closed"}
    details = dict(heard)
    assert details["answered"] == {"kind": "answer"}
    assert details["urgent"] == {"kind": "scripted"}
    assert details["feedback"] == {"verdict": "up", "reason": None}
    assert all(set(detail) <= {"kind", "verdict", "reason"} for _, detail in heard)


def test_the_page_can_drive_it_and_calls_before_load_wait(page: Page, website: Website, service: Service) -> None:
    page.add_init_script("window.haiFaq = [['ask', 'what color is the lamp']]")
    page.goto(website.url)
    expect(page.get_by_text("The lamp is green.")).to_be_visible()
    page.evaluate("haiFaq.close()")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.evaluate("document.querySelector('hai-faq-chat').toggle()")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("button", name="Talk to a person").click()
    expect(page.get_by_text("The human text.")).to_be_visible()
    page.evaluate("haiFaq.reset()")
    expect(page.get_by_text("The lamp is green.")).to_have_count(0)


def test_it_may_start_open_until_it_is_closed_but_never_over_a_phone(
    page: Page, website: Website, service: Service
) -> None:
    website.pages["/open"] = page_with(f'<script async src="{service.url}/widget.js" data-start="open"></script>')
    page.goto(f"{website.url}/open")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert page.evaluate("document.activeElement === document.body")
    page.get_by_role("button", name="Close").click()
    page.reload()
    expect(page.get_by_role("button", name="Ask a question")).to_be_visible()
    page.evaluate("sessionStorage.clear()")
    page.set_viewport_size({"width": 390, "height": 800})
    page.reload()
    expect(page.get_by_role("button", name="Ask a question")).to_be_visible()


def test_an_element_placed_by_hand_is_the_only_one(page: Page, website: Website, service: Service) -> None:
    tag = f'<script async src="{service.url}/widget.js"></script>'
    website.pages["/inline"] = page_with(
        f'<hai-faq-chat data-position="inline" data-title="Lamps"></hai-faq-chat>{tag}'
    )
    page.goto(f"{website.url}/inline")
    expect(page.get_by_role("region", name="Lamps")).to_be_visible()
    expect(page.locator("hai-faq-chat")).to_have_count(1)
    ask(page, "what color is the lamp")
    expect(page.get_by_text("The lamp is green.")).to_be_visible()


def test_spanish_pages_get_spanish_words_and_every_text_its_language(
    page: Page, website: Website, service: Service
) -> None:
    website.pages["/es"] = page_with(f'<script async src="{service.url}/widget.js"></script>', "es")
    page.goto(f"{website.url}/es")
    page.get_by_role("button", name="Haga una pregunta").click()
    page.get_by_label("Su pregunta").fill("no puedo respirar")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").locator("[lang=es]")).to_have_text("911. The Spanish emergency text.")
    expect(page.get_by_text("The Spanish welcome.").locator("xpath=..")).to_have_attribute("lang", "es")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_state(browser: Browser, website: Website, service: Service, scheme: Any) -> None:
    website.pages["/yellow"] = page_with(
        f'<script async src="{service.url}/widget.js" data-accent="#ffd400" data-position="left"></script>'
    )
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce", viewport={"width": 900, "height": 800})
    page = context.new_page()
    page.goto(website.url)
    assert axe(page) == []
    page.get_by_role("button", name="Ask a question").click()
    expect(page.get_by_text("Hello.")).to_be_visible()
    for text, seen in (
        ("bulb color", "Which one?"),
        ("what color is the lamp", "The lamp is green."),
        ("i want to die", "Call or text 988 now."),
    ):
        ask(page, text)
        expect(page.get_by_text(seen)).to_be_visible()
    page.get_by_role("button", name="No, this did not help").click()
    expect(page.get_by_text("What was wrong?")).to_be_visible()
    assert axe(page) == []
    page.route("**/v1/messages", lambda route: route.abort())
    ask(page, "lamp")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    assert axe(page) == []
    page.goto(f"{website.url}/yellow")
    expect(page.get_by_text("The lamp is green.")).to_be_visible()
    assert axe(page) == []
    context.close()


LONG = "Donau" * 60 + " " + "مرحبا بالعالم " * 40


def widest(page: Page) -> float:
    """How far anything in the widget reaches beyond the window."""
    return float(
        page.evaluate(
            "Math.max(0, ...[...document.querySelector('hai-faq-chat').shadowRoot.querySelectorAll('*')]"
            ".filter((node) => !node.closest('.hidden'))"
            ".map((node) => node.getBoundingClientRect().right - innerWidth))"
        )
    )


def test_320_pixels_double_text_and_spacing_lose_nothing(browser: Browser, website: Website, service: Service) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 568}, has_touch=True)
    page = context.new_page()
    opened(page, website.url)
    for text in (LONG, "what color is the lamp", "i cant breathe"):
        ask(page, text)
        expect(page.get_by_text("Looking for the answer")).to_have_count(0)
    assert widest(page) == 0
    assert axe(page) == []
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.evaluate(
        "(sheet => { sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important;"
        " word-spacing: .16em !important } p { margin-block-end: 2em !important }');"
        " document.querySelector('hai-faq-chat').shadowRoot.adoptedStyleSheets.push(sheet) })(new CSSStyleSheet())"
    )
    assert widest(page) == 0
    for name in ("Your question", "Send", "Close", "I have read this"):
        control = page.get_by_label(name) if name == "Your question" else page.get_by_role("button", name=name)
        control.scroll_into_view_if_needed()
        box = control.bounding_box()
        assert box
        assert box["x"] + box["width"] <= 320
        assert box["y"] + box["height"] <= 568
    page.set_viewport_size({"width": 640, "height": 360})
    assert widest(page) == 0
    expect(page.get_by_role("alert")).to_be_in_viewport()
    context.close()


def test_targets_are_24_pixels_and_text_runs_its_own_way(page: Page, website: Website) -> None:
    ask(opened(page, website.url), "مرحبا what color is the lamp")
    expect(
        page.get_by_role("button", name="Yes, this helped").or_(page.get_by_text("Which one?")).first
    ).to_be_visible()
    small = page.evaluate(
        "[...document.querySelector('hai-faq-chat').shadowRoot.querySelectorAll('button, .call')]"
        ".map((node) => node.getBoundingClientRect()).filter((box) => box.width && (box.width < 24 || box.height < 24))"
    )
    assert small == []
    assert page.locator(".me p").evaluate("node => getComputedStyle(node).direction") == "rtl"


def test_motion_and_colours_follow_the_visitor(browser: Browser, website: Website, service: Service) -> None:
    context = browser.new_context(reduced_motion="reduce", forced_colors="active")
    page = opened(context.new_page(), website.url)
    assert page.locator(".panel").evaluate("node => getComputedStyle(node).animationName") == "none"
    assert page.locator(".send").evaluate("node => getComputedStyle(node).borderStyle") == "solid"
    context.close()


def sent(page: Page) -> list[Any]:
    """The bodies of the messages that this page sends from now on."""
    bodies: list[Any] = []
    page.on("request", lambda each: bodies.append(each.post_data_json) if each.url.endswith("/v1/messages") else None)
    return bodies


def test_an_empty_message_is_not_sent_and_that_can_be_told(page: Page, website: Website) -> None:
    opened(page, website.url)
    bodies = sent(page)
    send, field = page.get_by_role("button", name="Send"), page.get_by_label("Your question")
    expect(send).to_have_attribute("aria-disabled", "true")
    field.fill("  \n ")
    send.click(force=True)  # which Playwright waits for to be enabled
    expect(send).to_be_focused()
    field.fill("what color is the lamp")
    expect(send).to_have_attribute("aria-disabled", "false")
    send.click()
    expect(page.get_by_text("The lamp is green.")).to_be_visible()
    expect(send).to_have_attribute("aria-disabled", "true")
    assert [body["text"] for body in bodies] == ["what color is the lamp"]


def test_the_room_that_is_left_is_told_before_it_ends(page: Page, website: Website) -> None:
    field = opened(page, website.url).get_by_label("Your question")
    line, heard = page.locator("#limit"), page.locator(".compose [role=status]")
    field.fill("a" * 3_499)
    expect(line).to_have_text("")
    field.press("a")
    expect(line).to_have_text("500 characters left")
    expect(heard).to_have_text("500 characters left")
    field.press("a")
    expect(line).to_have_text("499 characters left")
    expect(heard).to_have_text("500 characters left")
    field.fill("\N{HEAVY BLACK HEART}\N{HOT PEPPER}" * 2_000)  # counted as the service counts them
    expect(line).to_have_text("0 characters left")
    expect(field).to_have_attribute("aria-invalid", "false")
    assert axe(page) == []


def test_what_is_too_long_is_said_beside_the_input_and_stays_in_it(page: Page, website: Website) -> None:
    bodies = sent(page)
    field = opened(page, website.url).get_by_label("Your question")
    text = "word " * 801
    field.fill(text)
    page.get_by_role("button", name="Send").click()
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("too long by 4 characters. Nothing was sent.*call 911"))
    expect(page.locator(".compose [role=status]")).to_contain_text("too long by 4 characters")
    expect(field).to_have_value(text)
    assert axe(page) == []
    page.reload()
    expect(field).to_have_value(text)
    assert bodies == []


def test_a_long_question_is_folded_to_six_lines_and_can_be_shown(page: Page, website: Website) -> None:
    ask(opened(page, website.url), "and so on " * 80 + "what color is the lamp")
    said = page.locator(".me p")
    height, line = "node => node.clientHeight", "node => parseFloat(getComputedStyle(node).lineHeight)"
    page.get_by_role("button", name="Show all").wait_for()
    assert round(said.evaluate(height) / said.evaluate(line)) == 6
    assert axe(page) == []
    page.get_by_role("button", name="Show all").click()
    assert said.evaluate(height) > 6.5 * said.evaluate(line)
    page.get_by_role("button", name="Show less").click()
    assert round(said.evaluate(height) / said.evaluate(line)) == 6
    ask(page, "bulb type")
    expect(page.get_by_text("bulb type", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Show all")).to_have_count(1)


@pytest.mark.parametrize("size", [(1000, 800), (360, 640), (900, 500), (360, 500)])
def test_a_reply_begins_in_view_however_long_the_question(page: Page, website: Website, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    ask(opened(page, website.url), "and so on " * 350 + "tell me something")
    reply = page.locator("[data-message] p").first
    expect(reply).to_be_in_viewport(ratio=1)
    expect(page.locator(".me")).to_be_in_viewport()


def kept(page: Page) -> str:
    return str(page.evaluate("JSON.stringify(Object.values(sessionStorage))"))


def answered(page: Page, url: str) -> Page:
    ask(opened(page, url), "what color is the lamp")
    expect(page.get_by_text("The lamp is green.")).to_be_visible()
    return page


def test_starting_over_can_be_undone_until_something_is_asked(page: Page, website: Website) -> None:
    answered(page, website.url).get_by_label("Your question").fill("and the bul")
    restart, undo = page.get_by_role("button", name="Start over"), page.get_by_role("button", name="Undo")
    restart.dblclick()
    expect(page.get_by_role("status").filter(has=undo)).to_contain_text("The conversation was erased.")
    assert "green" not in kept(page)
    assert axe(page) == []
    undo.click()
    expect(page.get_by_text("The lamp is green.")).to_be_visible()
    expect(page.get_by_label("Your question")).to_have_value("and the bul")
    expect(page.get_by_label("Your question")).to_be_focused()
    restart.click()
    ask(page, "bulb type")
    expect(page.get_by_text("The lamp has a small bulb.")).to_be_visible()
    expect(undo).to_have_count(0)


def test_what_is_typed_after_starting_over_outlives_the_undoing(page: Page, website: Website) -> None:
    answered(page, website.url).get_by_role("button", name="Start over").click()
    page.get_by_label("Your question").fill("bulb")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Your question")).to_have_value("bulb")
    expect(page.get_by_text("The lamp is green.")).to_be_visible()


def test_an_erasure_can_still_be_undone_in_another_language(page: Page, website: Website) -> None:
    answered(page, website.url).get_by_role("button", name="Start over").click()
    page.get_by_role("button", name="Español").click()
    page.get_by_role("button", name="Deshacer").click()
    expect(page.get_by_text("The lamp is green.")).to_be_visible()


def test_another_language_leaves_an_urgent_text_as_it_was_given(page: Page, website: Website) -> None:
    ask(opened(page, website.url), "i cant breathe")
    expect(page.get_by_role("alert")).to_contain_text("Call 911 now.")
    page.get_by_role("button", name="Español").click()
    alert = page.get_by_role("alert")
    expect(alert.get_by_role("heading", name="Lea esto primero")).to_be_visible()
    expect(alert.get_by_role("link", name="Llamar al 911")).to_be_visible()
    expect(alert.locator("[lang=en]")).to_contain_text("Call 911 now.")
    alert.get_by_role("button", name="Ya lo leí").click()
    expect(page.get_by_role("log").get_by_text("Call 911 now.")).to_have_count(1)


def test_an_erasure_by_the_page_cannot_be_undone(page: Page, website: Website) -> None:
    answered(page, website.url).get_by_role("button", name="Start over").click()
    page.evaluate("haiFaq.reset()")
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_a_message_that_waited_when_all_was_erased_can_be_sent_again(page: Page, website: Website) -> None:
    opened(page, website.url)
    page.route("**/v1/messages", lambda route: None)
    ask(page, "what color is the lamp")
    page.get_by_role("button", name="Start over").click()
    page.unroute("**/v1/messages")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("This message was not answered yet.")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("The lamp is green.")).to_be_visible()


def test_an_urgent_text_stays_through_starting_over_and_any_time(page: Page, website: Website) -> None:
    page.clock.install()
    answered(page, website.url)
    ask(page, "i cant breathe")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Call 911 now.")
    page.get_by_role("button", name="Start over").click()
    expect(page.get_by_text("The lamp is green.")).to_have_count(0)
    page.reload()
    expect(alert).to_contain_text("Call 911 now.")
    ask(page, "bulb type")
    expect(page.get_by_text("The lamp has a small bulb.")).to_be_visible()
    page.clock.fast_forward("31:00")
    expect(page.get_by_text("The lamp has a small bulb.")).to_have_count(0)
    expect(alert).to_contain_text("Call 911 now.")
    page.clock.fast_forward("02:00:00")
    page.goto(f"{website.url}/other")
    expect(alert).to_contain_text("Call 911 now.")
    assert "bulb" not in kept(page)


def test_an_urgent_text_outlives_a_long_conversation(page: Page, website: Website) -> None:
    ask(opened(page, website.url), "i cant breathe")
    expect(page.get_by_role("alert")).to_contain_text("Call 911 now.")
    for _ in range(31):
        page.evaluate("haiFaq.ask('bulb type')")
    expect(page.get_by_text("The lamp has a small bulb.")).to_have_count(31)
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("Call 911 now.")


def test_the_clearing_is_told_two_minutes_before_and_can_be_put_off(page: Page, website: Website) -> None:
    page.clock.install()
    answered(page, website.url)
    keep = page.get_by_role("button", name="Keep it")
    page.clock.fast_forward("27:50")
    expect(keep).to_have_count(0)
    page.clock.fast_forward("00:15")
    expect(page.get_by_role("status").filter(has=keep)).to_contain_text("will be cleared in two minutes")
    assert axe(page) == []
    keep.click()
    expect(keep).to_have_count(0)
    expect(page.get_by_label("Your question")).to_be_focused()
    page.clock.fast_forward("27:50")
    expect(page.get_by_text("The lamp is green.")).to_be_visible()
    page.clock.fast_forward("00:15")
    page.get_by_label("Your question").press("b")
    expect(keep).to_have_count(0)


def test_that_it_was_cleared_is_told_until_something_is_asked(page: Page, website: Website) -> None:
    page.clock.install()
    answered(page, website.url)
    page.goto("about:blank")
    page.clock.fast_forward("31:00")
    page.goto(f"{website.url}/other")
    told = page.get_by_text("This conversation was cleared after 30 minutes without a message.")
    expect(told).to_be_visible()
    assert "green" not in kept(page)
    assert axe(page) == []
    page.reload()
    expect(told).to_be_visible()
    ask(page, "bulb type")
    expect(told).to_have_count(0)


CONTACT = {
    "label": "Lamp nurse line",
    "line": "555-0142",
    "hours": "Mon-Fri 8-5",
    "after_hours": "Take a message.",
    "url": "https://ward.example/chat",
}


def changed(page: Page, **fields: Any) -> None:
    """Puts other fields in the place of those in real replies of the service."""

    def fulfill(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, json={**response.json(), **fields})

    page.route("**/v1/messages", fulfill)


@pytest.mark.parametrize("said", ["tell me something", "I want to talk to a person", "what does the lamp cost"])
def test_a_reply_that_cannot_answer_says_whom_to_turn_to(page: Page, website: Website, said: str) -> None:
    suggestions = [{"id": "lamp-color", "question": "What color is the lamp?", "language": None}]
    changed(page, contact=CONTACT, suggestions=suggestions)
    ask(opened(page, website.url), said)
    card = page.locator(".contact")
    expect(card.get_by_role("heading")).to_have_text("Lamp nurse line")
    expect(card.get_by_role("link", name="Call 555-0142")).to_have_attribute("href", "tel:5550142")
    expect(card.get_by_text("Mon-Fri 8-5")).to_be_visible()
    form = card.get_by_role("link", name="Contact form or chat (opens in a new tab)")
    expect(form).to_have_attribute("href", "https://ward.example/chat")
    expect(page.get_by_text("Take a message.")).to_have_count(0)
    expect(page.get_by_text("You can ask:")).to_be_visible()
    expect(page.get_by_role("link", name="All answers")).to_have_attribute("href", re.compile(r"//[^/]+/faq$"))
    assert axe(page) == []
    page.get_by_role("button", name="What color is the lamp?").click()
    expect(page.get_by_text("The lamp is green.")).to_be_visible()
    expect(page.get_by_role("link", name="All answers")).to_have_count(1)


def test_a_contact_shows_what_it_has_and_a_line_in_words_is_no_button(page: Page, website: Website) -> None:
    changed(page, contact={"label": None, "line": "ask at the desk", "hours": None, "url": None}, suggestions=[])
    ask(opened(page, website.url), "tell me something")
    expect(page.locator(".contact")).to_have_text(re.compile("Talk to a person\\s*ask at the desk$"))
    expect(page.locator(".contact a")).to_have_count(0)
    expect(page.get_by_text("You can ask:")).to_have_count(0)
    expect(page.get_by_role("link", name="All answers")).to_be_visible()


def test_while_the_service_is_away_the_site_can_be_turned_to(page: Page, website: Website) -> None:
    def welcome(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, json={**response.json(), "contact": CONTACT})

    page.route("**/v1/welcome", welcome)
    page.route("**/v1/messages", lambda route: route.abort())
    opened(page, website.url)
    expect(page.get_by_text("Hello.")).to_be_visible()
    page.get_by_role("button", name="Talk to a person").click()
    expect(page.locator(".fail").get_by_role("link", name="Call 555-0142")).to_be_visible()
    expect(page.locator(".fail").get_by_role("link", name="555-0199")).to_be_visible()
    assert axe(page) == []


def test_feelings_get_a_calm_card_with_the_line_of_those_who_listen(page: Page, website: Website) -> None:
    text = "That sounds hard. Call or text 988, or call 555-0199."
    changed(page, text=text, feelings=True, contact=CONTACT, answers=[], options=[], suggestions=[], safety_net=False)
    ask(opened(page, website.url), "tell me something")
    card = page.get_by_role("note")
    expect(card.locator(".call")).to_have_text(["Call 988", "Text 988", "Call 555-0199", "Call 555-0142"])
    expect(card).to_contain_text("That sounds hard.")
    expect(page.locator(".contact")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_text("")
    assert axe(page) == []


def test_a_crisis_is_calm_and_an_emergency_is_red(page: Page, website: Website) -> None:
    ground = "node => getComputedStyle(node).backgroundColor"
    alert, card = page.get_by_role("alert"), page.locator(".me").first
    ask(opened(page, website.url), "i want to die")
    expect(alert.get_by_role("heading")).to_have_text("Please read this first")
    assert alert.evaluate(ground) == card.evaluate(ground)
    ask(page, "i cant breathe")
    expect(alert).to_contain_text("Call 911 now.")
    assert alert.evaluate(ground) != card.evaluate(ground)


def test_who_approved_it_is_one_line_and_the_rest_is_shown_on_demand(page: Page, website: Website) -> None:
    card = answered(page, website.url).locator(".origin")
    line = card.get_by_text("Approved by Dr. Test, Jan 1, 2029")
    expect(line).to_be_visible()
    expect(card.get_by_text("Dr. Test, doctor, Jan 1, 2029")).to_be_hidden()
    line.focus()
    page.keyboard.press("Enter")
    expect(card.get_by_text("Dr. Test, doctor, Jan 1, 2029")).to_be_visible()
    expect(card.locator("details p").last).to_be_visible()
    assert axe(page) == []


def test_a_number_is_not_turned_around_in_text_from_right_to_left(page: Page, website: Website) -> None:
    changed(page, text="اتصل بالرقم 555-0199 الآن", language="ar", answers=[], options=[], suggestions=[])
    ask(opened(page, website.url), "tell me something")
    number = page.get_by_role("link", name="555-0199").first
    assert number.evaluate("node => getComputedStyle(node).direction") == "ltr"
    assert number.evaluate("node => getComputedStyle(node.parentNode).direction") == "rtl"


def in_spanish(page: Page, **more: Any) -> None:
    """Has the service welcome in Spanish, where that is asked for."""

    def welcome(route: Route) -> None:
        response = route.fetch()
        body = response.json()
        if "lang=es" in route.request.url:
            languages = dict.fromkeys(("text", "offline", "banner", "notice"), "es")
            body |= {"text": "Hola.", "offline": "Sin conexión.", "notice": "Llame al 911.", "languages": languages}
            body["suggestions"] = [{"id": "lamp-color", "question": "¿De qué color es?", "language": "es"}]
        route.fulfill(response=response, json={**body, **more})

    page.route("**/v1/welcome*", welcome)


def test_a_person_may_choose_the_language_for_this_tab(page: Page, website: Website) -> None:
    in_spanish(page)
    bodies = sent(page)
    answered(page, website.url).get_by_label("Your question").fill("bul")
    page.get_by_role("button", name="Español").click()
    switch = page.get_by_role("button", name="English")
    expect(switch).to_be_focused()
    expect(switch).to_have_attribute("lang", "en")
    expect(page.get_by_text("Hola.").locator("xpath=..")).to_have_attribute("lang", "es")
    expect(page.get_by_text("The lamp is green.").locator("xpath=..")).to_have_attribute("lang", "en")
    expect(page.get_by_label("Su pregunta")).to_have_value("bul")
    assert axe(page) == []
    page.goto(f"{website.url}/other")
    page.get_by_label("Su pregunta").press("Enter")
    expect(page.locator(".me")).to_have_count(2)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_text("Hello.")).to_be_visible()
    assert [body["language"] for body in bodies] == ["en", "es"]


@pytest.mark.parametrize(
    ("page_language", "browsers", "words"),
    [("es-MX", "en-US", "es"), ("en", "es-US", "en"), ("", "es-US", "es"), ("fr", "es-US", "es"), ("", "fr-FR", "en")],
)
def test_the_language_is_that_of_the_page_else_of_the_browser(
    browser: Browser, website: Website, service: Service, page_language: str, browsers: str, words: str
) -> None:
    script = f'<script async src="{service.url}/widget.js" data-start="open"></script>'
    website.pages["/spoken"] = page_with(script, page_language)
    context = browser.new_context(locale=browsers)
    page = context.new_page()
    page.goto(f"{website.url}/spoken")
    expect(page.locator("hai-faq-chat .root")).to_have_attribute("lang", words)
    context.close()


def test_each_text_says_its_language(page: Page, website: Website) -> None:
    in_spanish(page)

    def fulfill(route: Route) -> None:
        response = route.fetch()
        reply = response.json()
        for each in reply["answers"] + reply["suggestions"]:
            each["language"] = "es"
        route.fulfill(response=response, json=reply)

    page.route("**/v1/messages", fulfill)
    opened(page, website.url).get_by_role("button", name="Español").click()
    start = page.get_by_role("button", name="¿De qué color es?")
    expect(start).to_have_attribute("lang", "es")
    start.click()
    expect(page.get_by_text("The lamp is green.").locator("xpath=..")).to_have_attribute("lang", "es")
    expect(page.get_by_role("heading", name="What color is the lamp?")).to_have_attribute("lang", "es")
    expect(page.get_by_role("button", name="How do I switch the lamp on?")).to_have_attribute("lang", "es")
    expect(page.get_by_role("link", name="The Bedside Lamp").locator("span").first).to_have_attribute("lang", "en")


def test_what_fails_is_told_in_the_language_of_the_person(page: Page, website: Website) -> None:
    in_spanish(page)
    opened(page, website.url).get_by_role("button", name="Español").click()
    expect(page.get_by_text("Hola.")).to_be_visible()
    page.get_by_label("Su pregunta").fill("palabra " * 501)
    expect(page.locator("#limit")).to_contain_text("A este mensaje le sobran")
    expect(page.locator("#limit [lang=es]")).to_have_text("Llame al 911.")
    page.route("**/v1/messages", lambda route: route.abort())
    page.get_by_label("Su pregunta").fill("hola")
    page.keyboard.press("Enter")
    expect(page.locator(".fail [lang=es]")).to_have_text("Sin conexión.")
    assert axe(page) == []


def test_the_welcome_is_drawn_in_its_parts(page: Page, website: Website) -> None:
    in_spanish(page, text="What I am.\n\nWhat to leave out.\n\nCall 911.")
    parts = opened(page, website.url).locator(".parts p")
    expect(parts).to_have_text(["What I am.", "What to leave out.", "Call 911."])
    assert axe(page) == []
