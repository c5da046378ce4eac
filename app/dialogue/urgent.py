"""Is someone in danger? Rules and a fitted matcher look at the whole message and at each sentence of it.

Between silence and alarm stands the safety net: where danger is possible and not sure, the ordinary reply opens with
the sentence of the tier in doubt.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from app.content.schema import CALM, TIERS, Costs
from app.dialogue.urgent_rules import DOUBT, NOW, WRITER, RuleBook
from app.matching.matcher import Matcher
from app.matching.tiers import LEAST_CARRYING
from app.matching.utterance import Utterance
from app.text import ParsedText

MOST_SENTENCES = 400
MOST_CLAUSES = 200
LIKENESS, AGAIN = "likeness", "again"
"""Stand in place of a rule's sign: what raised a message was its likeness to phrasings; a second doubt."""
_CALM = {CALM: 1.0}
_CLAUSE_END = re.compile(r"[,;](?!\d)\s*|\s(?=(?:and|but|also|btw|because|so|plus)\s)")
LEAST_CLAUSE = 2
"""Fewest words of a clause that is read by itself."""
LONG_CLAUSE, WINDOW, STEP = 12, 8, 4
"""A clause of more than so many words is read in windows of so many, each so many words on: it may be two that lack
their comma.
"""
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Urgency:
    """What the check found: no tier means that nothing is raised."""

    tier: str | None = None
    net: str | None = None
    """The tier in doubt, whose sentence opens the reply; None where a tier is raised."""
    sign: str = ""
    """What raised the tier or the doubt: the sign of a rule, `LIKENESS` or `AGAIN`; signs in two messages stand with a
    plus between them.
    """
    probabilities: Mapping[str, float] = field(default_factory=lambda: _CALM)
    """Of each tier and of calm, by likeness alone."""
    flags: frozenset[str] = frozenset()
    """What later messages may need to know: signs named in any way, tiers in doubt, and marks such as `treated`."""
    language: str | None = None
    """Language of the message, where it is not English."""
    failed: bool = False
    """The check itself could not be made."""

    @property
    def score(self) -> float:
        """How likely danger is, 0 to 1: 1 where something else than likeness raised a tier."""
        return 1.0 if self.tier and self.sign != LIKENESS else 1.0 - self.probabilities.get(CALM, 0.0)


class Detection(NamedTuple):
    """A tier that the message was found to be of, or to be in doubt of."""

    tier: str
    sign: str
    raises: bool


