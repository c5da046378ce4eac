"""What a content owner should know before sealing: each finding says where, what, and whether it must be mended."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app import text
from app.content import approval
from app.content.approval import Lock
from app.content.schema import CALM, Content, Intents
from app.matching import likeness
from app.segments import segments

HIGHEST_GRADE = 8.0
MOST_PARTS = 2
MOST_READ_ALOUD = 25
WARN_DAYS = 60
MOST_DUE = 0.25
"""Share of the entries that may be due for review in one week."""

_VOWELS = re.compile(r"[aeiouy]+")
_END = re.compile(r"[.!?]+(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Finding:
    level: str
    """`error` fails the command, `warning` does not."""
    where: str
    problem: str

    def __str__(self) -> str:
        return f"{self.level}: {self.where}: {self.problem}"


def lint(
    content: Content, intents: Intents, lock: Lock, urgent_yaml: str, today: date, grace: timedelta
) -> list[Finding]:
    """All findings, errors first."""
    found = [
        *_quick(content, intents, lock, urgent_yaml, today, grace),
        *_near_duplicates(intents.phrasings, "intents"),
        *_near_duplicates(_tiers(intents), "urgent"),
    ]
    return sorted(found, key=lambda finding: finding.level != "error")


def errors(
    content: Content, intents: Intents, lock: Lock, urgent_yaml: str, today: date, grace: timedelta
) -> list[Finding]:
    """What must be mended, without the near-duplicates: they only warn, and 16,000 phrasings take 8 s."""
    found = _quick(content, intents, lock, urgent_yaml, today, grace)
    return [finding for finding in found if finding.level == "error"]


def _quick(
    content: Content, intents: Intents, lock: Lock, urgent_yaml: str, today: date, grace: timedelta
) -> Iterator[Finding]:
    yield from _seals(content, lock, urgent_yaml)
    yield from _texts(content)
    yield from _reviews(content, today, grace)
    yield from _all_collisions(intents)


def _seals(content: Content, lock: Lock, urgent_yaml: str) -> Iterator[Finding]:
    for key, reason in lock.broken({**content.texts(), approval.URGENT_KEY: urgent_yaml}).items():
        yield Finding("error", key, f"{reason}: withheld until `hai-faq approve`")
    for id_, entry in content.entries.items():
        if entry.hold:
            yield Finding("warning", id_, f"is held: {entry.hold}")
        for source in entry.sources:
            if str(source) not in lock.paragraphs:
                yield Finding("warning", id_, f"{source} has no fingerprint: `hai-faq sources seal`")


def _texts(content: Content) -> Iterator[Finding]:
    names = _names(content)
    for id_, entry in content.entries.items():
        level = grade(f"{entry.answer} {entry.limits or ''}", names)
        if level > HIGHEST_GRADE:
            yield Finding("error", f"{id_}.answer", f"reads at grade {level:.1f}, {HIGHEST_GRADE:.0f} at most")
        if len(entry.read_aloud.split()) > MOST_READ_ALOUD:
            yield Finding("error", f"{id_}.read_aloud", f"has more than {MOST_READ_ALOUD} words")
        yield from _parts(f"{id_}.sms", entry.sms)
    for id_, script in content.scripts.items():
        if script.sms is not None:
            yield from _parts(f"script.{id_}.sms", script.sms)


def _parts(where: str, said: str) -> Iterator[Finding]:
    count = segments(said)
    if count.parts > MOST_PARTS:
        yield Finding("error", where, f"takes {count.parts} SMS parts ({count.encoding}), {MOST_PARTS} at most")


def _names(content: Content) -> frozenset[str]:
    """Words of the entries' questions on diseases count as names: nobody can say them more simply."""
    long = (word for entry in content.entries.values() for word in _words(entry.question) if len(word) > 9)
    return frozenset(long)


def _words(said: str) -> list[str]:
    return [word for word in text.words(said) if word.isalpha()]


def grade(said: str, names: frozenset[str] = frozenset()) -> float:
    """Reading grade after Flesch and Kincaid (1975), names of diseases left out of the count of syllables."""
    words = _words(said)
    if not words:
        return 0.0
    syllables = sum(1 if word in names else _syllables(word) for word in words)
    return 0.39 * len(words) / max(1, len(_END.findall(said))) + 11.8 * syllables / len(words) - 15.59


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


def _tiers(intents: Intents) -> dict[str, tuple[str, ...]]:
    tiers: dict[str, list[str]] = defaultdict(list)
    for _, tier, line in intents.urgent.lines():
        tiers[tier].append(line)
    return {tier: tuple(lines) for tier, lines in tiers.items()}


def _all_collisions(intents: Intents) -> Iterator[Finding]:
    """Among topics and with danger: what is a phrasing of a topic is calm. Then among the tiers."""
    tiers = _tiers(intents)
    danger = {tier: lines for tier, lines in tiers.items() if tier != CALM}
    yield from _collisions({**intents.phrasings, **danger}, "intents")
    yield from _collisions(tiers, "urgent")


def _near_duplicates(phrasings: Mapping[str, tuple[str, ...]], where: str) -> Iterator[Finding]:
    """Under one id they only cost time."""
    flat = [(id_, line) for id_, lines in phrasings.items() for line in lines]
    twice: Counter[str] = Counter()
    for left, right, alike in likeness.near_duplicates([line for _, line in flat], 97.0):
        (one, first), (other, second) = flat[left], flat[right]
        if one == other:
            twice[one] += 1
        elif alike < 100:
            yield Finding("warning", f"{where}.{one}", f"{first!r} is nearly {second!r} of {other}")
    for id_, count in twice.items():
        yield Finding("warning", f"{where}.{id_}", f"{count} pairs of near-duplicate phrasings")


def _collisions(phrasings: Mapping[str, tuple[str, ...]], where: str) -> Iterator[Finding]:
    """The same words under two ids mislead the matcher."""
    owners: dict[str, set[str]] = defaultdict(set)
    for id_, lines in phrasings.items():
        for line in lines:
            owners[likeness.sort_key(line)].add(id_)
    for key, ids in owners.items():
        if len(ids) > 1:
            yield Finding("error", where, f"the words {key!r} stand under {', '.join(sorted(ids))}")


def going_live(content: Content, lock: Lock, settings: Mapping[str, bool]) -> list[str]:
    """What a site must still do; empty when it may go live. `settings` are named facts that must be true."""
    demo = [key for key, seal in lock.texts.items() if seal.role == approval.DEMO]
    missing = [name for name, done in settings.items() if not done]
    if demo:
        missing.append(f"{len(demo)} texts are sealed for demonstration only: approve them in a role of your own")
    for id_, entry in content.entries.items():
        if entry.hold:
            missing.append(f"entry {id_} is held: {entry.hold}")
        for language in entry.translations:
            missing.extend(_unreviewed(f"{id_}.translations.{language}", lock))
    for id_, script in content.scripts.items():
        if script.translated_by == "pending":
            missing.append(f"script {id_}: its translation has no qualified reviewer")
    return missing


def _unreviewed(key: str, lock: Lock) -> list[str]:
    seal = lock.texts.get(key)
    reviewed = seal is not None and seal.role == "translator"
    return [] if reviewed else [f"{key}: not reviewed by a qualified translator"]
