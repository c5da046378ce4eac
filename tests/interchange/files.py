"""Files of other programs, made for a test: whole, odd and hostile ones."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl

SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
FAQ = [
    ("ID", "Question", "Answer", "Other phrasings", "Owner"),
    (
        "battery-life",
        "How long does a battery last?",
        "A battery lasts a week.",
        "battery life; when is it empty",
        "Hearing",
    ),
    ("buy", "Where can I buy batteries?", "At our front desk.", "buying batteries", "Hearing"),
]


def workbook(path: Path, *sheets: Sequence[Sequence[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(f"Sheet{number}")
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def workbook_of(path: Path, sheet: bytes, **parts: bytes) -> Path:
    """A workbook whose sheet is this XML, and other parts as they are given (`xl_styles` is xl/styles.xml)."""
    made = io.BytesIO()
    openpyxl.Workbook().save(made)
    replaced = {f"{name.replace('_', '/')}.xml": content for name, content in parts.items()}
    with zipfile.ZipFile(made) as plain, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written:
        for name in {*plain.namelist(), *replaced}:
            own = SHEET % sheet if name == "xl/worksheets/sheet1.xml" else replaced.get(name)
            written.writestr(name, plain.read(name) if own is None else own)
    return path


def text(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(content.encode(encoding))
    return path


def table(path: Path, rows: Sequence[Sequence[str]], delimiter: str = ",") -> Path:
    return text(path, "".join(delimiter.join(row) + "\n" for row in rows))
