import json
import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, expect

from app.channels.assets import NAMES, embed_line
from app.main import create_app
from app.settings import Settings
from tests.channels.conftest import Service
from tests.channels.test_widget import axe
from tests.conftest import GUIDE, give_form, seal

OWN_WORDS = """() => {
  const { lang } = document.documentElement;
  const nodes = [...document.querySelectorAll("body, body :not(.me, code)")];
  return nodes
    .filter((node) => node.closest("[lang]").lang === lang)
    .flatMap((node) => [node.ariaLabel ?? "", ...[...node.childNodes].map((child) => child.data ?? "")])
    .map((text) => text.trim())
    .filter((text) => /\\p{L}{2}/u.test(text));
}"""
"""Returns what a page says in the language in which it says to be, without what was typed and hashes."""


@pytest.fixture
def demo(settings: Settings) -> Iterator[TestClient]:
    seal(settings.content_dir, "demo")
    with TestClient(create_app(settings)) as client:
        yield client


def structured(page: str) -> dict[str, object] | None:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    return json.loads(found[1]) if found else None


def test_pages_files_and_probes_answer_head(client: TestClient) -> None:
    paths = ("/", "/ask", "/faq", "/embed", "/staff/sign-in", "/healthz", "/readyz", *(f"/{name}" for name in NAMES))
    assert [path for path in paths if client.head(path).status_code != 200] == []


def test_pages_allow_nothing_inline_and_no_framing(client: TestClient) -> None:
    for address in ("/", "/ask", "/faq", "/embed"):
        response = client.get(address)
        policy = response.headers["content-security-policy"]
        assert policy.startswith("default-src 'none';")
        assert "unsafe" not in policy
        assert " style=" not in response.text
        assert response.headers["cache-control"] == "no-store"


def test_the_page_for_web_teams_shows_the_line_for_its_own_address(client: TestClient) -> None:
    page = client.get("/embed").text
    assert "&lt;script async src=&#34;http://testserver/widget.js&#34;&gt;&lt;/script&gt;" in page
    assert "sha384-" in page


def test_the_first_page_has_the_welcome_the_lines_the_first_questions_and_every_entry(client: TestClient) -> None:
    page = client.get("/").text
    assert "Hello. In an emergency call" in page
    assert '<a href="tel:911">Call 911</a>' in page
    assert 'Care team: <a href="tel:5550100">555-0100</a>' in page
    assert '<button name="choice" value="lamp-' in page
    every = re.findall(r'<article class="card" id="([\w-]+)"', client.get("/faq").text)
    assert re.findall(r'<a href="/faq#([\w-]+)">', page) == every
    assert len(every) == 6


def test_a_trusted_proxy_says_that_it_was_https(settings: Settings) -> None:
    behind = settings.model_copy(update={"trusted_proxies": ("testclient",)})
    with TestClient(create_app(behind)) as client:
        page = client.get("/embed", headers={"x-forwarded-proto": "https"}).text
    assert embed_line("https://testserver").split('"')[1] in page


def test_a_choice_is_shown_as_its_question_and_the_conversation_goes_on(client: TestClient) -> None:
    first = client.post("/ask", data={"text": "bulb color"}).text
    conversation = re.search(r'name="conversation_id" value="(web-[\w-]+)"', first)
    assert conversation
    assert '<button name="choice" value="None of these" lang="en" dir="auto">' in first
    fields = {"conversation_id": conversation[1], "choice": "lamp-bulb", "text": ""}
    second = client.post("/ask", data=fields).text
    assert "The lamp has a small bulb." in second
    assert "What kind of bulb does the lamp have?</p>" in second
    assert conversation[1] in second


def test_what_was_typed_is_shown_as_text(client: TestClient) -> None:
    page = client.post("/ask", data={"text": "<script>alert(1)</script>"}).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_refusal_is_a_page_with_help_that_keeps_what_was_typed(client: TestClient) -> None:
    response = client.post("/ask", data={"text": "lamp " * 4001})
    assert response.status_code == 413
    assert response.headers["content-type"].startswith("text/html")
    assert "lamp lamp lamp" in response.text
    assert 'In an emergency call <a href="tel:911">911</a>.' in response.text


@pytest.mark.parametrize("body", [b"", b"text", b"text=%ff%fe", b"&" * 50, b"=&text=lamp"])
def test_an_odd_form_is_no_server_error(client: TestClient, body: bytes) -> None:
    assert client.post("/ask", content=body).status_code < 500


