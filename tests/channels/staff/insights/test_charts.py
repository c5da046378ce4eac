import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.analytics import CHANNELS, OUTCOMES
from app.channels.staff.insights import tables as dashboard_tables
from app.channels.staff.insights.items import Item
from app.channels.staff.insights.tables import Cell, Column, Point, Table, milliseconds, share, ticks

TEMPLATES = Path(dashboard_tables.__file__).parents[1] / "templates"
CHARTS = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
).get_template("charts.html")
TOP, FOOT = 8, 188
EVIL = '"><script>'


def draw(
    chart: Literal["stacked", "line", "bars", "shares"],
    table: Table,
    unit: str = "",
    scale: Sequence[float] = (),
    title: str = "A",
    points: Sequence[Point] = (),
    links: Mapping[str, str] | None = None,
) -> str:
    item = Item(title, "What it means.", chart, lambda _: table, unit=unit, ticks=scale, points=lambda _: list(points))
    return str(getattr(CHARTS.module, item.chart_of(table))("name", item, table, links or {}))


def days(length: int) -> list[date]:
    return [date(2029, 6, 1) - timedelta(days=back) for back in reversed(range(length))]


def stacked(*counts: tuple[int, int]) -> str:
    """A day for each pair of messages: answered, urgent."""
    columns = [Column("Day"), Column("Answered", "answer"), Column("Urgent", "urgent"), Column("All")]
    rows = [(day, *pair, sum(pair)) for day, pair in zip(days(len(counts)), counts, strict=True)]
    return draw("stacked", Table(columns, rows))


def line(*values: float | None, title: str = "A") -> str:
    points = [
        Point(day, value, "none" if value is None else f"{value}%")
        for day, value in zip(days(len(values)), values, strict=True)
    ]
    return draw("line", Table([Column("Day")], []), "%", (0, 100), title, points)


def bars(*rows: Sequence[Cell], columns: Sequence[Column] = (Column("Reply"), Column("Helped", "up"))) -> str:
    return draw("bars", Table(columns, rows))


def parts(chart: str) -> list[dict[str, str]]:
    """The parts of the stacked bars, without the space that answers the pointer and the legend."""
    root = ElementTree.fromstring(f"<div>{chart}</div>")  # noqa: S314 drawn by ourselves
    return [rect.attrib for column in root.iter("g") for rect in column.iter("rect") if "fill" in rect.attrib]


