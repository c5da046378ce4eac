"""Redaction makes what a person typed fit to be kept, with marks such as [phone] in place of what says who she is.

Rules for numbers and addresses (`pii_patterns`) come first, then names. A rule sees neither what an earlier one
took nor a mark that stands in the text already, so that redacting twice changes nothing. Every pattern has a bounded
width: a hostile text of 20,000 characters takes time in line with its length. What is found and what is missed:
docs/decisions/0007-redaction.md.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from app.dialogue.knowledge import Knowledge
from app.redaction import names, other_scripts
from app.redaction.checks import TAKEN
from app.redaction.known_words import KnownWords
from app.redaction.pii_patterns import rules_for
from app.redaction.signs import Range, Span, lowered

MARKS = ("phone", "email", "number", "date", "name", "address", "url", "card", "word")
_MARK = re.compile(rf"\[(?:{'|'.join(MARKS)})\]")
_DIGIT = re.compile(r"\d")
_NAMED, _STRANGE = "\ue000", "\ue001"
"""Stand for what is or may be a name, and for other words that nobody knows."""
_BESIDE_NAME = re.compile(
    rf"(?<={_NAMED})(?: (?:d[aeo]|d[ao]s|del|de la|v[ao]n|van der|bin|ibn|al|el)(?: \w{{3,12}})? (?={_NAMED})"
    rf"|,? (?:[B-HJ-Z]\b\.?"
    rf"|[a-zA-Z]\.)| [A-Z][a-z]{{2,20}}\b)"
    rf"|(?<=[{_STRANGE}{_NAMED}])(?:,? (?:[a-zA-Z]\.){{1,3}}|[_-]\d{{1,8}}(?!\w))"
    rf"|(?<={_NAMED}) [b-hj-z](?= (?:from|here|and|is|has|was|said)\b)"
    rf"|(?<![\w.])(?:(?:[A-Z]|St|Saint)\.? ){{1,2}}(?={_NAMED})"
)
"""What belongs to a name: what links two words of it, an initial, a word with a capital after it."""
_ROUNDS = 6
"""What is taken can free what stood beside it: two rounds in practice, and the bound keeps the time linear."""


def redact(text: str) -> str:
    """Return the text with a mark for each thing that says who wrote it or of whom.

    >>> redact("my name is jane doe, 215-555-0142. how big is it")
    'my name is [name], [phone]. how big is it'
    """
    return _marked(text, spans(text))


def _marked(text: str, spans: Iterable[Span]) -> str:
    parts, at = [], 0
    for span in spans:
        parts += [text[at : span.start], f"[{span.mark}]"]
        at = span.end
    return "".join([*parts, text[at:]])


def without_marks(text: str) -> str:
    """Return what is left of a redacted text that says something of its own.

    >>> without_marks("my name is [name], how big is it")
    'my name is , how big is it'
    """
    return _MARK.sub("", text)


def storable(text: str, known: KnownWords) -> str:
    """Return the redacted text without words that nobody knows either: what may be written down."""
    return _marked(text, spans(text, known))


class StorageRedactor:
    """Redacts what is stored, by the words of the knowledge that is served."""

    def __init__(self, current: Callable[[], Knowledge]) -> None:
        self._current = current
        self._known: tuple[Knowledge, KnownWords] | None = None

    def __call__(self, text: str) -> str:
        knowledge = self._current()
        if self._known is None or self._known[0] is not knowledge:  # a third of a second, once for each content
            self._known = knowledge, KnownWords.of(knowledge)
        return storable(text, self._known[1])


def spans(text: str, known: KnownWords | None = None) -> list[Span]:
    """Return what `redact` replaces, or `storable` where words are known, in order, apart from each other."""
    plain, places = plainly(text)
    plain = _MARK.sub(lambda mark: TAKEN * len(mark[0]), plain)
    taken: list[Span] = []
    for _ in range(_ROUNDS):
        plain, more = _taken(plain)
        taken += more
        if not more:
            break
    if known:
        taken += _unknown(plain, known, taken)
    taken.sort(key=lambda span: span.start)
    return [Span(places[span.start], places[span.end], span.mark) for span in taken]


def _unknown(plain: str, known: KnownWords, taken: Sequence[Span]) -> list[Span]:
    """Return the words that nobody knows, with what of a name stands beside them or beside one that is taken."""
    unknown = list(known.unknown(plain))
    named = [span for span in taken if span.mark == "name"]
    named += [span for span in unknown if span.mark == "name" or plain[span.start].isupper()]
    shown = _without(plain, [(span.start, span.end) for span in unknown], _STRANGE)
    shown = _without(shown, [(span.start, span.end) for span in named], _NAMED)
    return unknown + [Span(*match.span(), "name") for match in _BESIDE_NAME.finditer(shown)]


def _taken(plain: str) -> tuple[str, list[Span]]:
    """Return the text without what the rules take in one round, and what they take."""
    low, digits = lowered(plain), len(_DIGIT.findall(plain))
    taken: list[Span] = []
    for rule in rules_for(low, digits):
        ranges = _apart(rule.ranges(plain))
        taken += [Span(start, end, rule.mark) for start, end in ranges]
        plain = _without(plain, ranges)
    ranges = _apart([*names.find(plain, low), *other_scripts.find(plain)])
    return _without(plain, ranges), taken + [Span(start, end, "name") for start, end in ranges]


def _apart(ranges: Iterable[Range]) -> list[Range]:
    """Return ranges in order, those that overlap made one."""
    joined: list[Range] = []
    for start, end in sorted(ranges):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _without(plain: str, taken: Iterable[Range], sign: str = TAKEN) -> str:
    chars = list(plain)
    for start, end in taken:
        chars[start:end] = sign * (end - start)
    return "".join(chars)


@lru_cache(4096)
def _plain(char: str) -> str:
    """Return one plain letter, digit, dash, quote or space, or nothing for what cannot be seen by itself."""
    match unicodedata.category(char):
        case "Nd":
            return str(unicodedata.decimal(char))
        case "Lu" | "Ll" | "Lt" | "Lm" | "Lo":
            return _letter(char)
        case "Mn" | "Mc" | "Me" | "Cf":
            return ""
        case "Pd":
            return "-"
        case "Zs":
            return " "
    wide = unicodedata.normalize("NFKC", char)
    return _SIGNS.get(char, wide if len(wide) == 1 else char)


def _letter(char: str) -> str:
    """Return a letter without the accents of Spanish. Others stay: Vietnamese "bên" is no Ben."""
    letters = unicodedata.normalize("NFKD", char)
    return letters[0] if char in "ñÑ" or set(letters[1:]) <= _SPANISH else char


_SIGNS = {**dict.fromkeys("’‘`´＇", "'"), "\u2212": "-", "\t": " "}
_SPANISH = {"\u0301", "\u0308"}


def plainly(text: str) -> tuple[str, Sequence[int]]:
    """Return the text in plain characters, and where each of them stands in the text."""
    if text.isascii():
        return text.replace("\t", " ").replace("`", "'"), range(len(text) + 1)
    plain = [_plain(char) for char in text]
    places = [place for place, char in enumerate(plain) if char]
    return "".join(plain), [*places, len(text)]
