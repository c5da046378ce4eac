"""Addresses: a house and a street, a box, a town with its code, in America and elsewhere."""

import re

from app.redaction import spoken
from app.redaction.checks import HAN
from app.redaction.names import WORD, is_ordinary, words_in
from app.redaction.signs import Range

_STATE = (
    r"(?:pennsylvania|new jersey|delaware|maryland|new york|pa|nj|ny|md|nc|va|fl|ct|ca"
    r"|(?-i:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]"
    r"|W[AIVY]))\b\.?"
)
_ZIP = r"\d{5}(?:-\d{4})?(?!\w)"
_CITY = r"(?:[^\W\d_][\w.'-]{1,20} {1,2}){0,2}[^\W\d_][\w'-]{1,20}"
_SURE_SUFFIX = (
    "street|avenue|ave|road|rd|lane|ln|blvd|boulevard|parkway|pkwy|highway|hwy|terrace|terr|xing|crossing|crescent|cres"
    "|hts|heights|plz|expressway|expy|fwy|trl|strt|avenu"
)
_UNSURE_SUFFIX = (
    "trail|st|str|dr|drive|ct|court|way|place|pl|circle|cir|pike|ter|square|sq|alley|aly|row|loop|run|plaza|cove"
    "|bend|bnd"
    "|path|mews"
)
SUFFIXES = tuple(sorted({suffix[:3] for suffix in f"{_SURE_SUFFIX}|{_UNSURE_SUFFIX}".split("|")}))
"""Every street ends in a word that begins with one of these."""
_UNIT = (
    r"(?:,? {0,2}(?:(?:apt|apartment|unit|ste|suite|floor|fl|rm|bldg)\b\.?|#) {0,2}#?\w{1,6}(?!\w)"
    r"(?: (?:[a-z]|rear|front)(?!\w))?){0,2}"
)
_TOWN = (
    rf"(?:,? {{1,2}}{_CITY},? {{1,2}}{_STATE},? {{0,2}}{_ZIP}|, {{0,2}}{_CITY},? {{1,2}}{_STATE}|,? {{1,2}}{_ZIP}"
    rf"| {{1,2}}(?-i:(?:[A-Z][\w'-]{{1,20}} ){{1,2}}){_STATE}"
    r"|,? {1,2}(?:phila|philly|philadelphia|nyc|camden)\b\.?)?"
)
_HOUSE = rf"(?P<house>\d{{1,6}}|{spoken.CARDINAL}(?:[ -](?:and )?{spoken.CARDINAL}){{0,3}}(?= ))"
STREET = re.compile(
    rf"(?<![\w.,/$-]){_HOUSE}[A-Za-z]?(?:-\d{{1,4}})?(?: 1/2)?,? {{1,2}}(?P<way>(?:[\w.'-]{{1,20}} {{1,2}}){{1,4}}?)"
    rf"(?P<suffix>{_SURE_SUFFIX}|{_UNSURE_SUFFIX})\b\.?(?P<rest>{_UNIT}{_TOWN})",
    re.I,
)
BOX = re.compile(
    rf"\b(?:p\.? ?o\.? ?|post office )(?:box|bx) {{0,2}}#? {{0,2}}\d{{1,7}}(?!\w){_TOWN}"
    rf"|\b(?:rr|rd|rural route|hc) {{0,2}}#?\d{{1,4}},? {{1,2}}box {{0,2}}\d{{1,6}}(?!\w)"
    rf"(?:,? [a-z]{{3,15}} (?:hollow|creek|mills?|corners?|grove|falls|springs))?{_TOWN}"
    r"|\bcalle (?:[\w.'-]{1,20} ){1,4}#? ?\d{1,5}(?!\w)",
    re.I,
)
DIRECTED = re.compile(
    r"(?<![\w.,/$-])\d{1,5} (?:[nsew]|[ns][ew]|north|south|east|west)\b\.? (?:\d{1,3}(?:st|nd|rd|th)"
    r"|(?-i:[A-Z][a-z]{2,20}))"
    rf"(?: (?:street|avenue|ave|st))?\b\.?{_UNIT}{_TOWN}",
    re.I,
)
LIVES = ("live", "living", "stay", "home is", "place is", "address", "mail ", "send ", "moved to", "deliver to")
_LIVES = (
    r"\b(?:(?:i|we|she|he|they) (?:live|lives|stay|stays)|(?:live|lives|living|stay|staying) (?:at|on)|my place is"
    r"|home is|address(?: is)?|mail (?:it|me|that) to"
    r"|send (?:it|them|that|everything) to|moved to|deliver to)(?: (?:at|on|is|to))?:? {0,2}"
)
LIVING = re.compile(
    rf"{_LIVES}(?P<it>{_HOUSE}[A-Za-z]?,? (?P<way>(?:[NSEW]\.? )?[^\W\d_][\w.'-]{{2,20}}(?-i: [A-Z][\w.'-]{{1,20}})?)"
    rf"(?:,? #?\d{{1,5}}[A-Za-z]?\b)?{_UNIT}{_TOWN})",
    re.I,
)
_ROAD = r"[\w.'-]{2,20}(?: (?:street|st|avenue|ave|road|rd)\b\.?)?"
NAMED = re.compile(
    r"(?<![\w.])(?-i:[A-Z][a-z]{2,15}) (?-i:Street|Avenue|Ave|Road|Lane|Drive|Boulevard|Blvd|Court|Terrace|Pike)\b\.?"
    rf"{_UNIT}{_TOWN}",
    re.I,
)
CORNER = re.compile(rf"\b(?:corner|intersection) of (?P<it>{_ROAD} (?:and|&|n) {_ROAD})", re.I)
_NUMBERED = (
    r"(?:,? {0,2}(?:n[o.]?\.?|num\.?|numero|#|nr\.?|д\.?|дом)?,? {0,2}\d{1,5}[a-zа-я]?(?:[/-]\d{1,4})?(?!\w)"
    r"(?:,? {0,2}(?:(?:кв|квартира|корп|apto?|piso|bloco|depto|torre|casa)\.? ?\w{1,4}"
    r"|\d{1,2}[oa](?: (?:izda|dcha|puerta)\.?)?)(?!\w)){0,3})"
)
_WORDS = r"(?:[^\W\d_][\w.'-]{0,20}[ ,]{1,2}){0,4}[^\W\d_][\w.'-]{0,20}"
ABROAD = re.compile(
    r"(?<!\w)(?:(?:rua|avenida|avda|av|travessa|alameda|pra[cç]a|calle|camino|carrera|viale|piazza|rue|ulica|улиц[аеы]"
    r"|проспект|пр-т|đường|phố)\.? |(?:r|av|ul|ул|пер)\. ?|c/ ?)"
    rf"{_WORDS}{_NUMBERED}"
    r"|(?<!\w)[^\W\d_]{3,25}(?:strasse|straße|str\.|weg|platz|gasse|allee) \d{1,4}[a-z]?(?!\w)"
    r"(?:,? \d{5} [^\W\d_]{3,20})?"
    r"|(?<!\w)\d{1,4},? (?:bis )?(?:rue|avenue|boulevard|all[eé]e|impasse|chemin|đường|duong|phố) "
    r"(?:de la |de l'|du |des |de |la |le |d'){0,2}[^\W\d_][\w'-]{1,20}(?: [^\W\d_][\w'-]{1,20})?"
    r"(?:,? \d{5} [^\W\d_][\w-]{2,20})?"
    r"|\d{1,5} شارع [^\W\d_]{2,15}(?: شقة \d{1,4})?"
    r"|(?:số|so) \d{1,4}(?: (?:ngõ|ngo|hẻm|hem|ngách) \d{1,4}){0,2},? (?:đường|duong|phố|pho) "
    r"[^\W\d_]{2,8}(?: [^\W\d_]{2,8})?"
    r"|شارع (?:[^\W\d_]{2,15} ){1,3}(?:رقم )?\d{1,5}"
    r"|(?:[가-힣]{2,8}(?:시|도) )?[가-힣]{1,6}(?:구|군|시) [가-힣\d]{1,10}(?:로|길|동|가) ?\d{1,4}"
    r"(?:-\d{1,4})?(?:번지|호)?"
    rf"|(?:(?<=[在址到])|(?<=址是)|(?<![{HAN}]))(?![我他她你请請])[{HAN}]{{2,20}}?(?:路|街|道|巷|弄|村|区|园|胡同)"
    rf"(?:[{HAN}]{{0,4}}?[\d一二三四五六七八九十]{{1,5}}[号號弄栋楼室单元层座]{{1,2}}){{1,4}}(?:[A-Z]?\d{{0,4}}室)?",
    re.I,
)
WAYS = (
    *("rua", "avenida", "avda", "av", "travessa", "alameda", "pra", "calle", "camino", "carrera", "viale"),
    *("piazza", "rue", "ulica", "ul.", "r.", "c/", "stra", "str.", "weg", "platz", "gasse", "all", "boulevard"),
    *("avenue", "impasse", "chemin", "ул", "просп", "пр-т", "пер.", "đường", "duong", "phố", "شارع", "로", "길"),
    *("동", "가", "số", "so ", "路", "街", "道", "巷", "弄", "村", "区", "园", "胡同"),
)
"""What a way is called elsewhere."""
CITY_ZIP = re.compile(rf"(?<!\w)(?P<city>{_CITY}),? {{1,2}}{_STATE},? {{1,2}}{_ZIP}", re.I)
ZIP_ALONE = re.compile(
    rf"\b(?:zip|postal|cep|plz|postcode)(?: ?codes?)?(?: {{0,2}}(?:is|es|é|:|#|=|-)){{0,2}} {{0,2}}"
    rf"(?P<it>\d{{5}}-?\d{{3}}(?!\d)|{_ZIP})",
    re.I,
)
ZIP_LONG = re.compile(r"(?<![\w.,/-])\d{5}-\d{3,4}(?![\w-])")


