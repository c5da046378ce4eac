"""Findings on what the fitted model tells of phrasings that were left out in turn: which topics sound alike, and which
would gain most from more phrasings.
"""

from collections.abc import Iterator, Mapping

from app.lint.findings import Finding
from app.matching.confusions import Confusion

LEAST_TAKEN, LEAST_SHARE = 2, 0.2
"""Least number and share of a topic's phrasings that another takes, from which the two are said to sound alike."""
MOST_NAMED = 5


def find_alike(confusions: Mapping[str, Confusion]) -> Iterator[Finding]:
    """Yield the topics of whose phrasings another topic takes many."""
    for id_, own in sorted(confusions.items()):
        for other, taken in own.taken_for.items():
            if taken >= max(LEAST_TAKEN, LEAST_SHARE * own.tried):
                problem = f"{taken} of its {own.tried} phrasings, left out in turn, are taken for {other}"
                yield Finding("warning", f"intents.{id_}", f"{problem}: write what only this one is asked with")


def find_needy(confusions: Mapping[str, Confusion], ids: frozenset[str]) -> Iterator[Finding]:
    """Yield those of the topics that would gain most from a phrasing more, the neediest first.

    Where the share of mistakes falls as a power of the number of phrasings, as learning curves do (Cortes et al. 1994),
    one more takes off the most where the share beside the number is largest.
    """
    missing = {id_: own for id_, own in confusions.items() if id_ in ids and own.missed}
    needy = sorted(missing, key=lambda id_: (-missing[id_].share / missing[id_].tried, id_))[:MOST_NAMED]
    if needy:
        shown = ", ".join(f"{id_} ({missing[id_].missed} of {missing[id_].tried} missed)" for id_ in needy)
        yield Finding("warning", "intents", f"more phrasings would help most for {shown}")
