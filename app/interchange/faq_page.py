"""A saved web page that says its questions to search engines: FAQPage of schema.org, as JSON-LD in the page.

https://schema.org/FAQPage: `mainEntity` holds items of the type Question, each with `name` and `acceptedAnswer`, whose
`text` may be HTML. The page may stand in a list or in `@graph`, in any of several scripts.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final

from app.content.schema import is_link
from app.errors import FileError
from app.interchange import html, questions
from app.interchange.questions import Question, Reading

MOST_SCRIPTS, MOST_NODES, MOST_QUESTIONS = 200, 100_000, 5_000
MOST_SIGNS, _LONGEST_TAG = 5_000, 2_000
"""Most scripts, links and comments of a page that are read, and characters of the tag that begins one."""
_SIGN: Final = re.compile(r"<(?:!--|(?:script|style|link)(?=[\s/>]))", re.IGNORECASE)
_TAG: Final = re.compile(r"""<[a-z]+(?:"[^"]*"|'[^']*'|[^"'<>])*>""", re.IGNORECASE)
_ENDS: Final = {
    "<!--": re.compile("-->"),
    "<script": re.compile("</script", re.IGNORECASE),
    "<style": re.compile("</style", re.IGNORECASE),
}
"""Where what is no HTML ends."""


def read(name: str, text: str) -> Reading:
    """Return the questions of a page. Raises `FileError` where it says none."""
    page = _Page.of(text)
    found, broken = list[Question](), list[str]()
    for number, script in enumerate(page.scripts[:MOST_SCRIPTS], 1):
        try:
            data = json.loads(script, strict=False)
        except (ValueError, RecursionError):
            broken.append(f"{name}: script {number} is no good JSON")
            continue
        for item in _pages(data):
            found += _questions(name, len(found), item, page.address)
    if not found:
        raise FileError(name, "; ".join(["holds no FAQPage of schema.org with questions", *broken]))
    if len(found) > MOST_QUESTIONS:
        raise FileError(name, f"holds more than {MOST_QUESTIONS:,} questions")
    return Reading(tuple(found), tuple(broken))


@dataclass
class _Page:
    """Scripts that hold data, and the address by which the page wants to be known."""

    scripts: list[str] = field(default_factory=list)
    address: str = ""

    @classmethod
    def of(cls, text: str) -> "_Page":
        """Read from sign to sign: Python's parser of HTML takes minutes for 250 kB of `<!--`, or of `<a `."""
        page, at = cls(), 0
        seen = 0
        while (sign := _SIGN.search(text, at)) and (seen := seen + 1) <= MOST_SIGNS:
            tag = _TAG.match(text[sign.start() : sign.start() + _LONGEST_TAG])
            name = sign[0].lower()
            at = sign.end() if name == "<!--" or not tag else sign.start() + tag.end()
            body = text[at : (at := _end(name, text, at))] if name in _ENDS else ""
            if tag:
                page._take(name, _attributes(tag[0]), body)
        return page

    def _take(self, name: str, attributes: Mapping[str, str], body: str) -> None:
        if name == "<script" and "ld+json" in attributes.get("type", "").lower():
            self.scripts.append(body)
        elif name == "<link" and "canonical" in attributes.get("rel", "").lower().split():
            self.address = self.address or attributes.get("href", "")


def _end(name: str, text: str, at: int) -> int:
    """Return where something ends; without an end it goes on to that of the page, as browsers have it."""
    end = _ENDS[name].search(text, at)
    return end.start() if end else len(text)


def _attributes(tag: str) -> Mapping[str, str]:
    """Return the attributes of one tag, which is short."""
    reader = _Tag()
    reader.feed(tag)
    return reader.attributes


class _Tag(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.attributes: dict[str, str] = {}

    def handle_starttag(self, _: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.attributes = {name: value or "" for name, value in reversed(attrs)}


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
