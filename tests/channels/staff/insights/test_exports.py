import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.analytics import CHANNELS, OUTCOMES, usage
from app.channels.staff.insights.exports import MEANING, PROTECTING, SMALL, HandedOn, as_csv
from app.channels.staff.insights.items import ITEMS, Figures
from app.channels.staff.insights.tables import ALL, Cell, Column, Table
from app.channels.staff.insights.titles import Titles
from app.records.counts import Key
from app.records.feedback import Tally

LAST = date(2029, 6, 1)


def figures(rows: Sequence[tuple[Key, int]], tallies: Sequence[Tally] = (), length: int = 3) -> Figures:
    return Figures(usage(rows, LAST, length), tallies, [], Titles({}, {}), {})


def handed_on(figures: Figures) -> dict[str, Table]:
    tables = {str(name): item.table(figures) for name, item in ITEMS.items()}
    told = HandedOn(tables.values())
    return {name: told.table(table) for name, table in tables.items()}


def counted(times: Mapping[str, int], channel: str = "web") -> list[tuple[Key, int]]:
    return [((LAST, channel, "outcome", name), number) for name, number in times.items()]


def last_row(table: Table) -> dict[str, Cell]:
    return {column.title: cell for column, cell in zip(table.columns, table.rows[-1], strict=True)}


def test_a_small_number_is_left_out_and_the_next_larger_too() -> None:
    row = last_row(handed_on(figures(counted({"answer": 90, "fallback": 40, "clarify": 3})))["outcomes"])
    assert (row["Choice offered"], row["Nothing fits"], row["Answered"]) == (SMALL, PROTECTING, 90)
    assert (row["Not covered"], row["All"]) == (0, 133)


def test_a_share_of_what_is_left_out_is_left_out() -> None:
    rows = [*counted({"answer": 90, "fallback": 30}), *counted({"answer": 70, "fallback": 3}, "sms")]
    by_channel = {row[0]: row[1:5] for row in handed_on(figures(rows))["unanswered"].rows}
    assert by_channel["Text message"] == [SMALL, PROTECTING, 73, PROTECTING]
    assert handed_on(figures(counted({"answer": 90, "fallback": 30})))["unanswered"].rows[0][4] == "25%"


def test_what_two_tables_tell_together_is_left_out() -> None:
    """All messages of the text channel but three asked something; the number of those that did would tell it."""
    rows = [*counted({"answer": 50, "smalltalk": 30}), *counted({"answer": 40, "smalltalk": 3}, "sms")]
    by_channel = {row[0]: row[3] for row in handed_on(figures(rows))["unanswered"].rows}
    assert by_channel["Text message"] == PROTECTING


def test_a_time_of_a_day_with_few_messages_is_left_out() -> None:
    rows = [*counted({"answer": 4}), ((LAST, "web", "ms", "1"), 4)]
    assert last_row(handed_on(figures(rows))["times"])["95% within, ms"] == PROTECTING


def test_reasons_are_the_same_numbers_in_both_of_their_tables() -> None:
    given_by = {("a", "not-clear"): 12, ("b", "not-clear"): 4, ("a", None): 40, ("b", None): 30}
    tallies = [Tally(subject, "down", reason, times) for (subject, reason), times in given_by.items()]
    tables = handed_on(figures([], tallies))
    reasons = {row[0]: row[1] for row in tables["reasons"].rows}
    assert (reasons["Hard to understand"], reasons["No reason"]) == (16, 70)
    assert {row[-1]: row[4] for row in tables["feedback"].rows} == {"a": PROTECTING, "b": SMALL}


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 2), st.sampled_from(CHANNELS[:3]), st.sampled_from(OUTCOMES)),
        st.one_of(st.integers(1, 12), st.integers(1, 80)),
    )
)
@settings(max_examples=60)
def test_no_small_number_is_told_in_any_table_nor_left_alone_in_a_row(
    times: dict[tuple[int, str, str], int],
) -> None:
    rows = [((LAST - timedelta(days=back), channel, "outcome", name), n) for (back, channel, name), n in times.items()]
    tables = handed_on(figures(rows))
    numbers = [cell for table in tables.values() for row in table.rows for cell in row if isinstance(cell, int)]
    assert not [number for number in numbers if 0 < number < 11]
    for row in (*tables["outcomes"].rows, *tables["channels"].rows):
        left_out = [cell for cell in row[1:-1] if cell in (SMALL, PROTECTING)]
        assert row[-1] in (SMALL, PROTECTING) or left_out != [SMALL]


def test_nothing_counted_is_zero() -> None:
    assert HandedOn([]).number(("messages", ALL)) == 0


def test_several_tables_are_written_below_each_other_under_their_titles() -> None:
    table = Table([Column("a"), Column("b")], [("x", 1)])
    lines = list(csv.reader(io.StringIO(as_csv({"First": table, "Second": table}), newline="")))
    assert [line[0] for line in lines] == ["First", "a", "x", "", "Second", "a", "x", "", MEANING]
    assert {len(line) for line in lines} == {2}


def test_the_sum_of_many_days_is_told_though_none_of_them_is() -> None:
    days = [LAST - timedelta(days=back) for back in range(30)]
    numbers = {
        "answer": [30 + day.day % 7 for day in days],
        "urgent": [day.day % 4 for day in days],
        "scripted": [day.day % 3 for day in days],
    }
    rows = [
        ((day, "web", "outcome", name), n)
        for name, of_days in numbers.items()
        for day, n in zip(days, of_days, strict=True)
    ]
    tables = {name: item.table(figures(rows, length=30)) for name, item in ITEMS.items()}
    told = HandedOn(tables.values())
    for name in numbers:
        assert isinstance(told.number((f"outcome {name}", ALL)), int)
    assert {row[8] for row in told.table(tables["outcomes"]).rows} <= {0, SMALL}


def test_zero_is_told_where_next_to_everything_is_left_out() -> None:
    few = figures(
        [*counted({"answer": 17, "not-covered": 12, "smalltalk": 6, "urgent": 4}, "api"), *counted({"answer": 1})]
    )
    told = handed_on(few)
    assert PROTECTING in last_row(told["outcomes"]).values()
    assert [row[1] for row in told["reasons"].rows] == [0] * len(told["reasons"].rows)
    assert all(row[3] == 0 for row in told["hours"].rows)
