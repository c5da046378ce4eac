"""Pages are drawn on the server, from templates, under one policy for browsers."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from app.channels import assets, calls
from app.channels.http.problems import HELP
from app.channels.http.services import Services
from app.channels.page_words import WORDS
from app.channels.reader import Reader
from app.content import schema
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Answer, ScriptPart

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
ENGLISH_READER = Reader()
PERSON = "I want to talk to a person"
"""What the button for a person sends, in every language."""


def page(
    name: str, served: Services, status: int = 200, reader: Reader = ENGLISH_READER, **values: Any
) -> HTMLResponse:
    """Return the page of a template, under the banner of a demonstration where the content is one."""
    return _response(name, status, served.link, reader, {**_of_content(served.knowledge, reader.language), **values})


def bare_page(
    name: str, link: Callable[[str], str], status: int, reader: Reader = ENGLISH_READER, **values: Any
) -> HTMLResponse:
    """Return a page before content is loaded: English help, no banner, no lines of the site."""
    fixed = {
        "banner": None,
        "notice": ScriptPart("safety-notice", HELP, HELP),
        "demo": True,
        "site": dict.fromkeys(schema.PLACEHOLDERS),
        "heading": WORDS[reader.tag]["faq"],
        "heading_language": reader.tag,
        "dial": dialled,
        "numbers": calls.numbers,
    }
    return _response(name, status, link, reader, {**fixed, **values})


def _of_content(knowledge: Knowledge, language: str | None) -> dict[str, Any]:
    """Return what every page shows of the content: its texts in this language as far as they are approved in it."""
    approved, lines = knowledge.approved, calls.lines(knowledge)
    return {
        "banner": approved.banner_in(language),
        "welcome": approved.first("welcome", "safety-notice", language=language),
        "notice": approved.first("safety-notice", language=language),
        "demo": approved.demo,
        "site": approved.site,
        "heading": next(iter(knowledge.content.documents.values())).title,
        "heading_language": "en",
        "dial": lambda text: dialled(text, lines),
        "numbers": lambda text: calls.numbers(text, lines),
    }


def _response(
    name: str, status: int, link: Callable[[str], str], reader: Reader, values: Mapping[str, Any]
) -> HTMLResponse:
    common = {
        "status": status,
        "link": link,
        "asset": lambda asset: link(assets.asset(asset).address),
        "reader": reader,
        "words": WORDS[reader.tag],
        "names": {tag: words["language"] for tag, words in WORDS.items()},
    }
    html = _templates().get_template(name).render({**common, **values})
    response = HTMLResponse(html, status, {"content-security-policy": POLICY})
    if reader.others:
        response.headers["vary"] = "accept-language"
    return response


@cache
def _templates() -> Environment:
    loader = FileSystemLoader([folder / "templates" for folder in assets.FOLDERS])
    env = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    env.globals |= {"tel": calls.tel, "wants_person": PERSON}
    return env


def by_theme(served: Services) -> dict[str, list[Answer]]:
    """Return the entries that are served now under the titles of their themes; a theme without any is left out."""
    knowledge = served.knowledge
    entries: dict[str, list[Answer]] = {id_: [] for id_ in knowledge.content.themes}
    for answer in knowledge.served(served.day):
        entries[answer.theme].append(answer)
    return {title: entries[id_] for id_, title in knowledge.content.themes.items() if entries[id_]}


def dialled(text: str, lines: Sequence[str] = ()) -> Markup:
    """Return the text word for word, its telephone numbers, 911, 988 and these lines, as links."""
    link = Markup('<a href="{}">{}</a>')
    return Markup("").join(
        link.format(calls.tel(piece), piece) if place % 2 else escape(piece)
        for place, piece in enumerate(calls.cut(text, lines))
    )
