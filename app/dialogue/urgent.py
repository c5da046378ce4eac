"""Is someone in danger? Readable rules and a fitted matcher, over the whole text and each sentence of it.

The rules are data (`intents/urgent.yaml`) that a clinician can read; this module gives them a meaning.
Every pattern becomes one regular expression without nested repetition, so time stays linear.
"""

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app import text
from app.content.schema import CALM, TIERS, Rule, UrgentEvidence
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
HEAD_START = {"crisis": 0.2}
"""Of a tier with far fewer phrasings (535 beside 2,567), whose scores run lower."""
STEEPNESS = 3.0
"""Of the score as the margin grows: 0.18 at -0.5, 0.5 at 0, 0.82 at 0.5."""
LOWEST = -10.0

_NUMBER = re.compile(r"(?<![\d.,/:-])(\d{2,3}(?:[.,]\d{1,2})?)(?![\d/:]|[.,]\d)")
_TEMPERATURE = re.compile(
    r"\b(temp|temps|temperature|fever|feverish|febrile|thermometer|tmax|burning up|celsius|centigrade|fahrenheit"
    r"|degrees|degree|fiebre|chills|shivering|shaking)\b|\d ?[fc]\b|\bt ?\d"
)


@dataclass(frozen=True, slots=True)
class Urgency:
    """What the check found: no tier means calm."""

    tier: str | None
    sign: str
    score: float
    """0 to 1, of the most urgent reading: 0.5 is as near to a tier as to calm; 1 where a rule raised it."""
    failed: bool = False
    """The check itself could not be made."""


@dataclass(frozen=True)
class _Pattern:
    tier: str
    rule: Rule
    any: re.Pattern[str] | None
    unless: re.Pattern[str] | None


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
    return re.escape(word[:-1]) + r"\S*" if word.endswith("*") else re.escape(word)


def _either(patterns: Iterable[str]) -> re.Pattern[str] | None:
    found = [compile_pattern(pattern) for pattern in patterns]
    return re.compile("|".join(found)) if found else None


def has_fever(folded: str) -> bool:
    """A body temperature of 100.4 F or 38.0 C and more is named in a text about temperature."""
    if not _TEMPERATURE.search(folded):
        return False
    values = (float(number.replace(",", ".")) for number in _NUMBER.findall(folded))
    return any(FEVER_F <= value <= HOTTEST_F or FEVER_C <= value <= HOTTEST_C for value in values)


@dataclass(frozen=True)
class UrgentCheck:
    """The detector: what rules and matcher find, the more urgent of the two."""

    matcher: Matcher
    patterns: Sequence[_Pattern]
    bar: float
    harmless: frozenset[str]
    """Whole messages, as words, that are calm whatever they look like: `goodbye`."""

    @classmethod
    def build(
        cls, matcher: Matcher, evidence: UrgentEvidence, bar: float, harmless: Iterable[str] = ()
    ) -> "UrgentCheck":
        patterns = [
            _Pattern(tier, rule, _either(rule.any), _either(_expand(rule.unless, evidence.cues)))
            for tier in TIERS
            for rule in evidence.rules.get(tier, ())
        ]
        return cls(matcher, patterns, bar, frozenset(harmless))

    def assess(self, message: str) -> Urgency:
        """The most urgent reading of a text of any length, in time linear in it."""
        folded = text.fold(message)
        if " ".join(text.words(folded)) in self.harmless:
            return Urgency(None, "", 0.0)
        spans = list(_spans(folded))
        scored = self._by_score(spans)
        ruled = self._by_rule(spans)
        if ruled is None or (scored.tier and TIERS.index(scored.tier) < TIERS.index(str(ruled.tier))):
            return scored
        return ruled

    def _by_rule(self, spans: Sequence[str]) -> Urgency | None:
        spaced = [(span, " ".join(text.words(span))) for span in spans]
        for pattern in self.patterns:
            if any(_matches(pattern, span, words) for span, words in spaced):
                return Urgency(pattern.tier, pattern.rule.sign, 1.0)
        return None

    def _by_score(self, spans: Sequence[str]) -> Urgency:
        """The tier that lies farthest from calm, over the whole text and, discounted, over each part of it."""
        best = Urgency(None, "", 0.0)
        for place, span in enumerate(spans):
            tier, margin = self._margin(span)
            score = 1 / (1 + math.exp(-STEEPNESS * (margin - (PART_DISCOUNT if place else 0.0))))
            if score > best.score:
                best = Urgency(tier, "likeness", score)
        return best if best.score >= self.bar else replace(best, tier=None, sign="")

    def _margin(self, span: str) -> tuple[str | None, float]:
        reading = self.matcher.vocabulary.read(span)
        if not reading.words or reading.unknown == 1.0:
            return None, LOWEST
        scores = dict(zip(self.matcher.scorer.labels, self.matcher.scorer.scores(reading).tolist(), strict=True))
        calm = scores.pop(CALM, 0.0)
        ahead = {tier: score - calm + HEAD_START.get(tier, 0.0) for tier, score in scores.items()}
        tier = max(sorted(ahead), key=lambda label: ahead[label])
        return tier, ahead[tier]


def _expand(names: Iterable[str], cues: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for name in names:
        yield from cues.get(name, (name,))


def _matches(pattern: _Pattern, span: str, words: str) -> bool:
    found = pattern.any is not None and pattern.any.search(words) is not None
    if not found and pattern.rule.temperature:
        found = has_fever(span)
    return found and (pattern.unless is None or pattern.unless.search(words) is None)


def _spans(folded: str) -> Iterator[str]:
    sentences = text.sentences(folded)[:MOST_SENTENCES]
    yield folded
    if len(sentences) > 1:
        yield from sentences
        for first, second in itertools.pairwise(sentences):
            yield f"{first} {second}"
