"""The widget on the websites of today: pages that swap their body, single-page routers, tag managers, two widgets."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.channels.conftest import Service, Website, page_with
from tests.channels.test_widget import ask, axe, opened

LAUNCH = "Ask a question"
GREEN = "The lamp is green."


def visit(page: Page, website: Website, path: str, body: str) -> Page:
    website.pages[path] = page_with(body)
    page.goto(website.url + path)
    return page


@pytest.fixture
def line(service: Service) -> str:
    return f'<script async src="{service.url}/widget.js"></script>'


SWAPS = {
    "a new body": "document.body.replaceWith(document.createElement('body'))",
    "an emptied body": "document.body.replaceChildren()",
    "a removed element": "document.querySelector('hai-faq-chat').remove()",
    "a new document element": "document.documentElement.replaceWith(document.documentElement.cloneNode(true))",
    "a body from a snapshot": "document.body.replaceWith(document.body.cloneNode(true))",
}


@pytest.mark.parametrize("swap", SWAPS.values(), ids=SWAPS.keys())
def test_a_swapped_body_keeps_one_widget_with_conversation_draft_and_focus(
    page: Page, website: Website, swap: str
) -> None:
    ask(opened(page, website.url), "what color is the lamp")
    expect(page.get_by_text(GREEN)).to_be_visible()
    page.keyboard.type("and the bul")
    page.evaluate(swap)
    expect(page.locator("hai-faq-chat")).to_have_count(1)
    expect(page.get_by_text(GREEN)).to_be_visible()
    expect(page.get_by_label("Your question")).to_be_focused()
    page.keyboard.type("b type")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The lamp has a small bulb.")).to_be_visible()


def test_a_swapped_body_leaves_a_closed_widget_closed_and_the_focus_alone(page: Page, website: Website) -> None:
    page.goto(website.url)
    expect(page.get_by_role("button", name=LAUNCH)).to_be_visible()
    page.evaluate("document.body.replaceWith(document.createElement('body'))")
    expect(page.get_by_role("button", name=LAUNCH)).to_be_visible()
    assert page.evaluate("document.activeElement === document.body")
    page.evaluate("haiFaq.open()")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_pinned_emergency_outlives_a_swapped_body(page: Page, website: Website) -> None:
    ask(opened(page, website.url), "i cant breathe")
    expect(page.get_by_role("alert")).to_contain_text("Call 911 now.")
    page.evaluate("document.body.replaceWith(document.createElement('body'))")
    expect(page.get_by_role("alert")).to_contain_text("Call 911 now.")
    expect(page.get_by_role("alert").get_by_role("link", name="Call 911")).to_be_visible()


def test_after_a_swap_an_urgent_text_is_still_fitted_into_the_window(page: Page, website: Website) -> None:
    ask(opened(page, website.url), "i cant breathe")
    expect(page.get_by_role("alert")).to_contain_text("Call 911 now.")
    page.evaluate("document.body.replaceWith(document.createElement('body'))")
    page.set_viewport_size({"width": 320, "height": 256})
    page.evaluate("document.documentElement.style.fontSize = '32px'")
    expect(page.locator(".panel.tight")).to_be_visible()
    page.evaluate("document.body.replaceWith(document.createElement('body'))")
    expect(page.get_by_text("Call 911 now.")).to_be_in_viewport()


def test_a_widget_may_be_changed_while_it_is_out_of_the_page(page: Page, website: Website, line: str) -> None:
    visit(page, website, "/moved", f'<hai-faq-chat data-position="inline" data-title="Lamps"></hai-faq-chat>{line}')
    expect(page.get_by_role("region", name="Lamps")).to_be_visible()
    page.evaluate(
        "chat = document.querySelector('hai-faq-chat'); chat.remove(); chat.dataset.position = 'left';"
        "document.body.append(chat); chat.open()"
    )
    expect(page.get_by_role("dialog", name="Lamps")).to_be_visible()


def test_a_page_that_takes_every_element_out_at_once_is_not_frozen(page: Page, website: Website) -> None:
    page.goto(website.url)
    expect(page.get_by_role("button", name=LAUNCH)).to_be_visible()
    page.evaluate(
        "new MutationObserver(() => document.querySelector('hai-faq-chat')?.remove())"
        ".observe(document.body, { childList: true })"
    )
    page.evaluate("document.querySelector('hai-faq-chat').remove()")
    assert page.evaluate("new Promise((resolve) => setTimeout(() => resolve('alive'), 200))") == "alive"


def test_what_the_page_removes_by_the_documented_call_stays_away_until_it_is_opened(
    page: Page, website: Website
) -> None:
    ask(opened(page, website.url), "what color is the lamp")
    expect(page.get_by_text(GREEN)).to_be_visible()
    page.evaluate("haiFaq.remove()")
    page.evaluate("document.body.replaceWith(document.createElement('body'))")
    expect(page.locator("hai-faq-chat")).to_have_count(0)
    page.evaluate("haiFaq.open()")
    expect(page.get_by_text(GREEN)).to_be_visible()


def test_two_lines_make_one_widget(page: Page, website: Website, line: str) -> None:
    visit(page, website, "/twice", line + line + line.replace("async", "defer"))
    expect(page.get_by_role("button", name=LAUNCH)).to_have_count(1)
    page.wait_for_load_state("networkidle")
    expect(page.locator("hai-faq-chat")).to_have_count(1)


@pytest.mark.parametrize(
    ("tag", "title"),
    [
        ('<script type="module" src="{}/widget.js" data-title="Lamps"></script>', "Lamps"),
        ('<script src="{}/manager.js"></script>', "Questions and answers"),
    ],
    ids=["a module", "without a tag"],
)
def test_it_finds_its_service_however_it_is_loaded(
    page: Page, website: Website, service: Service, tag: str, title: str
) -> None:
    """Another vendor's file of the same name stands first."""
    manager = f'import("{service.url}/widget.js?v=1");'
    page.route("**/manager.js", lambda route: route.fulfill(content_type="text/javascript", body=manager))
    page.route("**/other/widget.js", lambda route: route.fulfill(content_type="text/javascript", body=""))
    other = f'<script src="{service.url}/other/widget.js" data-title="Not ours"></script>'
    visit(page, website, "/loaded", other + tag.format(service.url))
    page.get_by_role("button", name=LAUNCH).click()
    expect(page.get_by_role("dialog", name=title)).to_be_visible()
    ask(page, "what color is the lamp")
    expect(page.get_by_text(GREEN)).to_be_visible()


