from dataclasses import replace

from app.dialogue.knowledge import Knowledge
from app.review.suggestions import suggestions
from tests.review.test_groups import asked


def test_questions_that_may_ask_for_the_entry_come_surest_first(knowledge: Knowledge) -> None:
    questions = [asked("bulb type of the lamp thing", 1), asked("the moon", 2), asked("my visitor is late", 3)]
    found = suggestions("lamp-bulb", questions, knowledge)
    assert [own.question.message_id for own in found] == ["m1"]
    assert "bulb" in found[0].phrasing
    assert found[0].taken_for is None


def test_a_near_neighbour_that_goes_elsewhere_is_told_with_where_it_goes(knowledge: Knowledge) -> None:
    [own] = suggestions("lamp-bulb", [asked("which lamp is in the bulb")], knowledge)
    elsewhere = suggestions("lamp-color", [asked("which lamp is in the bulb")], knowledge)
    assert own.likeness >= 0.6
    assert not elsewhere or elsewhere[0].taken_for == "lamp-bulb"


def test_what_is_near_danger_or_decided_is_left_to_review(knowledge: Knowledge) -> None:
    question = asked("what kind of bulb is it")
    questions = [replace(question, near_urgent=True), replace(question, state="dismissed")]
    assert suggestions("lamp-bulb", questions, knowledge) == []


def test_one_wording_is_suggested_once(knowledge: Knowledge) -> None:
    questions = [asked("What kind of bulb is it?", 1), asked("what kind of bulb is it", 2)]
    assert len(suggestions("lamp-bulb", questions, knowledge)) == 1
