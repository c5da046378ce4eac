"""Dates, as they are written in several countries, run together, and in words."""

import re

from app.redaction import spoken
from app.redaction.checks import no_amount
from app.redaction.signs import Range

_MONTH_NAME = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?"
    r"|enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre"
    r"|janeiro|fevereiro|mar[cç]o|maio|junho|julho|setembro|outubro|novembro|dezembro"
    r"|janvier|f[eé]vrier|mars|avril|mai|juin|juillet|ao[uû]t|septembre|octobre|novembre|d[eé]cembre"
    r"|januar|februar|marz|maerz|juni|juli|oktober|dezember"
    r"|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre"
    r"|января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря"
    r"|th[aá]ng (?:1[012]|[1-9])"
    r"|يناير|فبراير|مارس|[أا]بريل|مايو|يونيو|يوليو|[أا]غسطس|سبتمبر|[أا]كتوبر|نوفمبر|ديسمبر|شباط|آذار|نيسان|أيار"
    r"|حزيران|تموز|آب|أيلول)"
)
_MONTH = rf"{_MONTH_NAME}\b\.?"
_ROMAN = "(?:i{1,3}|iv|vi{0,3}|ix|xi{0,2})"
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|\.)?"
_YEAR = r"(?:(?:19|20)\d\d|'\d\d)\b(?: ?г\.)?"
_DAY_OF_MONTH = (
    rf"(?:{_MONTH} {{0,2}}{_DAY}(?!\w),? {{0,2}}"
    rf"|{_DAY} {{0,2}}(?:of |de )?{_MONTH},? {{0,2}}(?:de |of |do |năm |nam )?)"
)
MONTHS = (
    *("jan", "feb", "fev", "fév", "mar", "apr", "abr", "may", "mai", "mag", "jun", "jul", "aug", "ago", "ao"),
    *("sep", "set", "oct", "okt", "ott", "out", "nov", "dec", "dez", "dic", "ene", "gen", "giu", "lug", "avr"),
    *("янв", "фев", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек", "th", "يناير", "فبراير"),
    *("مارس", "بريل", "مايو", "يونيو", "يوليو", "غسطس", "سبتمبر", "كتوبر", "نوفمبر", "ديسمبر", "شباط", "آذار"),
    *("نيسان", "أيار", "حزيران", "تموز", "آب", "أيلول"),
)
"""Every name of a month begins with one of these or holds it."""
NUMBERS = re.compile(
    r"(?<![\d./-])(?:\d{1,2} ?[/.-] ?\d{1,2} ?[/.-] ?(?:(?:19|20)\d\d|\d\d)|(?:19|20)\d\d[/.-]\d{1,2}[/.-]\d{1,2}"
    r"|\d{1,2} \d{1,2} (?:19|20)\d\d)(?![\d/-])",
)
DAY_OF_MONTH = re.compile(rf"(?<![\d./-])(?:ng[aà]y )?{_DAY_OF_MONTH}{_YEAR}(?![\d/-])", re.I)
WITH_MONTH = re.compile(
    rf"(?<!\w)(?:\d{{1,2}}[ ./-]?{_MONTH_NAME}[ ./-]?(?:(?:19|20)\d\d|\d\d)"
    rf"|{_MONTH_NAME}\d{{1,2}}[ ./-](?:(?:19|20)\d\d|\d\d)"
    rf"|(?:19|20)\d\d[ ./-]{{0,2}}{_MONTH_NAME}[ ./-]{{0,2}}\d{{1,2}})(?!\w)",
    re.I,
)
RUN_TOGETHER = re.compile(
    rf"(?<!\w)(?:\d{{1,2}}[./-]{_ROMAN}[./-](?:(?:19|20)\d\d|\d\d)"
    r"|(?:19|20)\d\d(?:-(?:0[1-9]|1[012])(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|1[012])-?(?:0[1-9]|[12]\d|3[01])))(?!\w)",
    re.I,
)
_SIGN = "[\\d〇零一二三四五六七八九十]"
CHINESE = re.compile(rf"{_SIGN}{{4}} ?[年년] ?{_SIGN}{{1,3}} ?[月월](?: ?{_SIGN}{{1,3}} ?[日号號일])?")
BIRTHS = (
    *("ob", "o.b", "o b", "o. b", "birth", "bday", "b-day", "b day", "born", "nac", "nasc", "ne", "geb", "nat"),
    *("родил", "рождения", "sinh", "ميلاد", "مواليد", "生", "생"),
)
"""What announces a birth holds one of these."""
BEFORE_BIRTH = re.compile(
    r"(?<!\w)(?P<it>\d{1,2}[ ./-]\d{1,2}[ ./-]\d{2,4})"
    r"(?= {1,2}(?:is|was|es|=) (?:my|her|his|mi|the|their) (?:birth|dob|b-?day|d\.o\.b))",
    re.I,
)
_BORN = (
    r"(?:\b(?:d\.? ?o\.? ?b(?![^\W\d])\.?|date of birth|birth ?date|birthday|b-?day|born|fecha de nacimiento"
    r"|naci(?:o|do|da)?|data de nascimento|nasc(?:i|ido|ida|eu)|nee?|geb\.?|geboren|geburtsdatum|nato|nata"
    r"|дата рождения|родил(?:ся|ась)|ng[aà]y sinh|sinh(?: ng[aà]y| n[aă]m)?|تاريخ (?:ال)?ميلاد(?:ي|ه|ها)?|مواليد)"
    r"|出生日期|出生年月日?|生日|생년월일)"
    r"(?: {0,2}(?:is|was|on|in|es|el|the|em|no|dia|le|am|il|в|是|:|=|-|,)){0,3} {0,2}"
)
BIRTH = re.compile(
    rf"{_BORN}(?P<it>{_DAY_OF_MONTH}(?:{_YEAR}|\d\d\b)?"
    rf"|\d{{1,2}} ?[/. -] ?\d{{1,2}}(?: ?[/. -] ?\d{{2,4}})?|\d{{5,8}}|{_MONTH},? {_YEAR})(?!\w)",
    re.I,
)
SAID, SAID_AFTER_BIRTH = spoken.dates(_MONTH_NAME, _YEAR, _BORN)


def date(plain: str, match: re.Match[str]) -> Range | None:
    """Leave out 20-30-40 and 10-12-14 days."""
    numbers = [int(number) for number in re.findall(r"\d{1,4}", match[0])]
    if len(numbers) == 3:
        low, high = sorted(numbers[1:] if numbers[0] > 999 else numbers[:2])
        if not (1 <= low <= 12 and high <= 31):
            return None
    return no_amount(plain, match)
