"""Normalises a text and finds its words and sentences, once: `parse` returns what every later step works on.

The normaliser is our own because `rapidfuzz.utils.default_process` and `\\w` both drop the
combining vowel signs of Indic scripts and so change words of Hindi, Tamil or Burmese.
All functions are linear in the length of the text.
"""

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

_QUOTES = dict.fromkeys("'’‘ʼ`´＇", "'")
_DASHES = dict.fromkeys("‐‑‒–—―−", "-")
_KEPT = frozenset(".,;:!?()-'\"/%<>=&+")
_SENTENCE_MARKS = {"。": ". ", "؟": "? ", "।": ". ", "۔": ". ", "،": ", ", "٫": "."}
_LATIN_MARKS = range(0x300, 0x370)
_STRAY_MARKS = (
    (0x483, 0x48A),
    (0x1AB0, 0x1B00),
    (0x1DC0, 0x1E00),
    (0x20D0, 0x2100),
    (0xFE00, 0xFE30),
    (0xE0100, 0xE01F0),
)
"""Marks that belong to no script of today, and variation selectors: what is strewn over letters."""
_FILLERS = frozenset("\u115f\u1160")
"""Letters of Hangul that are not seen."""
_ARABIC_MARKS = (*range(0x610, 0x61B), *range(0x64B, 0x660), 0x670)
_LETTERS = {"đ": "d", "\u0649": "\u064a", "\u0629": "\u0647"}
"""Letters that Unicode does not decompose and that people type as others: Vietnamese d, Arabic final yeh and heh."""


_SPOKEN = {"🆘": " sos ", "🩸": " blood ", "🤒": " fever ", "🤮": " vomiting ", "🚑": " ambulance "}
"""Emoji that say by themselves what words say of danger; all others are dropped."""


class _Folding(dict[int, str]):
    """A table for `str.translate` that folds each character when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if code < 0x10000:  # bounded: a hostile text cannot grow the table further
            self[code] = folded
        return folded


_PLAIN = {**_SPOKEN, **_QUOTES, **_DASHES, **_SENTENCE_MARKS, **_LETTERS, **dict.fromkeys("\n\r\u2028\u2029", "\n")}


def _fold_character(char: str) -> str:
    if char in _PLAIN or char in _KEPT:
        return _PLAIN.get(char, char)
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if char in _FILLERS:
        return ""
    if category[0] == "M":
        return "" if _is_stray(ord(char)) else char
    if category[0] in "LN":
        return char
    return "" if category == "Cf" else " "


def _is_stray(mark: int) -> bool:
    return mark in _LATIN_MARKS or mark in _ARABIC_MARKS or any(first <= mark < end for first, end in _STRAY_MARKS)


_FOLDING = _Folding()
_PIECE = re.compile(r".{1,400}(?:\s|\Z)|.{1,400}", re.DOTALL)
"""A text is normalised in pieces of 400 characters that end at a space where there is one. Putting combining marks in
order takes time by the square of their number: 20,000 of them took 0.7 s.
"""
_HALF = re.compile("[\ud800-\udfff]")
_RUN = re.compile(r"([^\W\d])\1{2,}")
_SPACES = re.compile(r" {2,}")
_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"\d+(?:[.,]\d+)?|[{_HAN}]|[^\s\d.,;:!?()\-'\"/%<>=&+{_HAN}]+")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")


LONGEST_REPEATED = 12
"""Most words of a phrase whose repetition is recognised."""


@dataclass(frozen=True)
class ParsedText:
    """A text that was read once, or a part of one: its folded form and its words."""

    folded: str
    words: tuple[str, ...]

    @property
    def key(self) -> str:
        """The words with one space between, which is what is left when punctuation and case do not count."""
        return " ".join(self.words)

    @cached_property
    def starts(self) -> list[int]:
        """Where in the folded form each word begins."""
        return [match.start() for match in _WORD.finditer(self.folded)]

    @cached_property
    def sentences(self) -> "list[ParsedText]":
        """Sentences and lines, without empty ones."""
        ends = [match.span() for match in _SENTENCE_END.finditer(self.folded)]
        if not ends:
            return [self] if self.folded else []
        edges = zip((0, *(end for _, end in ends)), (*(start for start, _ in ends), len(self.folded)), strict=True)
        parts = (self.part(start, end) for start, end in edges)
        return [part for part in parts if part.folded]

    @property
    def once(self) -> "ParsedText":
        """The text itself, or where it says the same over and over, three times or more, what it says once.

        Each repetition of a word counted as more evidence: `table` tells nothing; said five times, it was taken for a
        question about operations.
        """
        for length in range(1, min(LONGEST_REPEATED, len(self.words) // 3) + 1):
            if self.words[length:] == self.words[:-length]:
                return self.part(0, self.starts[length])
        return self

    def part(self, start: int, end: int) -> "ParsedText":
        """Return the part between two places of the folded form, without spaces around it; no word may lie across an
        edge.
        """
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        return ParsedText(self.folded[start:end].strip(), self.words[first:last])


def whole(typed: str) -> str:
    """Return what was typed with the sign for an unknown character in place of half an emoji, which UTF-8 cannot hold:
    JSON may carry one, where a phone cut a text in two.
    """
    return _HALF.sub("\ufffd", typed)


def parse(text: str) -> ParsedText:
    """Return a text folded, and its words; an apostrophe inside a word has been closed up (dont, its).

    Chinese does not part its words: each of its characters counts as one, and their pairs do the rest.
    """
    folded = fold(text)
    return ParsedText(folded, tuple(_WORD.findall(folded)))


def fold(text: str) -> str:
    """Return the caseless text without accents, invisible characters or runs of one letter, and emoji as the word that
    they stand for or not at all; punctuation stays.

    >>> fold("Wie GROẞ…\\u200b  is it??")
    'wie gross... is it??'
    """
    if text.isascii():  # nothing to take apart: 5 us instead of 16
        folded = text.lower().translate(_FOLDING)
    else:
        folded = "".join(_composed(piece) for piece in _PIECE.findall(text))
    if "'" in folded:
        folded = _APOSTROPHE.sub("", folded)
    return _SPACES.sub(" ", _RUN.sub(r"\1\1", folded)).strip()


def _composed(piece: str) -> str:
    """Return the folded piece; honorifics that decompose to 18 and 8 letters are dropped, since a text of them took six
    times the time of others.
    """
    plain = piece.replace("°", " ").replace("\ufdfa", " ").replace("\ufdfb", " ")
    decomposed = unicodedata.normalize("NFKD", plain).casefold()
    return unicodedata.normalize("NFC", decomposed.translate(_FOLDING))


def visible(typed: str) -> str:
    """Return what was typed without the characters that folding drops: invisible ones, and marks over letters."""
    return typed if typed.isascii() else "".join(char for char in typed if _FOLDING[ord(char)])


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text, for one-off uses such as lint."""
    return parse(text).words


def key(text: str) -> str:
    """Return the words of a text with one space between, for comparing texts whatever their punctuation and case."""
    return parse(text).key