@dataclass(frozen=True)
class UrgentCheck:
    """The detector: what rules and matcher find, the more urgent of the two."""

    matcher: Matcher
    rules: RuleBook
    costs: Costs
    caution: float = 1.0
    """How much dearer than in the sealed costs a missed danger is for this site; at least 1."""

    def assess(
        self, utterance: Utterance, before: frozenset[str] = frozenset(), language: str | None = None
    ) -> Urgency:
        """Return the most urgent reading of a message of any length, in time linear in it.

        `before` are the context flags of the messages before it: `chemo was Tuesday`, then `it's 101 now`.
        """
        spans = self.rules.index.spans(list(stretches_of(utterance.text)), partial(_repaired, utterance))
        named = self.rules.named(spans)
        flags = self.rules.flags(spans[0], named)
        parts = list(parts_of(utterance.text))
        probabilities = self.probabilities(utterance, parts)
        findings = [
            *(Detection(tier, rule.sign, raises) for tier, rule, raises in named if any(map(rule.raises, spans))),
            *(Detection(tier, sign, True) for tier, sign in self.rules.raised_by_both(before, flags)),
            *self._alike(utterance, parts, probabilities, abroad=language is not None),
        ]
        doubts = {DOUBT + finding.tier for finding in findings if not finding.raises}
        if not flags.isdisjoint((NOW, WRITER)):
            findings += [Detection(finding.tier, AGAIN, True) for finding in findings if DOUBT + finding.tier in before]
        return _urgency(min(findings, key=_order, default=None), probabilities, before | flags | doubts, language)

    def probabilities(self, utterance: Utterance, parts: Sequence[ParsedText]) -> Mapping[str, float]:
        """Return how likely each tier and calm is by likeness; a message without a letter, such as a bare `2` that
        picks an option, is calm.
        """
        if not _LETTER.search(utterance.text.folded):
            return _CALM
        return self.matcher.probabilities(utterance.score([(part, None) for part in parts]))

    def _alike(
        self, utterance: Utterance, parts: Sequence[ParsedText], probabilities: Mapping[str, float], abroad: bool
    ) -> Iterator[Detection]:
        """Yield the tier that it costs least to raise or to doubt, as far as words of some part carry one: where only
        one does, several words are in doubt and a single one is nothing.
        """
        tier, raises = self.least_costly(probabilities)
        tiers = self.matcher.tiers
        if tier and tiers:
            scored = utterance.score([(part, None) for part in parts])
            evidence = max(tiers.evidence(part.reading, abroad) for part in scored)
            if evidence >= LEAST_CARRYING:
                yield Detection(tier, LIKENESS, raises)
            elif raises and evidence and len(utterance.text.words) > 1:
                yield Detection(tier, LIKENESS, raises=False)

    def least_costly(self, probabilities: Mapping[str, float]) -> tuple[str | None, bool]:
        """Return the tier to raise (True) or to doubt (False), None for neither: whichever costs least on average."""
        missed = {tier: self.caution * cost * probabilities.get(tier, 0.0) for tier, cost in self.costs.missed.items()}
        danger, calm = sum(missed.values()), probabilities.get(CALM, 0.0)
        doubting = calm * self.costs.net + danger * self.costs.netted
        if danger <= min(calm, doubting):
            return None, False
        return max(missed, key=missed.__getitem__), calm < doubting


def _repaired(utterance: Utterance, text: ParsedText) -> tuple[str, ...]:
    """Return the words of a part of the message as the matcher reads them, slips put right."""
    return utterance.model.vocabulary.read(text).words


def _order(finding: Detection) -> tuple[bool, int]:
    """Sort what raises before what only doubts, then by urgency."""
    return not finding.raises, TIERS.index(finding.tier)


def _urgency(
    worst: Detection | None, probabilities: Mapping[str, float], flags: frozenset[str], language: str | None
) -> Urgency:
    if worst is None:
        return Urgency(probabilities=probabilities, flags=flags, language=language)
    if worst.raises:
        return Urgency(worst.tier, None, worst.sign, probabilities, flags, language)
    return Urgency(None, worst.tier, worst.sign, probabilities, flags, language)


def parts_of(text: ParsedText) -> Iterator[ParsedText]:
    """Yield what likeness is looked for in: the stretches, then each clause, since a question in the same sentence
    hides a danger. Rules keep to the stretches: `no fever, chills` denies both.

    Of dangers that a comma or an `and` joined to a question 58 to 69% were raised without clauses, 76 to 87% with.
    """
    yield from stretches_of(text)
    clauses = (clause for sentence in text.sentences[:MOST_SENTENCES] for clause in _clauses(sentence))
    yield from itertools.islice(clauses, MOST_CLAUSES)


def _clauses(sentence: ParsedText) -> Iterator[ParsedText]:
    """Yield the clauses of a sentence that has more than one, and the windows of a long one."""
    cuts = [cut.span() for cut in _CLAUSE_END.finditer(sentence.folded)]
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(sentence.folded)]
    for start, end in zip(starts, ends, strict=True) if cuts else ():
        clause = sentence.part(start, end)
        if len(clause.words) >= LEAST_CLAUSE:
            yield clause
        yield from _windows(clause)
    if not cuts:
        yield from _windows(sentence)


def _windows(clause: ParsedText) -> Iterator[ParsedText]:
    for start in range(0, len(clause.words) - STEP, STEP) if len(clause.words) > LONG_CLAUSE else ():
        words = clause.words[start : start + WINDOW]
        yield ParsedText(" ".join(words), words)


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
