"""Groups of unanswered questions that ask for the same: the largest is worth a phrasing or a topic first."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from app import text
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Message
from app.dialogue.search import SearchResult, search_entries
from app.matching.features import QUESTION_MARK, FloatArray
from app.matching.vocabulary import LEAST_LENGTH, most_slips
from app.records.review_queue import KeptQuestion
from app.redaction.redact import without_marks

ALIKE = 0.45
"""Cosine from which two questions are alike. Of 2,000 phrasings of 114 topics, worded as differently as they can be,
58, 81, 89 and 93% of those in the same group asked for the same topic at 0.3, 0.4, 0.45 and 0.5.
"""
NEAREST = 3
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


@dataclass(frozen=True, slots=True)
class Group:
    questions: tuple[KeptQuestion, ...]
    """The newest first."""
    representative: str
    """Text that most of the others are like."""
    nearest: tuple[SearchResult, ...]
    """Entries and not-covered topics that the representative comes closest to."""

    @property
    def count(self) -> int:
        return len(self.questions)

    @property
    def near_urgent(self) -> bool:
        return any(question.near_urgent for question in self.questions)


def groups(questions: Sequence[KeptQuestion], knowledge: Knowledge, day: date) -> list[Group]:
    """Return the questions in groups, each in one; 2,000 that all differ take a second.

    Groups with a message in doubt of danger come first, those of a single message before all: a danger that no rule
    knows is told once. Then what is asked most, and last.
    """
    same: dict[str, list[KeptQuestion]] = {}
    for question in sorted(questions, key=_age, reverse=True):
        same.setdefault(text.key(without_marks(question.text)), []).append(question)
    distinct = list(same.values())
    counts = np.array([len(copies) for copies in distinct], np.float32)
    grouped = [
        _group(
            distinct[centre][0].text, [question for place in members for question in distinct[place]], knowledge, day
        )
        for centre, members in _stars(_likeness(list(same), knowledge), counts)
    ]
    grouped.sort(key=lambda group: _age(group.questions[0]), reverse=True)
    return sorted(grouped, key=_rank)


def _age(question: KeptQuestion) -> tuple[datetime, str]:
    return question.at, question.message_id


def _rank(group: Group) -> tuple[bool, bool, int]:
    return not group.near_urgent, group.near_urgent and group.count > 1, -group.count


def _group(representative: str, questions: Sequence[KeptQuestion], knowledge: Knowledge, day: date) -> Group:
    newest_first = sorted(questions, key=_age, reverse=True)
    nearest = search_entries(knowledge, Message(without_marks(representative)), day, NEAREST).results
    return Group(tuple(newest_first), representative, nearest)


def _likeness(texts: Sequence[str], knowledge: Knowledge) -> FloatArray:
    """Return the cosine of every two texts over their concepts, weighted by rarity: an unknown word says most."""
    concepts = _concepts(texts, knowledge)
    columns = {concept: place for place, concept in enumerate(sorted(set().union(*concepts)))}
    rarity = knowledge.matcher.model.features.rarity(list(columns))
    fillers = [place for concept, place in columns.items() if concept in FILLERS]
    rarity[fillers] = np.minimum(rarity[fillers], FILLER)
    vectors = np.zeros((len(texts), len(columns)), np.float32)
    for row, held in zip(vectors, concepts, strict=True):
        places = [columns[concept] for concept in held]
        row[places] = rarity[places]
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    shared = vectors[:, np.count_nonzero(vectors, axis=0) > 1]  # what one text alone holds only adds to its length
    return np.asarray(shared @ shared.T)


def _concepts(texts: Sequence[str], knowledge: Knowledge) -> list[set[str]]:
    """Return the concepts of each text: shorthand written out, slips repaired, each word's concept in its place."""
    vocabulary = knowledge.matcher.model.vocabulary
    read = [[term for term in vocabulary.read(message).terms if term.word != QUESTION_MARK] for message in texts]
    spellings = _spellings(Counter(term.word for terms in read for term in terms if not term.known))
    return [{vocabulary.lexicon.concept(spellings.get(term.word, term.word)) for term in terms} for terms in read]


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


def _stars(likeness: FloatArray, counts: FloatArray) -> Iterator[tuple[int, list[int]]]:
    """Yield (centre, its texts), after Aslam, Pelekhov and Rus (2004).

    The text that is like the most others takes them, and so on with the rest; then each goes to the centre that it is
    most like. Nothing is joined by a chain.
    """
    np.fill_diagonal(likeness, 1.0)
    alike = likeness >= ALIKE
    sizes = alike @ counts
    free = np.ones(len(counts), bool)
    centres: list[int] = []
    while free.any():
        centres.append(int(np.where(free, sizes, -1).argmax()))
        members = np.flatnonzero(alike[centres[-1]] & free)
        sizes -= counts[members] @ alike[members]
        free[members] = False
    chosen = likeness[:, centres].argmax(axis=1) if centres else np.empty(0, np.intp)
    for number, centre in enumerate(centres):
        yield centre, np.flatnonzero(chosen == number).tolist()
