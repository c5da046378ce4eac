"""The few forms of Markdown that an answer may have: paragraphs, lists, bold, and links to pages of https.

Whatever else a text holds stays in it as it is written, so that no word is lost; `problems` names it.
"""

import html
import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, list_block
from markdown_it.token import Token

from app.content.schema import is_link

LONGEST = 20_000
"""Most characters that are read for forms, as of any text in YAML."""
List = Literal["ul", "ol"]
"""With a dot or a number before each item, by the names of HTML."""


@dataclass(frozen=True, slots=True)
class Span:
    """Words of one look; with an address they are a link, and all of it."""

    text: str
    bold: bool = False
    href: str | None = None


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, which is one item, or a list."""

    items: tuple[Line, ...]
    list: List | None = None


Blocks = tuple[Block, ...]


def parse(text: str) -> Blocks:
    """Return the blocks of an answer; every word of it is in them.

    >>> [block.list for block in parse("Bring **both**:\\n\\n- the card\\n- the [form](https://hospital.example/form)")]
    [None, 'ul']
    """
    return tuple(_blocks(_ANSWERS.parse(text))) if len(text) <= LONGEST else paragraphs(text)


def paragraphs(text: str) -> Blocks:
    """Return a text without any form as it stands."""
    return tuple(Block(((Span(words),),)) for words in re.split(r"\n{2,}", text) if words)


def plain(text: str) -> str:
    """Return an answer in plain words, without the addresses of its links.

    >>> plain("Bring **both**:\\n\\n- the card\\n- the [form](https://hospital.example/form)")
    'Bring both:\\n\\n- the card\\n- the form'
    """
    return as_text(parse(text))


def as_text(blocks: Blocks, written: Callable[[Span], str] = lambda span: span.text) -> str:
    """Return the blocks as plain text; `written` says how a span is."""
    return "\n\n".join("\n".join(_lines(block, written)) for block in blocks)


def with_address(span: Span) -> str:
    """Return the words of a span, and behind those of a link where it leads."""
    return f"{span.text} ({span.href})" if span.href and span.href != span.text else span.text


def lines(text: str) -> list[str]:
    """Return the words of each paragraph and of each item of a list."""
    return ["".join(span.text for span in item) for block in parse(text) for item in block.items]


def links(blocks: Blocks) -> list[str]:
    """Return where the links lead, each once, in the order in which they stand there."""
    return list(dict.fromkeys(span.href for block in blocks for item in block.items for span in item if span.href))


def is_of(address: str, hosts: Collection[str]) -> bool:
    """Return whether an address leads to one of these hosts; `*.hospital.example` is any host under that name."""
    host = urlsplit(address).netloc.lower()
    return host in hosts or any(host.endswith(own.removeprefix("*")) for own in hosts if own.startswith("*."))


def linked(blocks: Blocks, hosts: Collection[str]) -> Blocks:
    """Return the blocks with those links that lead to one of these hosts; of the others the words stay."""

    def checked(span: Span) -> Span:
        return span if span.href is None or is_of(span.href, hosts) else replace(span, href=None)

    return changed(blocks, lambda item: tidied(map(checked, item)))


def changed(blocks: Blocks, change: Callable[[Line], Line]) -> Blocks:
    """Return the blocks with each paragraph and each item changed; of one that is nothing then, nothing stays."""
    items = ((tuple(filter(None, map(change, block.items))), block.list) for block in blocks)
    return tuple(Block(own, list_) for own, list_ in items if own)


def _lines(block: Block, written: Callable[[Span], str]) -> Iterator[str]:
    marks = {None: "", "ul": "- ", "ol": "{}. "}
    for number, item in enumerate(block.items, 1):
        yield marks[block.list].format(number) + "".join(map(written, item))


def _blocks(tokens: Iterable[Token]) -> Iterator[Block]:
    opened: List | None = None
    items: list[Line] = []
    for token in tokens:
        if token.type == "inline" and (line := _line(token.children or ())):
            items.append(line)
        if opened and not token.type.endswith("_list_close"):
            continue
        if items:
            yield Block(tuple(items), opened)
        opened, items = _LISTS.get(token.type), []


_LISTS: dict[str, List] = {"bullet_list_open": "ul", "ordered_list_open": "ol"}


def _line(tokens: Iterable[Token]) -> Line:
    """Return the spans of a paragraph or an item; what has no form is written as it was."""
    spans: list[Span] = []
    bold, href = 0, None
    for token in tokens:
        if token.type == "link_open":
            href, before = str(token.attrGet("href")), spans
            spans = []
        elif token.type == "link_close":
            spans = [*before, *_link(spans, href)]
            href = None
        elif token.type in ("strong_open", "strong_close") and token.markup == _BOLD:
            bold += token.nesting
        else:
            spans.append(Span(token.content or token.markup or "\n", bold > 0))
    return tidied(replace(span, text=_BREAK.sub(" ", span.text)) for span in _merged(spans))


def _link(spans: list[Span], href: str | None) -> list[Span]:
    """Return the words of a link as one span, bold where all of them are."""
    words = Span("".join(span.text for span in spans), all(span.bold for span in spans))
    return [replace(words, href=href if href and is_link(href) else None)]


_BOLD = "**"
_BREAK = re.compile(r"[ \t]*\n[ \t]*")


def tidied(spans: Iterable[Span]) -> Line:
    """Return a line without spaces at its ends and without spans of nothing, neighbours of one look put together."""
    line = _merged(spans)
    for end, strip in ((0, str.lstrip), (-1, str.rstrip)):
        while line and not strip(line[end].text):
            del line[end]
        if line:
            line[end] = replace(line[end], text=strip(line[end].text))
    return tuple(line)


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in filter(lambda span: span.text, spans):
        if merged and span.bold == merged[-1].bold and not (span.href or merged[-1].href):
            merged[-1] = replace(span, text=merged[-1].text + span.text)
        else:
            merged.append(span)
    return merged


def _lists(opens: str, nested: bool) -> Callable[[StateBlock, int, int, bool], bool]:
    """Return the rule for a list whose first item `opens` so. Where they are not nested, no list is in a list: what is
    nested too deep would be lost.
    """

    def rule(state: StateBlock, first: int, last: int, silent: bool) -> bool:
        begins = state.src[state.bMarks[first] + state.tShift[first] : state.eMarks[first]]
        is_next_item = state.sCount[first] < state.blkIndent
        may_open = (nested or state.level == 0) and re.match(opens, begins)
        return bool(is_next_item or may_open) and list_block(state, first, last, silent)

    return rule


def _reader(preset: str, rules: list[str], lists: Callable[[StateBlock, int, int, bool], bool]) -> MarkdownIt:
    """Return a reader that takes any address, as it is written: `is_link` decides on it."""
    reader = MarkdownIt(preset).enable(rules)
    reader.block.ruler.at("list", lists, {"alt": ["paragraph", "reference", "blockquote"]})
    reader.normalizeLink = lambda url: url  # type: ignore[method-assign]
    reader.validateLink = lambda _: True  # type: ignore[assignment, method-assign]
    return reader


_ANSWERS = _reader("zero", ["list", "emphasis", "link", "escape"], _lists(r"(?:[-*]|1[.)])[ \t]+\S", nested=False))
"""`911. Say where you are` opens no list, and neither does a lone sign."""


# What is outside of these forms.

_ALL = _reader("commonmark", ["table", "strikethrough"], _lists(r"[-*+]|1[.)]", nested=True))
_ADDRESS = re.compile(r"(?<!\()https?://\S+")
_ENTITY = re.compile(r"(?<!\\)&#?\w{1,31};")
_OF_ANSWERS = frozenset({"bold", "a list", "a link"})
_UNSEEN = frozenset({"code, by four spaces before a line", "a forced end of a line"})
"""What looks the same where it is no Markdown."""
_NAMES = {
    "heading_open": "a heading",
    "hr": "a line across",
    "code_block": "code, by four spaces before a line",
    "fence": "code",
    "code_inline": "code",
    "blockquote_open": "a quotation",
    "html_block": "HTML",
    "html_inline": "HTML",
    "image": "an image",
    "table_open": "a table",
    "s_open": "struck-out words",
    "em_open": "italics",
    "hardbreak": "a forced end of a line",
}


def problems(text: str) -> Iterator[str]:
    """Yield what of an answer is Markdown or HTML outside of the forms that it may have."""
    if len(text) > LONGEST:
        yield f"more than {LONGEST:,} characters"
        return
    yield from (form for form in dict.fromkeys(_forms(text)) if form not in _OF_ANSWERS)


def marks(text: str) -> Iterator[str]:
    """Yield what is Markdown or HTML in a text that must hold none. One item alone is no list, but a line that begins
    with a dash or a number.
    """
    forms = _forms(_ADDRESS.sub("", text[:LONGEST]))
    yield from (form for form in dict.fromkeys(forms) if form not in _UNSEEN)


def _forms(text: str) -> Iterator[str]:
    apart: dict[str, object] = {}
    tokens = _ALL.parse(text, apart)
    if apart.get("references"):
        yield "an address apart from its words"
    if any(html.unescape(found) != found for found in _ENTITY.findall(text)):
        yield "HTML"
    yield from _forms_of_lists(tokens)
    for token in tokens:
        if token.type != "blockquote_open" or not _is_amount(token, text):
            yield from _form(token)
        yield from _forms_of_words(token.children or [])


def _is_amount(quotation: Token, text: str) -> bool:
    """Return whether what looks like a quotation is `> 38 C`."""
    first, _ = quotation.map or (0, 0)
    return re.match(r"\s*>\s*\d", _lines_of(text)[first]) is not None


def _form(token: Token) -> Iterator[str]:
    if token.type in _NAMES:
        yield _NAMES[token.type]
    elif token.type == "strong_open":
        yield "bold" if token.markup == _BOLD else "bold by other signs than **"


def _forms_of_words(tokens: list[Token]) -> Iterator[str]:
    for token, following in itertools.zip_longest(tokens, tokens[1:]):
        yield from _form(token)
        if token.type == "link_open":
            yield _form_of_link(token, following)


def _form_of_link(opened: Token, following: Token) -> str:
    href = str(opened.attrGet("href"))
    if opened.markup == "autolink":
        return "an address in < >"
    if following.type == "link_close":
        return "a link without words"
    if opened.attrGet("title"):
        return "a link with a title"
    return "a link" if is_link(href) else f"a link to {href[:80]!r}, which is no address of https"


def _forms_of_lists(tokens: Iterable[Token]) -> Iterator[str]:
    items = of_item = 0
    for token in tokens:
        if token.type in _LISTS:
            items = 0
            yield from ["a list in a list"] * bool(token.level) + ["a list by +"] * (token.markup == "+")
        elif token.type == "list_item_open":
            items, of_item = items + 1, 0
        elif token.type == "paragraph_open":
            of_item += token.level > 0
            yield from ["an item of several paragraphs"] * (of_item > 1)
        elif token.type.endswith("_list_close") and items > 1:
            yield "a list"


# Words that are no Markdown, written so that they stay what they are.

_SIGNS = re.compile(r"[\\*\[`]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|<(?=[A-Za-z/!?])|&(?=#?\w{1,31};)|~(?=~)")
_BEGINNING = re.compile(r"\d{1,9}(?=[.)](?:\s|$))|(?=[#>=|:])|(?=[-+](?:[\s|:-]|$))")
"""What stands before the sign with which a line would open a list, a heading, a quotation or a table."""


def escaped(text: str) -> str:
    r"""Return plain words written so that they parse as themselves, each line without spaces at its ends.

    >>> print(escaped("1. A dose [mg] of 2 * 3"))
    1\. A dose \[mg] of 2 \* 3
    """
    return "\n".join(_escaped_line(line.strip(" \t")) for line in _lines_of(text))


def _escaped_line(line: str) -> str:
    words = _SIGNS.sub(r"\\\g<0>", line)
    opening = _BEGINNING.match(words)
    return f"{words[: opening.end()]}\\{words[opening.end() :]}" if opening else words


def _lines_of(text: str) -> list[str]:
    return re.split(r"\r\n?|\n", text)
