"""Numbers of records, insurances, cards, cars, bookings and computers."""

import re

from app.redaction.checks import is_amount, no_amount
from app.redaction.signs import Range

_CUE = (
    r"(?:mrn|m\.r\.n\.?|med(?:ical)? rec(?:ord)?s?|ssn|soc(?:ial)?(?: sec(?:urity)?)?|medicare|medicaid|mbi|passport"
    r"|(?:driver'?s? )?licen[sc]e|dl|acc(?:oun)?t|member(?:ship)?|subscriber|policy|group|grp|insurance|ins|aetna|cigna"
    r"|humana|claim|case|chart|records?|conf(?:irmation)?|ref(?:erence)?|id|last (?:4|four)(?: digits)?"
    r"|seguro(?: social)?|poliza|expediente|plates?|tags?|placas?|matricula|registration|reg|va|c-?file|file|dni"
    r"|nie|nif"
    r"|curp|rfc|cpf|rg|nhs|booking|reservation|order|ticket|tracking|locator|pnr|(?<!zip )(?<!area )(?<!postal )code"
    r"|codigo|voucher|badge|employee|study|subject|invoice|serial|rx|prescription|auth(?:orization)?|referral)"
)
_FILLER = (
    r"(?P<filler>(?: {0,2}(?:number|num|no\.|no|nr|numero|id|card|says|ends|ending|in|of|my|social|ssn|is|was|are|it'?s"
    r"|es|file|claim|code|plate|tag|locator|#|:|=|-|,)(?![A-Za-z])){0,5}) {0,2}"
)
_VALUE = (
    r"(?P<it>(?:[A-Za-z]{1,4}-?|(?-i:[A-Z]{1,4} ))?\d[\dA-Za-z]{0,24}"
    r"(?:(?:-| - | |\.)(?=[\dA-Za-z]{0,6}\d)[\dA-Za-z]{1,24}){0,6}(?:-[A-Za-z]{1,6})?)(?![\w])"
)
CUED = re.compile(rf"\b{_CUE}(?![A-Za-z]){_FILLER}{_VALUE}", re.I)
_ANNOUNCED = re.compile(r"num|#|:|no|id|=|nr", re.I)
_GROUP = re.compile(r"[^ ]{1,200}(?: - [^ ]{1,200}){0,6} ?")
_YEAR_ALONE = re.compile(r"(?:19|20)\d\d")
_IS = r"(?: {0,2}(?:codes?|number|num|no\.|is|was|are|says|es|it'?s|#|:|=|-|,))"
CODE = re.compile(
    rf"\b(?:conf(?:irmation)?|booking|reservation|locator|pnr|ref(?:erence)?|check-?in"
    rf"|voucher)(?!\w){_IS}{{1,4}} {{0,2}}"
    r"(?P<it>(?-i:[A-Z]{5,8})|(?=[A-Za-z]{0,8}\d)[A-Za-z\d]{4,12}(?:-[A-Za-z\d]{1,8}){0,3}"
    r"|(?=[A-Za-z]{0,4}\d)[A-Za-z\d]{2,5}(?:-[A-Za-z\d]{2,8}){1,3})(?!\w)"
    r"|\b(?:conf(?:irmation)?|booking|reservation|locator|pnr) {1,2}"
    r"(?P<code>(?=[A-Za-z-]{0,8}\d)(?=[\d-]{0,8}[A-Za-z])[A-Za-z\d]{2,8}(?:-[A-Za-z\d]{2,8})?"
    r"|(?-i:[A-Z]{5,8}))(?!\w)",
    re.I,
)
PLATE = re.compile(
    rf"\b(?:(?:licen[sc]e )?plates?|tags?|placas?|matricula)(?!\w){_IS}{{0,3}} {{0,2}}"
    r"(?P<it>(?=[A-Za-z -]{0,9}\d)[A-Za-z\d]{1,4}[ -]?[A-Za-z\d]{2,5})(?!\w)",
    re.I,
)
BOOKINGS = ("conf", "booking", "reserv", "locator", "pnr", "ref", "check", "voucher")
PLATES = ("plate", "tag", "placa", "matr")
_LETTER = (
    "alpha|alfa|bravo|charlie|delta|echo|foxtrot|golf|hotel|india|juliet|kilo|lima|mike|november|oscar|papa|quebec|romeo"
    "|sierra|tango|uniform|victor|whiskey|xray|yankee|zulu"
)
ALPHABET = tuple(_LETTER.split("|"))
"""Letters as they are said over the radio and to a clerk."""
_SPELT = rf"(?:{_LETTER}|zero|one|two|three|four|five|six|seven|eight|nine|niner|\d|[a-z])"
SPELLED = re.compile(rf"(?<!\w){_SPELT}(?:[ ,-]{{1,2}}{_SPELT}){{3,12}}(?!\w)", re.I)
SSN = re.compile(r"(?<![\d.,/-])\d{3}[ .-]{1,3}\d{2}[ .-]{1,3}\d{4}(?![\d-])")
CARD = re.compile(
    r"(?<!\d)(?:[3-6]\d{3}(?:[ .-]{0,2}\d{4}){2}[ .-]{0,2}\d{1,7}|3\d{3}[ -]{0,2}\d{6}[ -]{0,2}\d{5}|\d{13,19})(?!\d)"
)
MEDICARE = re.compile(
    r"(?<!\w)\d ?[A-Z] ?[A-Z\d] ?\d[ -]{0,3}[A-Z] ?[A-Z\d] ?\d[ -]{0,3}[A-Z] ?[A-Z] ?\d ?\d(?!\w)", re.I
)
ABROAD = re.compile(
    r"(?<![\w.])\d{3}[. ]\d{3}[. ]\d{3} ?[-/] ?\d\d(?!\w)|(?<!\w)(?:[XYZ]-?\d{7}|\d{8})-?[A-Z](?!\w)", re.I
)
"""A Brazilian taxpayer's number and a Spanish identity card."""
CODED = re.compile(r"(?<!\w)(?!NCT)(?:[A-Z]{1,4}-?\d{5,20}[A-Z]?|[A-Z]{1,3}\d{1,6}-\d{4,9})(?!\w)", re.I)
GROUPED = re.compile(r"(?<![\w.-])\d{1,6}(?:-\d{1,6}){2,5}(?![\w-])")
SPACED = re.compile(r"(?<![\w.,$/-])\d{1,6}(?:[ .-]\d{2,6}){1,5}(?:-[\dX])?(?![\w/]|[.,]\d)")
LONG = re.compile(r"\d{7,64}")
INTERNET = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?(?![\w]|\.\d)"
    r"|(?<![\w:-])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![\w:-])"
    r"|(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])"
    r"|(?<![\w:])(?:[0-9a-f]{1,4}:){1,6}:(?:[0-9a-f]{1,4}:){0,5}[0-9a-f]{1,4}(?![\w:])",
    re.I,
)
_LEAST_SPACED = 9
"""Digits of a number in groups: fewer can be doses or counts."""


