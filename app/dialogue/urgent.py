"""Is someone in danger? Rules and a fitted matcher look at the whole message and at each sentence of it."""

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.content.schema import TIERS
from app.dialogue.urgent_rules import RuleBook, SignRule, Span
from app.matching.matcher import Matcher
from app.matching.utterance import Utterance
from app.text import ParsedText

MOST_SENTENCES = 400
PART_DISCOUNT = 0.6
"""A sentence out of its story sounds more alarming than the whole: 0.6 kept false alarms level in cross-validation."""
BAR_ABROAD = 0.45
"""In other languages there are fewer phrasings to go by, and a false alarm hides no answer: 0.45 raised 361 of 372
dangers and 17 of 120 calm messages, 0.35 raised 366 and 24.
"""
STEEPNESS = 3.0
"""Steepness of the score as the margin grows: 0.18 at -0.5, 0.5 at 0, 0.82 at 0.5."""
LOWEST = -10.0
"""Margin of a text without a known word."""
_TIERS = frozenset(TIERS)
_TIERS_AND_CALM = (*TIERS, None)
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Urgency:
    """What the check found: no tier means calm."""

    tier: str | None
    sign: str
    score: float
    """0 to 1, of the most urgent reading: 0.5 is as near to a tier as to calm; 1 where a rule raised it."""
    flags: frozenset[str] = frozenset()
    """What later messages may need to know: signs named in any way, and marks such as `treated` or `now`."""
    language: str | None = None
    """Language of the message, where it is not English."""
    failed: bool = False
    """The check itself could not be made."""


@dataclass(frozen=True)
class UrgentCheck:
    """The detector: what rules and matcher find, the more urgent of the two."""

    matcher: Matcher
    rules: RuleBook
    bar: float
    """Least score that raises a tier without a rule."""

    def assess(
        self, utterance: Utterance, before: frozenset[str] = frozenset(), language: str | None = None
    ) -> Urgency:
        """Return the most urgent reading of a message of any length, in time linear in it.

        `before` are the context flags of the messages before it: `chemo was Tuesday`, then `it's 101 now`.
        """
        stretches = list(stretches_of(utterance.text))
        whole = self.rules.index.span(utterance.text)
        named = self.rules.named(whole)
        flags = self.rules.flags(whole, named)
        bar = self.bar if language is None else min(self.bar, BAR_ABROAD)
        tier, score = self._likeliest(utterance, stretches)
        readings = [
            _certain(self._raised(named, whole, stretches)),
            (tier, "likeness", score) if score >= bar else (None, "", score),
            _certain(self.rules.raised_by_both(before, flags)),
        ]
        worst = min(readings, key=lambda reading: (_TIERS_AND_CALM.index(reading[0]), -reading[2]))
        return Urgency(*worst, before | flags, language)

    def _raised(
        self, named: Sequence[tuple[str, SignRule]], whole: Span, stretches: Sequence[ParsedText]
    ) -> tuple[str, str] | None:
        """Return the most urgent tier that a rule raises in some stretch of the message, and its sign."""
        if not named:
            return None
        spans = [whole, *(self.rules.index.span_within(whole, stretch) for stretch in stretches[1:])]
        return next(((tier, rule.sign) for tier, rule in named if any(map(rule.raises, spans))), None)

    def _likeliest(self, utterance: Utterance, stretches: list[ParsedText]) -> tuple[str | None, float]:
        """Return the tier that lies farthest from calm, over the whole text and, discounted, over each part of it, and
        its score from 0 to 1.
        """
        if not _LETTER.search(utterance.text.folded):  # a bare `2` picks an option, though `2` also stands for `to`
            return None, 0.0
        scored = utterance.score([(stretch, None) for stretch in stretches])
        tier, farthest = None, LOWEST
        for place, part in enumerate(scored):
            margin = self.matcher.margin(part, _TIERS)
            if margin and margin.over_others - PART_DISCOUNT * (place > 0) > farthest:
                tier, farthest = margin.label, margin.over_others - PART_DISCOUNT * (place > 0)
        return tier, 1 / (1 + math.exp(-STEEPNESS * farthest))


def _certain(raised: tuple[str, str] | None) -> tuple[str | None, str, float]:
    """Return the tier and the sign that a rule raised as a reading that nothing outscores; calm where none did."""
    return (*raised, 1.0) if raised else (None, "", 0.0)


def stretches_of(text: ParsedText) -> Iterator[ParsedText]:
    """Yield the whole text, then each sentence and each two neighbouring sentences, since the sign and the words that
    explain it may stand apart.
    """
    yield text
    sentences = text.sentences[:MOST_SENTENCES]
    if len(sentences) > 1:
        yield from sentences
        for first, second in itertools.pairwise(sentences):
            yield ParsedText(f"{first.folded} {second.folded}", (*first.words, *second.words))
