from app.dialogue.danger_reasons import Reasons
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Message


def why(knowledge: Knowledge, said: str) -> Reasons:
    message = Message(said)
    return knowledge.reasons(message, knowledge.assess(message))


def test_a_rule_is_named_by_its_sign(knowledge: Knowledge) -> None:
    found = why(knowledge, "i cannot really breathe")
    assert found.rule == "breathing"
    assert next(found.lines()) == "Raised as emergency, by the rule “breathing”."


def test_likeness_is_told_by_the_nearest_phrasing_and_what_stood_against_it(knowledge: Knowledge) -> None:
    found = why(knowledge, "there is so much blood, heavy bleeding")
    assert found.rule is None
    assert found.nearest is not None
    assert found.nearest.tier == "emergency"
    assert "bl" in found.nearest.phrasing
    assert found.against is not None
    assert found.against.tier == "calm"


def test_the_words_that_counted_are_those_of_danger(knowledge: Knowledge) -> None:
    words = why(knowledge, "there is so much blood, heavy bleeding").words
    assert {"blood", "bleeding"} & set(words)
    assert not {"there", "is", "so"} & set(words)


def test_a_calm_message_has_its_likelihoods_too(knowledge: Knowledge) -> None:
    lines = list(why(knowledge, "what color is the lamp").lines())
    assert lines[0] == "Calm."
    assert lines[1].startswith(("Likelihood: calm 100%", "Likelihood: calm 9"))


def test_a_text_without_words_has_reasons(knowledge: Knowledge) -> None:
    assert next(why(knowledge, "!?").lines()) == "Calm."
