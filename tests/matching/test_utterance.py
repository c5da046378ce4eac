import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Message
from app.text import parse

LINES = ["where is the lamp?", "i cant breathe", "what color is the lamp and who cleans it", "xyzzy", "", "?"]


@settings(max_examples=50)
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=40))
def test_a_part_scores_the_same_alone_and_in_a_batch(knowledge: Knowledge, lines: list[str]) -> None:
    together = knowledge.read(Message(" ")).score([(parse(line), None) for line in lines])
    for line, scored in zip(lines, together, strict=True):
        alone = knowledge.read(Message(line)).whole
        assert np.allclose(alone.scores, scored.scores, atol=1e-5)
        assert alone.reading == scored.reading


def test_a_part_is_scored_once(knowledge: Knowledge) -> None:
    utterance = knowledge.read(Message("where is the lamp"))
    first = utterance.whole
    again, _ = utterance.score([(parse("WHERE is the lamp"), None), (parse("who cleans it"), None)])
    assert again is first


def test_a_follow_up_is_another_part_than_the_same_words_alone(knowledge: Knowledge) -> None:
    utterance = knowledge.read(Message("where"))
    alone, after = utterance.score([(utterance.text, None), (utterance.text, "lamp-color")])
    assert after.reading.after == "lamp-color"
    assert not np.allclose(alone.scores, after.scores)
