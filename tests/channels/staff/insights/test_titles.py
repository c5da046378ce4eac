from typing import get_args

import pytest

from app.channels.staff.insights.items import ITEMS, TIERS, Name
from app.channels.staff.insights.titles import GONE, titles_of, untitled_of
from app.content import schema
from app.dialogue.knowledge import Knowledge


@pytest.mark.parametrize(
    ("id_", "title"),
    [
        ("lamp-color", "What color is the lamp?"),
        ("nc-price", "What the lamp costs"),
        ("nc-other", "Something else entirely"),
        ("-", "Nothing we know of"),
        ("greeting", "Small talk: a greeting"),
        ("crisis", "Urgent: crisis"),
        ("language-es", "Another language"),
        ("nc-gone", GONE),
    ],
)
def test_everything_has_a_title(knowledge: Knowledge, id_: str, title: str) -> None:
    assert titles_of(knowledge)(id_) == title


def test_what_the_service_itself_says_has_a_title(knowledge: Knowledge) -> None:
    titles = titles_of(knowledge)
    said = (*schema.TALK, *schema.TIERS, schema.UNCLEAR, "none-chosen", "too-long")
    assert [id_ for id_ in said if titles(id_) == GONE] == []


def test_a_topic_without_a_title_gathers_what_fits_nothing(knowledge: Knowledge) -> None:
    assert untitled_of(knowledge) == {"nc-other"}


def test_every_tier_and_every_table_has_a_name() -> None:
    assert set(schema.TIERS) <= TIERS.keys()
    assert set(ITEMS) == set(get_args(Name))
