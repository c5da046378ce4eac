import csv
import io

from hypothesis import example, given
from hypothesis import strategies as st

from app.spreadsheets import csv_text, neutral

CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029"), max_size=20)
FORMULAS = ("=cmd", "+1", "-x", "@a", "\ta", "\ra", "＝1", "＋1", "－1", "＠a")


@given(row=st.lists(CELL | st.sampled_from(FORMULAS), min_size=2, max_size=4))
@example(row=[*FORMULAS, *(f"'{formula}" for formula in FORMULAS)])
def test_no_cell_that_is_written_begins_as_a_formula(row: list[str]) -> None:
    [read] = csv.reader(io.StringIO(csv_text([row]), newline=""))
    assert not any(cell.startswith(tuple(formula[0] for formula in FORMULAS)) for cell in read)
    assert [cell.removeprefix("'") if cell != own else cell for cell, own in zip(read, row, strict=True)] == row


def test_a_guarded_cell_is_guarded_once_more_so_that_both_can_be_told_apart() -> None:
    assert [neutral(cell) for cell in ("=x", "'=x", "'tis")] == ["'=x", "''=x", "'tis"]


def test_a_number_is_no_formula() -> None:
    assert csv_text([("x", -1, None)]) == "x,-1,\r\n"
