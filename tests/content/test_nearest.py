import pytest

from app.content import schema
from app.content.nearest import did_you_mean, known_keys
from app.content.schema import Content


@pytest.mark.parametrize(
    ("word", "meant"), [("read-aloud", ": did you mean read_aloud?"), ("anser", ": did you mean answer?"), ("moon", "")]
)
def test_the_nearest_known_word_is_offered_where_one_is_near(word: str, meant: str) -> None:
    assert did_you_mean(word, {"answer", "read_aloud", "question"}) == meant


@pytest.mark.parametrize(
    ("shape", "path", "key"),
    [
        (Content, (), "entries"),
        (Content, ("entries", "lamp"), "read_aloud"),
        (Content, ("entries", "lamp", "translations", "es"), "translated_by"),
        (schema.UrgentRules, ("costs",), "netted"),
        (schema.UrgentRules, ("rules", "crisis", 0), "unless"),
        (schema.FollowUps, (3,), "means"),
    ],
)
def test_the_keys_that_a_place_may_have_are_known(shape: object, path: tuple[str | int, ...], key: str) -> None:
    assert key in known_keys(shape, path)
