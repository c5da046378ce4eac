"""What a screen reader says of each state of the widget, and in which order, in English and in Spanish.

A snapshot holds what must be said, in its order; more may be said in between.
"""

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.channels.conftest import Service, Website, page_with

WORDS = {
    "launch": ("Ask a question", "Haga una pregunta"),
    "title": ("Questions and answers", "Preguntas y respuestas"),
    "close": ("Close", "Cerrar"),
    "log": ("Conversation", "Conversación"),
    "label": ("Your question", "Su pregunta"),
    "send": ("Send", "Enviar"),
    "person": ("Talk to a person", "Hablar con una persona"),
    "restart": ("Start over", "Empezar de nuevo"),
    "suggested": ("You can ask:", "Puede preguntar:"),
    "you": ("You asked:", "Usted preguntó:"),
    "waiting": ("Looking for the answer", "Buscando la respuesta"),
    "source": ("Source:", "Fuente:"),
    "tab": ("opens in a new tab", "se abre en otra pestaña"),
    "helped": ("Did this help?", "¿Le sirvió?"),
    "up": ("Yes, this helped", "Sí, me sirvió"),
    "down": ("No, this did not help", "No, no me sirvió"),
    "thanks": ("Thank you. That is noted.", "Gracias. Queda anotado."),
    "why": ("What was wrong?", "¿Qué falló?"),
    "reason": ("Hard to understand", "Difícil de entender"),
    "urgent": ("Please read this first", "Lea esto primero"),
    "call": ("Call", "Llamar al"),
    "text": ("Text", "Mensaje al"),
    "read": ("I have read this", "Ya lo leí"),
    "failed": (
        "The service did not answer. Your message is kept here.",
        "El servicio no respondió. Su mensaje sigue aquí.",
    ),
    "line": ("Care team:", "Equipo médico:"),
    "retry": ("Try again", "Intentar de nuevo"),
    # what is asked of the fixture, and its texts
    "asked": ("where is the lamp", "donde esta la lampara"),
    "question": ("Where is the lamp?", "¿Dónde está la lámpara?"),
    "answer": ("The lamp stands on the table beside the bed.", "La lámpara está en la mesa junto a la cama."),
    "welcome": ("Hello.", "The Spanish welcome."),
    "choose": ("Which one?", "The Spanish clarify text."),
    "none": ("None of these", "Otra pregunta"),
    "doubt": ("If you think of ending your life", "The Spanish net-crisis text."),
    "uncovered": ("No approved text on what the lamp costs.", "The Spanish not-covered text."),
    "breathless": ("i cant breathe", "no puedo respirar"),
    "dying": ("i want to die", "me quiero morir"),
}
LANGUAGES = {code: {name: pair[place] for name, pair in WORDS.items()} for place, code in enumerate(("en", "es"))}


class Chat:
    """The widget on a page of one language."""

    def __init__(self, page: Page, words: dict[str, str]) -> None:
        self.page = page
        self.words = words

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=self.words[name]).click()

    def ask(self, text: str) -> None:
        self.page.get_by_label(self.words["label"]).fill(self.words.get(text, text))
        self.page.keyboard.press("Enter")

    def says(self, tree: str, within: Locator | None = None) -> None:
        place = within or self.page.get_by_role("dialog")
        expect(place).to_match_aria_snapshot(tree.format_map(self.words))


@pytest.fixture(params=["en", "es"])
def closed(request: pytest.FixtureRequest, page: Page, website: Website, service: Service) -> Chat:
    language: str = request.param
    website.pages["/spoken"] = page_with(f'<script async src="{service.url}/widget.js"></script>', language)
    page.goto(f"{website.url}/spoken")
    return Chat(page, LANGUAGES[language])


@pytest.fixture
def chat(closed: Chat) -> Chat:
    closed.press("launch")
    return closed


def test_closed_it_is_one_button_after_the_page(closed: Chat) -> None:
    closed.says(
        """
        - /children: equal
        - main
        - button "{launch}"
        """,
        within=closed.page.locator("body"),
    )


def test_opened_it_greets_and_suggests_before_it_asks(chat: Chat) -> None:
    chat.says("""
      - dialog "{title}":
        - heading "{title}" [level=2]
        - button "{close}"
        - log "{log}":
          - paragraph: /{welcome}/
          - paragraph: "{suggested}"
          - button "What color is the lamp?"
        - textbox "{label}"
        - button "{send}"
        - button "{person}"
        - button "{restart}"
    """)


def test_an_answer_follows_its_question_and_is_followed_by_its_source(chat: Chat) -> None:
    chat.ask("asked")
    chat.says("""
      - log "{log}":
        - text: "{you}"
        - paragraph: "{asked}"
        - heading "{question}" [level=3]
        - paragraph: "{answer}"
        - paragraph:
          - text: "{source}"
          - link "The Bedside Lamp, Example Ward ({tab})"
        - group "{helped}":
          - button "{up}"
          - button "{down}"
    """)
    expect(chat.page.get_by_text(chat.words["answer"])).to_have_count(1)


