import itertools
import time
from pathlib import Path

import pytest

from app.dialogue.knowledge import Knowledge
from app.matching.vocabulary import Lexicon, Vocabulary
from app.redaction.known_words import MOST_REPAIRS, KnownWords
from app.redaction.redact import StorageRedactor, spans, storable
from bench.redaction import count, read

SHAPES = Path(__file__).with_name("shapes_tune.jsonl")
LABELLED = Path(__file__).parents[1] / "labelled"
PHRASINGS = ("is the infusate deep", "how is the infusate mixed", "where does the infusate go")


@pytest.fixture(scope="module")
def known() -> KnownWords:
    """A content that speaks of infusate, of which no list knows."""
    return KnownWords(Vocabulary.learn(PHRASINGS, Lexicon()), ["Ask the Wexlinde clinic."], ["Насосик не работает"])


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("can zorbulak swim with the pump", "can [word] swim with the pump"),
        ("ask Kehlmeyer if it beeps", "ask [word] if it beeps"),
        ("kowalczyk wants a refill", "[name] wants a refill"),
        ("the gate code was QX7RT2 yesterday", "the gate code was [number] yesterday"),
        ("it said 88431 on the door", "it said [number] on the door"),
        ("that was Zorbulak K. on the line", "that was [word][name] on the line"),
        ("помпа гудит, сказал брандмауэрыч", "помпа [word], сказал [word]"),
    ],
)
def test_a_word_that_no_list_and_no_content_knows_is_not_stored(known: KnownWords, typed: str, stored: str) -> None:
    assert storable(typed, known) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "how long does the infusate last",
        "how is the infusat mixed",
        "is wexlinde far",
        "насосики",
        "my hemoglobin was 8.9 and platelets 150000 after 20mg, 5FU day3 and 10am",
        "cuánto mide la bomba y cuándo me operan",
        "quanto tempo demora a cirurgia da minha mãe",
        "сколько весит помпа и больно ли",
        "ما حجم المضخة وهل تؤلم",
        "这个泵多久加一次药",
        "펌프 수술은 얼마나 걸리나요",
        "unexpectedly, the nurses' visits were reversible",
    ],
)
def test_words_of_lists_and_of_the_content_and_slips_in_them_stay(known: KnownWords, typed: str) -> None:
    assert storable(typed, known) == typed


def test_what_is_stored_is_stored_again_as_it_is(known: KnownWords) -> None:
    once = storable("Okafor, Chidi J. asks zorbulak 88431 about cpf 98765432100", known)
    assert storable(once, known) == once


def test_a_capital_in_a_sentence_is_no_slip(known: KnownWords) -> None:
    assert storable("is it true that Infusat called", known) == "is it true that [word] called"


def test_only_so_many_words_of_a_text_are_held_against_the_content(known: KnownWords) -> None:
    stored = storable("infusat " * (MOST_REPAIRS + 5), known)
    assert (stored.count("infusat"), stored.count("[word]")) == (MOST_REPAIRS, 5)


def test_the_words_of_the_content_that_is_served_count(knowledge: Knowledge) -> None:
    assert StorageRedactor(lambda: knowledge)("does the lamp reach zorbulak") == "does the lamp reach [word]"


def test_names_and_numbers_of_many_countries_are_found(known: KnownWords) -> None:
    counts = count(read(SHAPES), lambda text: spans(text, known))
    assert counts.recall() >= 0.98
    assert counts.loss() <= 0.03


@pytest.mark.parametrize("name", ["inscope_final", "near_final", "danger_final", "multi_final"])
def test_ordinary_words_of_ordinary_questions_are_kept(known: KnownWords, name: str) -> None:
    """By the lists alone: the words of the shipped content are not known here."""
    cases = [case for case in read(LABELLED / f"{name}.jsonl") if case.text]
    assert count(cases, lambda text: spans(text, known)).loss() <= 0.03


def test_four_thousand_characters_of_unknown_words_take_no_longer_than_others(known: KnownWords) -> None:
    storable("warm", known)
    text = " ".join(map("".join, itertools.product("bdgklm", "aeo", "rvz", "aiu", "tnx", "z")))[:4000]
    began = time.process_time()
    storable(text, known)
    assert time.process_time() - began < 2  # some 30 ms; comparing each with each took 600