def test_an_element_that_comes_later_is_upgraded_and_keeps_its_own_state(
    page: Page, website: Website, line: str
) -> None:
    ask(opened(page, website.url), "i cant breathe")
    expect(page.get_by_role("alert")).to_contain_text("Call 911 now.")
    page.evaluate(
        "document.querySelector('main').append(Object.assign(document.createElement('hai-faq-chat'), "
        "{ title: 'Inline' })); document.querySelector('main hai-faq-chat').dataset.position = 'inline'"
    )
    inline = page.get_by_role("region", name="Inline")
    expect(inline.get_by_text("Hello.")).to_be_visible()
    expect(inline.get_by_role("alert")).to_be_empty()
    inline.get_by_label("Your question").fill("what color is the lamp")
    page.keyboard.press("Enter")
    expect(inline.get_by_text(GREEN)).to_be_visible()
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("Call 911 now.")
    expect(page.get_by_text(GREEN)).to_have_count(0)


def test_an_inline_widget_does_not_open_the_corner(page: Page, website: Website, line: str) -> None:
    visit(page, website, "/inline", f'<hai-faq-chat data-position="inline"></hai-faq-chat>{line}')
    expect(page.get_by_role("region")).to_be_visible()
    page.goto(website.url)
    expect(page.get_by_role("button", name=LAUNCH)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_two_widgets_of_one_kind_keep_two_conversations(page: Page, website: Website, line: str) -> None:
    inline = '<hai-faq-chat data-position="inline" data-title="{}"></hai-faq-chat>'
    visit(page, website, "/pair", inline.format("First") + inline.format("Second") + line)
    for name, text, seen in (("First", "i cant breathe", "Call 911 now."), ("Second", "bulb type", "a small bulb")):
        chat = page.get_by_role("region", name=name)
        chat.get_by_label("Your question").fill(text)
        page.keyboard.press("Enter")
        expect(chat.get_by_text(seen)).to_be_visible()
    page.reload()
    expect(page.get_by_role("region", name="First").get_by_role("alert")).to_contain_text("Call 911 now.")
    expect(page.get_by_role("region", name="Second").get_by_text("a small bulb")).to_be_visible()


def test_a_call_that_does_not_exist_is_said_and_stops_no_other(page: Page, website: Website) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.add_init_script("window.haiFaq = [['opne'], ['remove_'], ['open']]")
    page.goto(website.url)
    expect(page.get_by_role("dialog")).to_be_visible()
    assert [each for each in said if "opne" in each]


OPENER = '<a href="/ask" data-hai-faq-open>Questions?</a>'


def test_any_element_of_the_page_opens_it_and_gets_the_focus_back(
    page: Page, website: Website, service: Service
) -> None:
    body = f'{OPENER}<script async src="{service.url}/widget.js" data-launcher="none"></script>'
    visit(page, website, "/own", body)
    link = page.get_by_role("link", name="Questions?")
    expect(link).to_have_attribute("aria-expanded", "false")
    expect(link).to_have_attribute("aria-haspopup", "dialog")
    expect(page.get_by_role("button", name=LAUNCH)).to_have_count(0)
    link.press("Enter")
    expect(page.get_by_label("Your question")).to_be_focused()
    expect(link).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(link).to_be_focused()
    expect(link).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("button", name=LAUNCH)).to_have_count(0)


