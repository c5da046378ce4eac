"""Answers in HTML or Markdown, as other programs hold them, put into the few forms that an answer may have.

Headings become paragraphs in bold, nested lists one list. What has no such form is not taken, and is named.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from markdown_it import MarkdownIt

from app.content import markup
from app.content.markup import Span
from app.content.schema import is_link

_TAG: Final = re.compile(r"\s*<(?:!--|/?[a-zA-Z])")
_HTML: Final = re.compile(r"</?[a-zA-Z][^<>]*>|&#?\w{1,31};")
_ITEM: Final = re.compile(r"(?:[-*+•‣◦]|(\d{1,9})[.)])[ \t]+\S")
_BULLET: Final = re.compile(r"[•‣◦](?=[ \t])")
_DECLARATION: Final = re.compile(r"<[!?][^<>]*>")
_UNFINISHED: Final = re.compile(r"<(?=[^<>]*(?:<|\Z))")
"""The sign of a tag that is none: 6,600 of `<a ` in a row took the parser 13 s."""
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_INLINE: Final = frozenset(
    (
        *("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "dfn", "em", "font", "i", "ins", "kbd"),
        *("mark", "q", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    )
)
_BLOCKS: Final = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "br", "center", "dd", "details", "div", "dl", "dt"),
        *("figcaption", "figure", "footer", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section"),
        *("summary", "ul", *_HEADINGS),
    )
)
_FLAGS: Final = frozenset({"compact", "download", "inert", "itemscope", "noshade", "nowrap", "open", "reversed"})
"""Attributes without a value; any other that has none is a word of a text such as `if a <b and c> d`."""
_LEFT_OUT: Final = {
    "table": "a table",
    "del": "struck-out words",
    "s": "struck-out words",
    "strike": "struck-out words",
    "script": "a script",
    "style": "a style",
    "svg": "a drawing",
    "canvas": "a drawing",
    "math": "a formula",
    "iframe": "a frame",
    "video": "a video",
    "audio": "a sound",
    "object": "an object",
    "form": "a form",
    "select": "a choice",
    "button": "a button",
    "textarea": "a field",
    "head": "a head",
    "template": "a template",
}
"""What goes with all that is in it."""
_EMPTY: Final = {
    "img": "an image",
    "input": "a field",
    "embed": "an object",
    "source": "",
    "link": "",
    "meta": "",
    "col": "",
}
"""What has no end."""
_LISTS: Final = ("ul", "ol")
_LONGEST_ADDRESS: Final = 80
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(["table", "strikethrough"])


@dataclass(frozen=True)
class Answer:
    text: str
    not_taken: tuple[str, ...] = ()
    """What was in it and has no form here, such as `a table`."""


def read(text: str) -> Answer:
    """Return an answer that is HTML, Markdown or neither."""
    return from_html(text) if _TAG.match(text) else from_markdown(text)


def from_html(text: str) -> Answer:
    reader = _Reader()
    reader.feed(_UNFINISHED.sub("&lt;", _DECLARATION.sub("", _uncommented(text))))
    reader.close()
    reader.end_block()
    return Answer("\n\n".join(_joined(reader.blocks)), tuple(dict.fromkeys(reader.not_taken)))


def from_markdown(text: str) -> Answer:
    return from_html(_MARKDOWN.render("\n".join(_lines(text))))


def words(text: str) -> str:
    """Return the words of a line that may be HTML, without any form."""
    if _HTML.search(text):
        text = markup.plain(from_html(text).text)
    return " ".join(text.split())


def _uncommented(text: str) -> str:
    """Return HTML without comments; one without an end goes on to the end, as browsers have it."""
    parts, at = [], 0
    while (start := text.find("<!--", at)) >= 0:
        parts.append(text[at:start])
        end = text.find("-->", start)
        at = end + len("-->") if end >= 0 else len(text)
    return "".join([*parts, text[at:]])


def _lines(text: str) -> Iterator[str]:
    """Yield lines that Markdown reads as people mean them in a cell: a line below a list does not belong to its last
    item, four spaces are no code, and `2. floor` begins no list.
    """
    in_list = False
    for line in text.split("\n"):
        words = _BULLET.sub("-", line.strip())
        item = _ITEM.match(words)
        if item and item[1] and item[1] != "1" and not in_list:
            words, item = words.replace(item[1], f"{item[1]}\\", 1), None
        if in_list and words and not item and not line[0].isspace():
            yield ""
            in_list = False
        in_list = bool(item) or (in_list and bool(words))
        yield words


@dataclass(frozen=True)
class _Block:
    kind: str
    """`p`, or the list of an item: `ul` or `ol`."""
    spans: tuple[Span, ...]


class _Reader(HTMLParser):
    """Reads tag by tag, without a tree: 10,000 tags in each other are no more than 10,000 in a row."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[_Block] = []
        self.not_taken: list[str] = []
        self._spans: list[Span] = []
        self._lists: list[str] = []
        self._bold = 0
        self._heading = False
        self._item = False
        self._href: str | None = None
        self._skipped, self._depth = "", 0

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if self._skipped == "p" and tag in _BLOCKS and tag != "br":  # a paragraph ends where the next block begins
            self._skipped = ""
        if self._skipped:
            self._depth += tag == self._skipped
        elif tag in _LEFT_OUT or _is_hidden(dict(attrs)):
            self._skip(tag)
        elif tag in _EMPTY:
            self.not_taken += filter(None, [_EMPTY[tag]])
        elif tag in _BLOCKS | _INLINE:
            if any(value is None and not _is_flag(name) for name, value in attrs):
                self.not_taken.append(f"words in the tag <{tag}>")
            self._open(tag) if tag in _BLOCKS else self._begin(tag, dict(attrs))
        else:
            self.not_taken.append(f"the tag <{tag[:20]}>")

    def _skip(self, tag: str) -> None:
        self.not_taken.append(_LEFT_OUT.get(tag, "hidden words"))
        if tag not in _EMPTY and tag not in ("br", "hr", "wbr"):
            self._skipped, self._depth = tag, 1

    def _open(self, tag: str) -> None:
        if tag == "br" and self._item:
            self.handle_data(" ")
            return
        self.end_block()
        self._heading = tag in _HEADINGS
        if tag in _LISTS:
            self._lists.append(tag)
        self._item = tag == "li" or (self._item and tag not in _LISTS)

    def _begin(self, tag: str, attributes: dict[str, str | None]) -> None:
        if tag in ("b", "strong"):
            self._bold += 1
        elif tag == "sup":
            self.handle_data("^")
        elif tag == "a":
            self._href = self._checked((attributes.get("href") or "").strip())

    def _checked(self, href: str) -> str | None:
        if is_link(href):
            return href.replace("(", "%28").replace(")", "%29")
        if href and not href.startswith("#"):
            self.not_taken.append(f"a link to {href[:_LONGEST_ADDRESS]}")
        return None

    def handle_endtag(self, tag: str) -> None:
        if self._skipped:
            self._depth -= tag == self._skipped
            self._skipped = self._skipped if self._depth else ""
        elif tag in ("b", "strong"):
            self._bold = max(0, self._bold - 1)
        elif tag == "a":
            self._href = None
        elif tag in _BLOCKS and tag not in ("br", "hr"):
            self._close(tag)

    def _close(self, tag: str) -> None:
        in_item = self._item and tag not in ("li", *_LISTS)
        self.end_block()
        self._item = in_item
        if tag in _LISTS and self._lists:
            self._lists.pop()

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self._spans.append(Span(data, bool(self._bold) or self._heading, self._href))

    def end_block(self) -> None:
        """End the paragraph or the item. Of a list in a list, the outermost says what all its items are."""
        spans = _tidied(self._spans)
        if spans:
            kind = (self._lists or ["ul"])[0] if self._item else "p"
            self.blocks.append(_Block(kind, spans))
            self._item = False
        self._spans, self._heading = [], False