def test_a_demo_is_bannered_and_not_for_search_engines(demo: TestClient) -> None:
    response = demo.get("/faq")
    assert "Demonstration only." in response.text
    assert response.headers["x-robots-tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in response.text
    assert structured(response.text) is None
    assert "Approved by" not in response.text


def test_sealed_by_a_site_every_entry_is_told_to_search_engines(client: TestClient) -> None:
    response = client.get("/faq")
    data = structured(response.text)
    assert data
    assert (data["@type"], len(data["mainEntity"])) == ("FAQPage", 6)  # type: ignore[arg-type]
    assert response.headers["x-robots-tag"] == "all"
    assert "noindex" not in response.text
    assert response.text.count("Approved by Dr. Test, doctor, January 1, 2029") == 1


def test_where_texts_have_different_seals_each_says_its_own(settings: Settings) -> None:
    path = settings.content_dir / "faq.lock"
    lines = path.read_text().splitlines(keepends=True)
    other = [line.replace("Dr. Test", "Dr. Other") if "lamp-bulb.answer" in line else line for line in lines]
    path.write_text("".join(other))
    with TestClient(create_app(settings)) as client:
        page = client.get("/faq").text
    assert page.count("<summary>Approved by Dr. Test, doctor, January 1, 2029</summary>") == 5
    assert page.count("<summary>Approved by Dr. Other, doctor, January 1, 2029</summary>") == 1


def test_an_answer_links_to_its_document_and_folds_its_seal(client: TestClient) -> None:
    page = client.post("/ask", data={"text": "what color is the lamp"}).text
    link = '<a href="https://example.org/lamp" target="_blank" rel="noopener noreferrer" lang="en">'
    assert page.count(f"{link}The Bedside Lamp, Example Ward") == 1
    seal = re.search(r"<details>(.*?)</details>", page, re.S)
    assert seal
    assert "<summary>Approved by Dr. Test, doctor, January 1, 2029</summary>" in seal[1]
    assert re.search(r"<code>[0-9a-f]{64}</code>", seal[1])


def test_without_javascript_a_conversation_is_held_by_form(browser: Browser, service: Service) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{service.url}/ask")
    page.get_by_label("Your question").fill("bulb color")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="What color is the lamp?").click()
    expect(page.get_by_text("The lamp is green.")).to_be_visible()
    page.get_by_label("Your question").fill("i cant breathe")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("Call 911 now.")
    box = page.get_by_role("alert").bounding_box()
    assert box
    assert box["y"] < 200
    assert "breathe" not in page.url
    context.close()


BILLING = {
    "label": "Billing",
    "topics": ["nc-price"],
    "extension": "4-1200",
    "line": "215-555-0120",
    "hours": "Mon-Fri 8-5",
}


@pytest.fixture
def reachable(settings: Settings) -> Iterator[TestClient]:
    site = {"handoffs": [BILLING], "contact_url": "https://hospital.example/chat"}
    with TestClient(create_app(Settings.model_validate(settings.model_dump() | site))) as client:
        yield client


def section(page: str, name: str) -> str:
    """The part of a page with this class; nothing where there is none."""
    found = re.search(rf'<(section|div) class="{name}"[^>]*>(.*?)</\1>\n', page, re.S)
    return found[2] if found else ""


def test_a_refusal_shows_its_topics_line_hours_form_and_what_else_can_be_asked(reachable: TestClient) -> None:
    page = reachable.post("/ask", data={"text": "how much is the lamp"}).text
    card = section(page, "card contact")
    for shown in ("Billing", "Mon-Fri 8-5", '<a class="call" href="tel:2155550120">Call 215-555-0120</a>'):
        assert shown in card
    assert '<a href="https://hospital.example/chat"' in card
    assert "4-1200" not in page
    assert '<a class="call" href="tel:5550100">Call 555-0100</a>' in page
    assert "You can ask:" in page
    assert '<a href="/faq">All answers</a></p>' in page


@pytest.mark.parametrize("text", ["can i talk to a person", "i am so scared", "this is useless", "zorp blick frum wug"])
def test_who_is_not_helped_gets_the_sites_line_as_a_button(reachable: TestClient, text: str) -> None:
    card = section(reachable.post("/ask", data={"text": text}).text, "card contact")
    assert "Talk to a person" in card
    assert '<a class="call" href="tel:5550100">Call 555-0100</a>' in card


def test_the_reply_to_a_feeling_is_a_card_of_its_own(client: TestClient) -> None:
    assert "The worry text." in section(client.post("/ask", data={"text": "i am so scared"}).text, "card feelings")
    assert not section(client.post("/ask", data={"text": "thanks"}).text, "card feelings")


