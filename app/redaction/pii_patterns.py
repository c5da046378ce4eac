"""Patterns of what says who a person is: phone numbers, addresses, dates, numbers of records and cards.

Patterns read plain characters (`redact`) and have a bounded width. A check narrows a match or throws it out. In doubt
a number is taken, except amounts, scores, ages, years and times, which are what questions are about.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.redaction.names import WORD, is_ordinary, words_in
from app.redaction.signs import Range, holds_any

TAKEN = "\ufffc"
"""Stands for what an earlier rule took: no letter, no digit, no space."""

Check = Callable[[str, re.Match[str]], Range | None]


def _all(_plain: str, match: re.Match[str]) -> Range | None:
    return match.span("it") if "it" in match.re.groupindex else match.span()


_AMOUNT = re.compile(
    r" ?(?:mg|ml|mcg|cc|units?|iu|k|dollars|bucks|cells|days?|weeks?|wks?|months?|hours?|hrs?|cm|mm|%)\b", re.I
)


def _no_amount(plain: str, match: re.Match[str]) -> Range | None:
    return None if _AMOUNT.match(plain, match.end()) else _all(plain, match)


# Mail, pages, accounts

_HOST = r"[\w-]{1,63}"
_EMAIL = re.compile(
    r"[\w.+'-]{1,64}"
    rf"(?:(?: {{0,2}}@ {{0,2}}| ?[(\[{{]at[)\]}}] ?){_HOST}(?: ?(?:\.|[(\[{{]dot[)\]}}]) ?(?=\w){_HOST}){{1,4}}"
    r"|@(?=[^\W\d])[\w-]{2,63})",
    re.I,
)
_EMAIL_SAID = re.compile(
    rf"(?<![\w.+-])(?:[\w.+-]{{1,64}}(?: dot {_HOST}){{0,3}} at {_HOST}(?: dot [a-z]{{2,10}}){{1,3}}"
    rf"|(?=[a-z+-]{{0,63}}[\d._])[\w.+-]{{1,64}} at {_HOST}\.(?:com|org|net|edu))\b",
    re.I,
)
_ACCOUNT = re.compile(r"(?<![\w@])@[^\W\d][\w.]{2,30}")
_PATH = rf"[^\s{TAKEN}]{{1,2000}}(?<![.,;:!?)])"
_URL = re.compile(
    rf"(?:https?://|www\.)[^\s/?#{TAKEN}]{{1,253}}[/?#]{_PATH}"
    rf"|(?<![\w.-]){_HOST}(?:\.{_HOST}){{0,3}}\.(?:com|org|net|edu|gov|io|me|us|co)/{_PATH}",
    re.I,
)


def _account(_plain: str, match: re.Match[str]) -> Range | None:
    """Leave out "refill @home"."""
    return None if is_ordinary(match[0][1:]) else match.span()


# Dates

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre"
    r"|diciembre)\b\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:(?:19|20)\d\d|'\d\d)\b"
_DAY_OF_MONTH = rf"(?:{_MONTH} {{0,2}}{_DAY}\b,? {{0,2}}|{_DAY} {{0,2}}(?:of |de )?{_MONTH},? {{0,2}}(?:de |of )?)"
_DATE = re.compile(
    r"(?<![\d./-])(?:\d{1,2} ?[/.-] ?\d{1,2} ?[/.-] ?(?:(?:19|20)\d\d|\d\d)|(?:19|20)\d\d[/.-]\d{1,2}[/.-]\d{1,2}"
    rf"|\d{{1,2}} \d{{1,2}} (?:19|20)\d\d|{_DAY_OF_MONTH}{_YEAR})(?![\d/-])",
    re.I,
)
_BIRTH = re.compile(
    r"\b(?:d\.? ?o\.? ?b\b\.?|date of birth|birth ?date|birthday|b-?day|born|fecha de nacimiento|naci(?:o|do|da)?)"
    r"(?: {0,2}(?:is|was|on|es|el|the|:|=|-|,)){0,3} {0,2}"
    rf"(?P<it>{_DAY_OF_MONTH}(?:{_YEAR}|\d\d\b)?|\d{{1,2}} ?[/. -] ?\d{{1,2}}(?: ?[/. -] ?\d{{2,4}})?|\d{{8}}|\d{{6}}"
    rf"|{_MONTH},? {_YEAR})(?!\w)",
    re.I,
)


def _date(plain: str, match: re.Match[str]) -> Range | None:
    """Leave out 20-30-40 and 10-12-14 days."""
    numbers = [int(number) for number in re.findall(r"\d{1,4}", match[0])]
    if len(numbers) == 3:
        low, high = sorted(numbers[1:] if numbers[0] > 999 else numbers[:2])
        if not (1 <= low <= 12 and high <= 31):
            return None
    return _no_amount(plain, match)


# Numbers of records, insurances, cards

_CUE = (
    r"(?:mrn|m\.r\.n\.?|med(?:ical)? rec(?:ord)?s?|ssn|soc(?:ial)?(?: sec(?:urity)?)?|medicare|medicaid|mbi|passport"
    r"|(?:driver'?s? )?licen[sc]e|dl|acc(?:oun)?t|member(?:ship)?|subscriber|policy|group|grp|insurance|ins|aetna|cigna"
    r"|humana|claim|case|chart|records?|conf(?:irmation)?|ref(?:erence)?|id|last (?:4|four)(?: digits)?"
    r"|seguro(?: social)?|poliza|expediente)"
)
_FILLER = (
    r"(?P<filler>(?: {0,2}(?:number|num|no\.|no|nr|numero|id|card|says|ends|ending|in|of|my|social|ssn|is|was|are|it'?s"
    r"|es|#|:|=|-|,)(?![A-Za-z])){0,5}) {0,2}"
)
_VALUE = (
    r"(?P<it>(?:[A-Za-z]{1,4}-?|(?-i:[A-Z]{2,4} ))?\d[\dA-Za-z]{0,24}"
    r"(?:(?:-| - | |\.)(?=[\dA-Za-z]{0,6}\d)[\dA-Za-z]{1,24}){0,6})(?![\w])"
)
_CUED = re.compile(rf"\b{_CUE}(?![A-Za-z]){_FILLER}{_VALUE}", re.I)
_ANNOUNCED = re.compile(r"num|#|:|no|id|=|nr", re.I)
_GROUP = re.compile(r"[^ ]{1,200}(?: - [^ ]{1,200}){0,6} ?")
_YEAR_ALONE = re.compile(r"(?:19|20)\d\d")
_SSN = re.compile(r"(?<![\d.,/-])\d{3}[ .-]{1,3}\d{2}[ .-]{1,3}\d{4}(?![\d-])")
_CARD = re.compile(
    r"(?<!\d)(?:[3-6]\d{3}(?:[ .-]{0,2}\d{4}){2}[ .-]{0,2}\d{1,7}|3\d{3}[ -]{0,2}\d{6}[ -]{0,2}\d{5}|\d{13,19})(?!\d)"
)
_MEDICARE = re.compile(r"(?<!\w)\d[A-Z][A-Z\d]\d-?[A-Z][A-Z\d]\d-?[A-Z]{2}\d\d(?!\w)", re.I)
_CODED = re.compile(r"(?<!\w)(?!NCT)[A-Z]{1,4}-?\d{5,20}[A-Z]?(?!\w)", re.I)
_GROUPED = re.compile(r"(?<![\w.-])\d{1,6}(?:-\d{1,6}){2,5}(?![\w-])")
_LONG = re.compile(r"\d{7,64}")


def _digits(text: str) -> int:
    return sum(char.isdigit() for char in text)


def _cued(plain: str, match: re.Match[str]) -> Range | None:
    """Take four digits, or three where "number", "#" or ":" announces them; no year alone."""
    value = _first_groups(match["it"])
    announced = _ANNOUNCED.search(match["filler"]) is not None
    start, end = match.start("it"), match.start("it") + len(value)
    enough = _digits(value) >= (3 if announced or value[0].isalpha() else 4)
    year = not announced and _YEAR_ALONE.fullmatch(value)
    return (start, end) if enough and not year and not _AMOUNT.match(plain, end) else None


def _first_groups(value: str) -> str:
    """Return a number, which goes on after a space until it has six digits: no 2 of "mrn 4451882 2 weeks ago"."""
    end = 0
    for group in _GROUP.finditer(value):
        if _digits(value[:end]) >= 6:
            break
        end = group.end()
    return value[:end].rstrip()


def _grouped(plain: str, match: re.Match[str]) -> Range | None:
    lengths = [len(group) for group in match[0].split("-")]
    return _no_amount(plain, match) if sum(lengths) >= 7 and max(lengths) >= 3 else None


def _long(plain: str, match: re.Match[str]) -> Range | None:
    """Leave out the number of a trial, which is public."""
    trial = plain[max(0, match.start() - 3) : match.start()].upper() == "NCT"
    return None if trial else _no_amount(plain, match)


# Phones

_EXTENSION = r"(?:,? {0,2}(?:x|ext\.?|extension) {0,2}\d{1,6}(?!\w))?"
_PHONE = re.compile(
    r"(?<![\d.])(?:\+?1[ .-]{0,3})?(?:\([2-9]\d\d\)|[2-9]\d\d)[ ./-]{0,3}\d{3}[ .-]{0,3}\d{4}(?!\d)" + _EXTENSION, re.I
)
_ABROAD = re.compile(rf"\+(?:[ .()-]{{0,2}}\d){{7,15}}(?!\w){_EXTENSION}", re.I)
_LOCAL = re.compile(rf"(?<![\d.,/-])[2-9]\d\d ?[.-] ?\d{{4}}(?![\d/-]){_EXTENSION}", re.I)
_CALLED = re.compile(
    r"\b(?:call|text|txt|cell|phone|tel|telephone|mobile|home|work|number|at|line|fax|cb|telefono|celular|al)"
    rf"(?: me| is| at|\.|:| #| es){{0,2}} {{0,2}}(?P<it>[2-9]\d\d \d{{4}}(?!\w){_EXTENSION})",
    re.I,
)
_SPACED = re.compile(r"(?<![\w.-])\d(?:[ -]{1,2}\d){6,14}(?![\w.-])")
_DIGIT_WORDS = (
    "zero|oh|one|two|three|four|five|six|seven|eight|nine|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve"
)
_SPOKEN = rf"(?:{_DIGIT_WORDS}|o)"
_SPOKEN_SIGNS = (*_DIGIT_WORDS.split("|"), *(f"{before}o{after}" for before in " ,.-" for after in " ,.-"))
_SPELLED = re.compile(rf"\b{_SPOKEN}(?:[ ,.-]{{1,3}}{_SPOKEN}){{6,14}}\b", re.I)

# Addresses

_STATE = (
    r"(?:pennsylvania|new jersey|delaware|maryland|new york|pa|nj|ny|md|nc|va|fl|ct|ca"
    r"|(?-i:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]"
    r"|W[AIVY]))\b\.?"
)
_ZIP = r"\d{5}(?:-\d{4})?(?!\w)"
_CITY = r"(?:[^\W\d_][\w.'-]{1,20} {1,2}){0,2}[^\W\d_][\w'-]{1,20}"
_SURE_SUFFIX = "street|avenue|ave|road|rd|lane|ln|blvd|boulevard|parkway|pkwy|highway|hwy|terrace"
_UNSURE_SUFFIX = "trail|st|dr|drive|ct|court|way|place|pl|circle|cir|pike|ter|square|sq|alley|row|loop|run"
_UNIT = r"(?:,? {0,2}(?:(?:apt|apartment|unit|ste|suite|floor|fl|rm)\b\.?|#) {0,2}#?\w{1,6}(?!\w))?"
_TOWN = rf"(?:,? {{1,2}}{_CITY},? {{1,2}}{_STATE},? {{0,2}}{_ZIP}|, {{0,2}}{_CITY},? {{1,2}}{_STATE}|,? {{1,2}}{_ZIP})?"
_STREET = re.compile(
    r"(?<![\w.,/$-])(?P<house>\d{1,6})[A-Za-z]?(?:-\d{1,4})? {1,2}(?P<way>(?:[\w.'-]{1,20} {1,2}){1,4}?)"
    rf"(?P<suffix>{_SURE_SUFFIX}|{_UNSURE_SUFFIX})\b\.?(?P<rest>{_UNIT}{_TOWN})",
    re.I,
)
_BOX = re.compile(
    rf"\b(?:p\.? ?o\.? ?|post office )box {{0,2}}#? {{0,2}}\d{{1,7}}(?!\w){_TOWN}"
    rf"|\b(?:rr|rural route|hc) {{0,2}}#?\d{{1,4}},? {{1,2}}box {{0,2}}\d{{1,6}}(?!\w){_TOWN}"
    r"|\bcalle (?:[\w.'-]{1,20} ){1,4}#? ?\d{1,5}(?!\w)",
    re.I,
)
_CITY_ZIP = re.compile(rf"(?<!\w)(?P<city>{_CITY}),? {{1,2}}{_STATE},? {{1,2}}{_ZIP}", re.I)
_ZIP_ALONE = re.compile(
    rf"\b(?:zip|postal)(?: ?codes?)?(?: {{0,2}}(?:is|es|:|#|=|-)){{0,2}} {{0,2}}(?P<it>{_ZIP})", re.I
)
_ZIP_LONG = re.compile(r"(?<![\w.,/-])\d{5}-\d{4}(?![\w-])")


def _street(_plain: str, match: re.Match[str]) -> Range | None:
    """Leave out "10 minute drive", "4 more ct scans", "3 way street"."""
    way = match["way"].split()
    if not words_in("no_street_words.txt").isdisjoint(word.lower().strip(".") for word in way):
        return None
    named = any(word[0].isupper() or word[0].isdigit() or not is_ordinary(word) for word in way)
    sure = len(match["house"]) > 1 and match["suffix"].lower() not in _UNSURE_SUFFIX.split("|")
    return match.span() if named or sure or match["rest"] else None


def _city(_plain: str, match: re.Match[str]) -> Range | None:
    """Leave out "we live in" before a city."""
    words, no_city = list(WORD.finditer(match["city"])), words_in("no_city_words.txt")
    capitals = [word for word in words if word[0][0].isupper() and word[0].lower() not in no_city]
    while words and (words[0][0].lower() in no_city or (capitals and words[0] is not capitals[0])):
        words.pop(0)
    start = words[0].start() if words else len(match["city"])
    return match.start() + start, match.end()


@dataclass(frozen=True, slots=True)
class Rule:
    mark: str
    pattern: re.Pattern[str]
    check: Check = _all
    """Narrows a match, or throws it out with None."""
    digits: int = 0
    """Fewest digits of anything that it takes."""
    signs: tuple[str, ...] = ("",)
    """Anything that it takes holds one of these, in lower case."""

    def ranges(self, plain: str) -> Iterator[Range]:
        return filter(None, (self.check(plain, match) for match in self.pattern.finditer(plain)))


RULES = (
    Rule("url", _URL, signs=("/", "www.")),
    Rule("email", _EMAIL, signs=("@", "at)", "at]", "at}")),
    Rule("email", _EMAIL_SAID, signs=(" dot ", ".com", ".org", ".net", ".edu")),
    Rule("name", _ACCOUNT, _account, signs=("@",)),
    Rule("phone", _SPELLED, signs=_SPOKEN_SIGNS),
    Rule("date", _BIRTH, digits=1, signs=("b", "naci")),
    Rule("date", _DATE, _date, digits=3),
    Rule("card", _CARD, digits=13),
    Rule("number", _SSN, _no_amount, digits=9),
    Rule("number", _CUED, _cued, digits=3),
    Rule("number", _MEDICARE, digits=5),
    Rule("phone", _PHONE, _no_amount, digits=10),
    Rule("phone", _ABROAD, digits=7, signs=("+",)),
    Rule("address", _STREET, _street, digits=1),
    Rule("address", _BOX, digits=1, signs=("box", "calle")),
    Rule("address", _CITY_ZIP, _city, digits=5),
    Rule("address", _ZIP_ALONE, digits=5, signs=("zip", "postal")),
    Rule("address", _ZIP_LONG, digits=9),
    Rule("phone", _LOCAL, _no_amount, digits=7),
    Rule("phone", _CALLED, _no_amount, digits=7),
    Rule("phone", _SPACED, digits=7),
    Rule("number", _CODED, digits=5),
    Rule("number", _GROUPED, _grouped, digits=7),
    Rule("number", _LONG, _long, digits=7),
)
"""The order counts: a date is no phone number, a record number with a word before it no date of nine digits."""


def rules_for(lowered: str, digits: int) -> Iterator[Rule]:
    """Yield the rules that may take something of a text that has so many digits and is `lowered` by `signs`."""
    return (rule for rule in RULES if rule.digits <= digits and holds_any(lowered, rule.signs))
