"""Gives the rules of each layer in `intents/urgent/`, which a clinician can read, their meaning over a text.

Every pattern becomes one regular expression without nested repetition, so time stays linear.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property

from app.content.schema import TIERS, Mark, Rule, Tier, UrgentRules
from app.text import ParsedText, fold, key

FEVER_F, FEVER_C = 100.4, 38.0
"""Neutropenic fever is commonly taken from here on; the clinical owner seals it with the layer."""
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
GENERALLY = "general"
"""The cue of what makes a sign a question in general or a plan."""
COURTESY = "courtesy"
"""The cue of words that may stand beside a sign that is named alone: `hi fever please help`."""
WRITER = "writer"
"""The flag of a message that speaks of the writer herself."""
DOUBT = "doubt-"
"""Prefix of the flag of a tier that opened a reply with the sentence of the safety net."""
LONGEST_ALONE = 8
"""Most words of a message that names a sign and says nothing else."""
_CACHED_WORDS = 20_000

_NUMBER = re.compile(r"(?<![\d.,/])(?<!\d[:-])(\d{2,3}(?:[.,]\d{1,2})?)(?![\d/:]|[.,]\d| over\b)")
_UNIT_AFTER, _T_BEFORE = re.compile(r" ?[fc]\b"), re.compile(r"\bt ?$")
_NO_HITS: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a message, and the numbers of the patterns that it holds."""

    text: ParsedText
    hits: frozenset[int]
    bare: frozenset[str]
    """Its words without those of courtesy, each once in a row, where they are few: what it says when it says one thing.
    As they were typed and as slips are repaired.
    """


@dataclass(frozen=True)
class PatternIndex:
    """Every pattern of the rules once, tried only where a word stands without which it cannot be."""

    patterns: tuple[re.Pattern[str], ...]
    words: Mapping[str, tuple[int, ...]]
    prefixes: Mapping[str, tuple[int, ...]]
    lengths: tuple[int, ...]
    """Lengths of the prefixes."""
    plain: frozenset[int]
    """Patterns of one item: where one of its words stands, it is there."""
    courtesy: frozenset[str]
    """Words that may stand beside a sign that is named alone."""
    _by_word: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)
    """Patterns that a word met before may be part of: a message of twelve words takes 23 us with them, 31 without."""

    @classmethod
    def of(cls, numbers: Mapping[str, int], courtesy: Sequence[str] = ()) -> "PatternIndex":
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
            frozenset(number for pattern, number in numbers.items() if len(pattern.split()) == 1),
            frozenset(map(fold, courtesy)),
        )

    def spans(
        self, stretches: Sequence[ParsedText], repaired: Callable[[ParsedText], Sequence[str]] = lambda text: text.words
    ) -> list[Span]:
        """Return each stretch with the patterns that it holds; the first is the whole message, and no stretch can hold
        a pattern that the whole does not. `repaired` gives the words of a stretch with its slips put right.
        """
        whole, *parts = stretches
        hits = self._hits(whole, self._candidates(whole))
        within = ((part, self._candidates(part) & hits) for part in parts)
        return [
            Span(whole, hits, self._bare(whole, repaired)),
            *(Span(part, self._hits(part, candidates), self._bare(part, repaired)) for part, candidates in within),
        ]

    def _candidates(self, text: ParsedText) -> set[int]:
        candidates: set[int] = set()
        for word in text.words:
            candidates.update(self._needing(word))
        return candidates

    def needs(self, word: str) -> bool:
        """Return whether some pattern needs a word."""
        return bool(self._needing(word))

    def _bare(self, text: ParsedText, repaired: Callable[[ParsedText], Sequence[str]]) -> frozenset[str]:
        if len(text.words) > LONGEST_ALONE:
            return frozenset()
        return frozenset(without_courtesy(words, self.courtesy) for words in (text.words, repaired(text)))

    def _hits(self, text: ParsedText, candidates: Set[int]) -> frozenset[int]:
        if not candidates:
            return _NO_HITS
        key = text.key
        return frozenset(number for number in candidates if number in self.plain or self.patterns[number].search(key))

    def _needing(self, word: str) -> tuple[int, ...]:
        known = self._by_word.get(word)  # in one step: a thread aside may clear them between two
        if known is not None:
            return known
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
    """A rule or a mark; `any`, `unless` and `happening` are numbers of patterns."""

    sign: str
    any: frozenset[int]
    unless: frozenset[int]
    alone: frozenset[str] = frozenset()
    """What names the sign where nothing else is said."""
    mentions: frozenset[int] = frozenset()
    """Patterns of the same words anywhere: they raise nothing, and are remembered for what comes next."""
    temperature: re.Pattern[str] | None = None
    happening: frozenset[int] = frozenset()
    """Patterns that make the sign a fact of this moment, whatever `unless` says."""

    def names_sign(self, span: Span) -> bool:
        """Return whether the sign is named, be it as a fact, a fear or a memory."""
        if not self.any.isdisjoint(span.hits) or not self.alone.isdisjoint(span.bare):
            return True
        return self.temperature is not None and has_fever(span.text.folded, self.temperature)

    def is_mentioned(self, span: Span) -> bool:
        """Return whether the sign is named in passing: `is bleeding normal?`"""
        return not self.mentions.isdisjoint(span.hits)

    def raises(self, span: Span) -> bool:
        if not self.names_sign(span):
            return False
        return self.unless.isdisjoint(span.hits) or not self.happening.isdisjoint(span.hits)