def test_a_line_with_words_is_shown_and_not_dialled(settings: Settings) -> None:
    with TestClient(create_app(settings.model_copy(update={"phone_line": "555-0100, option 2"}))) as client:
        card = section(client.post("/ask", data={"text": "can i talk to a person"}).text, "card contact")
    assert '<p lang="en">555-0100, option 2</p>' in card
    assert "tel:" not in card


def test_an_emergency_is_red_and_a_crisis_calm_and_both_are_buttons(client: TestClient) -> None:
    emergency = section(client.post("/ask", data={"text": "i cant breathe"}).text, "alert")
    crisis = section(client.post("/ask", data={"text": "i want to die"}).text, "alert calm")
    assert '<a class="call" href="tel:911">Call 911</a>' in emergency
    assert '<a class="call" href="tel:988">Call 988</a>' in crisis
    assert '<a class="call" href="sms:988">Text 988</a>' in crisis
    for alert in (emergency, crisis):
        assert "<h2>Please read this first</h2>" in alert


def test_whom_to_call_stands_once_beside_the_welcome_and_below_every_reply(client: TestClient) -> None:
    assert client.get("/ask").text.count("tel:911") == 1
    assert client.post("/ask", data={"text": "what color is the lamp"}).text.count("tel:911") == 1


def test_a_doubt_stands_before_the_answer_and_is_no_alert(client: TestClient) -> None:
    page = client.post("/ask", data={"text": "make it stop. what color is the lamp"}).text
    net = re.search(r'<section class="card net"[^>]*>(.*?)</section>', page, re.S)
    assert net
    assert 'If you think of ending your life, call <a href="tel:988">988</a>.' in net[1]
    assert page.count("If you think of ending your life") == 1
    assert net.start() < page.index("The lamp is green.")
    assert 'role="alert"' not in page


def test_without_a_doubt_the_page_has_no_such_section(client: TestClient) -> None:
    assert 'class="card net"' not in client.post("/ask", data={"text": "what color is the lamp"}).text


def test_a_doubt_is_in_the_language_of_the_writer(client: TestClient) -> None:
    page = client.post("/ask", data={"text": "make it stop. dónde está la lámpara"}).text
    assert 'dir="auto" lang="es">' in page
    assert '<a href="tel:911">911</a>. <a href="tel:988">988</a>. The Spanish net-crisis text.' in page


def test_a_line_whose_area_code_is_988_is_one_link(settings: Settings) -> None:
    with TestClient(create_app(settings.model_copy(update={"oncall_line": "988 555 0123"}))) as client:
        page = client.post("/ask", data={"text": "dizzy"}).text
    assert 'The line is <a href="tel:9885550123">988 555 0123</a>.' in page


def test_a_conversation_is_held_in_spanish_by_form(client: TestClient) -> None:
    first = client.post("/ask?lang=es", data={"text": "bulb color"}).text
    assert 'dir="auto" lang="es">The Spanish clarify text.</p>' in first
    assert '<button name="choice" value="Otra pregunta" lang="es" dir="auto">Otra pregunta</button>' in first
    assert '<button name="choice" value="lamp-bulb" lang="en" dir="auto">' in first
    conversation = re.search(r'name="conversation_id" value="(web-[\w-]+)"', first)
    assert conversation
    fields = {"conversation_id": conversation[1], "choice": "Otra pregunta"}
    assert "The Spanish none-chosen text." in client.post("/ask?lang=es", data=fields).text


def test_an_answer_and_the_button_for_a_person_are_shown_in_spanish(client: TestClient) -> None:
    page = client.post("/ask?lang=es", data={"choice": "lamp-place"}).text
    assert '<span class="hidden" dir="ltr">Usted preguntó:</span> ¿Dónde está la lámpara?</p>' in page
    assert 'dir="auto" lang="es">La lámpara está en la mesa junto a la cama.</p>' in page
    assert "Aprobado por Dr. Test, doctor, 1 de enero de 2029" in page
    page = client.post("/ask?lang=es", data={"choice": "I want to talk to a person"}).text
    assert "Hablar con una persona</p>" in page
    assert "The Spanish human text." in page


def test_a_refusal_is_a_page_in_spanish_with_help(client: TestClient) -> None:
    response = client.post("/ask?lang=es", data={"text": "lamp " * 4001})
    assert response.status_code == 413
    assert "El mensaje es demasiado largo." in response.text
    assert '<p lang="es"><a href="tel:911">911</a>. The Spanish safety notice.</p>' in response.text


