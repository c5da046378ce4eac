"""Gives the rules of `intents/urgent.yaml`, which a clinician can read, their meaning over a text.

Every pattern becomes one regular expression without nested repetition, so time stays linear.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.content.schema import TIERS, Tier, UrgentRules
from app.text import ParsedText, fold

FEVER_F, FEVER_C = 100.4, 38.0
"""Neutropenic fever is commonly taken from here on; the clinical owner seals it with urgent.yaml."""
HOTTEST_F, HOTTEST_C = 110.0, 43.0
"""A number above is no body temperature."""
MOST_SKIPPED = 3
"""Most words that `..` of a pattern stands for."""
LONGEST_READING = 10
"""Most words of a message whose bare number or `now` may be about what the message before asked."""
NOW = "now"
"""The flag that with any sign named before raises its tier: `is bleeding normal?`, then `it is happening now`."""
READING = "reading"
"""The flag of a bare number that would be a fever."""
HAPPENING = "happening"
"""The cue that undoes what quiets a rule: `can chemo give seizures? she is having one right now`."""
_CACHED_WORDS = 20_000

_NUMBER = re.compile(r"(?<![\d.,/])(?<!\d[:-])(\d{2,3}(?:[.,]\d{1,2})?)(?![\d/:]|[.,]\d| over\b)")
_UNIT = re.compile(r"\d ?[fc]\b|\bt ?\d")
_NO_HITS: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a message, and the numbers of the patterns that it holds."""

    text: ParsedText
    hits: frozenset[int]


@dataclass(frozen=True)
class PatternIndex:
    """Every pattern of the rules once, tried only where a word stands without which it cannot be."""

    patterns: tuple[re.Pattern[str], ...]
    words: Mapping[str, tuple[int, ...]]
    prefixes: Mapping[str, tuple[int, ...]]
    lengths: tuple[int, ...]
    """Lengths of the prefixes."""
    _by_word: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)
    """Patterns that a word met before may be part of: a message of twelve words takes 23 us with them, 31 without."""

    @classmethod
    def of(cls, numbers: Mapping[str, int]) -> "PatternIndex":
        words: dict[str, list[int]] = {}
        prefixes: dict[str, list[int]] = {}
        for pattern, number in numbers.items():
            for word in _rarest(pattern):
                needed = prefixes if word.endswith("*") else words
                needed.setdefault(fold(word.rstrip("*")), []).append(number)
        return cls(
            tuple(re.compile(compile_pattern(pattern)) for pattern in numbers),
            {word: tuple(needing) for word, needing in words.items()},
            {prefix: tuple(needing) for prefix, needing in prefixes.items()},
            tuple(sorted({len(prefix) for prefix in prefixes})),
        )

    def span(self, text: ParsedText) -> Span:
        candidates: set[int] = set()
        for word in text.words:
            candidates.update(self._by_word[word] if word in self._by_word else self._needing(word))
        return Span(text, self._hits(text, candidates))

    def span_within(self, whole: Span, text: ParsedText) -> Span:
        """Return a stretch of a message as a span: it can hold only patterns that the whole message holds."""
        return Span(text, self._hits(text, whole.hits))

    def _hits(self, text: ParsedText, candidates: Iterable[int]) -> frozenset[int]:
        if not candidates:
            return _NO_HITS
        key = text.key
        return frozenset(number for number in candidates if self.patterns[number].search(key))

    def _needing(self, word: str) -> tuple[int, ...]:
        if len(self._by_word) >= _CACHED_WORDS:
            self._by_word.clear()
        begun = (self.prefixes.get(word[:length], ()) for length in self.lengths if length <= len(word))
        needing = self._by_word[word] = (*self.words.get(word, ()), *itertools.chain.from_iterable(begun))
        return needing


def _rarest(pattern: str) -> list[str]:
    """Return the words of which a text must hold one for the pattern to be in it: those of the item whose shortest word
    is longest, since long words are rare ones.
    """
    items = [item.split("|") for item in pattern.split() if item != ".."]
    return max(items, key=lambda words: min(len(word.rstrip("*")) for word in words))


@dataclass(frozen=True)
class SignRule:
    """A rule or a mark of urgent.yaml; `any`, `unless` and `happening` are numbers of patterns."""

    sign: str
    any: frozenset[int]
    unless: frozenset[int]
    temperature: re.Pattern[str] | None = None
    happening: frozenset[int] = frozenset()
    """Patterns that make the sign a fact of this moment, whatever `unless` says."""

    def names_sign(self, span: Span) -> bool:
        """Return whether the sign is named, be it as a fact, a fear or a memory."""
        if not self.any.isdisjoint(span.hits):
            return True
        return self.temperature is not None and has_fever(span.text.folded, self.temperature)

    def raises(self, span: Span) -> bool:
        if not self.names_sign(span):
            return False
        return self.unless.isdisjoint(span.hits) or not self.happening.isdisjoint(span.hits)


