import pytest

from app.dialogue.context import NONE, chosen

OFFERED = [("lamp-color", "What color is the lamp?"), ("lamp-place", "Where is the lamp?")]


@pytest.mark.parametrize(
    ("said", "picked"),
    [
        ("lamp-place", "lamp-place"),
        ("1", "lamp-color"),
        ("the second one", "lamp-place"),
        ("option 2 please", "lamp-place"),
        ("the last one", "lamp-place"),
        ("Where is the lamp", "lamp-place"),
        ("where is teh lamp?", "lamp-place"),
        ("3", NONE),
        ("none of these", NONE),
        ("no", NONE),
        ("7", None),
        ("2 lamps or 1 lamp for my room", None),
        ("who looks after it", None),
        ("", None),
    ],
)
def test_a_choice_by_id_number_or_words(said: str, picked: str | None) -> None:
    assert chosen(said, OFFERED) == picked


def test_without_an_offer_a_number_picks_nothing() -> None:
    assert chosen("1", []) is None
