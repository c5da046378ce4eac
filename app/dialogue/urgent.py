"""Is someone in danger? Readable rules and a fitted matcher, over the whole text and each sentence of it.

The rules are data (`intents/urgent.yaml`) that a clinician can read; this module gives them a meaning.
Every pattern becomes one regular expression without nested repetition, so time stays linear.
"""

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from app import text
from app.content.schema import TIERS, Tier, UrgentRules
from app.matching.matcher import Matcher

FEVER_F, FEVER_C = 100.4, 38.0
"""Neutropenic fever is commonly taken from here on; the clinical owner seals it with urgent.yaml."""
HOTTEST_F, HOTTEST_C = 110.0, 43.0
"""A number above is no body temperature."""
LONGEST_SPAN = 3
"""Sentences read together: the sign and the words that explain it may stand apart."""
MOST_SENTENCES = 400
PART_DISCOUNT = 0.6
"""A sentence out of its story sounds more alarming than the whole: 0.6 kept false alarms level in cross-validation."""
BAR_ABROAD = 0.45
"""In other languages there are fewer phrasings to go by, and a false alarm hides no answer: 0.45 raised 361 of 372
dangers and 17 of 120 calm messages, 0.35 raised 366 and 24.
"""
STEEPNESS = 3.0
"""Of the score as the margin grows: 0.18 at -0.5, 0.5 at 0, 0.82 at 0.5."""
LOWEST = -10.0
LONGEST_READING = 10
"""Words of a message whose bare number or `now` may be about what the message before asked."""
NOW = "now"
"""The mark that with any sign named before raises its tier: `is bleeding normal?`, then `it is happening now`."""
HAPPENING = "happening"
"""The cue that undoes what quiets a rule: `can chemo give seizures? she is having one right now`."""
WORDS_REMEMBERED = 20_000
_TIERS = frozenset(TIERS)
READING = "reading"
"""The mark of a bare number that would be a fever."""

_NUMBER = re.compile(r"(?<![\d.,/:-])(\d{2,3}(?:[.,]\d{1,2})?)(?![\d/:]|[.,]\d| over\b)")
_LETTER = re.compile(r"[^\W\d_]")
_UNIT = re.compile(r"\d ?[fc]\b|\bt ?\d")


@dataclass(frozen=True, slots=True)
class Urgency:
    """What the check found: no tier means calm."""

    tier: str | None
    sign: str
    score: float
    """0 to 1, of the most urgent reading: 0.5 is as near to a tier as to calm; 1 where a rule raised it."""
    marks: frozenset[str] = frozenset()
    """What later messages may need to know: signs named in any way, and marks such as `treated` or `now`."""
    language: str | None = None
    """Of the message, where it is not English."""
    failed: bool = False
    """The check itself could not be made."""


CALM_READING = Urgency(None, "", 0.0)


class _Span(NamedTuple):
    """A text to look at: folded, as words with one space between, and the numbers of the patterns that it holds."""

    folded: str
    words: str
    holds: frozenset[int]


@dataclass(frozen=True)
class _Wordings:
    """Every pattern of the rules once, tried only where a word stands without which it cannot be."""

    patterns: tuple[re.Pattern[str], ...]
    words: Mapping[str, tuple[int, ...]]
    prefixes: Mapping[str, tuple[int, ...]]
    lengths: tuple[int, ...]
    """Of the prefixes."""
    _needing: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)
    """Patterns that a word met before may be part of."""

    @classmethod
    def of(cls, numbers: Mapping[str, int]) -> "_Wordings":
        words: dict[str, list[int]] = {}
        prefixes: dict[str, list[int]] = {}
        for pattern, number in numbers.items():
            for word in _rarest(pattern):
                needed = prefixes if word.endswith("*") else words
                needed.setdefault(text.fold(word.rstrip("*")), []).append(number)
        return cls(
            tuple(re.compile(compile_pattern(pattern)) for pattern in numbers),
            {word: tuple(found) for word, found in words.items()},
            {prefix: tuple(found) for prefix, found in prefixes.items()},
            tuple(sorted({len(prefix) for prefix in prefixes})),
        )

    def span(self, folded: str) -> _Span:
        said = text.key(folded)
        likely = {number for word in text.words(folded) for number in self._needed_by(word)}
        return _Span(folded, said, frozenset(number for number in likely if self.patterns[number].search(said)))

    def _needed_by(self, word: str) -> tuple[int, ...]:
        if word not in self._needing:
            if len(self._needing) >= WORDS_REMEMBERED:
                self._needing.clear()
            begun = (self.prefixes.get(word[:length], ()) for length in self.lengths if length <= len(word))
            self._needing[word] = (*self.words.get(word, ()), *itertools.chain.from_iterable(begun))
        return self._needing[word]


