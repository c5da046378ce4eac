from dataclasses import replace

from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Message
from app.dialogue.search import explain, search_entries
from tests.conftest import NOW

DAY = NOW.date()


def ids(knowledge: Knowledge, text: str) -> list[str]:
    return [each.id for each in search_entries(knowledge, Message(text), DAY).results]


def test_a_whole_question_is_as_sure_as_for_a_patient(knowledge: Knowledge) -> None:
    found = search_entries(knowledge, Message("what color is the lamp"), DAY)
    assert (found.results[0].id, found.sure) == ("lamp-color", True)


def test_a_question_that_nothing_covers_finds_its_topic_first(knowledge: Knowledge) -> None:
    found = search_entries(knowledge, Message("how much does the lamp cost"), DAY)
    assert found.results[0].answer is None


def test_keywords_that_fit_one_entry_best_are_not_sure_by_that(knowledge: Knowledge) -> None:
    found = search_entries(knowledge, Message("bulb colour"), DAY)
    assert (found.results[0].id, found.sure) == ("lamp-bulb", False)


def test_the_first_letters_rank_before_the_matcher_knows_the_word(knowledge: Knowledge) -> None:
    assert not knowledge.matcher.rank("bul")
    assert ids(knowledge, "bul")[0] == "lamp-bulb"


def test_what_was_taken_back_is_not_shown(knowledge: Knowledge) -> None:
    without = replace(knowledge, taken_back=frozenset({"lamp-bulb"}))
    found = search_entries(without, Message("what kind of bulb"), DAY).results[0]
    assert (found.id, found.answer, found.taken_back) == ("lamp-bulb", None, True)


def test_the_reason_names_the_word_that_is_being_typed(knowledge: Knowledge) -> None:
    found = search_entries(knowledge, Message("kind of bul"), DAY).results[0]
    why = explain(knowledge, "kind of bul", found)
    assert "bulb" in why.words
    assert "bulb" in why.phrasing
