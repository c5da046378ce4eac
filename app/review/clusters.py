"""Clusters of texts that ask for the same, in bounded time and memory, whatever the texts are.

As a program it reads a pickled `Job` from standard input and writes the clusters to standard output as JSON: a queue
that strangers have filled takes seconds of pure Python, which no thread of the service may take from its answers.
"""

import json
import os
import pickle
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from app import text
from app.matching.features import LONGEST_TEXT, Features, FloatArray, IndexArray, KeyArray, key_of
from app.matching.matcher import Matcher
from app.matching.model import LinearModel
from app.matching.vocabulary import LEAST_LENGTH, Vocabulary, most_slips

ALIKE = 0.45
"""Cosine from which two texts are alike. Of 2,000 phrasings of 114 topics, worded as differently as they can be,
58, 81, 89 and 93% of those in the same group asked for the same topic at 0.3, 0.4, 0.45 and 0.5.
"""
MOST_COMPARED = 2_000
"""Most texts of which each is compared with each: the rest may only join those that were found to be centres."""
MOST_UNKNOWN = 5_000
"""Most unknown words that are looked at for slips: 82,500 invented words of 500 texts took 24 s."""
NICE = 10
FILLER = np.float32(0.5)
"""Most weight of a word of `FILLERS`, where a word that no phrasing uses weighs about 9."""
FILLERS = frozenset(
    text.words(
        "a about all allowed am an and any are at be been but by can could did do does for from get got had has have he"
        " her him his how i if im in into is it its just like may me my no not of ok okay on or our out she should so"
        " some take than that the their them then there they thing this to up use was we were what when where which who"
        " will with would you your"
    )
)
"""Among the phrasings of a small department such a word can be rare by chance."""


class Job(NamedTuple):
    """Texts, and what of a matcher is needed to group them: a matcher itself holds locks and caches."""

    texts: Sequence[str]
    vocabulary: Vocabulary
    features: Features
    weights: NDArray[np.int8]
    steps: FloatArray
    bias: FloatArray
    topics: Sequence[tuple[str, int]]
    """What the columns of the weights are for; empty for what is no topic."""

    @classmethod
    def of(cls, texts: Sequence[str], matcher: Matcher, topics: Collection[str] = ()) -> Self:
        model, columns = matcher.model, enumerate(matcher.labels, matcher.first)
        named = [(id_ if id_ in topics else "", column) for column, id_ in columns if matcher.kind_of(id_) != "talk"]
        return cls(texts, model.vocabulary, model.features, model.weights, model.steps, model.bias, named)

    def without_caches(self) -> Self:
        """Return what can be pickled."""
        return self._replace(vocabulary=replace(self.vocabulary, _terms={}), features=replace(self.features))


class Cluster(NamedTuple):
    places: list[int]
    """The centre first, which the others are like."""
    topic: str
    """What it comes closest to; empty where there is no topic."""


class Vectors(NamedTuple):
    """What several texts share: a cell for each concept of a text that some other text holds too, by text and concept.

    Each text is of length one over all of its concepts; one that it alone holds only adds to its length.
    """

    texts: IndexArray
    """Ascending."""
    concepts: IndexArray
    values: FloatArray

    def lengths(self, count: int) -> NDArray[np.float64]:
        """Return the length of what each text shares: no cosine with another text is greater."""
        return np.sqrt(np.bincount(self.texts, np.square(self.values), minlength=count))


def clusters(job: Job) -> list[Cluster]:
    """Return the places of the texts in clusters. Texts of the same words are one, at the first of their places."""
    copies: dict[str, list[int]] = {}
    for place, key in enumerate(map(text.key, job.texts)):
        copies.setdefault(key, []).append(place)
    keys, places = list(copies), list(copies.values())
    counts = np.array([len(of_text) for of_text in places], np.float32)
    stars = _stars(_vectors(keys, job.vocabulary, job.features), counts)
    topics = _topics(job, [keys[centre] for centre in stars])
    return [
        Cluster([place for member in (centre, *members) for place in places[member]], topic)
        for (centre, members), topic in zip(stars.items(), topics, strict=True)
    ]


def pairs_alike(job: Job) -> NDArray[np.bool_]:
    """Return for each of a few texts which of the others are like it."""
    vectors = _vectors([text.key(own) for own in job.texts], job.vocabulary, job.features)
    every = np.arange(len(job.texts))
    return np.array([row >= ALIKE for row in _likeness(vectors, every, every)])


def _topics(job: Job, keys: Sequence[str]) -> list[str]:
    """Return the topic that each text comes closest to by its words."""
    if not keys or not job.topics:
        return [""] * len(keys)
    model = LinearModel(job.vocabulary, job.features, job.weights, job.steps, job.bias)
    shortened = (" ".join(key.split()[:LONGEST_TEXT]) for key in keys)
    scores = model.score([job.vocabulary.read(text.parse(key), None) for key in shortened])
    best = scores[:, [column for _, column in job.topics]].argmax(axis=1)
    return [job.topics[place][0] for place in best.tolist()]


def _vectors(keys: Sequence[str], vocabulary: Vocabulary, features: Features) -> Vectors:
    """Return the texts of these keys as vectors of concepts weighted by rarity: an unknown word says most."""
    held = list(_concepts([key.split()[:LONGEST_TEXT] for key in keys], vocabulary))
    texts = np.repeat(np.arange(len(held)), [len(concepts) for concepts in held])
    distinct, concepts, uses = np.unique(
        np.concatenate([np.empty(0, np.uint64), *held]), return_inverse=True, return_counts=True
    )
    rarity = features.rarity(distinct)
    fillers = np.isin(distinct, [key_of(filler) for filler in FILLERS])
    rarity[fillers] = np.minimum(rarity[fillers], FILLER)
    values = rarity[concepts]
    lengths = np.sqrt(np.bincount(texts, np.square(values), minlength=len(held)))
    values /= np.maximum(lengths, 1e-9).astype(np.float32)[texts]
    shared = uses[concepts] > 1
    return Vectors(texts[shared], concepts[shared], values[shared])