def test_a_choice_is_asked_before_its_options_and_none_of_these_comes_last(chat: Chat) -> None:
    chat.ask("bulb color")
    chat.says("""
      - log "{log}":
        - text: "{you}"
        - paragraph: bulb color
        - paragraph: "{choose}"
        - button "What kind of bulb does the lamp have?"
        - button "What color is the lamp?"
        - button "{none}"
    """)


def test_what_is_not_covered_is_said_with_the_number_to_ring(chat: Chat) -> None:
    chat.ask("what does the lamp cost")
    chat.says("""
      - log "{log}":
        - text: "{you}"
        - paragraph: what does the lamp cost
        - paragraph: /{uncovered}/
        - heading "{person}" [level=3]
        - link "{call} 555-0100"
    """)


def test_a_doubt_is_said_with_its_calls_before_the_answer(chat: Chat) -> None:
    chat.ask("make it stop. what color is the lamp")
    chat.says("""
      - log "{log}":
        - paragraph: make it stop. what color is the lamp
        - note:
          - paragraph: /{doubt}/
          - link "{call} 988"
          - link "{text} 988"
        - heading "What color is the lamp?" [level=3]
        - paragraph: The lamp is green.
    """)


def test_an_emergency_stands_before_the_conversation_with_its_call_before_its_button(chat: Chat) -> None:
    chat.ask("breathless")
    chat.says("""
      - dialog "{title}":
        - alert:
          - heading "{urgent}" [level=3]
          - paragraph:
            - link "911"
          - link "{call} 911"
          - button "{read}"
        - log "{log}":
          - text: "{you}"
          - paragraph: "{breathless}"
        - textbox "{label}"
    """)


def test_a_crisis_stands_before_the_conversation_with_its_calls_before_its_button(chat: Chat) -> None:
    chat.ask("dying")
    chat.says("""
      - dialog "{title}":
        - alert:
          - heading [level=3]
          - paragraph:
            - link "988"
          - link "{call} 988"
          - link "{text} 988"
          - button "{read}"
        - log "{log}":
          - text: "{you}"
          - paragraph: "{dying}"
        - textbox "{label}"
    """)


def test_a_failure_is_said_after_the_message_with_whom_to_call_before_the_next_try(chat: Chat) -> None:
    chat.page.route("**/v1/messages", lambda route: route.abort())
    chat.ask("asked")
    chat.says("""
      - log "{log}":
        - text: "{you}"
        - paragraph: "{asked}"
        - paragraph: "{failed}"
        - paragraph: The offline text.
        - paragraph:
          - text: "{line}"
          - link "555-0199"
        - button "{retry}"
    """)


def test_a_thumb_down_is_thanked_for_before_the_reasons_are_asked(chat: Chat) -> None:
    chat.ask("asked")
    chat.press("down")
    chat.says("""
      - group "{helped}":
        - button "{up}" [pressed=false]
        - button "{down}" [pressed]
        - text: "{thanks}"
        - group "{why}":
          - button "{reason}"
    """)


def test_while_it_looks_the_status_says_so_and_then_falls_silent(chat: Chat) -> None:
    waiting: list[Route] = []
    chat.page.route("**/v1/messages", lambda route: waiting.append(route))
    chat.ask("asked")
    status = chat.page.get_by_role("status").first
    expect(status).to_have_text(chat.words["waiting"])
    waiting.pop().continue_()
    expect(chat.page.get_by_text(chat.words["answer"])).to_be_visible()
    expect(status).to_have_text("")


def test_only_what_is_new_is_announced(chat: Chat) -> None:
    """A screen reader speaks what is added to a log or an alert that stands; what is drawn anew it speaks again."""
    alert = chat.page.get_by_role("alert").element_handle()
    chat.ask("asked")
    answer = chat.page.get_by_text(chat.words["answer"])
    expect(answer).to_be_visible()
    said = answer.element_handle()
    chat.ask("breathless")
    expect(chat.page.get_by_role("alert")).to_contain_text("911")
    assert said.evaluate("node => node.isConnected")
    assert alert.evaluate("node => node.isConnected && node.textContent.includes('911')")


def test_each_text_is_spoken_by_the_voice_of_its_language(chat: Chat) -> None:
    """An English text on a Spanish page would else be read with Spanish sounds."""
    chat.ask("asked")
    voice = "node => node.closest('[lang]')?.lang ?? document.documentElement.lang"
    answer = chat.page.get_by_text(chat.words["answer"])
    expect(answer).to_be_visible()
    language = chat.page.evaluate("document.documentElement.lang")
    assert answer.evaluate(voice) == language
    assert chat.page.get_by_text(chat.words["helped"]).evaluate(voice) == language
    assert chat.page.get_by_text(chat.words["welcome"]).evaluate(voice) == language
