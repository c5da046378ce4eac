import pytest

from app.matching.evidence import Evidence
from app.matching.features import Reading
from app.matching.vocabulary import Lexicon, Vocabulary

LINES = {
    "size": ["how large is the pump", "pump size", "what size is it", "size of the pump", "which size"],
    "place": ["where is the pump", "place of the pump", "in which place is the pump", "the place", "where"],
    "cost": ["cost of a pump", "what does the pump cost", "what is the cost", "costs", "is the cost high"],
    "greeting": ["hello", "hello to you", "hello again", "who are you", "you are so", "so are you", "where are you"],
    "other": ["pump or pill", "is it a pump", "the color of the pump", "pumps", "a pump"],
}
VOCABULARY = Vocabulary.learn((line for lines in LINES.values() for line in lines), Lexicon())
EVIDENCE = Evidence.learn(
    ((topic, VOCABULARY.read(line)) for topic, lines in LINES.items() for line in lines), frozenset({"greeting"})
)


def read(text: str, after: str | None = None) -> Reading:
    return VOCABULARY.read(text, after)


@pytest.mark.parametrize(("text", "topic"), [("size", "size"), ("my size?", "size"), ("my cost", "cost")])
def test_a_lone_word_names_the_topic_that_most_of_its_phrasings_ask_for(text: str, topic: str) -> None:
    assert topic in (EVIDENCE.allowed(read(text)) or ())


@pytest.mark.parametrize("text", ["", "for", "zorp", "zorp blick", "?"])
def test_a_function_word_and_unknown_words_are_no_evidence(text: str) -> None:
    assert not EVIDENCE.allowed(read(text))


@pytest.mark.parametrize("text", ["is it", "it is so"])
def test_several_function_words_may_be_small_talk_only(text: str) -> None:
    assert EVIDENCE.allowed(read(text)) == frozenset({"greeting"})


def test_a_phrasing_word_for_word_is_evidence_whatever_its_words() -> None:
    assert EVIDENCE.allowed(read("Hello!")) is None
    assert EVIDENCE.same(read("Hello!")) == "greeting"
    assert EVIDENCE.same(read("a pump", after="size")) is None


def test_function_words_may_be_small_talk() -> None:
    assert EVIDENCE.allowed(read("so you are")) == frozenset({"greeting"})


def test_a_question_may_ask_for_any_topic() -> None:
    assert EVIDENCE.allowed(read("how large is the size of the pump")) is None


def test_after_an_answer_function_words_are_enough() -> None:
    assert EVIDENCE.allowed(read("where is it", after="size")) is None
    for text in ("zorp", "is", "7"):
        assert EVIDENCE.allowed(read(text, after="size")) == ()


def test_two_chinese_characters_are_one_word() -> None:
    lines = [("cost", line) for line in ("费用多少", "费用高吗", "费用是", "费用呢", "费用的")] + [("size", "大吗")]
    vocabulary = Vocabulary.learn([line for _, line in lines], Lexicon())
    evidence = Evidence.learn(((topic, vocabulary.read(line)) for topic, line in lines), frozenset())
    assert set(evidence.allowed(vocabulary.read("费用")) or ()) == {"cost"}
