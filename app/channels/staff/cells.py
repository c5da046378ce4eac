"""Cells of a file that people open with a spreadsheet."""

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # wide signs are read alike where a keyboard is set to Japanese or Chinese


def without_formula(text: str) -> str:
    """Return the text, with an apostrophe before one that a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