def test_an_opener_may_come_later_and_name_its_widget(page: Page, website: Website, line: str) -> None:
    visit(page, website, "/named", f'<hai-faq-chat></hai-faq-chat><hai-faq-chat id="second"></hai-faq-chat>{line}')
    expect(page.get_by_role("button", name=LAUNCH)).to_have_count(2)
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('button'), { textContent: 'Late', id: 'late' }));"
        "document.querySelector('#late').setAttribute('data-hai-faq-open', 'second')"
    )
    page.get_by_role("button", name="Late").click()
    expect(page.locator("#second").get_by_role("dialog")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(1)
    assert page.evaluate("[haiFaq.isOpen, document.querySelector('#second').isOpen]") == [False, True]


def shaped(page: Page, website: Website, service: Service, attributes: str) -> Page:
    tag = f'<script async src="{service.url}/widget.js" {attributes}></script>'
    return visit(page, website, "/shaped", tag)


def test_the_page_names_the_launcher_and_its_icon(page: Page, website: Website, service: Service) -> None:
    shaped(page, website, service, 'data-label="Pump questions" data-icon="none"')
    expect(page.get_by_role("button", name="Pump questions")).to_be_visible()
    expect(page.locator(".launch svg")).to_have_count(0)
    page.evaluate("document.querySelector('hai-faq-chat').dataset.icon = 'https://example.org/x.svg'")
    expect(page.locator(".launch svg")).to_have_count(1)


def test_the_page_chooses_first_questions_among_the_served_ones(page: Page, website: Website, service: Service) -> None:
    shaped(page, website, service, 'data-questions="lamp-bulb no-such-entry ../welcome"')
    page.get_by_role("button", name=LAUNCH).click()
    expect(page.get_by_text("You can ask:")).to_be_visible()
    expect(page.locator(".pick")).to_have_text(["What kind of bulb does the lamp have?"])
    page.locator(".pick").click()
    expect(page.get_by_text("The lamp has a small bulb.")).to_be_visible()


def test_where_none_of_its_questions_is_served_the_services_own_stand(
    page: Page, website: Website, service: Service
) -> None:
    shaped(page, website, service, 'data-questions="no-such-entry"')
    page.get_by_role("button", name=LAUNCH).click()
    expect(page.get_by_role("button", name="What color is the lamp?")).to_be_visible()


def test_the_page_changes_words_but_none_of_safety_or_of_what_the_service_is(
    page: Page, website: Website, service: Service
) -> None:
    unsafe = {"urgent": "Relax", "read": "Fine", "call": "Ignore", "demo": "Real", "person": "A nurse"}
    words = json.dumps({"send": "Ask", **unsafe})
    ask(shaped_open(page, website, service, f"data-labels='{words}'"), "i cant breathe")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    alert = page.get_by_role("alert")
    expect(alert.get_by_role("heading", name="Please read this first")).to_be_visible()
    expect(alert.get_by_role("button", name="I have read this")).to_be_visible()
    expect(alert.get_by_role("link", name="Call 911")).to_be_visible()
    expect(page.get_by_role("button", name="Talk to a person")).to_be_visible()


def shaped_open(page: Page, website: Website, service: Service, attributes: str) -> Page:
    shaped(page, website, service, attributes).get_by_role("button", name=LAUNCH).click()
    return page


@pytest.mark.parametrize("words", ["{send: 1}", "null", "[]", "7", '"x"', ""])
def test_labels_that_are_no_json_object_change_nothing(
    page: Page, website: Website, service: Service, words: str
) -> None:
    shaped_open(page, website, service, f"data-labels='{words}'")
    expect(page.get_by_role("button", name="Send")).to_be_visible()


def test_labels_may_be_given_by_language(page: Page, website: Website, service: Service) -> None:
    shaped_open(page, website, service, """data-labels='{"es": {"send": "Vaya"}, "en": {"send": "Go"}}'""")
    expect(page.get_by_role("button", name="Go", exact=True)).to_be_visible()
    page.evaluate("document.querySelector('hai-faq-chat').dataset.lang = 'es'")
    expect(page.get_by_role("button", name="Vaya", exact=True)).to_be_visible()


def test_a_logo_stands_beside_the_title_and_one_that_fails_leaves_no_gap(
    page: Page, website: Website, service: Service
) -> None:
    allowed = website.policy
    website.policy += f"; img-src {service.url}"
    shaped_open(page, website, service, f'data-logo="{service.url}/icon.svg"')
    logo = page.locator(".head img")
    expect(logo).to_have_js_property("complete", True)
    assert logo.evaluate("node => node.offsetHeight") < 50
    expect(page.get_by_role("dialog", name="Questions and answers")).to_be_visible()
    page.evaluate(f"document.querySelector('hai-faq-chat').dataset.logo = '{service.url}/no-such.svg'")
    expect(logo).to_have_count(0)
    website.policy = allowed


def test_the_pages_style_sheet_colours_a_part_but_puts_nothing_in_and_reaches_no_urgent_text(
    page: Page, website: Website
) -> None:
    ask(opened(page, website.url), "i cant breathe")
    page.get_by_role("button", name="I have read this").click()
    page.evaluate(
        "const sheet = new CSSStyleSheet(); document.adoptedStyleSheets = [sheet]; sheet.replaceSync("
        "`hai-faq-chat::part(card) { display: none } hai-faq-chat::part(send) { background: red }"
        "hai-faq-chat::part(send)::before { content: 'Approved' }`)"
    )
    expect(page.locator(".send")).to_have_css("background-color", "rgb(255, 0, 0)")
    assert page.locator(".send").evaluate("node => getComputedStyle(node, '::before').content") in ("normal", "none")
    expect(page.get_by_text("Call 911 now.")).to_be_visible()
    reached = page.evaluate(
        "[...document.querySelector('hai-faq-chat').shadowRoot.querySelectorAll('[part]')]"
        ".filter((node) => /Call 911 now/.test(node.textContent)).length"
    )
    assert reached == 0


def test_asking_tells_the_page_what_kind_of_reply_stands_there_and_never_fails(page: Page, website: Website) -> None:
    page.goto(website.url)
    expect(page.get_by_role("button", name=LAUNCH)).to_be_visible()
    told = "haiFaq.ask({}).then((told) => [told, document.querySelector('hai-faq-chat').isOpen])"
    assert page.evaluate(told.format("'what color is the lamp'")) == [{"kind": "answer", "urgent": False}, True]
    expect(page.get_by_text(GREEN)).to_be_visible()
    assert page.evaluate(told.format("'i cant breathe'"))[0] == {"kind": "scripted", "urgent": True}
    assert page.evaluate(told.format("' '"))[0] == {"kind": "error", "urgent": False}
    page.route("**/v1/messages", lambda route: route.abort())
    assert page.evaluate(told.format("'lamp'"))[0] == {"kind": "error", "urgent": False}


def test_what_is_asked_before_load_is_told_when_it_is_answered(page: Page, website: Website, line: str) -> None:
    early = line.replace("async ", "")
    page.add_init_script(
        "const asks = () => { if (window.haiFaq && !window.said) said = haiFaq.ask('what color is the lamp') };"
        "new MutationObserver(asks).observe(document, { childList: true, subtree: true })"
    )
    visit(page, website, "/early", early + "<p>more</p>" * 3)
    page.wait_for_function("window.said")
    assert page.evaluate("said") == {"kind": "answer", "urgent": False}


@pytest.fixture
def conversation(page: Page, website: Website) -> Page:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(opened(page, website.url), "what color is the lamp")
    expect(page.get_by_text(GREEN)).to_be_visible()
    page.get_by_text("Keep a copy").click()
    return page


def whole(text: str) -> bool:
    words = ("Copy of a conversation with an automated service: Questions and answers, 127.0.0.1", "Version ", "Hello.")
    asked = ("You asked: what color is the lamp", GREEN, "Source: The Bedside Lamp, Example Ward")
    return all(each in text for each in (*words, *asked))


def test_nothing_asked_is_nothing_to_keep(page: Page, website: Website) -> None:
    opened(page, website.url)
    expect(page.get_by_text("Keep a copy")).to_be_hidden()


def test_the_conversation_can_be_copied(conversation: Page) -> None:
    conversation.get_by_role("button", name="Copy").click()
    expect(conversation.get_by_text("Done.")).to_be_visible()
    assert whole(conversation.evaluate("navigator.clipboard.readText()"))


def test_the_conversation_can_be_printed(conversation: Page) -> None:
    conversation.context.add_init_script("window.print = () => { window.printed = document.body.innerText }")
    with conversation.expect_popup() as popup:
        conversation.get_by_role("button", name="Print").click()
    paper = popup.value
    assert whole(paper.locator("body").inner_text())
    assert paper.title().startswith("Copy of a conversation")
    assert paper.evaluate("document.documentElement.lang") == "en"
    assert paper.evaluate("getComputedStyle(document.body).whiteSpaceCollapse") == "preserve"


def test_the_conversation_can_be_saved(conversation: Page) -> None:
    with conversation.expect_download() as download:
        conversation.get_by_role("button", name="Save").click()
    assert download.value.suggested_filename.endswith(".txt")
    assert whole(download.value.path().read_text("utf-8-sig"))


def test_a_browser_that_lets_nothing_be_kept_says_so(conversation: Page) -> None:
    conversation.evaluate("window.open = () => null")
    conversation.get_by_role("button", name="Print").click()
    expect(conversation.get_by_text("That could not be saved.")).to_be_visible()


def test_axe_finds_nothing_where_a_copy_is_offered(conversation: Page) -> None:
    expect(conversation.get_by_role("button", name="Copy")).to_be_visible()
    assert axe(conversation) == []
