"""Findings for the owner of the content before it is sealed: where, what, and whether it must be mended."""

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal, Self

from app import text
from app.content import approval, files
from app.content.approval import Lock
from app.content.schema import (
    CALM,
    GENERAL,
    PENDING,
    TIERS,
    Content,
    Intents,
    Rule,
    Tier,
    UrgentEvidence,
    UrgentRules,
)
from app.dialogue.text_messages import MOST_PARTS
from app.dialogue.urgent import read_parts
from app.dialogue.urgent_rules import RuleBook
from app.matching import likeness
from app.segments import segments

HIGHEST_GRADE = 8.0
MOST_READ_ALOUD = 25
"""Most words of an answer that is read aloud."""
SHORTEST_NAME = 10
"""Letters from which a word of an entry's question is a name, of a disease say: nobody can put it more simply."""
WARN_DAYS = 60
MOST_DUE = 0.25
"""Highest share of the entries that may be due for review in one week."""
NEARLY = 97.0
"""Token sort ratio, 0 to 100, from which two phrasings are near-duplicates."""

LEAST_GENERAL = 1_000
"""Fewest phrasings of a tier in the general layer of danger: the shipped one has 3,900 to 6,400. With the 20 to 40 of a
department's own, the check missed 6 of 10 plain emergencies.
"""

SHADOWED = 0.9
"""Likeness, 0 to 1, from which an entry's question sounds like a phrasing of a topic that is not covered."""

