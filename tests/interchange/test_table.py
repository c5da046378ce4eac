import zipfile
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest

from app.errors import FileError
from app.interchange import table
from app.interchange.table import Row, read_tables
from tests.interchange.files import text, workbook, workbook_of


def rows(path: Path) -> list[tuple[str, ...]]:
    return [row.cells for row in read_tables(path)[0].rows]


def only_row(path: Path) -> Row:
    [row] = read_tables(path)[0].rows
    return row


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_is_read_as_spreadsheets_write_it(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = text(tmp_path / "a.csv", f"q{delimiter}a\nWhere?{delimiter}In the café, left\n", encoding)
    expected = ("Where?", "In the café, left") if delimiter != "," else ("Where?", "In the café", "left")
    assert rows(path) == [("q", "a"), expected]


def test_a_delimiter_in_sentences_is_none(tmp_path: Path) -> None:
    lines = "question;answer\n" + "".join(f"Why {n}?;Yes, no, maybe, {'so, ' * n}ok\n" for n in range(5))
    assert {len(row) for row in rows(text(tmp_path / "a.csv", lines))} == {2}


def test_the_delimiter_that_a_spreadsheet_names_is_taken(tmp_path: Path) -> None:
    path = text(tmp_path / "a.csv", "sep=|\r\nq|a\r\n")
    assert rows(path) == [("q", "a")]
    assert only_row(path).place == "a.csv: row 2"


def test_cells_in_quotes_hold_line_ends_and_rows_are_counted_as_a_spreadsheet_does(tmp_path: Path) -> None:
    path = text(tmp_path / "a.csv", 'q,a\r\n"One\r\ntwo","say ""hi"""\r\n,\r\nlast,row\r\n')
    assert rows(path) == [("q", "a"), ("One\ntwo", 'say "hi"'), ("last", "row")]
    assert read_tables(path)[0].rows[-1].place == "a.csv: row 4"


def test_quotes_in_an_export_with_tabs_mean_themselves(tmp_path: Path) -> None:
    assert rows(text(tmp_path / "a.tsv", 'q\ta\n"Quoted" word\tx\n')) == [("q", "a"), ('"Quoted" word', "x")]


@pytest.mark.parametrize("content", ['q,a\n"never closed,x\n' + "y,z\n" * 9, 'q,a\n"a"b,c\n'])
def test_csv_that_hides_rows_in_a_quote_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(FileError, match="is no good CSV"):
        read_tables(text(tmp_path / "a.csv", content))


@pytest.mark.parametrize("content", [bytes(range(256)), b"\x81\x8d\x8f" * 9, b"\xff\xfea", b"q\0,\0a\0"])
def test_what_is_no_text_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(FileError, match="is no text"):
        read_tables(tmp_path / "a.csv")


def test_a_formula_is_a_problem_of_its_cell(tmp_path: Path) -> None:
    for path in (
        workbook(tmp_path / "a.xlsx", [["q", '=HYPERLINK("http://x","y")', "b"]]),
        text(tmp_path / "a.csv", "q,=1+1,b\n"),
    ):
        row = only_row(path)
        assert row.cells == ("q", "", "b")
        assert row.problems[1].startswith("cell B1 holds a formula")


def test_an_apostrophe_before_what_would_run_is_taken_off(tmp_path: Path) -> None:
    assert only_row(text(tmp_path / "a.csv", "'=cmd,'-5,'tis\n")).cells == ("=cmd", "-5", "'tis")
    assert only_row(workbook(tmp_path / "a.xlsx", [["'=cmd", "'+1", "'tis"]])).cells == ("=cmd", "+1", "'tis")


def test_dates_and_numbers_are_words(tmp_path: Path) -> None:
    values = [
        datetime(2026, 5, 1),  # noqa: DTZ001 - a spreadsheet knows no zones
        date(2026, 5, 2),
        datetime(2026, 5, 1, 9, 30),  # noqa: DTZ001
        time(9, 5),
        3,
        2.0,
        1.5,
        True,
        None,
        "x",
    ]
    cells = only_row(workbook(tmp_path / "a.xlsx", [values])).cells
    assert cells == ("2026-05-01", "2026-05-02", "2026-05-01T09:30:00", "09:05:00", "3", "2", "1.5", "True", "", "x")


def test_what_nobody_sees_in_a_cell_goes(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["  a\u00a0b_x000D_\nc  \n\n", "سؤال؟ 👂🏽"]])
    assert only_row(path).cells == ("a b\nc", "سؤال؟ 👂🏽")


def test_merged_cells_and_empty_rows_leave_their_places_empty(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["q", "a"], [], ["one", "first"], ["", "second"]):
        book.worksheets[0].append(row)
    book.worksheets[0].merge_cells("A3:A4")
    book.save(tmp_path / "a.xlsx")
    assert rows(tmp_path / "a.xlsx") == [("q", "a"), ("one", "first"), ("", "second")]


def test_a_hidden_sheet_is_not_read(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["seen"]], [["hidden"]])
    book = openpyxl.load_workbook(path)
    book.worksheets[1].sheet_state = "hidden"
    book.save(path)
    assert [sheet.name for sheet in read_tables(path)] == ["Sheet1"]