class _Compiler:
    """Gives every pattern of the rules one number, however many rules share it."""

    def __init__(self, cues: Mapping[str, Sequence[str]]) -> None:
        self.cues = cues
        self.numbers: dict[str, int] = {}
        self.courtesy = frozenset(map(fold, cues.get(COURTESY, ())))

    def numbered(self, patterns: Iterable[str]) -> frozenset[int]:
        return frozenset(self.numbers.setdefault(pattern, len(self.numbers)) for pattern in patterns)

    def rule(self, rule: Rule) -> SignRule:
        return SignRule(
            rule.sign,
            self.numbered(rule.any),
            self.numbered(_expand(rule.unless, self.cues)),
            frozenset(self._alone(text) for pattern in rule.alone for text in spelt_out(pattern)),
            self.numbered(rule.alone),
            _spoken(rule.temperature) if rule.temperature else None,
            self.numbered(self.cues.get(HAPPENING, ())),
        )

    def mark(self, name: str, mark: Mark) -> SignRule:
        return SignRule(name, self.numbered(mark.any), self.numbered(_expand(mark.unless, self.cues)))

    def _alone(self, text: str) -> str:
        return without_courtesy(text.split(), self.courtesy)


@dataclass(frozen=True)
class RuleBook:
    """All rules and marks of all layers, compiled."""

    index: PatternIndex
    tiers: Mapping[Tier, Sequence[SignRule]]
    """The rules that raise a tier, the most urgent first."""
    doubts: Mapping[Tier, Sequence[SignRule]]
    """The rules that only open the reply with the sentence of the safety net."""
    marks: Sequence[SignRule]
    pairs: Sequence[tuple[str, frozenset[str]]]
    """Tier, and the two context flags that raise it from two messages, the most urgent first."""
    naming: frozenset[int]
    """Numbers of the patterns that name a sign."""
    alone: frozenset[str]
    """What names a sign where nothing else is said."""
    general: frozenset[int]
    """Numbers of the patterns of the cue `general`: `so you call at 38?` is no reading."""

    @classmethod
    def of(cls, rules: UrgentRules) -> "RuleBook":
        compiler = _Compiler(rules.cues)
        tiers = {tier: list(map(compiler.rule, rules.rules.get(tier, ()))) for tier in TIERS}
        doubts = {tier: list(map(compiler.rule, rules.doubts.get(tier, ()))) for tier in TIERS}
        marks = [compiler.mark(name, mark) for name, mark in rules.marks.items()]
        named = [(tier, rule) for group in (tiers, doubts) for tier, own in group.items() for rule in own]
        pairs = [(tier, frozenset({rule.sign, NOW})) for tier, rule in named]
        pairs += [(pair.tier, frozenset(pair.marks)) for pair in rules.apart]
        general = compiler.numbered(rules.cues.get(GENERALLY, ()))
        return cls(
            PatternIndex.of(compiler.numbers, rules.cues.get(COURTESY, ())),
            tiers,
            doubts,
            marks,
            sorted(pairs, key=lambda pair: TIERS.index(pair[0])),
            frozenset(itertools.chain.from_iterable(rule.any for _, rule in named)),
            frozenset(itertools.chain.from_iterable(rule.alone for _, rule in named)),
            general,
        )

    def may_name_sign(self, span: Span) -> bool:
        return not self.naming.isdisjoint(span.hits) or _NUMBER.search(span.text.folded) is not None

    def named(self, spans: Sequence[Span]) -> list[tuple[Tier, SignRule, bool]]:
        """Return the rules whose sign a message names, with their tiers and whether they raise it or only doubt; those
        that raise first, the most urgent tier first.
        """
        if not self.may_name_sign(spans[0]) and all(self.alone.isdisjoint(span.bare) for span in spans):
            return []
        return [
            (tier, rule, raises)
            for raises, tiers in ((True, self.tiers), (False, self.doubts))
            for tier, rules in tiers.items()
            for rule in rules
            if any(map(rule.names_sign, spans))
        ]

    def flags(self, whole: Span, named: Sequence[tuple[Tier, SignRule, bool]]) -> frozenset[str]:
        """Return the context flags of a message: every sign that it names, if only in passing, its marks, and
        `READING`.
        """
        if not named and not whole.hits and not _NUMBER.search(whole.text.folded):
            return frozenset()
        short = len(whole.text.words) <= LONGEST_READING
        marked = (rule.sign for rule in self.marks if rule.raises(whole) and (short or rule.sign != NOW))
        reading = [READING] if is_reading(whole.text) and self.general.isdisjoint(whole.hits) else []
        mentioned = (rule.sign for rule in self._all if rule.is_mentioned(whole))
        return frozenset({*(rule.sign for _, rule, _ in named), *mentioned, *marked, *reading})

    @cached_property
    def _all(self) -> list[SignRule]:
        return [rule for group in (self.tiers, self.doubts) for own in group.values() for rule in own]

    def raised_by_both(self, before: frozenset[str], here: frozenset[str]) -> Iterator[tuple[str, str]]:
        """Yield each tier that neither message shows alone, one flag of a pair before and the other here, and both
        flags.
        """
        for tier, pair in self.pairs if before else ():
            if pair <= before | here and pair & here and not pair <= here:
                yield tier, "+".join(sorted(pair))


