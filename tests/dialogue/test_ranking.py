import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from app.dialogue import engine
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Message, Reply, State
from app.dialogue.ranking import Ranking, _surest
from app.loading.loader import load
from app.matching.matcher import Candidate
from app.matching.utterance import Utterance
from tests.conftest import FIXTURE, NOW, config_of, seal


@pytest.fixture(scope="session")
def by_meaning(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Knowledge:
    """The fixture, fitted and read with the encoder, without phrasings in other languages."""
    copy = tmp_path_factory.mktemp("content") / "content"
    shutil.copytree(FIXTURE, copy)
    shutil.rmtree(copy / "intents" / "es")
    seal(copy)
    return load(replace(config_of(copy, cache), encoder=True))


def say(knowledge: Knowledge, text: str) -> Reply:
    return engine.respond(Message(text), State(), knowledge, NOW)[0]


def test_a_question_in_another_language_finds_its_translation_by_meaning(by_meaning: Knowledge) -> None:
    asked = "¿en qué lugar se encuentra la lámpara?"
    assert say(by_meaning, asked).answers[0].text == "La lámpara está en la mesa junto a la cama."
    assert not say(replace(by_meaning, encoder=None), asked).answers


def test_what_has_no_translation_gets_the_script_of_the_language(by_meaning: Knowledge) -> None:
    reply = say(by_meaning, "¿de qué color es la lámpara, por favor?")
    assert reply.intent is not None
    assert reply.intent.id == "language-es"


def test_what_words_leave_in_doubt_is_read_by_its_meaning(by_meaning: Knowledge) -> None:
    message = Message("whereabouts do you keep the lamp")
    utterance = by_meaning.read(message)
    asked = Ranking(utterance, by_meaning).of(utterance.text)
    assert asked[0].id == "lamp-place"
    assert utterance._vectors


def test_what_words_leave_no_doubt_of_is_not_encoded(by_meaning: Knowledge) -> None:
    utterance: Utterance = by_meaning.read(Message("where is the lamp"))
    Ranking(utterance, by_meaning).of(utterance.text)
    assert not utterance._vectors


def test_a_follow_up_is_read_by_its_words(by_meaning: Knowledge) -> None:
    for about, encoded in (("lamp-color", False), (None, True)):
        utterance = by_meaning.read(Message("how about its place"))  # of which words leave a doubt
        Ranking(utterance, by_meaning, about).of(utterance.text)
        assert bool(utterance._vectors) is encoded


def test_each_topic_is_ranked_once_at_its_surest() -> None:
    found = [("a", 0.3, 0.9), ("b", 0.6, 0.1), ("a", 0.7, 0.2), ("c", 0.6, 0.3), ("d", 0.6, 0.1), ("e", 0.0, 0.0)]
    candidates = [Candidate(id_, "entry", score, confidence, False) for id_, confidence, score in found]
    ranked = [(best.id, best.confidence) for best in _surest(candidates)]
    assert ranked == [("a", 0.7), ("c", 0.6), ("b", 0.6), ("d", 0.6), ("e", 0.0)]
