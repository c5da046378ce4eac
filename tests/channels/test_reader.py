import re

import pytest
from fastapi.testclient import TestClient

from app.channels.page_words import WORDS


@pytest.mark.parametrize(
    ("address", "accepted", "language"),
    [
        ("/ask", "", "en"),
        ("/ask", "es", "es"),
        ("/ask", "es-MX,es;q=0.9,en;q=0.8", "es"),
        ("/ask", "en-US,en;q=0.9,es;q=0.8", "en"),
        ("/ask", "fr, es;q=0.5", "es"),
        ("/ask", "en;q=0.1, es;q=0.2", "es"),
        ("/ask", "es;q=0, en", "en"),
        ("/ask", ";q=,,es;q=x,*;q=.", "en"),
        ("/ask", "x" * 20_000, "en"),
        ("/ask?lang=es", "en", "es"),
        ("/ask?lang=es-MX", "", "es"),
        ("/ask?lang=en", "es", "en"),
        ("/ask?lang=ru", "", "en"),  # there are texts, and no words for the page
        ("/ask?lang=%22%3E", "es", "es"),
    ],
)
def test_a_page_is_in_the_language_of_its_link_else_of_the_browser(
    client: TestClient, address: str, accepted: str, language: str
) -> None:
    response = client.get(address, headers={"accept-language": accepted})
    assert f'<html lang="{language}">' in response.text
    assert "accept-language" in response.headers["vary"].lower()


def test_a_choice_goes_along_and_what_the_browser_chose_leaves_addresses_plain(client: TestClient) -> None:
    chosen = client.get("/ask?lang=es", headers={"accept-language": "en"}).text
    assert {'href="/ask?lang=es"', 'href="/faq?lang=es"', 'action="/ask?lang=es"'} <= set(
        re.findall(r'\w+="/[^"]*"', chosen)
    )
    plain = client.get("/ask", headers={"accept-language": "es"}).text
    assert {'href="/ask"', 'href="/faq"', 'action="/ask"'} <= set(re.findall(r'\w+="/[^"]*"', plain))


def test_a_page_can_be_switched_to_the_other_language_and_back(client: TestClient) -> None:
    for address, tag, name in (("/faq", "es", "Español"), ("/faq?lang=es", "en", "English")):
        assert f'<a href="?lang={tag}" hreflang="{tag}" lang="{tag}">{name}</a>' in client.get(address).text


def test_the_words_of_the_pages_are_there_in_every_language() -> None:
    fields = {
        language: {name: re.findall(r"\{\w+\}", text) for name, text in words.items()}
        for language, words in WORDS.items()
    }
    assert {name: sorted(own) for name, own in fields["es"].items()} == {
        name: sorted(own) for name, own in fields["en"].items()
    }
    assert all(len(words["months"].split()) == 12 for words in WORDS.values())
