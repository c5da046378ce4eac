from app.dialogue.questions import asked

STORY = "My aunt is eighty and lives by the sea with her two old dogs. " * 3


def test_a_short_message_is_its_own_question() -> None:
    assert asked("Where is it? I forgot.") == ["Where is it? I forgot."]


def test_in_a_story_the_sentence_that_asks_is_a_question_too() -> None:
    message = f"{STORY}Where is the lamp in the room? Thank you."
    assert asked(message) == [message, "where is the lamp in the room?"]


def test_a_story_without_a_question_mark_asks_at_its_end() -> None:
    assert asked(f"{STORY}She wonders where the lamp is")[1:] == ["she wonders where the lamp is"]
