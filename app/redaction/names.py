"""Names of people in a text: after a phrase that gives one, after a title, or by a common first name.

There is no list of all names, so lists of words decide: `first_names.txt`; `ordinary_words.txt` (English and Spanish
words that patients use, from `intents/`), which are kept; and `ordinary_surnames.txt`, ordinary words that a name may
go on with, not begin with. Every pattern has a bounded width, and names are read word by word to the right, so that a
hostile text takes linear time.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from importlib import resources
from typing import NamedTuple

from app import text
from app.redaction.signs import Range, holds_any

WORD = re.compile(r"(?<!\w)[^\W\d_]{1,40}(?:['-][^\W\d_]{1,40}){0,4}(?!\w)")
_ABBREVIATION = re.compile(
    r"(?:[AP]\.M|U\.[SK]|M\.D|I\.[VDE]|P\.[OASTM]|[RL]\.N|N\.[PJYC]|D\.[OC]|[EO]\.R|[CB]\.[TP]|L\.A|T\.V|Q\.D"
    r"|[BT]\.I\.D|P\.R\.N"
    r"|D\.O\.B|M\.R\.[IN]|S\.S\.N|H\.A\.I|E\.G|R\.S\.V\.P|U\.S\.A)\.?",
    re.I,
)
_DOTTED = re.compile(r"(?<![\w.])(?:[A-Z]\. ?){2,4}(?!\w)")
_INITIALS = re.compile(r"\binitials(?: are| is|:|,){0,2} {1,2}(?P<it>[a-z](?:[. ]{0,2}[a-z]){1,3}\.?)(?!\w)", re.I)
MOST = 4
"""Most words of one name."""

_RELATION = (
    "mom|mother|mum|mama|mommy|dad|father|papa|daddy|husband|wife|hubby|spouse|partner|fiancee?|son|daughter|brother|"
    "sister|sis|uncle|aunt|auntie|tia|tio|cousin|grandma|grandpa|grandmother|grandfather|granddaughter|grandson|"
    "nephew|niece|neighbor|friend|boyfriend|girlfriend|boss|roommate|caregiver|esposo|esposa|hijo|hija|hermano|hermana|"
    "abuelo|abuela|mother[ -]in[ -]law|father[ -]in[ -]law|sister[ -]in[ -]law|brother[ -]in[ -]law|"
    "son[ -]in[ -]law|daughter[ -]in[ -]law|suegro|suegra|madre|padre"
)
_TITLE = re.compile(
    r"(?<!my )(?<!the )(?<!our )(?<!her )(?<!his )(?<!which )(?<!that )"
    r"\b(?:mrs|mx|dr|doctora?|prof|professor|se[nñ]ora?|sra|(?-i:[Mm][rs])|(?-i:M[RS](?=\.? {0,2}[A-Z])))\b\.? {0,3}",
    re.I,
)
_LABEL = re.compile(r"\b(?:pt|pts|patient|paciente|names?|nombre) {0,2}: {0,3}", re.I)
_TOLD = re.compile(
    r"\b(?:nam|name|names|nombre|nonbre)(?:'s)? {1,2}(?:is|was|es|it's|-|=) {0,2}"
    r"|\bm[yi] names {1,2}|\bname's {1,2}|(?:\A|[\n.;,]) {0,2}name {1,2}"
    r"|\b(?:first|last|full|maiden|patient|pt|caller|family|[a-z]{2,15}'?s) names?(?: is| was|:)? {1,2}"
    r"|\b(?:me|se) llam[oa] {1,2}|\bgo(?:es)? by {1,2}"
    r"|\bnome(?: completo)? (?:é|e) {1,2}|\bme chamo {1,2}|\bse chama {1,2}|\baqui (?:é|e|quem fala é) [oa] {1,2}"
    r"|\bje m'appelle {1,2}"
    r"|\bich hei(?:ss|ß)e {1,2}|\bmein name ist {1,2}|\bmi chiamo {1,2}|\bnazywam sie {1,2}|\bmwen rele {1,2}"
    r"|\bako si {1,2}|\bnamed {1,2}",
    re.I,
)
_MAYBE = re.compile(
    r"\b(?:this is|i'?m|i am|i m|it'?s|it is|soy|habla|signed|spoke (?:with|to|w/)|speak (?:with|to)|talk to"
    r"|talked to|ask for|asked for|calling for|writing for|asking for|on behalf of|call|text|txt|tell|email|contact|see"
    r"|seen by|pt|patient|paciente|caller"
    r"|(?:husband|wife|son|daughter|mother|mom|dad|father|hijo|hija|esposa) (?:of|de|is)"
    rf"|(?:{_RELATION})|dr\.?(?=[ ,:(])|doctora?|nurse|miss|don|rev|pastor|here is|hi|hello|hey|re|attn)"
    r"(?!\w)(?: {0,2}[,:(])? {0,2}(?:patient |nurse |don )?",
    re.I,
)
_SIGNED = re.compile(
    r"(?:\b(?:thanks|thank you|thx|ty|tks|gracias|regards|sincerely|yours|love|best|atentamente|saludos)"
    r"(?: so much| very much| again| a lot| truly)?[ ,.!\n-]{1,5}|(?:\A|[ \n])-{1,2} {0,2}|\n)"
    r"(?=[^\W\d_][\w .'-]{1,40}\Z)",
    re.I,
)
_RELATED = re.compile(
    rf"\b(?:my|our|his|her|mi) (?:little |big |older |younger |oldest |youngest )?(?:{_RELATION}|roommate|bf"
    rf"|gf)(?: is|,)? {{1,2}}"
    r"|\b(?:aunt|auntie|uncle|nurse|grandma|grandpa|sister|brother|cousin|miss) {1,2}",
    re.I,
)
_MEANT = re.compile(
    r"\b(?:i'?m|i am|this is|it'?s|it is|ask for|asked for|tell|told|call|ask|asked|thanks|thank you|regards|love"
    r"|signed|hi|hello|hey),? {1,2}"
    rf"|\b(?:{_RELATION}) is {{1,2}}",
    re.I,
)
_GOES_ON = re.compile(
    r"(?:'s)?(?: {0,2}(?:[,.!?;\n]|\Z)| (?:and|is|has|was|had|said|says|wants?|wanted|asked|asks|told|needs?|here"
    r"|again|calling|from|got|gets|who|at|can|cant|can't|will|would|does|doesn't|"
    r"doesnt|did|didn't|didnt|keeps|goes|went|takes|took|thinks|feels|starts|"
    r"in the|lives)\b)",
    re.I,
)
_STATES = frozenset(
    (
        *("gay", "rich", "frank", "lucky", "major", "junior", "sunny", "sandy", "rusty", "misty", "stormy"),
        *("unique", "precious", "earnest", "patient", "blessed", "will", "may", "ha", "hope", "wish", "sunday"),
        *("summer", "autumn", "april", "june", "august", "skip", "chase", "sue", "rob", "pat", "chance"),
    )
)
"""Words that say how one is or what one does as often as who: no names after "I'm"."""
_TIMES = frozenset(
    (
        *("will", "may", "sunday", "summer", "autumn", "april", "june", "august", "junior", "major", "guy"),
        *("chance", "justice"),
    )
)
"""Words that stand after "my son" without naming him: they need a verb after them."""
_FIRST = re.compile(r"\A {0,2}")
_LATIN = re.compile("[a-z]", re.I)
_THIS = re.compile(r"\bthis is {1,2}", re.I)
_START = re.compile(r"\A(?:hi|hello|hey|good morning|good afternoon|hola)?[ ,.!]{0,3}(?=\w)", re.I)
_HERE = re.compile(r",? {1,2}(?:here|calling|speaking)\b", re.I)
_AGAIN = re.compile(r",? {1,2}(?:here|calling|speaking|again|texting|writing|from)\b", re.I)
_PLACE = re.compile(
    r"(?:'?s)?(?: [^\W\d_]{1,20})? (?:hospital|medical|cancer|clinic|center|university|health|disease|syndrome|building"
    r"|bridge|county|airport|street|avenue|horse)\b",
    re.I,
)
_NO_NAME_AFTER = re.compile(r"\b(?:st|saint|x|bloody)\.?[ -]{0,2}\Z", re.I)

_TOLD_SIGNS = (
    *("nam", "nombre", "nonbre", "llam", "go by ", "goes by ", "nome", "cham", "aqui", "appelle", "ich hei", "chiamo"),
    *("nazywam", "mwen", "ako si"),
)
_TITLE_SIGNS = ("mr", "ms", "mx", "dr", "doctor", "prof", "senor", "se\xf1or", "sra")
_SIGNED_SIGNS = (
    *("\n", "-", "thank", "thx", "ty", "tks", "gracias", "regards", "sincerely", "yours", "love", "best"),
    *("atentamente", "saludos"),
)
_HERE_SIGNS = ("here", "calling", "speaking")
_VOWELS = ("a", "i", "e", "o", "u", "y")
_PARTICLES = frozenset(
    ("van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "la", "le", "el", "al", "bin", "ibn", "mc")
)


@cache
def words_in(file: str) -> frozenset[str]:
    """Return the words of a list in this package, which is read when it is first needed."""
    return frozenset(resources.files("app.redaction").joinpath(file).read_text("utf-8").split())


def is_ordinary(word: str) -> bool:
    """Return True for a word of everyday talk or medicine, or a plain form of one."""
    low, listed = word.lower(), words_in("ordinary_words.txt")
    return low in listed or all(is_form(part, listed) for part in low.replace("'", "").split("-"))


def is_form(low: str, listed: frozenset[str]) -> bool:
    """Return True for a listed word, a plain form of one, and whatever else ends like one."""
    if low in listed or (low.endswith("ing") and len(low) > 6):
        return True
    stems = [low.removesuffix(end) for end in ("s", "ed", "ing", "ly") if low.endswith(end) and len(low) > len(end) + 1]
    return any(stem in listed or f"{stem}e" in listed for stem in stems)


@cache
def _harmless_words() -> frozenset[str]:
    """Return the ordinary words that are no first names too."""
    return words_in("ordinary_words.txt") - _possible_names()


@cache
def _possible_names() -> frozenset[str]:
    return words_in("first_names.txt") | words_in("name_words.txt")


def _is_harmless(word: str) -> bool:
    """Return False for what a name can begin with: a first name, what is no ordinary word, an initial."""
    low = word.lower()
    if len(word) > 1 and low in _harmless_words():
        return True
    bare, low = _without_s(word), _without_s(low)
    return low not in _possible_names() and (low in _VOWELS if len(bare) == 1 else is_ordinary(bare))


def _without_s(word: str) -> str:
    return word[:-2] if word.endswith(("'s", "'S")) else word


class Word(NamedTuple):
    start: int
    end: int
    text: str
    low: str
    """The text in lower case."""
    capital: bool
    """Begins with a capital, in a text where that says something."""
    unknown: bool
    """No ordinary word."""
    certain: bool
    """A first name that nobody would write as an ordinary word."""
    possible: bool
    """A first name, or unknown."""
    initial: bool
    """A single letter that stands for a name: "J. Doe", "Tammy R"."""

    @property
    def likely(self) -> bool:
        return self.certain or (self.capital and self.unknown)


def _words(flat: str) -> list[Word]:
    shouted = not flat.islower() and sum(map(str.islower, flat)) < sum(map(str.isupper, flat))
    return [_word(match.start(), _without_s(match[0]), shouted) for match in WORD.finditer(flat)]


def _word(start: int, word: str, shouted: bool) -> Word:
    low, length = word.lower(), len(word)
    initials = word.isupper() and 1 < length < 5  # MSI, EMT
    capital = not shouted and word[0].isupper() and not initials
    first_name = low in words_in("first_names.txt")
    everyday = is_ordinary(word) or (
        word.islower() and (word if word.isascii() else text.fold(word)) in words_in("known_es_pt.txt")
    )
    return Word(
        start,
        start + length,
        word,
        low,
        capital,
        unknown=length > 1 and not everyday,
        certain=first_name and (capital or not everyday),
        possible=first_name or (length > 1 and not everyday),
        initial=length == 1 and low not in _VOWELS,
    )


_Reading = tuple[re.Pattern[str], tuple[str, ...], Callable[[Word], Range | None]]
"""A phrase, its signs, and what reads the name that may begin with the word after it."""


class _Reader:
    """Reads names to the right of a place. A name is never taken further than `MOST` words."""

    def __init__(self, flat: str) -> None:
        self.flat = flat
        self.words = _words(flat)
        self._by_start = {word.start: word for word in self.words}

    def after_cues(self, lowered: str) -> Iterator[Range | None]:
        """Yield what is read after each phrase that leads to a name, for phrases whose signs and words are there."""
        likely = any(word.likely or (word.initial and word.capital) for word in self.words)
        likely = likely or holds_any(lowered, _HERE_SIGNS)
        readings: tuple[_Reading, ...] = (
            (_LABEL, (":",), self.labelled),
            (_TOLD, _TOLD_SIGNS, self.told),
            (_TITLE, _TITLE_SIGNS, self.titled),
            (_THIS, ("this is ",), partial(self._before, _AGAIN)),
            (_MAYBE, ("",) if likely else (), self.likely),
            (_SIGNED, _SIGNED_SIGNS if likely else (), self.likely),
            (_RELATED, ("",), self.related),
            (_MEANT, ("",), self.meant),
            (_FIRST, ("",), self.opening),
            (_START, _HERE_SIGNS, partial(self._before, _HERE)),
        )
        for pattern, signs, read in readings:
            if holds_any(lowered, signs):
                words = (self._by_start.get(cue.end()) for cue in pattern.finditer(self.flat))
                yield from (read(word) for word in words if word)

    def told(self, first: Word) -> Range | None:
        """Return the name after "my name is": whatever is no ordinary word."""
        if first.possible or first.initial or self._particle(first) or first.low in words_in("name_words.txt"):
            return self._on(first, MOST if first.capital else 3)
        return None

    def related(self, first: Word) -> Range | None:
        """Return the name after "my son" that is a word too: Mark, Hope."""
        sure = first.low not in _TIMES or self._is_told(first) or self._surname_after(first)
        return self._on(first, 2) if first.low in words_in("name_words.txt") and sure else None

    def meant(self, first: Word) -> Range | None:
        """Return the name after "I'm" or "tell" that is a word too, where the sentence goes on as after a name."""
        sure = (first.low not in _STATES and self._is_told(first)) or self._surname_after(first)
        return self._on(first, 2) if first.low in words_in("name_words.txt") and sure else None

    def opening(self, first: Word) -> Range | None:
        """Return the name with which a text begins: "hope ferncastle is my mom"."""
        after = self._after(first)
        named = first.low in words_in("name_words.txt") and first.low not in _TIMES
        return self._on(first, 2) if named and after is not None and after.unknown else None

    def _surname_after(self, first: Word) -> bool:
        after = self._after(first)
        if after is None or not after.possible:
            return False
        return after.capital or after.certain or after.low in words_in("surnames.txt") or self._is_told(after)

    def _is_told(self, word: Word) -> bool:
        """Return whether a sentence goes on after a word as it does after a name."""
        return _GOES_ON.match(self.flat, word.end) is not None

    def titled(self, first: Word) -> Range | None:
        """Return the name after "dr": one word that is not ordinary, more where they are plainly names."""
        named = first.low in words_in("name_words.txt") and first.low not in _TIMES and self._is_told(first)
        if first.likely or first.unknown or first.initial or named or self._particle(first):
            return self._on(first, MOST if first.likely or self._particle(first) else 1)
        return None

    def likely(self, first: Word) -> Range | None:
        """Return the name after "my mother": a first name, or what has a capital and is no ordinary word."""
        name = self._on(first, MOST)
        if first.likely or (first.initial and first.capital and name[1] > first.end + 1):
            return name
        return self._before(_HERE, first)

    def _before(self, pattern: re.Pattern[str], first: Word) -> Range | None:
        """Return the name before "here", "again" or "from": whatever is no ordinary word."""
        name = self._on(first, MOST)
        is_name = first.possible and first.text not in ("MA", "RN", "NP", "PA")
        return name if is_name and pattern.match(self.flat, name[1]) else None

    def labelled(self, first: Word) -> Range | None:
        """Return the name after "patient:", also last name first."""
        name = self.told(first)
        if name is None or self.flat[name[1] : name[1] + 2] != ", ":
            return name
        after = self._by_start.get(name[1] + 2)
        return (name[0], self._on(after, 2)[1]) if after and after.likely else name

    def alone(self) -> Iterator[Range]:
        """Yield common first names anywhere, and two unknown words with capitals; not St. Mary's Hospital."""
        for before, word in zip([None, *self.words], self.words, strict=False):
            if word.likely and self._stands_alone(word):
                start, end = self._on(word, 3)
                if not _PLACE.match(self.flat, end) and not _NO_NAME_AFTER.search(self.flat[max(0, start - 8) : start]):
                    yield (before.start if before and self._last_name(before, word) else start, end)

    def _stands_alone(self, word: Word) -> bool:
        if word.certain and word.unknown and len(word.text) > 2:
            return True
        after = self._after(word)
        return word.low not in ("will", "may") and after is not None and after.likely

    def _last_name(self, before: Word, word: Word) -> bool:
        """Return True for the Novak of "Novak, Vera"."""
        return before.likely and word.certain and self.flat[before.end : word.start] == ", "

    def _after(self, word: Word) -> Word | None:
        """Return the word one or two spaces further on, also after the dot of an initial."""
        place = word.end + (len(word.text) == 1 and self.flat.startswith(".", word.end))
        if not self.flat.startswith(" ", place):
            return None
        return self._by_start.get(place + (2 if self.flat.startswith("  ", place) else 1))

    def _on(self, first: Word, most: int) -> Range:
        last, word = first, self._after(first)
        for _ in range(most - 1):
            if word is None or not self._goes_on(word):
                break
            last, word = word, self._after(word)
        return first.start, last.end

    def _goes_on(self, word: Word) -> bool:
        if self._particle(word) or word.initial:
            return True
        if word.low in words_in("ordinary_surnames.txt"):
            return word.capital or self._after(word) is None
        return word.likely or word.unknown

    def _particle(self, word: Word) -> bool:
        """Return True for the "van der" of "van der Berg": a word or two that only lead on to a name."""
        after: Word | None = word
        for _ in range(3):
            if after is None or after.low not in _PARTICLES:
                break
            after = self._after(after)
        return after is not None and after is not word and after.possible


def _initials(flat: str) -> Iterator[Range]:
    """Yield "J.R." and what follows "initials"; no P.M., no M.D."""
    yield from (match.span("it") for match in _INITIALS.finditer(flat))
    for match in _DOTTED.finditer(flat):
        if not _ABBREVIATION.fullmatch(match[0].replace(" ", "")):
            yield match.span()


def find(flat: str, lowered: str) -> list[Range]:
    """Return where names stand in a text in plain characters, `lowered` by `signs`; they may overlap.

    Most questions hold only harmless words, of which no reading makes a name.
    """
    spelled = list(_initials(flat))
    if not _LATIN.search(flat) or all(map(_is_harmless, WORD.findall(flat))):
        return spelled
    reader = _Reader(flat)
    return spelled + [name for name in reader.after_cues(lowered) if name] + list(reader.alone())
