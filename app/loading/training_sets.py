"""The examples that each matcher learns from."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace

from app import text
from app.content import schema
from app.content.schema import Content, Intents
from app.dialogue.language import LABEL
from app.dialogue.urgent import parts_of
from app.matching.matcher import Example, Origin, TrainingSet
from app.matching.vocabulary import Lexicon

TOPICS, URGENT, LANGUAGES = "topics", "urgent", "languages"
ENGLISH = "english"
AFTER = 3
"""Entries after which each follow-up line is shown to the matcher."""


def training_sets(content: Content, intents: Intents, risk: float, by_meaning: bool = False) -> dict[str, TrainingSet]:
    topics = replace(_topics(content, intents, risk), by_meaning=by_meaning)
    return {TOPICS: topics, URGENT: _urgent(intents), LANGUAGES: _languages(intents)}


def lexicon_of(intents: Intents) -> Lexicon:
    shorthand = {word: tuple(full.split()) for word, full in intents.lexicon.shorthand.items()}
    concepts = {word: f"={concept}" for concept, words in intents.lexicon.concepts.items() for word in words}
    return Lexicon(shorthand, concepts)


def _topics(content: Content, intents: Intents, risk: float) -> TrainingSet:
    examples: list[Example] = [(id_, line, None) for id_, lines in intents.phrasings.items() for line in lines]
    examples += [(id_, line, None) for _, id_, line in intents.translated]
    examples += [(id_, line, None) for id_, lines in intents.smalltalk.items() for line in lines]
    examples += _follow_ups(content, intents)
    examples += [(id_, line, None) for id_, entry in content.entries.items() for line in (entry.question, entry.answer)]
    examples += [(id_, line, None) for id_, line in _translations(content)]
    return TrainingSet(tuple(examples), frozenset(content.topics), schema.TALK, calibrated=True, risk=risk)


def _translations(content: Content) -> Iterator[tuple[str, str]]:
    for id_, entry in content.entries.items():
        yield from ((id_, line) for own in entry.translations.values() for line in (own.question, own.answer))


def _follow_ups(content: Content, intents: Intents) -> Iterator[Example]:
    """Yield each line after up to `AFTER` of the entries that it may follow, taken in turn so that all come up."""
    for follow_up in intents.follow_ups:
        entries = follow_up.after or content.entries
        turns = itertools.cycle(entries)
        for line in follow_up.lines:
            yield from ((follow_up.means, line, next(turns)) for _ in range(min(AFTER, len(entries))))


def _urgent(intents: Intents) -> TrainingSet:
    """Return the lines of danger and, as calm ones, those beside them and all that is asked."""
    asked = [
        (id_, line)
        for group in (intents.phrasings, intents.smalltalk)
        for id_, lines in group.items()
        for line in lines
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
