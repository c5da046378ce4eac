"""The groups of the review: do questions that ask for the same come together, and no others?

`python -m bench.groups tests/labelled`
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from app import labelled
from app.dialogue.knowledge import Knowledge
from app.loading.loader import load
from app.matching.matcher import Matcher
from app.review.clusters import Cluster, Job, clusters
from app.settings import Settings

TOPICS, PHRASINGS = 60, 15
MANY = 20_000
NEVER = -100.0

Asked = Sequence[tuple[str, str]]
"""Texts, each with what it asks for."""


def main() -> None:
    knowledge = load(Settings().content_config)
    cases = [case for path in labelled.files_of([Path(sys.argv[1])]) for case in labelled.read_cases(path)]
    messages = [(case["text"], case["accept"][0]) for case in cases if len(case.get("accept") or ()) == 1]
    phrasings = _phrasings(knowledge.matcher)
    print(f"{'':50}groups  in groups  right of pairs together  together of right pairs")
    _show("messages, topics known", messages, knowledge, ())
    _show("messages, topics unknown", messages, knowledge, {topic for _, topic in messages})
    _show("phrasings, topics unknown", phrasings, knowledge, {topic for _, topic in phrasings})
    rng = random.Random(1)
    words = sorted({word for text, _ in messages for word in text.split()})
    many = [f"{rng.choice(messages)[0]} {' '.join(rng.choices(words, k=2))}"[:100] for _ in range(MANY)]
    began = time.process_time()
    clusters(Job(many, knowledge.matcher, _titled(knowledge), {}))
    print(f"{MANY} questions: {time.process_time() - began:.1f} s of the processor")


def _phrasings(matcher: Matcher) -> Asked:
    rng = random.Random(1)
    ids = [id_ for id_ in sorted(matcher.not_covered) if len(matcher.phrasings[id_].texts) >= PHRASINGS]
    chosen = rng.sample(ids, min(TOPICS, len(ids)))
    return [(text, id_) for id_ in chosen for text in rng.sample(matcher.phrasings[id_].texts, PHRASINGS)]


def _titled(knowledge: Knowledge) -> frozenset[str]:
    return frozenset({*knowledge.approved.answers, *knowledge.approved.titles})


def _show(name: str, asked: Asked, knowledge: Knowledge, unknown: Collection[str]) -> None:
    """Print the figures for the groups as they are, and by shared words alone."""
    matcher, texts = _without(knowledge.matcher, unknown), [text for text, _ in asked]
    for way, topics in (("", _titled(knowledge) - frozenset(unknown)), (", by words alone", frozenset[str]())):
        found = clusters(Job(texts, matcher, topics, {}))
        together, right, same = _pairs(found, [topic for _, topic in asked])
        grouped = sum(len(cluster.places) for cluster in found if len(cluster.places) > 1)
        figures = f"{grouped / len(asked):9.0%}  {right / max(together, 1):23.0%}  {right / same:12.0%}"
        print(f"{len(asked):3} {name + way:45} {len(found):6}  {figures}")


def _without(matcher: Matcher, ids: Collection[str]) -> Matcher:
    """Return a matcher that takes nothing for these topics."""
    bias = matcher.model.bias.copy()
    bias[[matcher.first + matcher.labels.index(id_) for id_ in ids]] = NEVER
    return replace(matcher, model=replace(matcher.model, bias=bias), evidence=replace(matcher.evidence, lines={}))


def _pairs(found: Sequence[Cluster], topics: Sequence[str]) -> tuple[int, int, int]:
    """Return how many pairs are together, how many of them ask for the same, and how many ask for the same at all."""
    together = sum(len(cluster.places) * (len(cluster.places) - 1) // 2 for cluster in found)
    own = [Counter(topics[place] for place in cluster.places) for cluster in found]
    right = sum(count * (count - 1) // 2 for counts in own for count in counts.values())
    same = sum(count * (count - 1) // 2 for count in Counter(topics).values())
    return together, right, max(same, 1)


if __name__ == "__main__":
    main()
