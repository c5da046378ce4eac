"""Clusters of texts that ask for the same, in bounded time and memory, whatever the texts are.

As a program it reads a pickled `Job` from standard input and writes the clusters to standard output as JSON: a queue
that strangers have filled takes seconds of pure Python, which no thread of the service may take from its answers.
"""

import io
import json
import os
import pickle
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from app import text
from app.matching.features import LONGEST_TEXT, FloatArray, IndexArray, KeyArray, key_of
from app.matching.matcher import Candidate, Matcher
from app.matching.model import LinearModel
from app.matching.utterance import Scored
from app.matching.vocabulary import LEAST_LENGTH, Vocabulary, most_slips

SURE = 0.6
"""Confidence of the matcher from which a text belongs to a topic. Of 128 messages for 28 entries 93% of the pairs that
ask for the same are together with it, and 98% of the pairs together ask for the same; by shared words alone it is 3 and
47%. Where the matcher does not know the topics it hardly takes a text for another one, and all is as by words
(`python -m bench.groups tests/labelled`). The vectors of the encoder, beside shared words, put 4 in 100 more of those
in groups, for 120 MB and 2 to 30 s more: left out. What it knew when it read a message for its reply is in `named`.
"""
RANKED = 3
"""Candidates of a text that are looked at."""
AT_ONCE = 500
"""Texts that are read and scored before the next are."""
ALIKE = 0.45
"""Cosine from which two texts are alike that are for no known topic. Of 2,000 phrasings of 114 topics, worded as
differently as they can be, 58, 81, 89 and 93% of those in the same group asked for the same topic at 0.3, 0.4, 0.45
and 0.5.
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
    texts: Sequence[str]
    matcher: Matcher
    topics: frozenset[str]
    """Those that have a title: what is taken for another fits none."""
    named: Mapping[int, str]
    """Place of a text -> the topic that its reply named."""

    def dump(self) -> bytes:
        """Return the job for another process, without caches, which hold words, and without what it does not need."""
        file = io.BytesIO()
        lean = replace(self.matcher, phrasings={}, meaning=None, tiers=None, confusions={})
        _Pickler(file).dump(self._replace(matcher=lean))
        return file.getvalue()


class _Pickler(pickle.Pickler):
    """A model holds a lock, and is made anew from its parts."""

    def reducer_override(self, obj: object) -> Any:
        if not isinstance(obj, LinearModel):
            return NotImplemented
        vocabulary, features = replace(obj.vocabulary, _terms={}), replace(obj.features)
        return LinearModel, (vocabulary, features, obj.weights, obj.steps, obj.bias)


class Cluster(NamedTuple):
    places: list[int]
    """The centre first, which the others are like."""
    topic: str
    """What its centre is taken for, surely or not; empty where that fits none."""


class Guess(NamedTuple):
    topic: str
    confidence: float


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
    """Return the places of the texts in clusters: those that are surely taken for a topic by topic, the rest by the
    words that they share. Texts of the same words are one, at the first of their places.
    """
    copies: dict[str, list[int]] = {}
    for place, key in enumerate(map(text.key, job.texts)):
        copies.setdefault(key, []).append(place)
    keys, places = list(copies), list(copies.values())
    guesses = _named(job, places, _guesses(job, keys))
    sure = _by_topic(guesses)
    rest = np.setdiff1d(np.arange(len(keys)), [member for members in sure for member in members])
    counts = np.array([len(places[member]) for member in rest], np.float32)
    stars = _stars(vectors([keys[member] for member in rest], job.matcher.model), counts)
    members = [*sure, *([int(rest[place]) for place in (centre, *others)] for centre, others in stars.items())]
    return [Cluster([place for member in own for place in places[member]], guesses[own[0]].topic) for own in members]


def _guesses(job: Job, keys: Sequence[str]) -> list[Guess]:
    """Return what each text is taken for."""
    model, guesses = job.matcher.model, [Guess("", 0.0)] * len(keys)
    readable = _readable(keys, model.vocabulary.known)
    for start in range(0, len(readable), AT_ONCE):
        places = readable[start : start + AT_ONCE]
        shortened = (" ".join(keys[place].split()[:LONGEST_TEXT]) for place in places)
        readings = [model.vocabulary.read(text.parse(key), None) for key in shortened]
        for place, own in zip(places, map(Scored, readings, model.score(readings)), strict=True):
            guesses[place] = _guess(job.matcher.rank_scored(own, RANKED), job.topics)
    return guesses


def _named(job: Job, places: Sequence[Sequence[int]], guesses: Sequence[Guess]) -> list[Guess]:
    """Return the guesses, and of what the matcher is not sure of the topic that a reply named, where there is one."""
    named = [next((topic for place in own if (topic := job.named.get(place)) in job.topics), None) for own in places]
    return [
        Guess(topic, SURE) if topic and guess.confidence < SURE else guess
        for topic, guess in zip(named, guesses, strict=True)
    ]


def _readable(keys: Sequence[str], known: frozenset[str]) -> list[int]:
    """Return the places of the texts that are read for their topic: with few unknown words first, since each is
    looked at for slips, of `MOST_UNKNOWN`.
    """
    unknown = [set(key.split()[:LONGEST_TEXT]) - known for key in keys]
    met: set[str] = set()
    readable = []
    for place in sorted(range(len(keys)), key=lambda place: len(unknown[place])):
        met |= unknown[place]
        if len(met) > MOST_UNKNOWN:
            break
        readable.append(place)
    return sorted(readable)


def _guess(candidates: Sequence[Candidate], topics: Collection[str]) -> Guess:
    best = next((candidate for candidate in candidates if candidate.kind != "talk"), None)
    return Guess(best.id, best.confidence) if best and best.id in topics else Guess("", 0.0)


def _by_topic(guesses: Sequence[Guess]) -> list[list[int]]:
    """Return the texts that are surely taken for each topic, the surest first."""
    members: dict[str, list[int]] = {}
    for place, guess in enumerate(guesses):
        if guess.confidence >= SURE:
            members.setdefault(guess.topic, []).append(place)
    return [sorted(own, key=lambda place: -guesses[place].confidence) for own in members.values()]


def cosines(keys: Sequence[str], model: LinearModel) -> FloatArray:
    """Return for each of a few texts its cosine with each of the others, by the words that they share."""
    every = np.arange(len(keys))
    return np.array(list(_likeness(vectors(keys, model), every, every)))


def vectors(keys: Sequence[str], model: LinearModel) -> Vectors:
    """Return the texts of these keys as vectors of concepts weighted by rarity: an unknown word says most."""
    held = list(_concepts([key.split()[:LONGEST_TEXT] for key in keys], model.vocabulary))
    texts = np.repeat(np.arange(len(held)), [len(concepts) for concepts in held])
    distinct, concepts, uses = np.unique(
        np.concatenate([np.empty(0, np.uint64), *held]), return_inverse=True, return_counts=True
    )
    rarity = model.features.rarity(distinct)
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


def _stars(shared: Vectors, counts: FloatArray) -> dict[int, list[int]]:
    """Return centre -> the others that are with it, after Aslam, Pelekhov and Rus (2004); each text is in one star.

    The text that is like the most others takes them, and so on with the rest; then each goes to the centre that it is
    most like. Nothing is joined by a chain. A text that shares too little with all others is alone, uncompared.
    """
    comparable = np.flatnonzero(shared.lengths(len(counts)) >= ALIKE)
    most_frequent = np.argsort(-counts[comparable], kind="stable")[:MOST_COMPARED]
    centres = _centres(shared, comparable[np.sort(most_frequent)], counts)
    others = np.setdiff1d(comparable, centres)
    alone = np.setdiff1d(np.arange(len(counts)), comparable)
    stars: dict[int, list[int]] = {centre: [] for centre in (*centres.tolist(), *alone.tolist())}
    for other, row in zip(others.tolist(), _likeness(shared, others, centres), strict=True):
        if row.max() >= ALIKE:
            stars[int(centres[row.argmax()])].append(other)
        else:
            stars[other] = []
    return stars


def _centres(shared: Vectors, compared: IndexArray, counts: FloatArray) -> IndexArray:
    """Return the texts at the centre of the others, of those that are compared, the largest star first."""
    likeness = np.empty((len(compared), len(compared)), np.float32)
    for own, row in zip(likeness, _likeness(shared, compared, compared), strict=True):
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


def _likeness(shared: Vectors, texts: IndexArray, others: IndexArray) -> Iterator[FloatArray]:
    """Yield for each of the texts its cosine with each of the others, by the concepts that they share."""
    last = max(int(shared.texts.max(initial=0)), int(others.max(initial=0)))  # which may share nothing
    columns = np.full(last + 1, -1)
    columns[others] = np.arange(len(others))
    cells = np.argsort(shared.concepts, kind="stable")
    cells = cells[columns[shared.texts[cells]] >= 0]
    concepts, values, columns = shared.concepts[cells], shared.values[cells], columns[shared.texts[cells]]
    for text_ in texts:
        own = slice(*np.searchsorted(shared.texts, (text_, text_ + 1)))
        firsts = np.searchsorted(concepts, shared.concepts[own])
        sizes = np.searchsorted(concepts, shared.concepts[own], side="right") - firsts
        met = np.arange(sizes.sum()) + np.repeat(firsts - sizes.cumsum() + sizes, sizes)
        cosines = values[met] * np.repeat(shared.values[own], sizes)
        yield np.bincount(columns[met], cosines, minlength=len(others)).astype(np.float32)


def main() -> None:
    os.nice(NICE)
    json.dump(clusters(pickle.load(sys.stdin.buffer)), sys.stdout)  # noqa: S301 our own service wrote it


if __name__ == "__main__":
    main()
