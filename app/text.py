"""What a message is made of: one folded form, its words, its sentences.

The normaliser is our own because `rapidfuzz.utils.default_process` and `\\w` both drop the
combining vowel signs of Indic scripts and so change words of Hindi, Tamil or Burmese.
All functions are linear in the length of the text.
"""

import functools
import re
import unicodedata

_QUOTES = dict.fromkeys("'’‘ʼ`´＇", "'")
_DASHES = dict.fromkeys("‐‑‒–—―−", "-")
_KEPT = frozenset(".,;:!?()-'\"/%<>=&+")
_SENTENCE_MARKS = {"。": ". ", "؟": "? ", "।": ". ", "۔": ". ", "،": ", ", "٫": "."}
_LATIN_MARKS = range(0x300, 0x370)
_ARABIC_MARKS = (*range(0x610, 0x61B), *range(0x64B, 0x660), 0x670)
_LETTERS = {"đ": "d", "\u0649": "\u064a", "\u0629": "\u0647"}
"""Letters without a decomposition that people type as others: Vietnamese d, Arabic final yeh and heh."""


class _Folding(dict[int, str]):
    """Character by character table for `str.translate`, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if code < 0x10000:  # bounded: a hostile text cannot grow the table further
            self[code] = folded
        return folded


_PLAIN = {**_QUOTES, **_DASHES, **_SENTENCE_MARKS, **_LETTERS, **dict.fromkeys("\n\r\u2028\u2029", "\n")}


def _fold_character(char: str) -> str:
    if char in _PLAIN or char in _KEPT:
        return _PLAIN.get(char, char)
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category[0] == "M":
        return "" if ord(char) in _LATIN_MARKS or ord(char) in _ARABIC_MARKS or 0xFE00 <= ord(char) <= 0xFE0F else char
    if category[0] in "LN":
        return char
    return "" if category == "Cf" else " "


_FOLDING = _Folding()
_PIECE = re.compile(r".{1,400}(?:\s|\Z)|.{1,400}", re.DOTALL)
"""What is normalised at once, up to a space where there is one. Putting combining marks in order takes time by the
square of their number: 20,000 of them took 0.7 s. Honorifics of 18 and 8 letters in one character fall out: a text of
them took six times the time of others.
"""
_RUN = re.compile(r"([^\W\d])\1{2,}")
_SPACES = re.compile(r" {2,}")
_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"\d+(?:[.,]\d+)?|[{_HAN}]|[^\s\d.,;:!?()\-'\"/%<>=&+{_HAN}]+")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")


@functools.lru_cache(maxsize=64)  # the steps of one message fold it a dozen times
def fold(text: str) -> str:
    """Caseless, without accents, invisible characters, emoji or runs of one letter; punctuation stays.

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
    plain = piece.replace("°", " ").replace("\ufdfa", " ").replace("\ufdfb", " ")
    decomposed = unicodedata.normalize("NFKD", plain).casefold()
    return unicodedata.normalize("NFC", decomposed.translate(_FOLDING))


@functools.lru_cache(maxsize=256)
def words(folded: str) -> tuple[str, ...]:
    """Words and numbers of a folded text; an apostrophe inside a word has been closed up (dont, its).

    Chinese does not part its words: each of its characters counts as one, and their pairs do the rest.
    """
    return tuple(_WORD.findall(folded))


def key(text: str) -> str:
    """The words of a text with one space between: what is left of it when punctuation and case do not count."""
    return " ".join(words(fold(text)))


def word_starts(folded: str) -> list[int]:
    """Where in a folded text each of its `words` begins."""
    return [match.start() for match in _WORD.finditer(folded)]


def sentences(folded: str) -> list[str]:
    """Sentences and lines of a folded text, without empty ones."""
    return [part for part in (piece.strip() for piece in _SENTENCE_END.split(folded)) if part]
