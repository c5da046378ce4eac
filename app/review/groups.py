"""Unanswered questions that ask for the same, together: what comes most is worth a phrasing or a topic first."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from app import text
from app.dialogue.knowledge import Knowledge
from app.dialogue.lookup import Found, look_up
from app.matching import features
from app.matching.features import FloatArray
from app.matching.vocabulary import LEAST_LENGTH, LONG_WORD
from app.records.questions import Question
from app.records.redact import without_marks

ALIKE = 0.45
"""Cosine from which two questions are alike. Of 2,000 phrasings of 114 topics, worded as differently as they can be,
58, 81, 89 and 93% of those in the same group asked for the same topic at 0.3, 0.4, 0.45 and 0.5.
"""
NEAREST = 3
FILLER = np.float32(0.5)
"""What a word of `FILLERS` weighs at most, where a word that no phrasing uses weighs about 9."""
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
    questions: tuple[Question, ...]
    """The newest first."""
    representative: str
    """The text that most of the others are like."""
    nearest: tuple[Found, ...]
    """What the representative comes closest to: entries, and topics that nothing covers."""

    @property
    def count(self) -> int:
        return len(self.questions)

    @property
    def near_urgent(self) -> bool:
        return any(each.near_urgent for each in self.questions)


def groups(questions: Sequence[Question], knowledge: Knowledge, day: date) -> list[Group]:
    """Each question in one group; 2,000 that all differ take a second.

    Groups with a message near the urgent bar come first, those of a single message before all: a danger that no rule
    knows is told once. Then what is asked most, and last.
    """
    same: dict[str, list[Question]] = {}
    for each in sorted(questions, key=_age, reverse=True):
        same.setdefault(text.key(without_marks(each.text)), []).append(each)
    alike = list(same.values())
    counts = np.array([len(each) for each in alike], np.float32)
    found = [
        _group(alike[centre][0].text, [each for place in members for each in alike[place]], knowledge, day)
        for centre, members in _stars(_likeness(list(same), knowledge), counts)
    ]
    found.sort(key=lambda each: _age(each.questions[0]), reverse=True)
    return sorted(found, key=_order)


def _age(question: Question) -> tuple[datetime, str]:
    return question.at, question.message_id


def _order(group: Group) -> tuple[bool, bool, int]:
    return not group.near_urgent, group.near_urgent and group.count > 1, -group.count


def _group(said: str, questions: Sequence[Question], knowledge: Knowledge, day: date) -> Group:
    newest_first = sorted(questions, key=_age, reverse=True)
    return Group(tuple(newest_first), said, look_up(knowledge, without_marks(said), day, NEAREST).found)


def _likeness(texts: Sequence[str], knowledge: Knowledge) -> FloatArray:
    """The cosine of each two texts over their ideas, weighted by rarity: an unknown word says most."""
    held = _ideas(texts, knowledge)
    columns = {idea: place for place, idea in enumerate(sorted(set().union(*held)))}
    rarity = knowledge.matcher.model.features.rarity(list(columns))
    fillers = [place for idea, place in columns.items() if idea in FILLERS]
    rarity[fillers] = np.minimum(rarity[fillers], FILLER)
    vectors = np.zeros((len(texts), len(columns)), np.float32)
    for row, ideas in zip(vectors, held, strict=True):
        places = [columns[idea] for idea in ideas]
        row[places] = rarity[places]
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    shared = vectors[:, np.count_nonzero(vectors, axis=0) > 1]  # what one text alone holds only adds to its length
    return np.asarray(shared @ shared.T)


def _ideas(texts: Sequence[str], knowledge: Knowledge) -> list[set[str]]:
    """Shorthand written out, slips repaired, each word's idea in its place."""
    vocabulary = knowledge.matcher.model.vocabulary
    read = [[term for term in vocabulary.read(each).terms if term.word != "?"] for each in texts]
    spelt = _spellings(Counter(term.word for terms in read for term in terms if not term.known))
    words = [[spelt.get(term.word, term.word) for term in terms] for terms in read]
    ideas = vocabulary.lexicon.concepts
    return [{ideas.get(word) or features.stem(word) for word in each} for each in words]


def _spellings(unknown: Mapping[str, int]) -> dict[str, str]:
    """Each word to the commonest that it is a slip of: patients ask for a `mamogram` that no phrasing knows."""
    found: dict[str, str] = {}
    beginning: dict[str, list[str]] = {}
    for word in sorted(unknown, key=lambda each: (-unknown[each], each)):
        others = beginning.setdefault(word[0], [])
        slips = 2 if len(word) >= LONG_WORD else 1
        near = process.extractOne(word, others, scorer=OSA.distance, score_cutoff=slips)
        if near and len(word) >= LEAST_LENGTH:
            found[word] = near[0]
        else:
            others.append(word)
    return found


def _stars(likeness: FloatArray, counts: FloatArray) -> Iterator[tuple[int, list[int]]]:
    """Centres, each with its texts, after Aslam, Pelekhov and Rus (2004): the text that is like the most others takes
    them, and so on with the rest; then each goes to the centre that it is most like. Nothing is joined by a chain.
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
