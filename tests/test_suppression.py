from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.suppression import LEAST, Key, Sum, hidden, is_small

ALL = "all"


def tabled(rows: Sequence[Sequence[int]]) -> tuple[dict[Key, int], list[Sum]]:
    """A table with all of its margins: rows, columns and the number in the corner."""
    across, down = range(len(rows)), range(len(rows[0]))
    cells: dict[Key, int] = {(i, j): rows[i][j] for i in across for j in down}
    cells |= {(i, ALL): sum(rows[i]) for i in across} | {(ALL, j): sum(row[j] for row in rows) for j in down}
    cells[ALL, ALL] = sum(map(sum, rows))
    sums = [Sum((i, ALL), [(i, j) for j in down]) for i in across]
    sums += [Sum((ALL, j), [(i, j) for i in across]) for j in down]
    sums += [Sum((ALL, ALL), [(i, ALL) for i in across]), Sum((ALL, ALL), [(ALL, j) for j in down])]
    return cells, sums


def solved(cells: Mapping[Key, int], sums: Sequence[Sum], left_out: frozenset[Key]) -> set[Key]:
    """What a reader with patience works out by Gaussian elimination, in fractions."""
    keys = [key for key in cells if key in left_out]
    rows = [[Fraction(one.parts.count(key) - (one.total == key)) for key in keys] for one in sums]
    pivots = 0
    for column in range(len(keys)):
        pivot = next((i for i in range(pivots, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[pivots], rows[pivot] = rows[pivot], rows[pivots]
        rows[pivots] = [value / rows[pivots][column] for value in rows[pivots]]
        for i, row in enumerate(rows):
            if i != pivots and row[column]:
                rows[i] = [value - row[column] * other for value, other in zip(row, rows[pivots], strict=True)]
        pivots += 1
    return {keys[row.index(Fraction(1))] for row in rows if sum(map(bool, row)) == 1}


def possible(cells: Mapping[Key, int], one: Sum, left_out: frozenset[Key], key: Key) -> set[int]:
    """What a part may be as far as one sum with a known total tells, which parts are small being known too."""
    others = [part for part in one.parts if part in left_out and part != key]
    rest = sum(cells[part] for part in (*others, key))
    if any(not is_small(cells[part]) for part in others):
        least = sum(1 if is_small(cells[part]) else LEAST for part in others)
        return {number for number in range(1, LEAST) if rest - number >= least}
    return {rest - sum(numbers) for numbers in product(range(1, LEAST), repeat=len(others))} & set(range(1, LEAST))


small_tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.one_of(st.integers(0, 14), st.integers(0, 60)), min_size=width, max_size=width),
        min_size=1,
        max_size=5,
    )
)


@given(small_tables)
def test_nobody_can_solve_for_a_small_number(rows: list[list[int]]) -> None:
    cells, sums = tabled(rows)
    left_out = hidden(cells, sums)
    assert {key for key, number in cells.items() if is_small(number)} <= left_out
    assert not [key for key in solved(cells, sums, left_out) if is_small(cells[key])]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=5))
def test_a_sum_leaves_each_of_its_small_parts_several_numbers_to_be(row: list[int]) -> None:
    cells: dict[Key, int] = {**dict(enumerate(row)), ALL: sum(row)}
    one = Sum(ALL, range(len(row)))
    left_out = hidden(cells, [one])
    if ALL not in left_out:
        assert all(len(possible(cells, one, left_out, key)) > 2 for key in one.parts if is_small(cells[key]))


@given(small_tables)
def test_zeros_stay_and_without_a_small_number_all_does(rows: list[list[int]]) -> None:
    cells, sums = tabled(rows)
    left_out = hidden(cells, sums)
    assert all(cells[key] for key in left_out)
    assert left_out or not any(map(is_small, cells.values()))
    large, of_large = tabled([[number * LEAST for number in row] for row in rows])
    assert hidden(large, of_large) == frozenset()


@pytest.mark.parametrize(
    ("row", "left_out"),
    [
        ([3, 40, 50], {0, 1}),
        ([3, 4, 50], {0, 1, ALL} - {ALL}),
        ([10, 10, 50], {0, 1, 2}),
        ([1, 1, 50], {0, 1, 2}),
        ([3, 0, 0], {0, ALL}),
        ([0, 0, 0], set()),
        ([11, 12, 0], set()),
        ([10, 10], {0, 1, ALL}),
        ([1] * 11, {*range(11), ALL}),
    ],
)
def test_the_next_smallest_goes_too_where_one_alone_could_be_told(row: list[int], left_out: set[Key]) -> None:
    cells: dict[Key, int] = {**dict(enumerate(row)), ALL: sum(row)}
    assert hidden(cells, [Sum(ALL, range(len(row)))]) == left_out


def test_what_is_dear_is_left_out_last() -> None:
    cells: dict[Key, int] = {"a": 3, "b": 40, "c": 50, ALL: 93}
    assert hidden(cells, [Sum(ALL, "abc")], dear={"b"}) == {"a", "c"}


def test_what_is_on_no_page_is_left_out_first() -> None:
    cells: dict[Key, int] = {"asked": 60, "unanswered": 4, "answered": 56}
    one = Sum("asked", ("unanswered", "answered"))
    assert hidden(cells, [one], unwritten={"answered"}) == {"unanswered", "answered"}
    cells = {"asked": 60, "unanswered": 56, "answered": 4}
    assert hidden(cells, [one], unwritten={"answered"}) == {"unanswered", "answered"}


@pytest.mark.parametrize("rows", [[[1, 11], [11, 0]], [[0, 0, 10], [6, 10, 11], [10, 0, 1]]])
def test_what_only_several_sums_together_tell_is_left_out(rows: list[list[int]]) -> None:
    cells, sums = tabled(rows)
    assert not [key for key in solved(cells, sums, hidden(cells, sums)) if is_small(cells[key])]
