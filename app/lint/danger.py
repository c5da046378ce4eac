"""Findings on the layers of danger: rules that do not do what their examples show, and what the general layer lacks."""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from app import text
from app.content import files
from app.content.approval import URGENT
from app.content.schema import GENERAL, TIERS, Rule, Tier, UrgentEvidence, UrgentRules
from app.dialogue.urgent import read_parts
from app.dialogue.urgent_rules import RuleBook
from app.lint.findings import Finding

LEAST_GENERAL = 1_000
"""Fewest phrasings of a tier in the general layer of danger: the shipped one has 3,900 to 6,400. With the 20 to 40 of a
department's own, the check missed 6 of 10 plain emergencies.
"""
_ADVICE = f"take the folder intents/urgent/{GENERAL} of the content that comes with hai-faq"


def find_wrong_examples(rules: UrgentRules) -> Iterator[Finding]:
    """Run each rule of danger on its examples: yield the examples that it gets wrong, and the rules that show none."""
    book = RuleBook.of(rules)
    for tier, rule in itertools.chain(_rules(rules.rules), _rules(rules.doubts)):
        where = f"urgent {tier} {rule.sign}"
        if not rule.fires or not rule.leaves:
            yield Finding("warning", where, "shows no message on which it `fires`, or none that it `leaves` alone")
        for message in rule.fires:
            if (tier, rule.sign) not in _fired(book, message):
                yield Finding("error", where, f"does not fire on {message!r}")
        for message in rule.leaves:
            if (tier, rule.sign) in _fired(book, message):
                yield Finding("error", where, f"fires on {message!r}")


def _rules(tiers: Mapping[Tier, Sequence[Rule]]) -> Iterator[tuple[Tier, Rule]]:
    yield from ((tier, rule) for tier, rules in tiers.items() for rule in rules)


def _fired(book: RuleBook, message: str) -> set[tuple[str, str]]:
    """Return the tiers and signs of the rules that fire on a message."""
    spans = book.index.spans(read_parts(text.parse(message))[0])
    return {(tier, rule.sign) for tier, rule, _ in book.named(spans) if any(map(rule.raises, spans))}


def find_missing_layers(folder: Path) -> Iterator[Finding]:
    """Yield an error where nothing says what danger is: the service does not start then."""
    if not files.urgent_layers(folder):
        nesting = "phrasings such as `emergency: {breathing: [i cannot breathe]}`, and rules.yaml"
        problem = f"is missing: it holds what is danger for anyone, {nesting}; {_ADVICE}"
        yield Finding("error", f"{files.INTENTS}/{files.URGENT}/{GENERAL}/", problem)


def find_thin_general(urgent: UrgentEvidence) -> Iterator[Finding]:
    yield from (Finding("warning", f"{URGENT}{GENERAL}", problem) for problem in general_danger(urgent))


def general_danger(urgent: UrgentEvidence) -> list[str]:
    """Return what the content lacks of the danger that is danger for anyone."""
    counts = Counter(line.tier for line in urgent.lines if line.layer == GENERAL)
    few = [f"{counts[tier]} phrasings of {tier}" for tier in TIERS if counts[tier] < LEAST_GENERAL]
    problems = [f"has {', '.join(few)}, {LEAST_GENERAL:,} at least of each: {_ADVICE}"] if few else []
    return problems if urgent.rules.costs else [*problems, f"states no costs of mistakes: {_ADVICE}"]
