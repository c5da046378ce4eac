"""The page on which a web team builds the line that it copies."""

from typing import cast

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.channels.conftest import Service, Website, page_with


@pytest.fixture
def builder(page: Page, service: Service) -> Page:
    page.goto(f"{service.url}/embed")
    return page


def line_of(page: Page) -> str:
    return cast(str, page.locator("#line").text_content())


def test_the_line_is_plain_until_something_is_chosen(builder: Page, service: Service) -> None:
    plain = f'<script async src="{service.url}/widget.js"></script>'
    assert line_of(builder) == plain
    builder.get_by_label("Heading of the panel").fill("The pump")
    assert line_of(builder) == plain.replace("></", ' data-title="The pump"></')
    assert ' data-title="The pump"></script>' in cast(str, builder.locator("#pinned").text_content())
    builder.get_by_label("Heading of the panel").fill(" ")
    assert line_of(builder) == plain


def test_every_choice_is_an_attribute(builder: Page) -> None:
    for label, value in (
        ("Words on the button", "Ask us"), ("Colour", "#aa0000"),
    ):  # fmt: skip
        builder.get_by_label(label).fill(value)
    for label, value in (
        ("Place", "left"), ("Button that opens it", "none"), ("When the page opens", "open"), ("Language", "es"),
        ("Light or dark", "dark"),
    ):  # fmt: skip
        builder.get_by_label(label).select_option(value)
    for attribute in (
        'data-label="Ask us"', 'data-accent="#aa0000"', 'data-position="left"', 'data-launcher="none"',
        'data-start="open"', 'data-lang="es"', 'data-scheme="dark"',
    ):  # fmt: skip
        assert attribute in line_of(builder)


def test_the_built_line_works_whatever_the_heading_holds(builder: Page, website: Website) -> None:
    heading = """"'><b>&amp; $&</script>"""
    builder.get_by_label("Heading of the panel").fill(heading)
    website.pages["/built"] = page_with(line_of(builder))
    builder.goto(f"{website.url}/built")
    builder.get_by_role("button", name="Ask a question").click()
    expect(builder.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    assert builder.locator("b").count() == 0


def test_in_the_page_the_widget_has_a_place_of_its_own(builder: Page, website: Website) -> None:
    builder.get_by_label("Place").select_option("inline")
    assert line_of(builder).startswith('<hai-faq-chat data-position="inline"></hai-faq-chat>\n<script async src=')
    website.pages["/inline"] = page_with(line_of(builder))
    builder.goto(f"{website.url}/inline")
    expect(builder.get_by_label("Your question")).to_be_visible()
    assert builder.locator("hai-faq-chat").count() == 1


def test_the_page_shows_the_widget_as_chosen(builder: Page) -> None:
    builder.get_by_label("Language").select_option("es")
    expect(builder.get_by_role("button", name="Haga una pregunta")).to_be_visible()
    builder.get_by_label("Language").select_option("")
    expect(builder.get_by_role("button", name="Ask a question")).to_be_visible()


def test_without_javascript_the_plain_line_stands(browser: Browser, service: Service) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{service.url}/embed")
    assert line_of(page) == f'<script async src="{service.url}/widget.js"></script>'
    expect(page.locator("#build")).to_be_hidden()
    page.context.close()
