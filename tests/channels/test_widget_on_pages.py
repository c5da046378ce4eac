"""A page's own rules do not move, hide or shrink the chat, nor does the chat hide the page for good."""

import pytest
from playwright.sync_api import Page, expect

from tests.channels.conftest import Service, Website, page_with
from tests.channels.test_widget import ask, opened

HOSTILE = {
    "everything unset": "* { all: unset }",
    "children of the body": "body > * { position: relative; max-width: 20px; max-height: 20px; overflow: hidden }",
    "z-index": "main { position: fixed; inset: 0; z-index: 2147483647; background: white }",
    "small type": "html { font-size: 62.5% } body > * { font-size: 6px; line-height: 1 }",
    "transform": "html, body { transform: scale(.5); filter: blur(0); contain: layout } body { width: 400px }",
    "hidden": "body > :not(main) { display: none; visibility: hidden; opacity: 0; pointer-events: none }",
    "floats": "hai-faq-chat { float: left; position: static; inset: 40px auto auto 0; margin: 300px; zoom: .3 }",
    "buttons": "button, textarea, dialog, section, h2, p, a { display: none; color: white; font: 4px serif }",
    "writing": "html { writing-mode: vertical-rl; text-transform: uppercase; word-break: break-all; direction: rtl }",
    "clip": "body { overflow: hidden; height: 50px; clip-path: inset(0 0 50px 0) } * { transition: all 9s }",
}
SCROLLS = "getComputedStyle(document.documentElement).overflowY === 'visible'"


@pytest.mark.parametrize("rules", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_pages_rules_change_nothing_of_the_chat(page: Page, website: Website, service: Service, rules: str) -> None:
    website.pages["/hostile"] = page_with(f'<script async src="{service.url}/widget.js"></script>')
    page.goto(f"{website.url}/hostile")
    sheet = "(rules) => { const s = new CSSStyleSheet(); s.replaceSync(rules); document.adoptedStyleSheets = [s] }"
    page.evaluate(sheet, rules)
    page.get_by_role("button", name="Ask a question").click()
    ask(page, "i cant breathe")
    expect(page.get_by_role("alert").get_by_text("Call 911 now.")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("alert").get_by_role("link", name="Call 911")).to_be_in_viewport(ratio=1)
    box = page.get_by_role("dialog").bounding_box()
    assert box
    assert 400 < box["width"] < 460
    assert 650 < box["height"] < 790
    size = page.get_by_role("alert").locator("[lang] p").evaluate("node => parseFloat(getComputedStyle(node).fontSize)")
    assert size >= 17
    assert page.get_by_role("dialog").evaluate("node => getComputedStyle(node).direction") == "ltr"


def test_on_paper_it_is_not_there(page: Page, website: Website) -> None:
    opened(page, website.url)
    page.emulate_media(media="print")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_over_a_phones_screen_the_page_behind_can_neither_be_reached_nor_scrolled(
    page: Page, website: Website, service: Service
) -> None:
    tall = "<p>.</p>" * 200
    website.pages["/tall"] = page_with(f'{tall}<script async src="{service.url}/widget.js"></script>')
    page.set_viewport_size({"width": 390, "height": 800})
    opened(page, f"{website.url}/tall")
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") in ("HAI-FAQ-CHAT", "BODY")
    page.mouse.move(200, 300)
    page.mouse.wheel(0, 2000)
    assert page.evaluate("scrollY") == 0
    page.get_by_role("button", name="Close").click()
    page.mouse.wheel(0, 2000)
    page.wait_for_function("scrollY > 0")


def test_turning_a_phone_keeps_the_chat_open_and_what_is_typed(page: Page, website: Website) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    opened(page, website.url)
    page.get_by_label("Your question").fill("how big")
    page.set_viewport_size({"width": 900, "height": 800})
    expect(page.get_by_role("dialog")).to_be_visible()
    assert page.evaluate(SCROLLS)
    page.set_viewport_size({"width": 800, "height": 390})
    expect(page.get_by_label("Your question")).to_have_value("how big")
    expect(page.get_by_label("Your question")).to_be_focused()


def on_a_phone(page: Page, website: Website) -> Page:
    page.set_viewport_size({"width": 390, "height": 800})
    opened(page, website.url)
    assert not page.evaluate(SCROLLS)
    return page


def test_a_corner_that_is_turned_into_the_page_while_it_covers_it_lets_it_scroll_again(
    page: Page, website: Website
) -> None:
    on_a_phone(page, website).evaluate("document.querySelector('hai-faq-chat').dataset.position = 'inline'")
    expect(page.get_by_role("region", name="Questions and answers")).to_be_visible()
    assert page.evaluate(SCROLLS)


def test_what_the_browser_closes_by_itself_is_closed(page: Page, website: Website) -> None:
    """Going back on a phone closes a modal dialog, without a key that could be heard."""
    on_a_phone(page, website).get_by_role("dialog").evaluate("node => node.close()")
    expect(page.get_by_role("button", name="Ask a question")).to_be_focused()
    assert page.evaluate(SCROLLS)
    page.reload()
    expect(page.get_by_role("button", name="Ask a question")).to_be_visible()


def test_of_two_that_cover_the_page_the_last_to_go_lets_it_scroll(
    page: Page, website: Website, service: Service
) -> None:
    line = f'<script async src="{service.url}/widget.js"></script>'
    website.pages["/both"] = page_with(f"<hai-faq-chat></hai-faq-chat><hai-faq-chat></hai-faq-chat>{line}")
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{website.url}/both")
    expect(page.get_by_role("button", name="Ask a question")).to_have_count(2)
    page.evaluate("document.querySelectorAll('hai-faq-chat').forEach((each) => each.open())")
    for left in (1, 0):
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(left)
    assert page.evaluate(SCROLLS)


def test_in_the_page_the_urgent_text_is_scrolled_to(page: Page, website: Website, service: Service) -> None:
    line = f'<script async src="{service.url}/widget.js"></script>'
    website.pages["/in-page"] = page_with(
        f'{"<p>.</p>" * 30}<hai-faq-chat data-position="inline"></hai-faq-chat>{line}'
    )
    page.set_viewport_size({"width": 390, "height": 400})
    page.goto(f"{website.url}/in-page")
    ask(page, "i cant breathe")
    expect(page.get_by_role("alert").get_by_text("Call 911 now.")).to_be_in_viewport(ratio=1)


def test_a_pages_shortcuts_take_no_letter_out_of_what_is_typed(page: Page, website: Website) -> None:
    opened(page, website.url)
    page.evaluate(
        "document.addEventListener('keydown', (event) => { if ('sj/'.includes(event.key)) event.preventDefault() })"
    )
    page.get_by_label("Your question").press_sequentially("is it just pus/safe")
    expect(page.get_by_label("Your question")).to_have_value("is it just pus/safe")


def test_a_double_press_on_the_launcher_meets_no_button_behind_it(page: Page, website: Website) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    ask(opened(page, website.url), "what color is the lamp")
    expect(page.get_by_text("The lamp is green.")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Ask a question").dblclick()
    expect(page.get_by_text("The lamp is green.")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