@pytest.mark.parametrize(
    ("highest", "whole", "expected"),
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
def test_ticks_are_round_and_reach_the_highest(highest: float, whole: bool, expected: list[float]) -> None:
    assert ticks(highest, whole) == pytest.approx(expected)


def test_parts_stand_on_each_other_up_to_the_sum_of_a_day() -> None:
    lower, upper = parts(stacked((3, 1), (0, 0), (0, 0)))
    assert (lower["fill"], upper["fill"]) == ("url(#fill-answer)", "url(#fill-urgent)")
    assert float(upper["y"]) == TOP
    assert float(lower["y"]) == pytest.approx(FOOT - (FOOT - TOP) * 3 / 4)
    assert float(upper["y"]) + float(upper["height"]) == pytest.approx(float(lower["y"]) - 1)


def test_a_day_without_messages_keeps_its_place_and_has_no_bar() -> None:
    chart = stacked((1, 0), (0, 0), (0, 0), (1, 0))
    assert [part["x"] for part in parts(chart)] == ["2.5%", "77.5%"]
    assert "<title>May 30: 0</title>" in chart


def test_nothing_at_all_is_drawn_as_an_empty_chart() -> None:
    chart = stacked(*[(0, 0)] * 30)
    assert parts(chart) == []
    assert "None in these days." in draw("stacked", Table([Column("Hour"), Column("Asked", "answer")], []))
    assert "Answered <b>0</b>" in chart
    assert bars().strip() == bars(("a", 0)).strip() == "<p>None in these days.</p>"


def test_pointing_at_a_day_says_its_parts() -> None:
    assert "<title>Jun 1: 3\nAnswered 3</title>" in stacked((0, 0), (0, 0), (3, 0))


def test_a_part_that_no_day_has_is_left_out_of_the_legend() -> None:
    assert "Urgent" not in stacked((0, 0), (3, 0), (1000, 0))
    assert "Answered <b>1,003</b>" in stacked((0, 0), (3, 0), (1000, 0))


def test_few_days_are_drawn_as_what_they_make_together_each_part_in_its_fill() -> None:
    chart = stacked((0, 7), (0, 20))
    assert re.findall(r'width="([\d.]+)%"[^>]*fill="url\(#fill-([a-z]+)\)"', chart) == [("100.0", "urgent")]
    assert "<span>Urgent</span> <b>27</b>" in chart
    assert "Answered" not in chart


def test_few_days_of_a_line_are_words() -> None:
    table = Table([Column("Day"), Column("Rate")], [(days(1)[0], 5)])
    chart = draw("line", table, points=[Point(days(1)[0], None, "1 of 3")])
    assert "<li><span>Jun 1</span> <b>1 of 3</b></li>" in chart
    assert "<svg" not in chart


def test_hours_are_named_from_the_first_and_what_has_none_is_not_drawn() -> None:
    columns = [Column("Hour"), Column("Asked", "answer")]
    rows: list[Sequence[Cell]] = [(f"{hour:02d}:00", 1) for hour in range(24)]
    chart = draw("stacked", Table(columns, [*rows, ("Hour not recorded", 99)], undrawn=1))
    assert re.findall(r"day-name[^>]*>([^<]+)<", chart) == ["00:00", "06:00", "12:00", "18:00"]
    assert "99" not in chart
    assert "one an hour" in chart


def test_a_share_of_few_is_told_in_numbers_and_has_no_bar() -> None:
    columns = [Column("Channel"), Column("Unanswered", "fallback"), *map(Column, ("Other", "Asked", "Share", "Id"))]
    chart = draw("shares", Table(columns, [("Web", 30, 90, 120, "25%", "web"), ("Text", 1, 2, 3, "1 of 3", "sms")]))
    assert chart.count("<svg") == 1
    assert 'width="25.0%"' in chart
    assert "<b>25% <small>30 of 120</small></b>" in chart
    assert "<b>1 of 3</b>" in chart


def test_a_small_number_has_no_long_bar_though_none_is_longer() -> None:
    assert 'width="20.0%"' in bars(("a", 2))


def test_a_bar_leads_to_where_something_can_be_done_about_it() -> None:
    table = Table([Column("Topic"), Column("Times", "down"), Column("Id")], [("A", 2, "a"), ("B", 1, "b")])
    chart = draw("bars", table, links={"a": "/staff/review?nearest=a"})
    assert '<a href="/staff/review?nearest=a">A</a>' in chart
    assert "<span>B</span>" in chart


@pytest.mark.parametrize(
    ("part", "whole", "words"), [(0, 0, None), (1, 3, "1 of 3"), (6, 19, "6 of 19"), (5, 20, "25%")]
)
def test_shares_are_numbers_where_they_are_small(part: int, whole: int, words: str | None) -> None:
    assert share(part, whole) == words


@pytest.mark.parametrize(("time", "words"), [(None, None), (0.19, "<1"), (0.999, "<1"), (1.5, 2), (17.4, 17)])
def test_times_are_whole_milliseconds(time: float | None, words: int | str | None) -> None:
    assert milliseconds(time) == words


def test_a_line_breaks_where_there_is_no_value_and_shows_a_lonely_one() -> None:
    chart = line(50, 100, None, 0, None, None)
    assert chart.count('class="trend"') == 1
    assert chart.count('class="point"') == 2
    assert chart.count('class="point alone"') == 1
    assert "<title>May 29: none</title>" in chart


@pytest.mark.parametrize(
    ("length", "names"),
    [(7, ["May 26", "May 28", "May 30", "Jun 1"]), (30, ["May 4", "May 11", "May 18", "May 25", "Jun 1"])],
)
def test_days_are_named_back_from_the_last(length: int, names: list[str]) -> None:
    assert sorted(re.findall(r"day-name[^>]*>([^<]+)<", line(*[None] * length))) == sorted(names)


def test_lying_bars_are_shares_of_the_longest() -> None:
    columns = [Column("Reply"), Column("Helped", "up"), Column("Did not help", "down"), Column("Id")]
    chart = bars(("a", 9, 3, "a"), ("b", 6, 0, "b"), columns=columns)
    drawn = [("0.0", "75.0"), ("75.0", "25.0"), ("0.0", "50.0"), ("50.0", "0.0")]
    assert re.findall(r'x="([\d.]+)%" width="([\d.]+)%"', chart) == drawn


def test_only_the_first_ten_bars_are_drawn() -> None:
    assert bars(*[(f"topic {n}", 20 - n) for n in range(12)]).count("<svg") == 10


@pytest.mark.parametrize(
    ("chart", "title", "words"),
    [
        (stacked((3, 1), (0, 0), (0, 0)), "A: stacked bars, one a day", "In all: Answered 3, Urgent 1."),
        (line(50, None, 7.5), "A: a line through the days", "Between 7.5% and 50%."),
        (line(None), "A: a line through the days", "No day has a value."),
    ],
)
def test_a_chart_has_a_title_and_a_description(chart: str, title: str, words: str) -> None:
    [root] = [svg for svg in ElementTree.fromstring(f"<div>{chart}</div>").iter("svg") if "role" in svg.attrib]  # noqa: S314
    assert root.attrib["role"] == "img"
    assert [root.attrib["aria-labelledby"], root.attrib["aria-describedby"]] == [root[0].get("id"), root[1].get("id")]
    assert [root[0].text, root[1].text] == [title, words]


def test_every_word_is_escaped_and_no_style_is_inline() -> None:
    columns = [Column("Day"), Column(EVIL, EVIL), Column("All")]
    chart = draw("stacked", Table(columns, [(day, 1, 1) for day in days(3)]), title=EVIL)
    chart += draw("stacked", Table(columns, [(day, 1, 1) for day in days(1)]), title=EVIL)
    chart += line(1, title=EVIL) + bars((EVIL, 1), columns=[Column("Reply"), Column(EVIL, EVIL)])
    assert "<script" not in chart
    assert "style=" not in chart


def test_every_outcome_and_channel_has_a_look_of_its_own() -> None:
    fills = CHARTS.make_module().FILLS  # type: ignore[attr-defined]
    textures = [[fills[name][1] for name in names] for names in (OUTCOMES, CHANNELS)]
    assert all(len(set(of_chart)) == len(of_chart) for of_chart in textures)


def test_every_fill_is_defined_once_on_the_page() -> None:
    defined = re.findall(r'pattern id="fill-([\w-]+)"', str(CHARTS.make_module().definitions()))  # type: ignore[attr-defined]
    assert sorted(defined) == sorted({*OUTCOMES, *CHANNELS, "up", "down", "other"})
