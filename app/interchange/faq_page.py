"""A saved web page that says its questions to search engines: FAQPage of schema.org, as JSON-LD in the page.

https://schema.org/FAQPage: `mainEntity` holds items of the type Question, each with `name` and `acceptedAnswer`, whose
`text` may be HTML. The page may stand in a list or in `@graph`, in any of several scripts.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from bs4 import BeautifulSoup
from bs4.filter import SoupStrainer

from app.content.schema import is_link
from app.errors import FileError
from app.interchange import html, questions
from app.interchange.questions import Question, Reading

MOST_SCRIPTS, MOST_NODES, MOST_QUESTIONS = 200, 100_000, 5_000
_SCRIPTS: Final = SoupStrainer(["script", "link"])
"""Only these are kept of a page, so that no depth of it matters."""


def read(name: str, text: str) -> Reading:
    """Return the questions of a page. Raises `FileError` where it says none."""
    page = BeautifulSoup(text, "html.parser", parse_only=_SCRIPTS)
    scripts = [script for script in page.find_all("script") if "ld+json" in str(script.get("type", "")).lower()]
    found, broken = list[Question](), list[str]()
    canonical = page.find("link", rel="canonical")
    address = str(canonical.get("href", "")) if canonical else ""
    for number, script in enumerate(scripts[:MOST_SCRIPTS], 1):
        try:
            data = json.loads(script.get_text(), strict=False)
        except (ValueError, RecursionError):
            broken.append(f"{name}: script {number} is no good JSON")
            continue
        for item in _pages(data):
            found += _questions(name, len(found), item, address)
    if not found:
        raise FileError(name, "; ".join(["holds no FAQPage of schema.org with questions", *broken]))
    if len(found) > MOST_QUESTIONS:
        raise FileError(name, f"holds more than {MOST_QUESTIONS:,} questions")
    return Reading(tuple(found), tuple(broken))


def _pages(data: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the FAQPages in lists and objects of any depth, without recursion."""
    waiting, seen = [data], 0
    while waiting and seen < MOST_NODES:
        node = waiting.pop()
        seen += 1
        if isinstance(node, dict):
            if _is(node, "FAQPage"):
                yield node
            else:
                waiting += reversed(list(node.values()))
        elif isinstance(node, list):
            waiting += reversed(node)


def _is(node: Mapping[str, Any], kind: str) -> bool:
    types = node.get("@type")
    return any(isinstance(own, str) and own.rsplit("/", 1)[-1] == kind for own in _listed(types))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _questions(name: str, before: int, page: Mapping[str, Any], address: str) -> Iterator[Question]:
    url = _text(page.get("url")) or address
    items = [item for item in _listed(page.get("mainEntity")) if isinstance(item, dict) and _is(item, "Question")]
    for number, item in enumerate(items, before + 1):
        answers = [answer for answer in _listed(item.get("acceptedAnswer")) if isinstance(answer, dict)]
        answer = _text(answers[0].get("text")) if answers else ""
        yield questions.completed(
            Question(
                f"{name}: question {number}",
                html.words(_text(item.get("name"))[: questions.LONGEST_ANSWER]),
                answer,
                source=url if is_link(url) else "",
                owner=_name(page.get("publisher")) or _name(page.get("author")),
                not_taken=("further answers",) if len(answers) > 1 else (),
            )
        )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _name(value: Any) -> str:
    return _text(value.get("name")) if isinstance(value, dict) else ""
