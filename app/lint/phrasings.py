"""Findings on phrasings: what misleads the matcher, is too little for it, or costs it time."""

import functools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from app.content.files import INTENTS, URGENT
from app.content.schema import CALM, Intents
from app.lint.findings import Draft, Finding
from app.matching import likeness

NEARLY = 97.0
"""Token sort ratio, 0 to 100, from which two phrasings are near-duplicates."""
SHADOWED = 0.9
"""Likeness, 0 to 1, from which an entry's question sounds like a phrasing of a topic that is not covered."""
FEW = 10
"""Fewest phrasings of an entry that teach the matcher how people ask for it."""
MOST_NAMED = 3
"""Most pairs of near-duplicates of one id that are named; the rest is counted."""

Owned = Sequence[tuple[str, str]]
"""Phrasings, each with the id or the tier under which it stands."""


def find_few(draft: Draft) -> Iterator[Finding]:
    """Yield one line for all entries with few phrasings: after an import that is each of them."""
    counts = {id_: len(draft.intents.phrasings[id_]) for id_ in draft.content.entries}
    few = [f"{id_} ({count})" for id_, count in sorted(counts.items(), key=lambda item: item[1]) if count < FEW]
    if few:
        noun = "entry has" if len(few) == 1 else "entries have"
        yield Finding("warning", INTENTS, f"{len(few)} {noun} fewer than {FEW} phrasings: {', '.join(few)}")


def find_collisions(draft: Draft) -> Iterator[Finding]:
    """Compare topics among themselves, with small talk and with danger, since a phrasing of a topic is calm; then the
    tiers.
    """
    tiers = _tiers(draft.intents)
    danger = {tier: lines for tier, lines in tiers.items() if tier != CALM}
    key = functools.cache(likeness.sort_key)
    yield from _collisions(draft, {**draft.intents.phrasings, **draft.intents.smalltalk, **danger}, key)
    yield from _collisions(draft, tiers, key)


def _collisions(draft: Draft, phrasings: Mapping[str, Sequence[str]], key: Callable[[str], str]) -> Iterator[Finding]:
    """Yield the words that stand under two ids, in whatever order: they mislead the matcher."""
    owners: dict[str, dict[str, str]] = defaultdict(dict)
    for id_, lines in phrasings.items():
        for line in lines:
            owners[key(line)].setdefault(id_, line)
    for stands in owners.values():
        if len(stands) > 1:
            places = draft.places(*sorted(stands.items()))
            words = next(iter(stands.values()))
            yield Finding("error", "", f"the words {words!r} stand under {', '.join(sorted(stands))}", places)


def _tiers(intents: Intents) -> Mapping[str, Sequence[str]]:
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
                problem = f"its question is like {line!r} of {topic}, which is not covered"
                yield Finding("warning", id_, problem, draft.places((topic, line)))


def find_near_duplicates(draft: Draft) -> Iterator[Finding]:
    """Look among the phrasings of entries and topics, and among those of danger."""
    tiers = _tiers(draft.intents)
    for where, phrasings in ((INTENTS, draft.intents.phrasings), (URGENT, tiers)):
        yield from _near_duplicates(draft, where, [(id_, line) for id_, lines in phrasings.items() for line in lines])


def _near_duplicates(draft: Draft, where: str, owned: Owned) -> Iterator[Finding]:
    """Yield phrasings that nearly stand under two ids, and pairs that nearly stand twice under one, which cost time."""
    within: Counter[str] = Counter()
    for left, right, ratio in _pairs(tuple(line for _, line in owned)):
        (id_, line), (other_id, other_line) = owned[left], owned[right]
        places = draft.places(owned[left], owned[right])
        if id_ == other_id:
            within[id_] += 1
            if within[id_] <= MOST_NAMED:
                problem = f"{line!r} and {other_line!r} are near-duplicates"
                yield Finding("warning", f"{where}.{id_}", problem, places)
        elif ratio < 100:
            yield Finding("warning", f"{where}.{id_}", f"{line!r} is nearly {other_line!r} of {other_id}", places)
    for id_, count in within.items():
        if count > MOST_NAMED:
            more = count - MOST_NAMED
            yield Finding("warning", f"{where}.{id_}", f"{more} more pairs of near-duplicate phrasings")


@functools.lru_cache(maxsize=2)
def _pairs(lines: tuple[str, ...]) -> tuple[tuple[int, int, float], ...]:
    """Return the near-duplicates; kept, since whoever watches edits one file and 42,000 lines of danger stay."""
    return tuple(likeness.near_duplicates(lines, NEARLY))
