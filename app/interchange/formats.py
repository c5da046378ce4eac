"""Tells what a file of another program is, and reads its questions."""

from pathlib import Path
from typing import Final, Literal

from app.interchange import faq_page, qna_maker, questions
from app.interchange.questions import Reading
from app.interchange.table import decoded, read_bounded, read_tables

Format = Literal["table", "qna-maker", "faq-page"]
FORMATS: Final[tuple[Format, ...]] = ("table", "qna-maker", "faq-page")
_WORKBOOKS: Final = (b"PK", b"\xd0\xcf\x11\xe0")


def read(path: Path, format: Format | None = None) -> Reading:
    """Return the questions of a file; what it is, it tells by what it holds, unless it is said. Raises `FileError`."""
    content = read_bounded(path)
    text = "" if content.startswith(_WORKBOOKS) else decoded(path.name, content).lstrip()
    is_page, is_json = text.startswith("<"), text.startswith(("{", "["))
    if format == "faq-page" or (format is None and is_page):
        return faq_page.read(path.name, text)
    if is_json and format != "table":
        return qna_maker.read_json(path.name, text)
    tables = read_tables(path)
    if format == "qna-maker" or (format is None and any(map(qna_maker.is_export, tables))):
        return qna_maker.read_tables(tables)
    return questions.read(tables)