def _digits(text: str) -> int:
    return sum(char.isdigit() for char in text)


def spelled(_plain: str, match: re.Match[str]) -> Range | None:
    """Take four four bravo nine zulu: letters said by words, not "mike a b c"."""
    words = re.split("[ ,-]{1,2}", match[0].lower())
    return match.span() if sum(word in ALPHABET for word in words) > 1 else None


def code(_plain: str, match: re.Match[str]) -> Range | None:
    return match.span("it" if match["it"] else "code")


def cued(plain: str, match: re.Match[str]) -> Range | None:
    """Take four digits, or three where "number", "#" or ":" announces them; no year alone."""
    value = _first_groups(match["it"])
    announced = _ANNOUNCED.search(match["filler"]) is not None
    start, end = match.start("it"), match.start("it") + len(value)
    enough = _digits(value) >= (3 if announced or value[0].isalpha() else 4)
    year = not announced and _YEAR_ALONE.fullmatch(value)
    return (start, end) if enough and not year and not is_amount(plain, end) else None


def _first_groups(value: str) -> str:
    """Return a number, which goes on after a space until it has six digits and with three more: no 2 of "mrn 4451882
    2 weeks ago", but all of "943 476 5919".
    """
    end = 0
    for group in _GROUP.finditer(value):
        if _digits(value[:end]) >= 6 and not (_digits(group[0]) >= 3 and " " in value[:end].strip()):
            break
        end = group.end()
    return value[:end].rstrip()


def grouped(plain: str, match: re.Match[str]) -> Range | None:
    lengths = [len(group) for group in match[0].split("-")]
    return no_amount(plain, match) if sum(lengths) >= 7 and max(lengths) >= 3 else None


def spaced(plain: str, match: re.Match[str]) -> Range | None:
    """Leave out a list of doses: 100 200 300."""
    groups = re.findall(r"\d+", match[0])
    round_ones = all(group.endswith("0") for group in groups)
    return None if round_ones or _digits(match[0]) < _LEAST_SPACED else no_amount(plain, match)


def internet(_plain: str, match: re.Match[str]) -> Range | None:
    """Leave out what has four numbers and is no address: 1.2.3.400."""
    numbers = match[0].split(":")[0].split(".")
    return match.span() if len(numbers) < 4 or all(int(number) < 256 for number in numbers) else None


def long(plain: str, match: re.Match[str]) -> Range | None:
    """Leave out the number of a trial, which is public."""
    trial = plain[max(0, match.start() - 3) : match.start()].upper() == "NCT"
    return None if trial else no_amount(plain, match)
