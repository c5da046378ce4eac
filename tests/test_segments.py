import pytest

from app.segments import segments


@pytest.mark.parametrize(
    ("text", "encoding", "parts"),
    [
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 307, "GSM-7", 3),
        ("€" * 80, "GSM-7", 1),
        ("€" * 81, "GSM-7", 2),
        ("ж" * 70, "UCS-2", 1),
        ("ж" * 71, "UCS-2", 2),
        ("’", "UCS-2", 1),
        ("", "GSM-7", 1),
    ],
)
def test_parts_and_encoding(text: str, encoding: str, parts: int) -> None:
    counted = segments(text)
    assert (counted.encoding, counted.parts) == (encoding, parts)


def test_a_pair_of_places_is_not_split_over_two_parts() -> None:
    assert segments("a" * 152 + "€" + "a" * 152).parts == 3


def test_an_emoji_takes_two_places() -> None:
    assert segments("😀").places == 2