@pytest.mark.parametrize("address", ["/", "/ask", "/faq", "/nothing"])
def test_no_word_of_a_page_is_left_in_english(page: Page, service: Service, address: str) -> None:
    page.goto(f"{service.url}{address}")
    english = set(page.evaluate(OWN_WORDS))
    page.goto(f"{service.url}{address}?lang=es")
    spanish = set(page.evaluate(OWN_WORDS))
    assert "Todas las respuestas" in spanish
    assert english & spanish == set()


@pytest.mark.parametrize(
    "text", ["i want to die", "make it stop. what color is the lamp", "how much is the lamp", "zorp blick"]
)
def test_no_word_around_a_reply_is_left_in_english(page: Page, service: Service, text: str) -> None:
    words = []
    for tag in ("en", "es"):
        page.goto(f"{service.url}/ask?lang={tag}")
        page.get_by_role("textbox").fill(text)
        page.locator("button.first").click()
        expect(page.locator(".me")).to_contain_text(text)
        words.append(set(page.evaluate(OWN_WORDS)))
    assert set.intersection(*words) == set()


def test_numbers_are_called_and_texted_in_spanish(client: TestClient) -> None:
    crisis = client.post("/ask?lang=es", data={"text": "i want to die"}).text
    assert "<h2>Lea esto primero</h2>" in crisis
    assert '<a class="call" href="tel:988">Llamar al 988</a>' in crisis
    assert '<a class="call" href="sms:988">Mensaje al 988</a>' in crisis


def test_the_first_page_is_in_spanish_and_keeps_the_choice(client: TestClient) -> None:
    page = client.get("/?lang=es").text
    assert 'lang="es">The Spanish welcome. <a href="tel:911">911</a>.</p>' in page
    assert '<button name="choice" value="lamp-place" lang="es" dir="auto">¿Dónde está la lámpara?</button>' in page
    assert '<li lang="es" dir="auto"><a href="/faq?lang=es#lamp-place">¿Dónde está la lámpara?</a></li>' in page
    assert '<form method="post" action="/ask?lang=es"' in page


def test_the_page_for_web_teams_stays_english(client: TestClient) -> None:
    response = client.get("/embed?lang=es", headers={"accept-language": "es"})
    assert '<html lang="en">' in response.text
    assert "accept-language" not in response.headers.get("vary", "")


def test_the_answers_in_spanish_show_what_is_not_translated_in_english(client: TestClient) -> None:
    page = client.get("/faq?lang=es").text
    assert '<h2 id="theme-1" lang="es">La lámpara</h2>' in page
    assert '<h3 id="lamp-place-question" lang="es" dir="auto"><a href="#lamp-place">¿Dónde está la lámpara?</a>' in page
    assert '<h3 id="lamp-color-question" lang="en" dir="auto">' in page
    assert '<p class="limits" lang="en" dir="auto">The page does not say how to dim it.</p>' in page
    data = structured(page)
    assert data
    assert data["inLanguage"] == "es"


def test_search_engines_are_told_of_the_other_language(settings: Settings) -> None:
    public = settings.model_copy(update={"public_url": "https://faq.example"})
    with TestClient(create_app(public)) as client:
        page = client.get("/faq").text
    alternates = re.findall(r'<link rel="alternate" hreflang="(.*?)" href="(.*?)">', page)
    address = "https://faq.example/faq"
    assert dict(alternates) == {"x-default": address, "en": f"{address}?lang=en", "es": f"{address}?lang=es"}


