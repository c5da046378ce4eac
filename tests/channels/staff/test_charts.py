import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from app.channels.staff import charts
from app.channels.staff.charts import FILLS, FOOT, TOP, Caption, Part, Row
from app.insights import CHANNELS, OUTCOMES

CAPTION = Caption("c", "Messages", "Three in all.")


def days(length: int) -> list[date]:
    return [date(2029, 6, 1) - timedelta(days=back) for back in reversed(range(length))]


def parsed(drawn: Markup) -> ElementTree.Element:
    return ElementTree.fromstring(str(drawn))  # noqa: S314 drawn by ourselves


def pieces(drawn: Markup) -> list[dict[str, str]]:
    """The parts of the bars, without the space that answers the pointer."""
    return [rect.attrib for rect in parsed(drawn).iter("rect") if "fill" in rect.attrib]


@pytest.mark.parametrize(
    ("most", "whole", "expected"),
    [
        (0, True, [0, 1]),
        (1, True, [0, 1]),
        (3, True, [0, 1, 2, 3]),
        (37, True, [0, 10, 20, 30, 40]),
        (4000, True, [0, 1000, 2000, 3000, 4000]),
        (1.9, False, [0, 0.5, 1, 1.5, 2]),
        (0.19, False, [0, 0.05, 0.1, 0.15, 0.2]),
    ],
)
def test_ticks_are_round_and_reach_the_highest(most: float, whole: bool, expected: list[float]) -> None:
    assert charts.ticks(most, whole) == pytest.approx(expected)


def test_parts_stand_on_each_other_up_to_the_sum_of_a_day() -> None:
    drawn = charts.stacked(CAPTION, days(1), [Part("answer", "Answered", [3]), Part("urgent", "Urgent", [1])])
    lower, upper = pieces(drawn)
    assert (lower["fill"], upper["fill"]) == ("url(#fill-answer)", "url(#fill-urgent)")
    assert float(upper["y"]) == TOP
    assert float(lower["y"]) == pytest.approx(FOOT - (FOOT - TOP) * 3 / 4)


def test_a_day_without_messages_keeps_its_place_and_has_no_bar() -> None:
    drawn = charts.stacked(CAPTION, days(4), [Part("answer", "Answered", [1, 0, 0, 1])])
    assert [piece["x"] for piece in pieces(drawn)] == ["2.5%", "77.5%"]
    assert "<title>May 30: 0</title>" in drawn


def test_nothing_at_all_is_drawn_as_an_empty_picture() -> None:
    drawn = charts.stacked(CAPTION, days(30), [Part("answer", "Answered", [0] * 30)])
    assert pieces(drawn) == []
    assert charts.bars([]) == "<p>None in these days.</p>"


def test_pointing_at_a_day_says_its_parts() -> None:
    drawn = charts.stacked(CAPTION, days(1), [Part("answer", "Answered", [3]), Part("urgent", "Urgent", [0])])
    assert "<title>Jun 1: 3\nAnswered 3</title>" in drawn


def test_a_line_breaks_where_there_is_no_value_and_shows_a_lonely_one() -> None:
    drawn = charts.line(CAPTION, days(6), [50, 100, None, 0, None, None], (0, 100), "%")
    assert drawn.count('class="trend"') == 1
    assert drawn.count('class="point"') == 2
    assert drawn.count('class="point alone"') == 1
    assert "<title>May 29: none</title>" in drawn


@pytest.mark.parametrize(
    ("length", "names"),
    [(7, ["May 26", "May 28", "May 30", "Jun 1"]), (30, ["May 4", "May 11", "May 18", "May 25", "Jun 1"])],
)
def test_days_are_named_back_from_the_last(length: int, names: list[str]) -> None:
    drawn = charts.line(CAPTION, days(length), [None] * length, (0, 1), "")
    assert sorted(re.findall(r"day-name[^>]*>([^<]+)<", drawn)) == sorted(names)


def test_lying_bars_are_shares_of_the_longest() -> None:
    drawn = charts.bars([Row("a", "4", [("up", 3), ("down", 1)]), Row("b", "2", [("up", 2)])])
    assert re.findall(r'x="([\d.]+)%" width="([\d.]+)%"', drawn) == [("0.0", "75.0"), ("75.0", "25.0"), ("0.0", "50.0")]


def test_a_picture_has_a_title_and_a_description() -> None:
    root = parsed(charts.stacked(CAPTION, days(1), [Part("answer", "Answered", [3])]))
    assert root.attrib["role"] == "img"
    assert [root.attrib["aria-labelledby"], root.attrib["aria-describedby"]] == [root[0].get("id"), root[1].get("id")]
    assert [root[0].text, root[1].text] == ["Messages", "Three in all."]


def test_every_word_is_escaped_and_no_style_is_inline() -> None:
    evil = '"><script>'
    part = Part(evil, evil, [1])
    drawn = charts.legend([part]) + charts.stacked(Caption("c", evil, evil), days(1), [part])
    drawn += charts.bars([Row(evil, evil, [(evil, 1)])]) + charts.definitions()
    assert "<script" not in drawn
    assert "style=" not in drawn
    assert "url(#fill-other)" in drawn


def test_every_outcome_and_channel_has_a_look_of_its_own() -> None:
    textures = [[FILLS[name][1] for name in names] for names in (OUTCOMES, CHANNELS)]
    assert all(len(set(each)) == len(each) for each in textures)
