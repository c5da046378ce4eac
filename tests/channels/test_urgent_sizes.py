"""The urgent text can be read, and its numbers called, at every size of text and window and in every language."""

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from app.content.files import load_content
from app.content.schema import Script
from tests.channels.conftest import Service, Website
from tests.channels.test_widget import ask, opened

ROOT_FONTS = (16, 20, 24, 32)
WINDOWS = ((320, 256), (360, 740), (1280, 720))
LANGUAGES = ("", "-es", "-zh", "-vi", "-ar", "-ru", "-pt")
SEEN = """
const shadow = document.querySelector("hai-faq-chat").shadowRoot;
const [panel, alert] = [".panel", ".alert"].map((name) => shadow.querySelector(name));
const frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
const shows = (node, box, places) => places.every((x) => places.every((y) =>
  node.contains(shadow.elementFromPoint(box.left + box.width * x, box.top + box.height * y))));
const seen = () => {
  const lines = [...alert.querySelectorAll("[lang] p")].flatMap((node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()].map((box) => shows(node, box, [0.2, 0.8]));
  });
  const buttons = [...alert.querySelectorAll(".call, .read")];
  return { lines, buttons: buttons.map((node) => shows(node, node.getBoundingClientRect(), [0.15, 0.85])) };
};
"""
SIZED = f"""async (size) => {{ {SEEN}
  document.documentElement.style.fontSize = `${{size}}px`;
  await frames();
  panel.scrollTop = 0;
  await frames();
  return seen();
}}"""
READ_ON = f"""async () => {{ {SEEN}
  const all = seen();
  const on = alert.querySelector(".on");
  for (let step = 0; step < 99 && !on.hidden; step += 1) {{
    on.click();
    await frames();
    const now = seen();
    for (const kind in all) all[kind] = all[kind].map((before, place) => before || now[kind][place]);
  }}
  return all;
}}"""


def with_text(page: Page, text: str, language: str | None) -> None:
    """Puts a text of the shipped content in the place of the fixture's, in real replies of the service."""

    def fulfill(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, json={**response.json(), "text": text, "language": language})

    page.route("**/v1/messages", fulfill)


def sized(page: Page, font: int, window: tuple[int, int]) -> dict[str, list[bool]]:
    """Gives the page a root font and a window; returns which lines and buttons of the urgent text are seen whole."""
    page.set_viewport_size({"width": window[0], "height": window[1]})
    return dict(page.evaluate(SIZED, font))


@pytest.fixture(scope="module")
def scripts() -> dict[str, Script]:
    return load_content(Path(__file__).parents[2]).scripts


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_and_button_of_an_urgent_text_can_be_seen_at_every_size(
    page: Page, website: Website, scripts: dict[str, Script], language: str
) -> None:
    with_text(page, scripts[f"crisis{language}"].text, language[1:] or None)
    ask(opened(page, website.url), "i want to die")
    expect(page.get_by_role("button", name="I have read this")).to_be_attached()
    for font, window in product(ROOT_FONTS, WINDOWS):
        assert sized(page, font, window)["lines"][0], (font, window)
        expect(page.get_by_role("button", name="Close")).to_be_in_viewport(ratio=1)
        read = page.evaluate(READ_ON)
        assert all(read["lines"]), (font, window)
        assert all(read["buttons"]), (font, window)


@pytest.mark.parametrize("window", WINDOWS[:2])
def test_below_or_above_what_is_seen_the_chat_says_that_there_is_more(
    page: Page, website: Website, scripts: dict[str, Script], window: tuple[int, int]
) -> None:
    with_text(page, scripts["crisis"].text, None)
    ask(opened(page, website.url), "i want to die")
    sized(page, 32, window)
    expect(page.get_by_role("button", name="Read on")).to_be_visible()
    page.locator(".panel").evaluate("node => node.scrollTo(0, node.scrollHeight)")
    page.get_by_role("button", name="Please read this first").click()
    expect(page.locator(".alert p").first).to_be_in_viewport()


def test_at_an_ordinary_size_the_question_box_stays_beside_the_urgent_text(
    page: Page, website: Website, scripts: dict[str, Script]
) -> None:
    with_text(page, scripts["crisis"].text, None)
    page.set_viewport_size({"width": 1280, "height": 720})
    ask(opened(page, website.url), "i want to die")
    expect(page.get_by_role("button", name="I have read this")).to_be_in_viewport(ratio=1)
    expect(page.get_by_label("Your question")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Read on")).to_be_hidden()


def test_a_draft_that_grows_beside_an_urgent_text_leaves_all_in_reach(page: Page, website: Website) -> None:
    page.set_viewport_size({"width": 1000, "height": 520})
    ask(opened(page, website.url), "i cant breathe")
    expect(page.get_by_role("alert")).to_contain_text("Call 911 now.")
    expect(page.locator(".panel.tight")).to_have_count(0)
    page.get_by_label("Your question").fill("and\n" * 9)
    expect(page.locator(".panel.tight")).to_be_visible()
    page.get_by_role("button", name="Start over").scroll_into_view_if_needed()
    expect(page.get_by_role("button", name="Start over")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("window", [(390, 740), (360, 640)])
def test_on_a_telephone_what_comes_pressed_or_asked_after_it_leaves_the_urgent_text_in_sight(
    browser: Browser, website: Website, service: Service, scripts: dict[str, Script], window: tuple[int, int]
) -> None:
    size: Any = {"width": window[0], "height": window[1]}
    context = browser.new_context(viewport=size, has_touch=True, is_mobile=True)
    page = context.new_page()
    with_text(page, scripts["crisis"].text, None)
    first = page.get_by_role("alert").locator("[lang] p").first
    opened(page, website.url)
    ask(page, "what color is the lamp")
    ask(page, "i want to die")
    page.get_by_role("button", name="I have read this").wait_for(state="attached")
    expect(page.get_by_text("Looking for the answer")).to_have_count(0)
    for name in ("Start over", "Undo", "Español", "English"):
        expect(first).to_be_in_viewport()
        page.get_by_role("button", name=name).evaluate("node => node.click()")
        expect(page.get_by_text("Looking for the answer")).to_have_count(0)
    expect(first).to_be_in_viewport()
    context.close()
