from app.dialogue.knowledge import Knowledge
from app.review.resemblance import resemblance


def test_a_phrasing_is_like_questions_that_ask_for_the_same(knowledge: Knowledge) -> None:
    questions = ["my name is [name], can a radio stand on it", "is the moon made of cheese"]
    alike = resemblance(["may the radio stand on the lamp", "cheese of the moon"], questions, knowledge)
    assert alike.tolist() == [[True, False], [False, True]]


def test_words_that_carry_nothing_make_nothing_alike(knowledge: Knowledge) -> None:
    assert not resemblance(["is the moon far"], ["is the soup hot"], knowledge).any()
