from app.lint.learnt import find_alike, find_needy
from app.matching.confusions import Confusion

CONFUSIONS = {
    "lamp-bulb": Confusion(10, {"lamp-color": 3, "lamp-place": 1}),
    "lamp-color": Confusion(100, {"lamp-bulb": 19, "nc-price": 2}),
    "lamp-place": Confusion(5, {"lamp-bulb": 1}),
    "lamp-hours": Confusion(10, {}),
}


def test_topics_of_whose_phrasings_another_takes_many_sound_alike() -> None:
    [found] = find_alike(CONFUSIONS)
    assert (found.level, found.where) == ("warning", "intents.lamp-bulb")
    assert "3 of its 10 phrasings, left out in turn, are taken for lamp-color" in found.problem


def test_the_neediest_have_the_largest_share_missed_beside_their_number() -> None:
    [found] = find_needy(CONFUSIONS, frozenset(CONFUSIONS))
    ranked = "lamp-bulb (4 of 10 missed), lamp-place (1 of 5 missed), lamp-color (21 of 100 missed)"
    assert found.problem == f"more phrasings would help most for {ranked}"


def test_a_topic_that_is_not_asked_for_is_not_named() -> None:
    assert list(find_needy(CONFUSIONS, frozenset({"lamp-hours"}))) == []
