"""The widget's main paths in Firefox and in WebKit, which is what every browser on a patient's iPhone is made of."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.channels.conftest import Service, Website
from tests.channels.webdriver import Engine, Firefox, WebKit, wait_for

ENTER, ESCAPE = "\ue007", "\ue00c"  # as WebDriver spells them
ALL_BOXES = (
    "[...root.querySelectorAll('.panel, .panel *')].filter((node) => node.checkVisibility())"
    ".map((node) => node.getBoundingClientRect())"
)


class Chat:
    """The widget in an engine's tab, as a person sees it and uses it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.go, self.press, self.resize = engine.go, engine.press, engine.resize

    def widget(self, expression: str) -> Any:
        """Returns an expression on the widget's `root`, once it is true."""
        find = f"((root) => root && ({expression}))(document.querySelector('hai-faq-chat')?.shadowRoot)"
        return wait_for(lambda: self.engine.evaluate(find))

    def control(self, name: str, expression: str) -> Any:
        """Returns an expression on the `node` that a person can see and use under this name, once it is true."""
        label = "(node.ariaLabel ?? node.labels?.[0]?.textContent ?? node.textContent).trim()"
        chosen = f"node.checkVisibility() && {label} === {json.dumps(name)}"
        find = f"[...root.querySelectorAll('button, a[href], textarea')].find((node) => {chosen})"
        return self.widget(f"((node) => node && ({expression}))({find})")

    def click(self, name: str) -> None:
        box = "((box) => [box.x + box.width / 2, box.y + box.height / 2])(node.getBoundingClientRect())"
        self.engine.click(*(round(place) for place in self.control(name, box)))

    def ask(self, text: str) -> None:
        self.control("Your question", "node === root.activeElement")
        self.press(*text, ENTER)

    def shows(self, text: str, within: str = ".panel") -> bool:
        place = f"root.querySelector({json.dumps(within)})"
        return bool(self.widget(f"{place}?.innerText.includes({json.dumps(text)})"))


@pytest.fixture(scope="module", params=[Firefox, WebKit], ids=lambda engine: engine.__name__)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    kind: type[Engine] = request.param
    if not kind.installed() and "CI" not in os.environ:
        pytest.skip(f"{kind.__name__} is not installed: apt install {kind.packages}")
    with ExitStack() as ends:
        yield kind(tmp_path_factory.mktemp(kind.__name__), ends)


@pytest.fixture
def chat(engine: Engine, service: Service, website: Website) -> Iterator[Chat]:
    """A page with the widget, in a tab of its own; a test fails when its page breaks the policy."""
    website.broken.clear()
    engine.open_tab()
    engine.resize(1000, 800)
    engine.go(website.url)
    yield Chat(engine)
    engine.evaluate("void document.body.appendChild(new Image()).setAttribute('src', '/forbidden')")
    wait_for(lambda: f"img-src {website.url}/forbidden" in website.broken)
    icon = f"img-src {website.url}/favicon.ico"  # Firefox asks for it, and says that it may not
    assert [each for each in website.broken if each != icon] == [f"img-src {website.url}/forbidden"]
    engine.close_tab()


def test_under_the_strictest_policy_a_question_gets_its_answer_and_source(chat: Chat) -> None:
    chat.click("Ask a question")
    chat.ask("what color is the lamp")
    assert chat.shows("The lamp is green.", within="[role=log]")
    source = "[...root.querySelectorAll('a')].find((node) => node.href === 'https://example.org/lamp')"
    assert "The Bedside Lamp, Example Ward" in chat.widget(f"{source}?.textContent")


def test_an_emergency_is_an_alert_that_stays_until_it_is_put_away(chat: Chat, website: Website) -> None:
    chat.click("Ask a question")
    chat.ask("i cant breathe")
    assert chat.shows("Call 911 now.", within="[role=alert]")
    assert chat.control("Call 911", "node.closest('[role=alert]') && node.href") == "tel:911"
    chat.ask("what color is the lamp")
    assert chat.shows("The lamp is green.", within="[role=log]")
    chat.go(website.url)
    assert chat.shows("Call 911 now.", within="[role=alert]")
    chat.click("I have read this")
    assert chat.widget("root.querySelector('[role=alert]').textContent === ''")


def test_everything_can_be_done_by_keyboard(chat: Chat) -> None:
    chat.click("Ask a question")
    assert chat.control("Your question", "node === root.activeElement")
    chat.press(ESCAPE)
    assert chat.control("Ask a question", "node === root.activeElement")
    chat.press(ENTER)
    chat.ask("what color is the lamp")
    assert chat.shows("The lamp is green.")
    assert chat.control("Your question", "node === root.activeElement && node.value === ''")


def test_a_page_change_keeps_the_conversation(chat: Chat, website: Website) -> None:
    chat.click("Ask a question")
    chat.ask("what color is the lamp")
    assert chat.shows("The lamp is green.")
    chat.go(f"{website.url}/other")
    assert chat.shows("what color is the lamp")
    assert chat.shows("The lamp is green.")


@pytest.mark.parametrize(("width", "height"), [(360, 740), (320, 256)])
def test_the_panel_fits_the_window_whatever_is_in_it(chat: Chat, width: int, height: int) -> None:
    chat.resize(width, height)
    chat.click("Ask a question")
    for text, reply in (
        ("Donau" * 60, "The unclear text."),
        ("what color is the lamp", "The lamp is green."),
        ("i cant breathe", "Call 911 now."),
    ):
        chat.ask(text)
        assert chat.shows(reply)
    inside = "box.left >= -0.5 && box.right <= innerWidth + 0.5"
    assert chat.widget(f"{ALL_BOXES}.every((box) => {inside})")
    assert chat.widget("document.scrollingElement.scrollWidth <= innerWidth")
    assert chat.control("Close", "((box) => box.top >= 0 && box.bottom <= innerHeight)(node.getBoundingClientRect())")