def _is_flag(name: str) -> bool:
    return name in _FLAGS or name.startswith("data-")


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    style = "".join((attributes.get("style") or "").lower().split())
    return "hidden" in attributes or "display:none" in style or "visibility:hidden" in style


def _tidied(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return spans of one look put together, without white space that nobody sees."""
    merged: list[Span] = []
    for span in spans:
        if merged and (span.bold, span.href) == (merged[-1].bold, merged[-1].href):
            span = Span(merged.pop().text + span.text, span.bold, span.href)
        merged.append(span)
    text = "".join(span.text for span in merged)
    return tuple(merged) if text.strip() else ()


def _joined(blocks: Sequence[_Block]) -> Iterator[str]:
    """Yield paragraphs and lists of Markdown; items that follow each other are one list."""
    items: list[str] = []
    kind = ""
    for block in blocks:
        if items and block.kind != kind:
            yield "\n".join(items)
            items = []
        kind = block.kind
        if kind == "p":
            yield _line(block.spans)
        else:
            items.append(_line(block.spans, f"{len(items) + 1}. " if kind == "ol" else "- "))
    if items:
        yield "\n".join(items)


def _line(spans: Sequence[Span], mark: str = "") -> str:
    """Return a line of Markdown behind the mark of an item; where signs would stand badly (`a**b.**c`), words alone."""
    plain = " ".join("".join(span.text for span in spans).split())
    if not any(span.bold or span.href for span in spans) and _is_plain(plain, bool(mark)):
        return mark + plain
    line = " ".join("".join(map(_written, spans)).split())
    return mark + (line if markup.plain(line) == plain else markup.escaped(plain))


def _is_plain(line: str, in_item: bool) -> bool:
    """Return whether words are read as what they are without any sign before them."""
    kind, written = ("ul", f"- {line}") if in_item else (None, line)
    read_ = [(block.list, block.items) for block in markup.parse(written)]
    return read_ == [(kind, ((Span(line),),))] and not any(markup.problems(written))


def _written(span: Span) -> str:
    """Return a span with its signs; spaces stay outside of them."""
    inner = " ".join(span.text.split())
    if not inner:
        return " "
    before, after = (" " if end.isspace() else "" for end in (span.text[0], span.text[-1]))
    words = markup.escaped(inner)
    if span.href:
        words = f"[{words.replace(']', chr(92) + ']')}]({span.href})"
    return f"{before}{f'**{words}**' if span.bold else words}{after}"
