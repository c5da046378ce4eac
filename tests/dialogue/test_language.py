import pytest

from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Message


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("necesito ayuda por favor", "es"),
        ("¿Qué es esto?", "es"),
        ("gracias por todo", "es"),
        ("Где лампа?", "ru"),
        ("где MRI и CT", "ru"),
    ],
)
def test_a_language_is_told_by_its_words_or_its_script(knowledge: Knowledge, said: str, language: str) -> None:
    assert knowledge.languages.detect(said, knowledge.read(Message(said))) == language


@pytest.mark.parametrize(
    "said",
    ["where is the lamp", "hai pump mri ok", "floxuridine", "Nguyen", "ok", "La", "", "🙂", "42", "José García lamp"],
)
def test_english_jargon_names_and_what_is_too_short_are_english(knowledge: Knowledge, said: str) -> None:
    assert knowledge.languages.detect(said, knowledge.read(Message(said))) is None


def test_what_is_surely_english_is_told_from_what_tells_nothing(knowledge: Knowledge) -> None:
    lines = [
        "i cant breathe",
        "where is the lamp",
        "911",
        "ok",
        "lamp",
        "José García",
        "no puedo respirar",
        "Где лампа?",
    ]
    sure = [line for line in lines if knowledge.languages.is_english(knowledge.read(Message(line)))]
    assert sure == ["i cant breathe", "where is the lamp"]