@pytest.mark.parametrize(
    ("sheet", "problem"),
    [
        (b" " * (101 << 20), "unpacks to more than 100 MiB"),
        (b"<row/>" * 1_600_001, "more cells and formats than fit"),
        (b'<row r="9999999"><c r="A9999999"><v>1</v></c></row>', "goes on below row 20,000"),
        (b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 5_010)), "5,000 rows"),
        (b'<row r="1"><c r="AZ1"><v>1</v></c></row>', "more than 50 columns"),
        (b"<row><c>", "is a broken workbook"),
        (b'<row r="1"><c r="A1" t="s"><v>99</v></c></row>', "is a broken workbook"),
    ],
    ids=["bomb", "tags", "far", "rows", "columns", "xml", "strings"],
)
def test_a_hostile_workbook_is_refused(tmp_path: Path, sheet: bytes, problem: str) -> None:
    with pytest.raises(FileError, match=problem):
        read_tables(workbook_of(tmp_path / "a.xlsx", sheet))


def test_entities_in_a_workbook_are_not_written_out(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbb">]><styleSheet>&b;</styleSheet>'
    with pytest.raises(FileError, match="is a broken workbook"):
        read_tables(workbook_of(tmp_path / "a.xlsx", b"", xl_styles=bomb))


def test_a_sheet_that_claims_a_million_columns_has_those_that_it_has(tmp_path: Path) -> None:
    path = workbook_of(tmp_path / "a.xlsx", b'</sheetData><dimension ref="A1:XFD1048576"/><sheetData>')
    assert read_tables(path)[0].rows == ()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Excel file or has a password"),
        (b"PK\x03\x04" + b"x" * 99, "broken or encrypted zip"),
    ],
)
def test_files_that_only_look_like_workbooks_are_named(tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(FileError, match=f"a.xlsx: is .*{problem}"):
        read_tables(tmp_path / "a.xlsx")


def test_a_zip_of_something_else_is_to_be_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr("kb.tsv", "Question\tAnswer\n")
    with pytest.raises(FileError, match="unpack it"):
        read_tables(tmp_path / "export.zip")


def test_bounds_of_text_hold_too(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="row 5001: the table has more than 5,000 rows"):
        read_tables(text(tmp_path / "a.csv", "a,b\n" * 1_000_000))
    with pytest.raises(FileError, match="larger than 10 MiB"):
        read_tables(text(tmp_path / "b.csv", "x" * (table.MOST_BYTES + 1)))
    assert "20,000 characters" in only_row(text(tmp_path / "c.csv", f"a,{'b' * 20_001}\n")).problems[1]


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv", Path("/dev/zero")):
        with pytest.raises(FileError, match="cannot be read"):
            read_tables(path)


def test_one_long_text_that_each_cell_names_is_read_no_further_than_a_cell_may_go(tmp_path: Path) -> None:
    """90 kB of zip that hold one text of 90 million characters took minutes and 5 GB, cell by cell."""
    cells = b"".join(b'<c r="%c1" t="inlineStr"><is><t>%s</t></is></c>' % (65 + n, b"a" * 3_000_000) for n in range(20))
    row = only_row(workbook_of(tmp_path / "a.xlsx", b'<row r="1">%s</row>' % cells))
    assert set(map(len, row.cells)) == {table.LONGEST_CELL}
    assert row.problems[0] == "cell A1 has more than 20,000 characters"


def test_spaces_count_as_characters_of_a_table(tmp_path: Path) -> None:
    cells = b"".join(b'<c t="inlineStr"><is><t>%s</t></is></c>' % (b" " * 30_000) for _ in range(50))
    rows_ = b"".join(b"<row>%s</row>" % cells for _ in range(10))
    with pytest.raises(FileError, match="10,000,000 characters"):
        read_tables(workbook_of(tmp_path / "a.xlsx", rows_))


def test_tags_are_counted_whatever_the_name_of_a_file(tmp_path: Path) -> None:
    path = workbook_of(tmp_path / "a.xlsx", b"")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as written:
        written.writestr("xl/worksheets/sheet2.dat", b"<a>" * (table.MOST_TAGS + 1))
    with pytest.raises(FileError, match="more cells and formats than fit"):
        read_tables(path)


@pytest.mark.parametrize(("times", "problem"), [(2, "names one sheet twice"), (1_001, "names more than 1,000 sheets")])
def test_a_sheet_is_read_once(tmp_path: Path, times: int, problem: str) -> None:
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    r = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    sheets = b"".join(b'<sheet name="S%d" sheetId="%d" r:id="rId1"/>' % (n, n) for n in range(1, times + 1))
    book = b'<workbook xmlns="%s" xmlns:r="%s"><sheets>%s</sheets></workbook>' % (main, r, sheets)
    with pytest.raises(FileError, match=problem):
        read_tables(workbook_of(tmp_path / "a.xlsx", b"", xl_workbook=book))


def test_half_a_character_is_left_out() -> None:
    """JSON can name it, and no file can hold it."""
    assert table.cleaned("a\ud800b") == "ab"
