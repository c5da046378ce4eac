"""Chooses the language of a page: the link's (`?lang=`), else the first that the browser asks for and we have."""

from collections.abc import Iterable
from dataclasses import dataclass

from fastapi import Request

from app.channels.http.accepted import weights
from app.channels.page_words import WORDS
from app.dialogue.language import ENGLISH


@dataclass(frozen=True, slots=True)
class Reader:
    language: str | None = None
    """None is English."""
    kept: str = ""
    """The query that keeps a chosen language in links and forms, `?lang=es`; empty where the browser chose."""
    others: tuple[str, ...] = ()
    """The languages to which the page can be switched."""

    @property
    def tag(self) -> str:
        return self.language or ENGLISH


def reader_of(request: Request, translated: Iterable[str]) -> Reader:
    """Return who reads a page, in English and in each language of which there are both content and words."""
    languages = [own for own in WORDS if own in (ENGLISH, *translated)]
    chosen = _offered([request.query_params.get("lang", "")], languages)
    tag = chosen or _offered(_accepted(request.headers.get("accept-language", "")), languages) or ENGLISH
    others = tuple(language for language in languages if language != tag)
    return Reader(None if tag == ENGLISH else tag, f"?lang={chosen}" if chosen else "", others)


def _offered(tags: list[str], languages: list[str]) -> str | None:
    """Return the first language that some tag asks for; `es-MX` asks for `es`."""
    return next((tag for tag in (wanted.lower().split("-")[0] for wanted in tags) if tag in languages), None)


def _accepted(header: str) -> list[str]:
    """Return the tags of `Accept-Language`, the most wanted first."""
    weighted = weights(header.replace("_", "-"))
    return sorted((tag for tag, weight in weighted.items() if weight > 0), key=lambda tag: -weighted[tag])
