"""Patterns of what says who a person is: phone numbers, addresses, dates, numbers of records and cards.

Patterns read plain characters (`redact`) and have a bounded width. A check narrows a match or throws it out. In doubt
a number is taken, except amounts, scores, ages, years and times, which are what questions are about.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.redaction import addresses, dates, record_numbers, spoken
from app.redaction.checks import TAKEN, Check, no_amount, whole
from app.redaction.names import is_ordinary
from app.redaction.signs import Range, holds_any

# Mail, pages, accounts

_HOST = r"[\w-]{1,63}"
_EMAIL = re.compile(
    r"[\w.+'-]{1,64}(?: ?[(\[{]dot[)\]}] ?[\w+'-]{1,64}){0,2}"
    rf"(?:(?: {{0,2}}@ {{0,2}}| ?[(\[{{]at[)\]}}] ?){_HOST}(?: ?(?:\.|[(\[{{]dot[)\]}}]) ?(?=\w){_HOST}){{1,4}}"
    r"|@(?=[^\W\d])[\w-]{2,63})",
    re.I,
)
_JOINT = "dot|underscore|dash|hyphen|punto|ponto|guion|guion bajo"
_SAID_NUMBER = "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[a-z]{3,5}teen|twenty|\\d{1,4}"
_PROVIDER = "gmail|yahoo|hotmail|outlook|aol|icloud|comcast|verizon|proton|live"
_EMAIL_SPELLED = re.compile(
    rf"(?<![\w.+-])[\w.+-]{{1,30}}(?: (?:{_JOINT}) [\w+-]{{1,30}}| [a-z](?= )| (?:{_SAID_NUMBER})(?!\w)"
    rf"| (?=[\w+-]{{1,30}} arroba)[\w+-]{{1,30}}){{0,5}}"
    rf" (?:at|arroba) (?:(?:{_PROVIDER})\b(?: (?:dot|punto|ponto) [a-z]{{2,10}}\b)?"
    rf"|{_HOST}(?: (?:dot|punto|ponto) [a-z]{{2,10}}\b){{1,3}})",
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


# Phones

_EXTENSION = r"(?:,? {0,2}(?:x|ext\.?|extension) {0,2}\d{1,6}(?!\w))?"
_PHONE = re.compile(
    r"(?<![\d.])(?:\+?1[ .-]{0,3})?(?:\([2-9]\d\d\)|[2-9]\d\d)[ ./-]{0,3}\d{3}[ .-]{0,3}\d{4}(?!\d)" + _EXTENSION, re.I
)
_ABROAD = re.compile(
    rf"(?:\+(?:[ .()-]{{0,2}}\d){{7,15}}|(?:\d ?)?\(\d{{2,4}}\) ?\d{{2,5}}(?:[ -]?\d{{2,4}}){{1,3}}"
    rf"|(?<![\d.])\d{{3}}[.-]\d{{3}}[.-](?=\d{{0,3}}o)[\do]{{4}})"
    rf"(?!\w){_EXTENSION}",
    re.I,
)
_LOCAL = re.compile(rf"(?<![\d.,/-])[2-9]\d\d ?[.-] ?\d{{4}}(?![\d/-]){_EXTENSION}", re.I)
_CALLED = re.compile(
    r"\b(?:call|text|txt|cell|phone|tel|telephone|mobile|home|work|number|at|line|fax|cb|telefono|celular|al)"
    rf"(?: me| is| at|\.|:| #| es){{0,2}} {{0,2}}(?P<it>[2-9]\d\d \d{{4}}(?!\w){_EXTENSION})",
    re.I,
)
_SPACED = re.compile(r"(?<![\w.-])\d(?:[ -]{1,2}\d){6,14}(?![\w-]|\.\d)")


@dataclass(frozen=True, slots=True)
class Rule:
    mark: str
    pattern: re.Pattern[str]
    check: Check = whole
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
    Rule("email", _EMAIL_SPELLED, signs=(" at ", "arroba")),
    Rule("email", _EMAIL_SAID, signs=(" dot ", ".com", ".org", ".net", ".edu")),
    Rule("name", _ACCOUNT, _account, signs=("@",)),
    Rule("number", record_numbers.INTERNET, record_numbers.internet, digits=1, signs=(".", ":", "-")),
    Rule("date", dates.SAID, signs=dates.MONTHS),
    Rule("phone", spoken.PHONE, spoken.phone, signs=spoken.SIGNS),
    Rule("date", dates.WITH_MONTH, digits=2, signs=dates.MONTHS),
    Rule("date", dates.RUN_TOGETHER, digits=3),
    Rule("date", dates.CHINESE, signs=("年", "년")),
    Rule("date", dates.BEFORE_BIRTH, digits=4, signs=dates.BIRTHS),
    Rule("date", dates.BIRTH, digits=1, signs=dates.BIRTHS),
    Rule("date", dates.SAID_AFTER_BIRTH, signs=dates.BIRTHS),
    Rule("date", dates.NUMBERS, dates.date, digits=3),
    Rule("date", dates.DAY_OF_MONTH, dates.date, digits=3, signs=dates.MONTHS),
    Rule("card", record_numbers.CARD, digits=13),
    Rule("number", record_numbers.SSN, no_amount, digits=9),
    Rule("number", record_numbers.ABROAD, digits=7),
    Rule("number", record_numbers.MEDICARE, digits=5),
    Rule("number", record_numbers.SPELLED, record_numbers.spelled, signs=record_numbers.ALPHABET),
    Rule("number", record_numbers.CODE, record_numbers.code, signs=record_numbers.BOOKINGS),
    Rule("number", record_numbers.PLATE, digits=1, signs=record_numbers.PLATES),
    Rule("number", record_numbers.CUED, record_numbers.cued, digits=3),
    Rule("phone", _PHONE, no_amount, digits=10),
    Rule("phone", _ABROAD, digits=6, signs=("+", "(", ".", "-")),
    Rule("address", addresses.STREET, addresses.street, signs=addresses.SUFFIXES),
    Rule("address", addresses.DIRECTED, digits=1),
    Rule("address", addresses.LIVING, addresses.living, signs=addresses.LIVES),
    Rule("address", addresses.NAMED, signs=addresses.SUFFIXES),
    Rule("address", addresses.CORNER, addresses.corner, signs=("corner of", "intersection of")),
    Rule("address", addresses.ABROAD, signs=addresses.WAYS),
    Rule("address", addresses.BOX, digits=1, signs=("box", "bx", "calle")),
    Rule("address", addresses.CITY_ZIP, addresses.city, digits=5),
    Rule("address", addresses.ZIP_ALONE, digits=5, signs=("zip", "post", "cep", "plz")),
    Rule("address", addresses.ZIP_LONG, digits=8),
    Rule("phone", _LOCAL, no_amount, digits=7),
    Rule("phone", _CALLED, no_amount, digits=7),
    Rule("phone", _SPACED, digits=7),
    Rule("number", record_numbers.SPACED, record_numbers.spaced, digits=9),
    Rule("number", record_numbers.CODED, digits=5),
    Rule("number", record_numbers.GROUPED, record_numbers.grouped, digits=7),
    Rule("number", record_numbers.LONG, record_numbers.long, digits=7),
)
"""The order counts: a date is no phone number, a record number with a word before it no date of nine digits."""


def rules_for(lowered: str, digits: int) -> Iterator[Rule]:
    """Yield the rules that may take something of a text that has so many digits and is `lowered` by `signs`."""
    return (rule for rule in RULES if rule.digits <= digits and holds_any(lowered, rule.signs))