def test_arabic_and_other_scripts_run_in_their_own_direction(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/ask")
    page.get_by_label("Your question").fill("أين المصباح")
    page.get_by_role("button", name="Send").click()
    asked = page.locator(".me")
    assert asked.evaluate("node => getComputedStyle(node).direction") == "rtl"


def test_in_spanish_answers_are_counted_in_spanish(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/faq?lang=es")
    page.get_by_label("Buscar en esta página").fill("junto a la cama")
    expect(page.get_by_text("1 de 6 respuestas")).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_label("Find on this page")).to_be_visible()


def test_entries_are_found_in_the_page_and_by_deep_link(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/faq#lamp-bulb")
    expect(page.locator("#lamp-bulb")).to_be_in_viewport()
    page.get_by_label("Find on this page").fill("green")
    expect(page.get_by_text("1 of 6 answers")).to_be_visible()
    expect(page.locator("#lamp-bulb")).to_be_hidden()
    page.evaluate("location.hash = 'lamp-place'")
    expect(page.locator("#lamp-place")).to_be_visible()


def test_the_first_page_runs_the_widget_under_its_own_policy(page: Page, service: Service) -> None:
    page.goto(service.url)
    page.get_by_role("button", name="Ask a question").click()
    page.get_by_label("Your question").fill("what color is the lamp")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The lamp is green.")).to_be_visible()


@pytest.mark.parametrize(
    ("scheme", "addresses"),
    [
        ("light", ("/", "/ask", "/faq", "/embed", "/?lang=es", "/ask?lang=es", "/faq?lang=es")),
        ("dark", ("/", "/faq", "/embed")),
    ],
)
def test_axe_finds_nothing_on_the_pages(
    browser: Browser, service: Service, scheme: str, addresses: tuple[str, ...]
) -> None:
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light", viewport={"width": 320, "height": 600}
    )
    page = context.new_page()
    for address in addresses:
        page.goto(service.url + address)
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.goto(f"{service.url}/ask")
    for text in (
        "make it stop. what color is the lamp",
        "i cant breathe",
        "i want to die",
        "i am so scared",
        "zorp wug",
    ):
        page.get_by_label("Your question").fill(text)
        page.get_by_role("button", name="Send").click()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()


@pytest.mark.parametrize("said", ["i cant breathe", "make it stop"])
def test_danger_in_the_box_is_read_though_another_button_is_pressed(client: TestClient, said: str) -> None:
    beside = client.post("/ask", data={"text": said, "choice": "I want to talk to a person"}).text
    assert f"</span> {said}</p>" in beside
    assert 'class="alert' in beside or 'class="card net"' in beside


def test_danger_in_the_box_is_read_after_what_the_conversation_has_told(client: TestClient) -> None:
    told = client.post("/ask", data={"text": "my chemo was tuesday"}).text
    conversation = re.search(r'name="conversation_id" value="([^"]+)"', told)
    assert conversation
    boxed = {"text": "its 101 now", "choice": "lamp-color", "conversation_id": conversation[1]}
    assert 'class="alert' in client.post("/ask", data=boxed).text


def test_what_stands_in_the_box_stays_there_when_another_button_is_pressed(client: TestClient) -> None:
    page = client.post("/ask", data={"text": "how long does the", "choice": "lamp-color"}).text
    assert "The lamp is green." in page
    assert ">how long does the</textarea>" in page


def test_beside_an_urgent_text_there_is_no_link_that_loses_it(client: TestClient) -> None:
    page = client.post("/ask", data={"text": "i cant breathe"}).text
    header = page.partition("<header>")[2].partition("</header>")[0]
    assert "<a " not in header
    assert 'class="over"' not in page


def test_a_form_that_is_sent_in_another_way_is_refused_and_not_read_as_empty(client: TestClient) -> None:
    refused = client.post("/ask", files={"text": (None, "i cant breathe")})
    assert refused.status_code == 400
    assert "application/x-www-form-urlencoded" in refused.json()["detail"]


def test_a_refusal_gives_back_what_was_typed_and_no_more_than_a_message_may_hold(client: TestClient) -> None:
    page = client.post("/ask", data={"text": "a" * 200_000, "conversation_id": "b" * 10_000})
    assert page.status_code == 413
    assert 20_000 <= len(page.text) < 30_000


FORMED = (
    '<p class="said" dir="auto" lang="en">The lamp has a <strong>small</strong> bulb. To change it:</p>',
    f'<li dir="auto">Read <a href="{GUIDE.replace("&", "&amp;")}" target="_blank" rel="noopener noreferrer">the guide'
    '<span class="hidden" lang="en"> (opens in a new tab)</span></a> &amp; look</li>',
    '<li dir="auto">Ask its maker</li>',
    '<strong>Never</strong> touch a &lt;hot&gt; bulb: call <a href="tel:911">911</a>.</p>',
)


def test_an_answer_with_a_form_is_drawn_in_it_on_every_page(settings: Settings) -> None:
    give_form(settings.content_dir)
    values = settings.model_dump() | {"link_hosts": ["www.hospital.example"]}
    with TestClient(create_app(Settings.model_validate(values))) as client:
        asked = client.post("/ask", data={"text": "what kind of bulb does the lamp have"}).text
        listed = client.get("/faq").text
    assert [[part for part in FORMED if part not in page] for page in (asked, listed)] == [[], []]
    assert "maker.example" not in asked + listed
    said = structured(listed)
    assert said is not None
    assert f"Read the guide ({GUIDE}) & look" in json.dumps(said)