def _rarest(pattern: str) -> list[str]:
    """The words of which a text must hold one for the pattern to be in it: those of the item whose shortest is longest,
    since long words are rare ones.
    """
    items = [item.split("|") for item in pattern.split() if item != ".."]
    return max(items, key=lambda words: min(len(word.rstrip("*")) for word in words))


@dataclass(frozen=True)
class _Pattern:
    """A rule or a mark; `any`, `unless` and `happening` are numbers of patterns."""

    sign: str
    any: frozenset[int]
    unless: frozenset[int]
    temperature: re.Pattern[str] | None = None
    happening: frozenset[int] = frozenset()
    """What makes the sign a fact of this moment, whatever `unless` says."""

    def found(self, span: _Span) -> bool:
        """The sign is named, be it as a fact, a fear or a memory."""
        if not self.any.isdisjoint(span.holds):
            return True
        return self.temperature is not None and has_fever(span.folded, self.temperature)

    def raised(self, span: _Span) -> bool:
        if not self.found(span):
            return False
        return self.unless.isdisjoint(span.holds) or not self.happening.isdisjoint(span.holds)


def compile_pattern(pattern: str) -> str:
    """`cant|cannot .. breath*` as a regular expression over words that one space separates.

    >>> bool(re.search(compile_pattern("cant|cannot .. breath*"), "i cannot really breathe"))
    True
    """
    pieces: list[str] = []
    for item in pattern.split():
        if item == "..":
            pieces.append(rf"(?:\S+ ){{0,{LONGEST_SPAN}}}")
        else:
            pieces.append(f"(?:{'|'.join(_word(word) for word in item.split('|'))}) ")
    return rf"(?<!\S){''.join(pieces).rstrip()}(?!\S)".replace(" (?!", "(?!")


def _word(word: str) -> str:
    return re.escape(text.fold(word[:-1])) + r"\S*" if word.endswith("*") else re.escape(text.fold(word))


def has_fever(folded: str, spoken: re.Pattern[str]) -> bool:
    """A body temperature of 100.4 F or 38.0 C and more, in a text that speaks of temperature or gives its unit."""
    return any(map(_is_fever, _numbers(folded))) and bool(spoken.search(folded) or _UNIT.search(folded))


def is_reading(folded: str) -> bool:
    """A number that would be a fever if it were a temperature, in a text that says little else."""
    if len(text.words(folded)) > LONGEST_READING:
        return False
    return any(_is_fever(value) and (value > HOTTEST_C or value % 1) for value in _numbers(folded))


def _numbers(folded: str) -> Iterator[float]:
    return (float(number.replace(",", ".")) for number in _NUMBER.findall(folded))


def _is_fever(value: float) -> bool:
    return FEVER_F <= value <= HOTTEST_F or FEVER_C <= value <= HOTTEST_C