def without_courtesy(words: Sequence[str], courtesy: Set[str]) -> str:
    """Return the words that are no courtesy, each once in a row; all of them where nothing else is said."""
    said = [word for word, _ in itertools.groupby(words)]
    return " ".join([word for word in said if word not in courtesy] or said)


def spelt_out(pattern: str) -> Iterator[str]:
    """Yield each text that a pattern of words and alternatives stands for.

    >>> list(spelt_out("high fever|temp"))
    ['high fever', 'high temp']
    """
    for words in itertools.product(*(item.split("|") for item in pattern.split())):
        yield key(" ".join(words))


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
    fevers = [number for number in _NUMBER.finditer(folded) if _is_fever(number[1])]
    return any(_has_unit(folded, number) for number in fevers) or (bool(fevers) and spoken.search(folded) is not None)


def _has_unit(folded: str, number: re.Match[str]) -> bool:
    """Return whether `t` stands before a number or its unit after it; `b39c` is a piece of a code."""
    before = folded[max(0, number.start() - 3) : number.start()]
    if _T_BEFORE.search(before):
        return True
    return not before[-1:].isalpha() and _UNIT_AFTER.match(folded, number.end()) is not None


def is_reading(text: ParsedText) -> bool:
    """Return whether a text is little more than a number that would be a fever if it were a temperature. A bare 39 may
    be anything; 39.0 and 102 are taken.
    """
    if len(text.words) > LONGEST_READING:
        return False
    return any(_is_fever(number) and len(number) > len("39") for number in _NUMBER.findall(text.folded))


def _is_fever(number: str) -> bool:
    value = float(number.replace(",", "."))
    return FEVER_F <= value <= HOTTEST_F or FEVER_C <= value <= HOTTEST_C