def street(_plain: str, match: re.Match[str]) -> Range | None:
    """Leave out "10 minute drive", "4 more ct scans", "3 way street", "one side street"."""
    way = match["way"].split()
    if not words_in("no_street_words.txt").isdisjoint(word.lower().strip(".") for word in way):
        return None
    named = any(word[0].isupper() or word[0].isdigit() or not is_ordinary(word) for word in way)
    unsure = match["suffix"].lower() in _UNSURE_SUFFIX.split("|")
    sure = (match["house"].isdigit() or " " in match["house"]) and len(match["house"]) > 1 and not unsure
    return match.span() if named or sure or match["rest"] else None


def living(_plain: str, match: re.Match[str]) -> Range | None:
    """Leave out "i live 20 miles away" and "we live two hours from there"."""
    way = match["way"].split()
    if not words_in("no_street_words.txt").isdisjoint(word.lower().strip(".") for word in way):
        return None
    return match.span("it") if any(word[0].isupper() or not is_ordinary(word.strip(".")) for word in way) else None


def corner(_plain: str, match: re.Match[str]) -> Range | None:
    """Leave out "the corner of my eye and mouth"."""
    words = re.findall(r"\w+", match["it"])
    return match.span("it") if any(word[0].isupper() or not is_ordinary(word) for word in words) else None


def city(_plain: str, match: re.Match[str]) -> Range | None:
    """Leave out "we live in" before a city."""
    words, no_city = list(WORD.finditer(match["city"])), words_in("no_city_words.txt")
    capitals = [word for word in words if word[0][0].isupper() and word[0].lower() not in no_city]
    while words and (words[0][0].lower() in no_city or (capitals and words[0] is not capitals[0])):
        words.pop(0)
    start = words[0].start() if words else len(match["city"])
    return match.start() + start, match.end()
