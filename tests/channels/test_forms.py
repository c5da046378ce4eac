"""An answer with paragraphs, a list, bold and links, as patients meet it in a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.channels.conftest import Service, Website, serving, settings_for
from tests.channels.test_widget import ask, axe, opened
from tests.conftest import GUIDE, give_form

QUESTION = "what kind of bulb does the lamp have"


@pytest.fixture(scope="module")
def formed(
    tmp_path_factory: pytest.TempPathFactory, cache: Path, website: Website, service: Service
) -> Iterator[Service]:
    """A service whose `lamp-bulb` has a form, on a site that allows links to the hospital's pages."""
    settings = settings_for(tmp_path_factory.mktemp("formed"), cache, website, "doctor")
    give_form(settings.content_dir)
    own = Service(settings.model_copy(update={"link_hosts": ("www.hospital.example",)}))
    with serving(own, website, service, "/formed") as formed:
        yield formed


def expect_form(answer: Locator) -> None:
    expect(answer.get_by_role("listitem")).to_have_text(
        ["Call 555-0199 first.", "Read the guide (opens in a new tab) & look", "Ask its maker"]
    )
    expect(answer.locator("strong")).to_have_text(["small", "Never"])
    link = answer.get_by_role("link", name="the guide")
    expect(link).to_have_attribute("href", GUIDE)
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(answer.get_by_role("link", name="its maker")).to_have_count(0)
    expect(answer.get_by_role("listitem").get_by_role("link", name="555-0199")).to_have_attribute("href", "tel:5550199")
    expect(answer.get_by_text("touch a <hot> bulb: call 911.")).to_be_visible()


def test_the_chat_draws_an_answer_in_its_form(page: Page, website: Website, formed: Service) -> None:
    ask(opened(page, f"{website.url}/formed"), QUESTION)
    card = page.locator(".card", has_text="To change it")
    expect_form(card)
    assert card.locator("h3, p, li").all_inner_texts()[1] == "The lamp has a small bulb. To change it:"
    assert axe(page) == []


def test_the_copy_of_a_conversation_says_where_a_link_leads(page: Page, website: Website, formed: Service) -> None:
    page.add_init_script("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    ask(opened(page, f"{website.url}/formed"), QUESTION)
    expect(page.get_by_text("To change it")).to_be_visible()
    page.get_by_text("Keep a copy").click()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Done.")).to_be_visible()
    assert f"- Read the guide ({GUIDE}) & look\n- Ask its maker\n\nNever touch" in page.evaluate("window.copied")


def test_a_conversation_that_an_older_service_answered_is_drawn_as_text(
    page: Page, website: Website, formed: Service
) -> None:
    ask(opened(page, f"{website.url}/formed"), QUESTION)
    expect(page.get_by_text("To change it")).to_be_visible()
    page.evaluate(
        """() => { const [key] = Object.keys(sessionStorage), kept = JSON.parse(sessionStorage[key]);
        for (const { reply } of kept.items) delete reply?.answers[0].blocks;
        sessionStorage[key] = JSON.stringify(kept); }"""
    )
    page.reload()
    expect(page.get_by_text(f"- Read the guide ({GUIDE}) & look")).to_be_visible()
    expect(page.get_by_role("listitem")).to_have_count(0)


def test_a_link_that_is_none_of_https_becomes_words(page: Page, website: Website, formed: Service) -> None:
    def turn(route: object) -> None:
        response = route.fetch()  # type: ignore[attr-defined]
        body = response.text().replace(f'"href":"{GUIDE}"', '"href":"javascript:alert(1)"')
        route.fulfill(response=response, body=body)  # type: ignore[attr-defined]

    page.route("**/v1/messages", turn)
    ask(opened(page, f"{website.url}/formed"), QUESTION)
    expect(page.get_by_text("Read the guide & look")).to_be_visible()
    expect(page.get_by_role("link", name="the guide")).to_have_count(0)


@pytest.mark.parametrize("path", ["/ask", "/faq"])
def test_a_page_draws_an_answer_in_its_form(page: Page, formed: Service, path: str) -> None:
    page.goto(formed.url + path)
    if path == "/ask":
        ask_on_the_page(page)
    expect_form(page.locator(".card", has_text="To change it"))
    assert axe(page) == []


def ask_on_the_page(page: Page) -> None:
    page.get_by_label("Your question").fill(QUESTION)
    page.get_by_role("button", name="Send").click()
