"""Tells which topics a text gives evidence of at all: a score alone cannot, since some topic always scores best.

Function words carry no evidence; one word by itself does where it names a topic; a text whose other words are mostly
unknown gives none. Without this floor `for` was answered at a confidence of 0.80 and `large event` at 0.89.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from app.matching.features import QUESTION_MARK, Reading, Term

NAMED_SHARE = 0.7
"""A word names topics when this share of the phrasings that hold it belongs to `MOST_NAMED` of them or fewer."""
MOST_NAMED = 3
LEAST_MET = 2
"""Phrasings that must use a word before it counts as met, where there are more than `FEW`."""
FEW = 1_000
LONGEST_LINE = 8
"""Most words of a phrasing that is remembered as it stands; longer ones hardly come back word for word."""
_ARTICLES = "a an the my your his her their our this that these those"
_DETERMINERS = frozenset(_ARTICLES.split())
_ASKING = "why how where when who what which whose"
_QUESTION_WORDS = frozenset(_ASKING.split())
_OTHERS = """
i me we us you he him she they them it its mine yours one ones who whom whose what which where when why how
am is are was were be been being do does did doing done have has had having will would shall should can could may
might must dont doesnt didnt isnt arent wasnt werent cant couldnt wont wouldnt shouldnt havent hasnt hadnt im ive
ill id youre youve theyre weve hes shes thats whats wheres whos hows theres
and or but nor so if then than as of at by for from in into on onto off out over under up down to toward with
without within about against between through during before after above below again further once because while until
not no only just very too also even still yet ever never here there now all any both each few more most other
another some such same own much many lot really actually please well like get got go going gonna oh um uh hmm
etc per via vs thing things stuff something anything let lets
"""
FUNCTION_WORDS = _DETERMINERS.union(_OTHERS.split())
"""English words that stand in any question and say nothing of what it is about."""


@dataclass(frozen=True)
class Evidence:
    """What the phrasings learnt from say about words by themselves."""

    lone_words: Mapping[int, tuple[str, ...]]
    """By concept: the topics that a lone word of it names."""
    met: Set[int]
    """Words that phrasings use, by their keys."""
    lines: Mapping[str, str]
    """Phrasings as they were read, each with the only topic that is asked for so."""
    answered: Set[str]
    """Topics that follow-ups were learnt after; one question word by itself leans on these only."""
    talk: frozenset[str]
    """Labels of small talk, for which function words are evidence too: `who are you`."""

    @classmethod
    def learn(cls, examples: Iterable[tuple[str, Reading]], talk: frozenset[str]) -> "Evidence":
        """Return the evidence of (topic, phrasing as read); follow-ups lean on an answer and prove nothing alone."""
        counts: dict[int, Counter[str]] = defaultdict(Counter)
        words, answered, total = Counter[int](), set[str](), 0
        lines: dict[str, set[str]] = defaultdict(set)
        for topic, reading in examples:
            if reading.after is not None:
                answered.add(reading.after)
            else:
                total += 1
                terms = _words(reading)
                words.update({term.key for term in terms})
                for concept in {term.concept_key for term in terms}:
                    counts[concept][topic] += 1
                if 0 < len(terms) <= LONGEST_LINE:
                    lines[_line(terms)].add(topic)
        named = {concept: _named(topics) for concept, topics in counts.items()}
        return cls(
            {concept: topics for concept, topics in named.items() if topics},
            {word for word, count in words.items() if count >= LEAST_MET or total <= FEW},
            {line: topic for line, (topic, *others) in lines.items() if not others},
            answered,
            talk,
        )

    def same(self, reading: Reading) -> str | None:
        """Return the topic of which the text is a phrasing word for word; after an answer, only where it is talk, since
        anything else may mean another thing there.
        """
        topic = self.lines.get(_line(_words(reading)))
        return topic if reading.after is None or topic in self.talk else None

    def allowed(self, reading: Reading, by_meaning: bool = False) -> Collection[str] | None:
        """Return the topics that a text may be taken for: None for any, empty for none.

        Where a text is read `by_meaning` too, a word that no phrasing uses may carry some all the same.
        """
        terms = _words(reading)
        if self.same(reading):
            return None
        carrying = [term for term in terms if term.word not in FUNCTION_WORDS and not term.word.isdecimal()]
        if reading.after is not None:  # the entry before is evidence too: `why there` is function words only
            questions = reading.after in self.answered and any(term.word in _QUESTION_WORDS for term in terms)
            asks = len(terms) > 1 or bool(carrying) or questions
            return None if asks and any(term.key in self.met for term in terms) else ()
        lone = [term for term in terms if term.word not in _DETERMINERS]
        if len(lone) <= (2 if all(map(_is_han, lone)) else 1):
            return tuple(topic for term in carrying for topic in self.lone_words.get(term.concept_key, ()))
        met = sum(term.key in self.met for term in carrying)
        if 2 * met > len(carrying) or (by_meaning and met and len(carrying) > 1):
            return None
        return self.talk if sum(term.key in self.met for term in terms) > 1 else ()

    def to_names(self) -> dict[str, Any]:
        return {
            "lone_words": {str(concept): topics for concept, topics in self.lone_words.items()},
            "met": sorted(self.met),
            "lines": dict(self.lines),
            "answered": sorted(self.answered),
        }

    @classmethod
    def of(cls, names: Mapping[str, Any], talk: frozenset[str]) -> "Evidence":
        read = {int(concept): tuple(topics) for concept, topics in names["lone_words"].items()}
        return cls(read, frozenset(names["met"]), names["lines"], frozenset(names["answered"]), talk)


def _words(reading: Reading) -> list[Term]:
    return [term for term in reading.terms if term.word != QUESTION_MARK]


def _line(terms: Iterable[Term]) -> str:
    return " ".join(term.word for term in terms)


def _is_han(term: Term) -> bool:
    """Return whether the word is a Chinese character, of which it takes two to make a word."""
    return len(term.word) == 1 and unicodedata.name(term.word, "").startswith("CJK")


def _named(topics: Counter[str]) -> tuple[str, ...]:
    """Return the fewest topics that hold `NAMED_SHARE` of a word's phrasings, the phrasing at hand left out."""
    total, held = topics.total(), 0
    if total < LEAST_MET:
        return ()
    named = []
    for topic, count in topics.most_common(MOST_NAMED):
        named.append(topic)
        held += count
        if held - 1 >= NAMED_SHARE * (total - 1):
            return tuple(named)
    return ()
