"""Findings for the owner of the content before it is sealed: where, what, and whether it must be mended."""

from collections.abc import Iterator
from datetime import date, timedelta

from app.lint import danger, fillers, forms, phrasings, reviews, seals, texts
from app.lint.danger import general_danger
from app.lint.findings import Draft, Finding, grouped
from app.lint.forms import find_unlisted_links
from app.lint.learnt import find_alike, find_needy
from app.lint.readiness import going_live
from app.lint.texts import grade

__all__ = [
    "Draft",
    "Finding",
    "errors",
    "find_alike",
    "find_needy",
    "find_unlisted_links",
    "general_danger",
    "going_live",
    "grade",
    "grouped",
    "lint",
    "quick",
]


def lint(draft: Draft, today: date, grace: timedelta) -> list[Finding]:
    """Return all findings, errors first."""
    findings = [*quick(draft, today, grace), *phrasings.find_shadowed(draft), *phrasings.find_near_duplicates(draft)]
    return sorted(findings, key=lambda finding: finding.level != "error")


def errors(draft: Draft, today: date, grace: timedelta) -> list[Finding]:
    """Return the errors, without what only warns and compares all phrasings: 60,000 take 4 s."""
    return [finding for finding in quick(draft, today, grace) if finding.level == "error"]


def quick(draft: Draft, today: date, grace: timedelta) -> Iterator[Finding]:
    """Yield the findings for which phrasings need not be compared with each other by likeness."""
    yield from (Finding("warning", name, reason) for name, reason in draft.passed_over.items())
    yield from seals.find(draft)
    yield from seals.find_unbacked(draft)
    yield from texts.find(draft.content)
    yield from fillers.find(draft.content)
    yield from forms.find(draft.content)
    yield from reviews.find(draft.content, today, grace)
    yield from phrasings.find_few(draft)
    yield from phrasings.find_collisions(draft)
    yield from danger.find_wrong_examples(draft.intents.urgent.rules)
    yield from danger.find_missing_layers(draft.folder)
    yield from danger.find_thin_general(draft.intents.urgent)
