"""Findings on phrasings: what misleads the matcher, or costs it time."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from app.content.schema import CALM, Intents
from app.lint.findings import Draft, Finding
from app.matching import likeness

NEARLY = 97.0
"""Token sort ratio, 0 to 100, from which two phrasings are near-duplicates."""
SHADOWED = 0.9
"""Likeness, 0 to 1, from which an entry's question sounds like a phrasing of a topic that is not covered."""


def find_collisions(intents: Intents) -> Iterator[Finding]:
    """Compare topics among themselves, with small talk and with danger, since a phrasing of a topic is calm; then the
    tiers.
    """
    tiers = tiers_of(intents)
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


def tiers_of(intents: Intents) -> Mapping[str, Sequence[str]]:
    """Return the lines of each urgent tier and of calm, whatever files they stand in."""
    tiers: dict[str, list[str]] = defaultdict(list)
    for line in intents.urgent.lines:
        tiers[line.tier].append(line.text)
    return tiers


def find_shadowed(draft: Draft) -> Iterator[Finding]:
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


def find_near_duplicates(phrasings: Mapping[str, Sequence[str]], where: str) -> Iterator[Finding]:
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