_VOWELS = re.compile(r"[aeiouy]+")
_END = re.compile(r"[.!?]+(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Finding:
    level: Literal["error", "warning"]
    """Only an error fails the command."""
    where: str
    problem: str

    def __str__(self) -> str:
        return f"{self.level}: {self.where}: {self.problem}"


@dataclass(frozen=True)
class Draft:
    """A folder of content as it stands, sealed or not."""

    content: Content
    intents: Intents
    lock: Lock
    texts: Mapping[str, str]
    """Every text that needs a seal, by the key of the seal."""
    passed_over: Mapping[str, str]
    """Files that are named like content and not read, with the reason."""

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Return the content of a folder; raise `ContentError` for what cannot be read at all."""
        content = files.load_content(folder)
        lock = approval.read_lock(folder / files.LOCK)
        intents, texts = files.load_intents(folder, content), files.sealed_texts(folder, content)
        return cls(content, intents, lock, texts, files.passed_over(folder))


def lint(draft: Draft, today: date, grace: timedelta) -> list[Finding]:
    """Return all findings, errors first."""
    findings = [
        *_quick(draft, today, grace),
        *_shadowed(draft),
        *_near_duplicates(draft.intents.phrasings, "intents"),
        *_near_duplicates(_tiers(draft.intents), "urgent"),
    ]
    return sorted(findings, key=lambda finding: finding.level != "error")


def errors(draft: Draft, today: date, grace: timedelta) -> list[Finding]:
    """Return the errors without looking for near-duplicates: they only warn, and 16,000 phrasings take 8 s."""
    return [finding for finding in _quick(draft, today, grace) if finding.level == "error"]


def _quick(draft: Draft, today: date, grace: timedelta) -> Iterator[Finding]:
    yield from (Finding("warning", name, reason) for name, reason in draft.passed_over.items())
    yield from _seals(draft)
    yield from _texts(draft.content)
    yield from _reviews(draft.content, today, grace)
    yield from _all_collisions(draft.intents)
    yield from _examples(draft.intents.urgent.rules)
    yield from (Finding("warning", f"urgent.{GENERAL}", problem) for problem in general_danger(draft.intents.urgent))


def _examples(rules: UrgentRules) -> Iterator[Finding]:
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


def general_danger(urgent: UrgentEvidence) -> list[str]:
    """Return what the content lacks of the danger that is danger for anyone."""
    counts = Counter(line.tier for line in urgent.lines if line.layer == GENERAL)
    few = [f"{counts[tier]} phrasings of {tier}" for tier in TIERS if counts[tier] < LEAST_GENERAL]
    advice = f"take the folder intents/urgent/{GENERAL} of the content that comes with hai-faq"
    problems = [f"has {', '.join(few)}, {LEAST_GENERAL:,} at least of each: {advice}"] if few else []
    return problems if urgent.rules.costs else [*problems, f"states no costs of mistakes: {advice}"]


def _seals(draft: Draft) -> Iterator[Finding]:
    for key, reason in draft.lock.broken(draft.texts).items():
        yield Finding("error", key, f"{reason}: withheld until `hai-faq approve`")
    for id_, entry in draft.content.entries.items():
        if entry.hold:
            yield Finding("warning", id_, f"is held: {entry.hold}")
        for source in entry.sources:
            if str(source) not in draft.lock.paragraphs:
                yield Finding("warning", id_, f"{source} has no fingerprint: `hai-faq sources seal`")


def _texts(content: Content) -> Iterator[Finding]:
    questions = (word for entry in content.entries.values() for word in _words(entry.question))
    names = frozenset(word for word in questions if len(word) >= SHORTEST_NAME)
    for id_, entry in content.entries.items():
        level = grade(f"{entry.answer} {entry.limits or ''}", names)
        if level > HIGHEST_GRADE:
            yield Finding("error", f"{id_}.answer", f"reads at grade {level:.1f}, {HIGHEST_GRADE:.0f} at most")
        if len((entry.read_aloud or "").split()) > MOST_READ_ALOUD:
            yield Finding("error", f"{id_}.read_aloud", f"has more than {MOST_READ_ALOUD} words")
    for key, message in content.texts().items():
        size = segments(message)
        if key.endswith(".sms") and size.parts > MOST_PARTS:
            yield Finding("error", key, f"takes {size.parts} SMS parts ({size.encoding}), {MOST_PARTS} at most")


def _words(message: str) -> list[str]:
    return [word for word in text.words(message) if word.isalpha()]


def grade(message: str, names: frozenset[str] = frozenset()) -> float:
    """Return the reading grade after Flesch and Kincaid (1975); each of the names counts as one syllable."""
    words = _words(message)
    if not words:
        return 0.0
    syllables = sum(1 if word in names else _syllables(word) for word in words)
    return 0.39 * len(words) / max(1, len(_END.findall(message))) + 11.8 * syllables / len(words) - 15.59


def _syllables(word: str) -> int:
    count = len(_VOWELS.findall(word))
    return max(1, count - (word.endswith("e") and not word.endswith("le") and count > 1))


def _reviews(content: Content, today: date, grace: timedelta) -> Iterator[Finding]:
    for id_, entry in content.entries.items():
        if today > entry.review + grace:
            yield Finding("error", id_, f"review was due on {entry.review}, grace is over: withheld")
        elif today + timedelta(days=WARN_DAYS) >= entry.review:
            yield Finding("warning", id_, f"review is due on {entry.review}")
    weeks = Counter(entry.review.isocalendar()[:2] for entry in content.entries.values())
    for (year, week), count in weeks.items():
        if count > max(1, MOST_DUE * len(content.entries)):
            yield Finding("error", "entries", f"{count} reviews are due in week {week} of {year}: stagger them")


def _tiers(intents: Intents) -> Mapping[str, Sequence[str]]:
    """Return the lines of each urgent tier and of calm, whatever files they stand in."""
    tiers: dict[str, list[str]] = defaultdict(list)
    for line in intents.urgent.lines:
        tiers[line.tier].append(line.text)
    return tiers


def _all_collisions(intents: Intents) -> Iterator[Finding]:
    """Compare topics among themselves, with small talk and with danger, since a phrasing of a topic is calm; then the
    tiers.
    """
    tiers = _tiers(intents)
    danger = {tier: lines for tier, lines in tiers.items() if tier != CALM}
    yield from _collisions({**intents.phrasings, **intents.smalltalk, **danger}, "intents")
    yield from _collisions(tiers, "urgent")


def _collisions(phrasings: Mapping[str, Sequence[str]], where: str) -> Iterator[Finding]:
    """Yield the words that stand under two ids: they mislead the matcher."""
    owners: dict[str, set[str]] = defaultdict(set)
    for id_, lines in phrasings.items():
        for line in lines:
            owners[likeness.sort_key(line)].add(id_)
    for key, ids in owners.items():
        if len(ids) > 1:
            yield Finding("error", where, f"the words {key!r} stand under {', '.join(sorted(ids))}")


def _shadowed(draft: Draft) -> Iterator[Finding]:
    """Yield the entries whose own question sounds more like a topic that is not covered than like their phrasings: a
    new entry would be refused by the name of the old topic.
    """
    phrasings = {id_: likeness.Phrasings(lines) for id_, lines in draft.intents.phrasings.items()}
    for id_, entry in draft.content.entries.items():
        key = likeness.sort_key(entry.question)
        _, own = phrasings[id_].nearest(key)
        for topic in draft.content.topics:
            line, like = phrasings[topic].nearest(key)
            if like >= SHADOWED and like > own:
                yield Finding("warning", id_, f"its question is like {line!r} of {topic}, which is not covered")


def _near_duplicates(phrasings: Mapping[str, Sequence[str]], where: str) -> Iterator[Finding]:
    """Yield phrasings that nearly stand under two ids, and how many nearly stand twice under one, which costs time."""
    owned = [(id_, line) for id_, lines in phrasings.items() for line in lines]
    within: Counter[str] = Counter()
    for left, right, ratio in likeness.near_duplicates([line for _, line in owned], NEARLY):
        (id_, line), (other_id, other_line) = owned[left], owned[right]
        if id_ == other_id:
            within[id_] += 1
        elif ratio < 100:
            yield Finding("warning", f"{where}.{id_}", f"{line!r} is nearly {other_line!r} of {other_id}")
    for id_, count in within.items():
        yield Finding("warning", f"{where}.{id_}", f"{count} pairs of near-duplicate phrasings")


def going_live(content: Content, lock: Lock, settings: Mapping[str, bool]) -> list[str]:
    """Return what a site must still do. `settings` are named facts that must be true."""
    todo = [fact for fact, is_true in settings.items() if not is_true]
    demo = sum(seal.role == approval.DEMO for seal in lock.texts.values())
    if demo:
        todo.append(f"{demo} texts are sealed for demonstration only: approve them in a role of your own")
    unlinked = (id_ for id_, document in content.documents.items() if document.url is None)
    todo += [f"document {id_} has no `url`: its answers cannot link to their source" for id_ in unlinked]
    for id_, entry in content.entries.items():
        if entry.hold:
            todo.append(f"entry {id_} is held: {entry.hold}")
        for language, translation in entry.translations.items():
            key = f"{id_}.translations.{language}"
            seal = lock.texts.get(f"{key}.answer")
            if translation.translated_by == PENDING or seal is None or seal.role != "translator":
                todo.append(f"{key}: not reviewed by a qualified translator")
            if bool(translation.limits) != bool(entry.limits):
                todo.append(f"{key}: is not served without the limits that the entry has")
    pending = (id_ for id_, script in content.scripts.items() if script.translated_by == PENDING)
    return todo + [f"script {id_}: its translation has no qualified reviewer" for id_ in pending]
