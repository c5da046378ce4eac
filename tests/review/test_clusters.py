import pickle
import random
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from app.dialogue.knowledge import Knowledge
from app.review import clusters as module
from app.review.clusters import MOST_COMPARED, MOST_UNKNOWN, Cluster, Job, clusters

LETTERS = "abcdefghijklmnopqrstuvwxyz"
POOL = [f"{first}{second}ixo" for first in LETTERS for second in LETTERS][:200]


def job(texts: Sequence[str], knowledge: Knowledge) -> Job:
    return Job(texts, knowledge.matcher, frozenset(knowledge.approved.answers), {})


def invented(rng: random.Random, words: int) -> str:
    return " ".join("".join(rng.choices(LETTERS, k=7)) for _ in range(words))


def texts_of(texts: Sequence[str], found: Sequence[Cluster]) -> set[frozenset[str]]:
    return {frozenset(texts[place] for place in cluster.places) for cluster in found}


@pytest.mark.parametrize(
    "make",
    [
        lambda rng: invented(rng, 14),
        lambda rng: " ".join(rng.choices(POOL, k=14)),
        lambda rng: " ".join(rng.choices(LETTERS, k=50)),
        lambda rng: "🙂" * 50,
    ],
    ids=["invented words", "the same words mixed", "letters", "no words"],
)
def test_each_of_5000_hostile_texts_is_in_one_cluster(
    knowledge: Knowledge, make: Callable[[random.Random], str]
) -> None:
    rng = random.Random(1)  # noqa: S311
    found = clusters(job([make(rng) for _ in range(5_000)], knowledge))
    assert sorted(place for cluster in found for place in cluster.places) == list(range(5_000))


def test_only_so_many_unknown_words_are_looked_at_those_of_short_texts_first(knowledge: Knowledge) -> None:
    rng = random.Random(1)  # noqa: S311
    texts = [invented(rng, 20).split() for _ in range(1_000)] + [["mammogram"], ["mamogram"]]
    repaired = module._repaired(texts, knowledge.matcher.model.vocabulary)
    assert MOST_UNKNOWN - 20 <= len(repaired) <= MOST_UNKNOWN
    assert repaired["mamogram"] == repaired["mammogram"]


def test_what_patients_ask_is_found_in_a_flood_of_invented_words(knowledge: Knowledge) -> None:
    rng = random.Random(1)  # noqa: S311
    asked = ["can i take a mammogram with it", "is a mammogram ok with this thing", "mamogram allowed??"]
    texts = [invented(rng, 20) for _ in range(3_000)] + asked
    assert frozenset(asked) in texts_of(texts, clusters(job(texts, knowledge)))


def test_what_is_beyond_those_compared_with_each_other_joins_their_centres(knowledge: Knowledge) -> None:
    rng = random.Random(1)  # noqa: S311
    radio = [f"radio louder than {invented(rng, 1)}" for _ in range(MOST_COMPARED + 500)]
    (found,) = clusters(job(radio, knowledge))
    assert len(found.places) == len(radio)


def test_the_cosine_of_two_texts_is_that_of_their_whole_vectors(knowledge: Knowledge) -> None:
    rng = random.Random(2)  # noqa: S311
    texts = [" ".join(rng.choices(POOL[:12], k=5)) for _ in range(40)]
    vectors = module.vectors(texts, knowledge.matcher.model)
    whole = np.zeros((len(texts), int(vectors.concepts.max()) + 1))
    whole[vectors.texts, vectors.concepts] = vectors.values
    every = np.arange(len(texts))
    assert np.allclose(list(module._likeness(vectors, every, every)), whole @ whole.T, atol=1e-6)
    assert np.allclose(module.cosines(texts, knowledge.matcher.model), whole @ whole.T, atol=1e-6)


COLOR = ["is the lamp green or blue", "tell me the lamp color", "what shade is that lamp"]
BULB = ["is it an led bulb", "what bulb fits the lamp"]


def test_what_is_surely_for_one_topic_is_together_in_whatever_words(knowledge: Knowledge) -> None:
    texts = [*COLOR, *BULB, "a moon"]
    found = {cluster.topic: {texts[place] for place in cluster.places} for cluster in clusters(job(texts, knowledge))}
    assert (found["lamp-color"], found["lamp-bulb"]) == (set(COLOR), set(BULB))


def test_what_is_for_a_topic_without_a_title_is_grouped_by_its_words(knowledge: Knowledge) -> None:
    found = clusters(Job([*COLOR, *BULB], knowledge.matcher, frozenset(), {}))
    assert {cluster.topic for cluster in found} == {""}
    assert len(found) > 2


def test_a_job_for_another_process_gives_the_same_clusters_and_holds_no_cache(knowledge: Knowledge) -> None:
    own = job(["which bulb has it got", "is a radio loud", "radio loud", "a moon"], knowledge)
    expected = clusters(own)
    copy = pickle.loads(own.dump())  # noqa: S301
    assert clusters(copy) == expected
