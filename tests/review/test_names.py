import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.review.names import same_person


@pytest.mark.parametrize(
    "other",
    ["ANN LEE", "Lee, Ann", "ann.lee@example.org", "ann_lee+desk@example.org", "  Ánn   Lee ", "ＡＮＮ　ＬＥＥ"],
)
def test_a_name_is_known_in_each_of_its_spellings(other: str) -> None:
    assert same_person("Ann Lee", other)
    assert same_person(other, "Ann Lee")


@pytest.mark.parametrize("other", ["Ann", "Lee Park", "alee@example.org", "this machine", ""])
def test_another_name_is_somebody_else(other: str) -> None:
    assert not same_person("Ann Lee", other)


@given(name=st.text(max_size=60))
def test_everyone_is_herself_however_it_is_spaced(name: str) -> None:
    assert same_person(name, f"  {name} ")
    assert same_person(name, name)
