"""The examples that each matcher learns from."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, Self

from app import text
from app.content import markup, schema
from app.content.schema import Content, Entry, Intents, Translation
from app.dialogue.language import LABEL
from app.dialogue.urgent import parts_of
from app.matching.matcher import Example, Origin, TrainingSet
from app.matching.vocabulary import Lexicon

TOPICS, URGENT, LANGUAGES = "topics", "urgent", "languages"
ENGLISH = "english"
ENOUGH = 20
"""Phrasings from which an entry's answer, or the title of a topic that is not covered, teaches nothing more. With ten
of each, the matcher of examples/colonoscopy was sure of the right entry for 43% of the first set of messages, with
answers and titles for 53; with the hundreds that are shipped, as often either way.
"""
AFTER = 3
"""Entries after which each follow-up line is shown to the matcher."""


class Taught(NamedTuple):
    """All that models learn of faq.yaml. A change of anything else needs no fit."""

    questions: Mapping[str, tuple[str, ...]]
    """Entry id -> its question in each language."""
    topics: tuple[str, ...]
    """Topics that are not covered."""
    languages: tuple[str, ...]
    """They decide in which language a file of intents/ is."""
    wordings: Mapping[str, tuple[str, ...]]
    """Entry or topic that has fewer phrasings than `ENOUGH` -> its answer in each language, or its title."""

    @classmethod
    def of(cls, content: Content, phrasings: Mapping[str, Sequence[str]]) -> Self:
        wordings = {
            **{id_: tuple(_answers(entry)) for id_, entry in content.entries.items()},
            **{id_: (topic.title,) for id_, topic in content.topics.items() if topic.title},
        }
        return cls(
            {id_: tuple(version.question for version in _versions(entry)) for id_, entry in content.entries.items()},
            tuple(content.topics),
            content.languages(),
            {id_: texts for id_, texts in wordings.items() if len(phrasings.get(id_, ())) < ENOUGH},
        )


def _versions(entry: Entry) -> tuple[Entry | Translation, ...]:
    return (entry, *entry.translations.values())


def _answers(entry: Entry) -> Iterator[str]:
    for version in _versions(entry):
        yield from markup.lines(version.answer)  # the address of a link teaches nothing


def training_sets(taught: Taught, intents: Intents, risk: float, by_meaning: bool = False) -> dict[str, TrainingSet]:
    topics = replace(_topics(taught, intents, risk), by_meaning=by_meaning)
    return {TOPICS: topics, URGENT: _urgent(intents), LANGUAGES: _languages(intents)}


def lexicon_of(intents: Intents) -> Lexicon:
    shorthand = {word: tuple(full.split()) for word, full in intents.lexicon.shorthand.items()}
    concepts = {word: f"={concept}" for concept, words in intents.lexicon.concepts.items() for word in words}
    return Lexicon(shorthand, concepts)


def _topics(taught: Taught, intents: Intents, risk: float) -> TrainingSet:
    examples: list[Example] = [(id_, line, None) for id_, lines in intents.phrasings.items() for line in lines]
    examples += [(id_, line, None) for _, id_, line in intents.translated]
    examples += [(id_, line, None) for id_, lines in intents.smalltalk.items() for line in lines]
    examples += _follow_ups(taught, intents)
    texts = itertools.chain(taught.questions.items(), taught.wordings.items())
    examples += [(id_, line, None) for id_, lines in texts for line in lines]
    return TrainingSet(tuple(examples), frozenset(taught.topics), schema.TALK, calibrated=True, risk=risk)


def _follow_ups(taught: Taught, intents: Intents) -> Iterator[Example]:
    """Yield each line after up to `AFTER` of the entries that it may follow, taken in turn so that all come up."""
    for follow_up in intents.follow_ups:
        entries = follow_up.after or taught.questions
        turns = itertools.cycle(entries)
        for line in follow_up.lines:
            yield from ((follow_up.means, line, next(turns)) for _ in range(min(AFTER, len(entries))))


def _urgent(intents: Intents) -> TrainingSet:
    """Return the lines of danger and, as calm ones, those beside them and all that is asked.

    What was imported is none of these: a spreadsheet of cries for help, under an entry, taught that they are calm,
    and phrasings have no seal.
    """
    asked = [
        (id_, line)
        for group in (intents.phrasings, intents.smalltalk)
        for id_, lines in group.items()
        for line in lines
        if line not in intents.imported
    ]
    asked += [(f"{id_} {language}", line) for language, id_, line in intents.translated]
    asked += [(f"after {follow_up.means}", line) for follow_up in intents.follow_ups for line in follow_up.lines]
    origins = {line: Origin(id_, _parts(line)) for id_, line in asked}
    examples = [(schema.CALM, line) for _, line in asked]
    for _, file, tier, sign, line in intents.urgent.lines:
        origins[line] = Origin(f"{file} {tier} {sign}", _parts(line), is_evidence=True)
        examples.append((tier, line))
    return replace(_without_context(examples), rest=schema.CALM, origins=origins)


def _languages(intents: Intents) -> TrainingSet:
    ordinary = (*intents.phrasings.values(), *intents.smalltalk.values())
    examples = [(ENGLISH, line) for lines in ordinary for line in lines]
    examples += [(ENGLISH, line.text) for line in intents.urgent.lines if line.file not in intents.languages]
    examples += [(LABEL + language, line) for language, line in _in_languages(intents)]
    return _without_context(examples)


def _without_context(examples: Iterable[tuple[str, str]]) -> TrainingSet:
    return TrainingSet(tuple((label, line, None) for label, line in examples))


def _in_languages(intents: Intents) -> Iterator[tuple[str, str]]:
    """Yield (language, line) of the languages that their script does not tell already."""
    latin = {id_: language for id_, language in sorted(intents.languages.items()) if not language.script}
    for id_, language in latin.items():
        yield from ((id_, line) for line in (*language.messages, *language.words))
    yield from ((line.file, line.text) for line in intents.urgent.lines if line.file in latin)
    yield from ((id_, line) for id_, _, line in intents.translated if id_ in latin)


def _parts(line: str) -> tuple[str, ...]:
    """Return what the urgent check reads of a line beside the whole."""
    return tuple(part.folded for part in parts_of(text.parse(line)))[1:]