@dataclass(frozen=True)
class RuleBook:
    """All rules and marks of urgent.yaml, compiled."""

    index: PatternIndex
    tiers: Mapping[Tier, Sequence[SignRule]]
    """By tier, the most urgent first."""
    marks: Sequence[SignRule]
    pairs: Sequence[tuple[str, frozenset[str]]]
    """Tier, and the two context flags that raise it from two messages, the most urgent first."""
    naming: frozenset[int]
    """Numbers of the patterns that name a sign or a mark."""

    @classmethod
    def of(cls, rules: UrgentRules) -> "RuleBook":
        numbers: dict[str, int] = {}

        def numbered(patterns: Iterable[str]) -> frozenset[int]:
            return frozenset(numbers.setdefault(pattern, len(numbers)) for pattern in patterns)

        happening = numbered(rules.cues.get(HAPPENING, ()))
        tiers = {
            tier: [
                SignRule(
                    rule.sign,
                    numbered(rule.any),
                    numbered(_expand(rule.unless, rules.cues)),
                    _spoken(rule.temperature) if rule.temperature else None,
                    happening,
                )
                for rule in rules.rules.get(tier, ())
            ]
            for tier in TIERS
        }
        marks = [
            SignRule(name, numbered(mark.any), numbered(_expand(mark.unless, rules.cues)))
            for name, mark in rules.marks.items()
        ]
        pairs = [(tier, frozenset({rule.sign, NOW})) for tier, group in tiers.items() for rule in group]
        pairs += [(pair.tier, frozenset(pair.marks)) for pair in rules.apart]
        return cls(
            PatternIndex.of(numbers),
            tiers,
            marks,
            sorted(pairs, key=lambda pair: TIERS.index(pair[0])),
            frozenset(itertools.chain.from_iterable(rule.any for group in (*tiers.values(), marks) for rule in group)),
        )

    def may_name_sign(self, span: Span) -> bool:
        return not self.naming.isdisjoint(span.hits) or _NUMBER.search(span.text.folded) is not None

    def named(self, whole: Span) -> list[tuple[Tier, SignRule]]:
        """Return the rules whose sign a message names, the most urgent tier first; no part of it can name another."""
        if not self.may_name_sign(whole):
            return []
        return [(tier, rule) for tier, rules in self.tiers.items() for rule in rules if rule.names_sign(whole)]

    def flags(self, whole: Span, named: Sequence[tuple[Tier, SignRule]]) -> frozenset[str]:
        """Return the context flags of a message: every sign that it names, its marks, and `READING`."""
        if not self.may_name_sign(whole):
            return frozenset()
        short = len(whole.text.words) <= LONGEST_READING
        marked = (rule.sign for rule in self.marks if rule.raises(whole) and (short or rule.sign != NOW))
        reading = [READING] if is_reading(whole.text) else []
        return frozenset({*(rule.sign for _, rule in named), *marked, *reading})

    def raised_by_both(self, before: frozenset[str], here: frozenset[str]) -> tuple[str, str] | None:
        """Return the tier that neither message shows alone: one flag of a pair before, the other here."""
        for tier, pair in self.pairs:
            if pair <= before | here and pair & here and not pair <= here:
                return tier, "+".join(sorted(pair))
        return None


def compile_pattern(pattern: str) -> str:
    """Return `cant|cannot .. breath*` as a regular expression over words that one space separates.

    >>> bool(re.search(compile_pattern("cant|cannot .. breath*"), "i cannot really breathe"))
    True
    """
    pieces: list[str] = []
    for item in pattern.split():
        if item == "..":
            pieces.append(rf"(?:\S+ ){{0,{MOST_SKIPPED}}}")
        else:
            pieces.append(f"(?:{'|'.join(_word(word) for word in item.split('|'))}) ")
    return rf"(?<!\S){''.join(pieces).rstrip()}(?!\S)".replace(" (?!", "(?!")


def _word(word: str) -> str:
    return re.escape(fold(word[:-1])) + r"\S*" if word.endswith("*") else re.escape(fold(word))


def _expand(names: Iterable[str], cues: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for name in names:
        yield from cues.get(name, (name,))


def _spoken(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of the words of temperature; only those in Latin letters end where a letter follows, others join
    their words.
    """
    items = (rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(fold(word)) for word in words)
    return re.compile("|".join(items))


def has_fever(folded: str, spoken: re.Pattern[str]) -> bool:
    """Return whether a text holds a body temperature of 100.4 F or 38.0 C and more, and speaks of temperature or gives
    its unit.
    """
    return any(map(_is_fever, _numbers(folded))) and bool(spoken.search(folded) or _UNIT.search(folded))


def is_reading(text: ParsedText) -> bool:
    """Return whether a text is little more than a number that would be a fever if it were a temperature."""
    if len(text.words) > LONGEST_READING:
        return False
    return any(_is_fever(value) and (value > HOTTEST_C or value % 1) for value in _numbers(text.folded))


def _numbers(folded: str) -> Iterator[float]:
    return (float(number.replace(",", ".")) for number in _NUMBER.findall(folded))


def _is_fever(value: float) -> bool:
    return FEVER_F <= value <= HOTTEST_F or FEVER_C <= value <= HOTTEST_C
