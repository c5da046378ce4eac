"""Numbers that are said in words: telephone numbers, dates and house numbers, as "two one five 555 0142".

A phrase of number words is short, and its check counts the digits that it stands for.
"""

import re

from app.redaction.signs import Range

_ONES = (
    "zero|oh|one|two|three|four|five|six|seven|eight|nine|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|um|dois"
    "|quatro|sete|oito|nove|meia"
)
_TEENS = (
    "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|diez|once|doce|trece|catorce"
    "|quince"
    "|dieciseis|diecisiete|dieciocho|diecinueve|dez|onze|doze|treze|quatorze|catorze|quinze|dezesseis|dezessete|dezoito"
    "|dezenove"
)
_TENS = (
    "twenty|thirty|forty|fourty|fifty|sixty|seventy|eighty|ninety|veinte|treinta|cuarenta|cincuenta|sesenta|setenta"
    "|ochenta|noventa|vinte|trinta|quarenta|cinquenta|sessenta|oitenta"
)
_HUNDREDS = "hundred|thousand|mil|novecientos|novecentos|cien|cem|cento"
_ORDINALS = (
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth"
    "|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth|primero|primeiro"
)
CARDINAL = f"(?:{_ONES}|{_TEENS}|{_TENS}|{_HUNDREDS})"
SIGNS = tuple(sorted({*f"area code|{_ONES}|{_TEENS}|{_TENS}".split("|")}))
_WORD = rf"(?:{_ONES}|o|{_TEENS}|{_TENS})"
_SAID = rf"(?:(?:area code|(?:double|triple) {_WORD}|{_WORD}|\(?\d{{1,7}}\)?)(?!\w))"
PHONE = re.compile(rf"(?<![\w.,/$-]){_SAID}(?:(?: (?:then|dash|and)|,| -)?[ ,.-]{{1,3}}{_SAID}){{1,13}}", re.I)
_UNIT = re.compile(rf"double|triple|area code|(?P<two>{_TEENS}|{_TENS})|(?P<one>{_ONES}|o)|\d{{1,7}}", re.I)
_LEAST, _MOST = 7, 15
"""Digits of a telephone number."""


def phone(_plain: str, match: re.Match[str]) -> Range | None:
    """Return a telephone number of which a part is said in words; all in digits it is for other patterns."""
    said = match[0]
    in_words = re.search("[A-Za-z]{2}", said) is not None
    return match.span() if in_words and _LEAST <= _digits(said) <= _MOST else None


def _digits(said: str) -> int:
    """Return how many digits a phrase stands for: "fifteen" and "forty two" are two each, "triple five" three."""
    digits, more, tens = 0, 0, False
    for part in _UNIT.finditer(said):
        low = part[0].lower()
        if low in ("double", "triple"):
            more = 1 if low == "double" else 2
            continue
        if part["one"]:
            digits, tens = digits + (0 if tens else 1) + more, False
        elif part["two"]:
            digits, tens = digits + 2 + more, re.fullmatch(_TENS, low) is not None
        elif low.isdigit():
            digits, tens = digits + len(low) + more, False
        more = 0
    return digits


def dates(month: str, year: str, born: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a date in words, and of what follows the words on a birth, from the patterns of a month, a
    year in digits and those words.
    """
    of = "(?: of| de|,| the)?"
    ordinal = rf"(?:(?:twenty|thirty)[ -])?(?:{_ORDINALS})"
    day = (
        rf"(?:{ordinal}|{_TEENS}|{_TENS}(?: y {_ONES}| e {_ONES}|[ -]{_ONES})?|{_ONES}"
        r"|\d{1,2}(?:st|nd|rd|th)?)"
    )
    tens = rf"(?:{_TENS})(?:[ -](?:and |y |e )?(?:{_ONES}))?"
    said = (
        r"(?:(?:nineteen|twenty|two|dos|dois|mil)(?: hundred| thousand| mil| novecientos| novecentos)?(?: and| y"
        r"| e)? )?"
        rf"(?:{tens}|{_TEENS}|(?:oh |o )?(?:{_ONES}))"
    )
    part = rf"(?:{CARDINAL}|{ordinal}|{month}|\d{{1,4}}(?:st|nd|rd|th)?)(?!\w)"
    between = r"(?: (?:of|the|de|y|e|and))?[ ,./-]{1,2}"
    date = rf"(?<!\w)(?:the )?(?:{month}(?:,| the)? {day}|{day}{of} {month}){of} (?:{said}|{year})(?!\w)"
    return re.compile(date, re.I), re.compile(rf"{born}(?P<it>(?:the )?{part}(?:{between}{part}){{1,9}})", re.I)
