from app.dialogue.knowledge import Knowledge
from app.review.resemblance import resemblance


def test_a_phrasing_is_like_questions_that_ask_for_the_same(knowledge: Knowledge) -> None:
    questions = ["my name is [name], can a radio stand on it", "is the moon made of cheese"]
    alike = resemblance(["may the radio stand on the lamp", "cheese of the moon"], questions, knowledge)
    assert alike.tolist() == [[True, False], [False, True]]


def test_words_that_carry_nothing_make_nothing_alike(knowledge: Knowledge) -> None:
    assert not resemblance(["is the moon far"], ["is the soup hot"], knowledge).any()


def test_a_question_that_shares_no_word_with_any_other_text_is_like_none(knowledge: Knowledge) -> None:
    assert resemblance(["may the radio sing", "is the moon cheese"], ["xyzzy"], knowledge).tolist() == [
        [False],
        [False],
    ]
    assert resemblance(["may the radio sing"], ["xyzzy", "a radio that sings", "quux"], knowledge)[0, 1]
    assert not resemblance(["xyzzy"], ["quux"], knowledge).any()
