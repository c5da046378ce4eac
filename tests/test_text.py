import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import text


def test_curly_quotes_case_and_accents_do_not_count() -> None:
    assert text.fold("Don’t STOP the CAFÉ") == "dont stop the cafe"


def test_invisible_characters_and_emoji_are_dropped() -> None:
    assert text.words("pu\u200bmp 😢 size\u202e?") == ("pump", "size")


@pytest.mark.parametrize(
    "strewn", ["\u200b", "\u00ad", "\u3164", "\ufe0f", "\U000e0100", "\u034f", "\u0489\u1dc4\u20d0\ufe22"]
)
def test_what_is_strewn_between_letters_hides_no_word(strewn: str) -> None:
    assert text.words(strewn.join("help me")) == ("help", "me")


def test_emoji_that_speak_of_danger_are_words() -> None:
    assert text.words("so much 🩸🩸 🆘") == ("so", "much", "blood", "blood", "sos")


def test_vowel_signs_of_indic_scripts_stay() -> None:
    assert text.words("नमस्ते தமிழ்") == ("नमस्ते", "தமிழ்")


def test_a_decimal_number_is_one_word() -> None:
    assert text.words("it is 101.5°F, or 38,6 C") == ("it", "is", "101.5", "f", "or", "38,6", "c")


def test_a_run_of_one_letter_is_shortened() -> None:
    assert text.fold("heeeelp!!!") == "heelp!!!"


def test_sentences_end_at_marks_and_lines() -> None:
    sentences = text.parse("is it big? yes. no\nmaybe").sentences
    assert [sentence.folded for sentence in sentences] == ["is it big?", "yes.", "no", "maybe"]


def test_marks_out_of_order_take_time_in_line_with_their_number() -> None:
    began = time.process_time()
    for marks in ("\u0f71\u0f72", "\u0315\u0300\u05ae\u0323", "\u05b0\u05bf\u05c1\u05bc", "\ufdfa"):
        text.fold(marks * (20_000 // len(marks)))
    assert time.process_time() - began < 1


def test_a_text_is_folded_in_pieces_as_it_is_whole() -> None:
    said = "Wie groß ist das? Où ça fait mal, नमस्ते, 痛い。 "
    assert text.fold(said * 30) == " ".join([text.fold(said)] * 30)


@given(st.text())
def test_folding_twice_changes_nothing(message: str) -> None:
    assert text.fold(text.fold(message)) == text.fold(message)


@given(st.text())
def test_words_hold_no_space_and_are_never_empty(message: str) -> None:
    assert all(word and not word.isspace() for word in text.words(message))


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_text_folds_alike_beside_an_accent(message: str) -> None:
    assert text.fold(f"{message}|e") == text.fold(f"{message}|é")


@given(st.text())
def test_a_sentence_of_a_text_is_parsed_as_it_is_alone(message: str) -> None:
    for sentence in text.parse(message).sentences:
        assert sentence == text.parse(sentence.folded)


@given(st.text())
def test_each_word_begins_where_it_is_said_to(message: str) -> None:
    parsed = text.parse(message)
    for word, start in zip(parsed.words, parsed.starts, strict=True):
        assert parsed.folded.startswith(word, start)


@pytest.mark.parametrize(
    ("said", "once"),
    [
        ("lamp " * 9, "lamp"),
        ("big lamp? big lamp? big lamp?", "big lamp?"),
        ("no no", "no no"),
        ("so so so big", "so so so big"),
    ],
)
def test_a_text_that_says_the_same_over_and_over_says_it_once(said: str, once: str) -> None:
    assert text.parse(said).once == text.parse(once)
