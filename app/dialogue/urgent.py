"""Is someone in danger? Rules and a fitted matcher look at the whole message and at each sentence of it.

Between silence and alarm stands the safety net: where danger is possible and not sure, the ordinary reply opens with
the sentence of the tier in doubt.
"""

import itertools
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import NamedTuple

from app.content.schema import CALM, TIERS, Costs
from app.dialogue.disguises import Disguises
from app.dialogue.urgent_rules import DOUBT, NOW, WRITER, RuleBook
from app.matching.matcher import Matcher
from app.matching.tiers import LEAST_CARRYING
from app.matching.utterance import Utterance
from app.text import ParsedText

MOST_SENTENCES = 400
MOST_CLAUSES = 200
MOST_WEIGHED = 1_000
"""Most clauses of which those that are read are chosen."""
RULE_WEIGHT = 2
"""What a word that a rule needs weighs beside one that carries a tier."""
LIKENESS, GARBLED, AGAIN = "likeness", "garbled", "again"
"""Stand in place of a rule's sign: what raised a message was its likeness to phrasings; a likeness of which hardly a
word is known, which is only in doubt; a second doubt.
"""
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

    disguises: Disguises = field(init=False, repr=False, compare=False)
    """Takes the disguise off a message, by the words of the lines of danger."""

    def __post_init__(self) -> None:
        words = self.matcher.tiers.words if self.matcher.tiers else {}
        object.__setattr__(self, "disguises", Disguises.of(words, self.matcher.model.vocabulary, self._known_pairs))

    def _known_pairs(self, words: tuple[str, ...]) -> float:
        model = self.matcher.model
        return model.features.known_pairs(model.vocabulary.read(ParsedText(" ".join(words), words)))

    def assess(
        self, utterance: Utterance, before: frozenset[str] = frozenset(), language: str | None = None
    ) -> Urgency:
        """Return the most urgent reading of a message of any length, in time linear in it.

        `before` are the context flags of the messages before it: `chemo was Tuesday`, then `it's 101 now`.
        """
        stretches, clauses = read_parts(utterance.text, cache(self._weight))
        parts = [*stretches, *clauses]
        spans = self.rules.index.spans(stretches, partial(_repaired, utterance))
        named = self.rules.named(spans)
        flags = self.rules.flags(spans[0], named)
        probabilities = self.probabilities(utterance, parts)
        findings = [
            *(Detection(tier, rule.sign, raises) for tier, rule, raises in named if any(map(rule.raises, spans))),
            *(Detection(tier, sign, True) for tier, sign in self.rules.raised_by_both(before, flags)),
            *self._alike(utterance, parts, probabilities, abroad=language is not None),
        ]
        doubts = {DOUBT + finding.tier for finding in findings if not finding.raises and finding.sign != GARBLED}
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
                said = tiers.is_said([part.reading for part in scored], abroad)
                yield Detection(tier, LIKENESS if said else GARBLED, raises and said)
            elif raises and evidence and len(utterance.text.words) > 1:
                yield Detection(tier, LIKENESS, raises=False)

    def _weight(self, word: str) -> int:
        """Return how much of danger a word may hold: a rule needs it, it carries a tier."""
        vocabulary, tiers = self.matcher.model.vocabulary, self.matcher.tiers
        carries = word in vocabulary.known and tiers and tiers.evidence(vocabulary.read(ParsedText(word, (word,))))
        return RULE_WEIGHT * self.rules.index.needs(word) + bool(carries)

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


Weight = Callable[[str], int]
"""Says how much of danger a word may hold."""


def parts_of(text: ParsedText) -> list[ParsedText]:
    """Return what likeness is looked for in."""
    stretches, clauses = read_parts(text)
    return [*stretches, *clauses]


def read_parts(text: ParsedText, weight: Weight | None = None) -> tuple[list[ParsedText], list[ParsedText]]:
    """Return the stretches, and each clause, since a question in the same sentence hides a danger. Rules keep to the
    stretches: `no fever, chills` denies both.

    Of dangers that a comma or an `and` joined to a question 58 to 69% were raised without clauses, 76 to 87% with.
    """
    sentences = _weightiest(text.sentences, MOST_SENTENCES, weight)
    clauses = itertools.islice((clause for sentence in sentences for clause in _clauses(sentence)), MOST_WEIGHED)
    return list(stretches_of(text, sentences)), _weightiest(list(clauses), MOST_CLAUSES, weight)


def _weightiest(parts: list[ParsedText], most: int, weight: Weight | None) -> list[ParsedText]:
    """Return the parts, of too many the weightiest third of so many, in their order: 401 lines hid what came after
    them.
    """
    if len(parts) <= most or weight is None:
        return parts[:most]
    different = list({part.folded: part for part in parts}.values())
    weights = [-sum(map(weight, part.words)) / math.sqrt(len(part.words) or 1) for part in different]
    return [different[place] for place in sorted(sorted(range(len(different)), key=weights.__getitem__)[: most // 3])]


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


def stretches_of(text: ParsedText, sentences: Sequence[ParsedText]) -> Iterator[ParsedText]:
    """Yield the whole text, then each of its sentences and each two neighbouring ones, since the sign and the words
    that explain it may stand apart.
    """
    yield text
    if len(sentences) > 1:
        yield from sentences
        for first, second in itertools.pairwise(sentences):
            yield ParsedText(f"{first.folded} {second.folded}", (*first.words, *second.words))