def _concepts(texts: Sequence[Sequence[str]], vocabulary: Vocabulary) -> Iterator[KeyArray]:
    """Yield the keys of each text's concepts: shorthand written out, slips repaired, words as their concepts."""
    written = [vocabulary.lexicon.write_out(words) for words in texts]
    repaired = _repaired(written, vocabulary)
    for words in written:
        held = {key_of(vocabulary.lexicon.concept(repaired.get(word, word))) for word in words}
        yield np.fromiter(held, np.uint64, len(held))


def _repaired(texts: Sequence[Sequence[str]], vocabulary: Vocabulary) -> dict[str, str]:
    """Return unknown word -> the word that it is a slip of, or itself, for the first `MOST_UNKNOWN`.

    Texts with few unknown words come first, so that no flood of invented ones stands before what patients ask.
    """
    looked_at: dict[str, str] = {}
    for words in sorted(texts, key=lambda words: len(set(words) - vocabulary.known)):
        unknown = set(words) - vocabulary.known
        if len(looked_at) + len(unknown) > MOST_UNKNOWN:
            break
        looked_at |= {word: vocabulary.repair(word) for word in unknown - looked_at.keys()}
    met = (looked_at[word] for words in texts for word in words if word in looked_at)
    spellings = _spellings(Counter(word for word in met if word not in vocabulary.known))
    return {word: spellings.get(repaired, repaired) for word, repaired in looked_at.items()}


def _spellings(unknown: Mapping[str, int]) -> dict[str, str]:
    """Return word -> the commonest that it is a slip of: patients ask for a `mamogram` that no phrasing knows."""
    spellings: dict[str, str] = {}
    by_initial: dict[str, list[str]] = {}
    for word in sorted(unknown, key=lambda word: (-unknown[word], word)):
        commoner = by_initial.setdefault(word[0], [])
        near = process.extractOne(word, commoner, scorer=OSA.distance, score_cutoff=most_slips(word))
        if near and len(word) >= LEAST_LENGTH:
            spellings[word] = near[0]
        else:
            commoner.append(word)
    return spellings


def _stars(vectors: Vectors, counts: FloatArray) -> dict[int, list[int]]:
    """Return centre -> the others that are with it, after Aslam, Pelekhov and Rus (2004); each text is in one star.

    The text that is like the most others takes them, and so on with the rest; then each goes to the centre that it is
    most like. Nothing is joined by a chain. A text that shares too little with all others is alone, uncompared.
    """
    comparable = np.flatnonzero(vectors.lengths(len(counts)) >= ALIKE)
    most_frequent = np.argsort(-counts[comparable], kind="stable")[:MOST_COMPARED]
    centres = _centres(vectors, comparable[np.sort(most_frequent)], counts)
    others = np.setdiff1d(comparable, centres)
    alone = np.setdiff1d(np.arange(len(counts)), comparable)
    stars: dict[int, list[int]] = {centre: [] for centre in (*centres.tolist(), *alone.tolist())}
    for other, row in zip(others.tolist(), _likeness(vectors, others, centres), strict=True):
        if row.max() >= ALIKE:
            stars[int(centres[row.argmax()])].append(other)
        else:
            stars[other] = []
    return stars


def _centres(vectors: Vectors, compared: IndexArray, counts: FloatArray) -> IndexArray:
    """Return the texts at the centre of the others, of those that are compared, the largest star first."""
    likeness = np.empty((len(compared), len(compared)), np.float32)
    for own, row in zip(likeness, _likeness(vectors, compared, compared), strict=True):
        own[:] = row
    np.fill_diagonal(likeness, 1.0)
    alike = likeness >= ALIKE
    sizes = alike @ counts[compared]
    free = np.ones(len(compared), bool)
    centres: list[int] = []
    while free.any():
        centres.append(int(np.where(free, sizes, -1).argmax()))
        members = np.flatnonzero(alike[centres[-1]] & free)
        sizes -= counts[compared[members]] @ alike[members]
        free[members] = False
    return compared[centres]


def _likeness(vectors: Vectors, texts: IndexArray, others: IndexArray) -> Iterator[FloatArray]:
    """Yield for each of the texts its cosine with each of the others, by the concepts that they share."""
    columns = np.full(int(vectors.texts.max(initial=0)) + 1, -1)
    columns[others] = np.arange(len(others))
    cells = np.argsort(vectors.concepts, kind="stable")
    cells = cells[columns[vectors.texts[cells]] >= 0]
    concepts, values, columns = vectors.concepts[cells], vectors.values[cells], columns[vectors.texts[cells]]
    for text_ in texts:
        own = slice(*np.searchsorted(vectors.texts, (text_, text_ + 1)))
        firsts = np.searchsorted(concepts, vectors.concepts[own])
        sizes = np.searchsorted(concepts, vectors.concepts[own], side="right") - firsts
        met = np.arange(sizes.sum()) + np.repeat(firsts - sizes.cumsum() + sizes, sizes)
        cosines = values[met] * np.repeat(vectors.values[own], sizes)
        yield np.bincount(columns[met], cosines, minlength=len(others)).astype(np.float32)


def main() -> None:
    os.nice(NICE)
    json.dump(clusters(pickle.load(sys.stdin.buffer)), sys.stdout)  # noqa: S301 our own service wrote it


if __name__ == "__main__":
    main()
