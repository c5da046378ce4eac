import numpy as np
import pytest

from app.errors import ModelError
from app.matching import encoder
from app.matching.encoder import Encoder


def test_a_text_is_the_same_vector_alone_and_in_a_batch() -> None:
    texts = ["where is the lamp", "a story of many words " * 8, "¿dónde está la lámpara?"]
    together = encoder.load().encode(texts)
    assert together.shape == (3, encoder.SIZE)
    for text, vector in zip(texts, together, strict=True):
        assert (encoder.load().encode([text])[0] == vector).all()


def test_like_meaning_lies_near_in_another_language_and_in_other_words() -> None:
    lamp, spanish, other = encoder.load().encode(["where is the lamp", "¿dónde está la lámpara?", "I like cheese"])
    assert lamp @ spanish > lamp @ other + 0.3


def test_of_a_long_text_the_beginning_counts() -> None:
    start = "word " * encoder.LONGEST_TEXT
    assert np.array_equal(*encoder.load().encode([start, start + "and more"]))


@pytest.mark.parametrize("text", ["的" * 20_000, "a" * 20_000, "привет " * 4_000])
def test_a_long_text_is_cut_whatever_parts_its_words(text: str) -> None:
    assert len(encoder._shortened(text).encode()) <= encoder.LONGEST_BYTES


@pytest.mark.parametrize("text", ["", " ", "🙂", "\ud800", "\x00", "(" * 400])
def test_any_text_has_a_vector(text: str) -> None:
    assert np.isfinite(encoder.load().encode([text])).all()


def test_other_weights_than_were_measured_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(encoder.SUMS, "sp.model", "0" * 64)
    with pytest.raises(ModelError, match="not the weights"):
        Encoder()