@dataclass(frozen=True)
class UrgentCheck:
    """The detector: what rules and matcher find, the more urgent of the two."""

    matcher: Matcher
    wordings: _Wordings
    patterns: Mapping[Tier, Sequence[_Pattern]]
    """By tier, the most urgent first."""
    marks: Sequence[_Pattern]
    apart: Sequence[tuple[str, frozenset[str]]]
    """Tier, and the two marks that raise it from two messages."""
    bar: float
    harmless: frozenset[str]
    """Whole messages, as words, that are calm whatever they look like: `goodbye`."""

    @classmethod
    def build(cls, matcher: Matcher, rules: UrgentRules, bar: float, harmless: Iterable[str] = ()) -> "UrgentCheck":
        numbers: dict[str, int] = {}

        def numbered(wordings: Iterable[str]) -> frozenset[int]:
            return frozenset(numbers.setdefault(each, len(numbers)) for each in wordings)

        happening = numbered(rules.cues.get(HAPPENING, ()))
        patterns = {
            tier: [
                _Pattern(
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
            _Pattern(name, numbered(mark.any), numbered(_expand(mark.unless, rules.cues)))
            for name, mark in rules.marks.items()
        ]
        signs = ((tier, frozenset({pattern.sign, NOW})) for tier, group in patterns.items() for pattern in group)
        apart = sorted(
            [*signs, *((each.tier, frozenset(each.marks)) for each in rules.apart)],
            key=lambda pair: TIERS.index(pair[0]),
        )
        return cls(matcher, _Wordings.of(numbers), patterns, marks, apart, bar, frozenset(harmless))

    def assess(self, message: str, before: frozenset[str] = frozenset(), language: str | None = None) -> Urgency:
        """The most urgent reading of a text of any length, in time linear in it.

        `before` are the marks of the messages before it: `chemo was Tuesday`, then `it's 101 now`.
        """
        folded = text.fold(message)
        if text.key(message) in self.harmless:
            return Urgency(None, "", 0.0, before, language)
        spans = [self.wordings.span(span) for span in dict.fromkeys(_spans(folded))]
        marks = self._marks(spans[0])
        bar = self.bar if language is None else min(self.bar, BAR_ABROAD)
        found = [self._by_rule(spans), self._by_score(spans, bar), self._by_both(before, marks)]
        worst = min(found, key=lambda each: (TIERS.index(each.tier) if each.tier else len(TIERS), -each.score))
        return replace(worst, marks=before | marks, language=language)

    def _marks(self, whole: _Span) -> frozenset[str]:
        if not self._may_name_a_sign(whole):
            return frozenset()
        named = (pattern.sign for group in self.patterns.values() for pattern in group if pattern.found(whole))
        short = len(whole.words.split()) <= LONGEST_READING
        marked = (pattern.sign for pattern in self.marks if pattern.raised(whole) and (short or pattern.sign != NOW))
        return frozenset({*named, *marked, *([READING] if is_reading(whole.folded) else [])})

    def _by_both(self, before: frozenset[str], here: frozenset[str]) -> Urgency:
        """What neither message shows alone: one mark of a pair before, the other here."""
        for tier, pair in self.apart:
            if pair <= before | here and pair & here and not pair <= here:
                return Urgency(tier, "+".join(sorted(pair)), 1.0)
        return CALM_READING

    def _by_rule(self, spans: Sequence[_Span]) -> Urgency:
        telling = [span for span in spans if self._may_name_a_sign(span)]
        for tier, patterns in self.patterns.items() if telling else ():
            for pattern in patterns:
                if any(pattern.raised(span) for span in telling):
                    return Urgency(tier, pattern.sign, 1.0)
        return CALM_READING

    def _may_name_a_sign(self, span: _Span) -> bool:
        return not self._of_signs.isdisjoint(span.holds) or _NUMBER.search(span.folded) is not None

    @cached_property
    def _of_signs(self) -> frozenset[int]:
        """Numbers of the patterns that name a sign or a mark."""
        groups = [*self.patterns.values(), self.marks]
        return frozenset(itertools.chain.from_iterable(each.any for group in groups for each in group))

    def _by_score(self, spans: Sequence[_Span], bar: float) -> Urgency:
        """The tier that lies farthest from calm, over the whole text and, discounted, over each part of it."""
        best = CALM_READING
        if not _LETTER.search(spans[0].folded):  # a bare `2` picks an option, though `2` is also written for `to`
            return best
        for place, span in enumerate(spans):
            tier, margin = self._margin(span.folded)
            score = 1 / (1 + math.exp(-STEEPNESS * (margin - (PART_DISCOUNT if place else 0.0))))
            if score > best.score:
                best = Urgency(tier, "likeness", score)
        return best if best.score >= bar else replace(best, tier=None, sign="")

    def _margin(self, span: str) -> tuple[str | None, float]:
        best = self.matcher.lead(span, _TIERS)
        return (best.label, best.by) if best else (None, LOWEST)


def _expand(names: Iterable[str], cues: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for name in names:
        yield from cues.get(name, (name,))


def _spoken(words: Iterable[str]) -> re.Pattern[str]:
    """Words of temperature; only those in Latin letters end where a letter follows, others join their words."""
    items = (rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(text.fold(word)) for word in words)
    return re.compile("|".join(items))


def _spans(folded: str) -> Iterator[str]:
    sentences = text.sentences(folded)[:MOST_SENTENCES]
    yield folded
    if len(sentences) > 1:
        yield from sentences
        for first, second in itertools.pairwise(sentences):
            yield f"{first} {second}"
