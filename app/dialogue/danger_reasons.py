"""Why a message was raised, netted or left alone, for whoever answers for it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.content.schema import CALM
from app.dialogue.urgent import AGAIN, GARBLED, LIKENESS, Urgency, UrgentCheck
from app.matching.evidence import FUNCTION_WORDS
from app.matching.likeness import sort_key
from app.matching.utterance import Utterance
from app.text import ParsedText

MOST_WORDS = 5
"""Most words that are named as those that counted."""
LEAST_WEIGHT = 0.2
"""Least change in the log-odds of danger that makes a word count."""
LONGEST = 60
"""Most words of a message whose words are weighed one by one."""
_CERTAIN = 1e-9


@dataclass(frozen=True, slots=True)
class NearestPhrasing:
    """A phrasing that the message is like."""

    tier: str
    phrasing: str
    likeness: float
    """0 to 1, by its words in any order."""


@dataclass(frozen=True, slots=True)
class Reasons:
    urgency: Urgency
    words: tuple[str, ...]
    """Words without which danger would be less likely, the weightiest first."""
    nearest: NearestPhrasing | None
    """Of the likeliest tier."""
    against: NearestPhrasing | None
    """The nearest calm phrasing: what stood against it."""

    @property
    def rule(self) -> str | None:
        """The sign of the rule that decided; None where likeness did, or nothing."""
        return self.urgency.sign if self.urgency.sign not in ("", LIKENESS, GARBLED, AGAIN) else None

    def lines(self) -> Iterator[str]:
        """Yield the reasons as sentences for a clinician."""
        urgency = self.urgency
        verdict = (
            f"Raised as {urgency.tier}" if urgency.tier else f"In doubt of {urgency.net}" if urgency.net else "Calm"
        )
        by = f", by the rule “{self.rule}”" if self.rule else ", as a second doubt" if urgency.sign == AGAIN else ""
        yield f"{verdict}{by}."
        likeliest = sorted(urgency.probabilities.items(), key=lambda item: (-item[1], item[0]))
        if likeliest:
            yield f"Likelihood: {', '.join(f'{tier} {chance:.0%}' for tier, chance in likeliest)}."
        if self.words:
            yield f"Words that counted: {', '.join(self.words)}."
        if self.nearest:
            yield f"Most like “{self.nearest.phrasing}” ({self.nearest.tier}, {self.nearest.likeness:.0%} alike)."
        if self.against:
            yield f"Against it: “{self.against.phrasing}” (calm, {self.against.likeness:.0%} alike)."


def reasons(check: UrgentCheck, utterance: Utterance, urgency: Urgency) -> Reasons:
    """Return why the check found this urgency in a message."""
    dangers = {tier: chance for tier, chance in urgency.probabilities.items() if tier != CALM}
    words = tuple(_weighty(check, utterance))
    nearest = _near(check, utterance, max(dangers, key=dangers.__getitem__), words) if dangers else None
    return Reasons(urgency, words, nearest, _near(check, utterance, CALM))


def _near(check: UrgentCheck, utterance: Utterance, tier: str, words: Sequence[str] = ()) -> NearestPhrasing | None:
    """Return the phrasing of a tier that the message is most like, among those with the most of these words."""
    phrasings = check.matcher.phrasings.get(tier)
    if phrasings is None:
        return None
    phrasing, likeness = phrasings.nearest_with(sort_key(utterance.text), words)
    return NearestPhrasing(tier, phrasing, likeness)


def _weighty(check: UrgentCheck, utterance: Utterance) -> list[str]:
    """Return the words whose absence would make danger least likely, without those that stand in any sentence."""
    words = utterance.text.words
    if not 1 < len(words) <= LONGEST:
        return []
    others = [[other for other in words if other != word] for word in dict.fromkeys(words)]
    parts = [ParsedText(" ".join(left), tuple(left)) for left in (list(words), *others) if left]
    whole, *without = (_log_odds(check, utterance, part) for part in parts)
    weights = {word: whole - left for word, left in zip(dict.fromkeys(words), without, strict=False)}
    weighty = (word for word, weight in weights.items() if weight >= LEAST_WEIGHT and word not in FUNCTION_WORDS)
    return sorted(weighty, key=lambda word: -weights[word])[:MOST_WORDS]


def _log_odds(check: UrgentCheck, utterance: Utterance, part: ParsedText) -> float:
    calm = check.probabilities(utterance, [part]).get(CALM, 1.0)
    return math.log((1 - calm + _CERTAIN) / (calm + _CERTAIN))
