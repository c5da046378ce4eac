"""Where the names of people stand in a text: after a phrase that gives one, after a title, or by a common first name.

There is no list of all names, so two lists of words decide: `first_names.txt`, and `ordinary_words.txt` (English and
Spanish words that patients use, from `intents/`), which are kept. Every pattern has a bounded width, and names are read
word by word to the right, so that a hostile text takes linear time.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

WORD = re.compile(r"(?<!\w)[^\W\d_]{1,40}(?:['-][^\W\d_]{1,40}){0,4}(?!\w)")
MOST = 4
"""Words of one name."""

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
    r"|\b(?:first|last|full|maiden|patient|pt|caller|family|[a-z]{2,15}'?s) names? {1,2}"
    r"|\b(?:me|se) llam[oa] {1,2}|\bgo(?:es)? by {1,2}",
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


def words(line: str) -> frozenset[str]:
    return frozenset(line.split())


_VERBS = words("will may")
_PARTICLES = words("van von der den de del della di da dos la le el al bin ibn mc")
_SURNAMES = words(
    "baker banks bell bishop black brown bush cook day field fields gray green grey hall heart hill house king long "
    "love park parks pool price reed rice rivers rose snow stone street summer summers walker waters west white wood "
    "woods young"
)
"""Ordinary words that a name may go on with, not begin with."""


@cache
def _listed(file: str) -> frozenset[str]:
    return words(resources.files("app.redaction").joinpath(file).read_text("utf-8"))


def ordinary(word: str) -> bool:
    """A word of everyday talk or medicine, or a plain form of one."""
    known = _listed("ordinary_words.txt")
    return all(_ordinary(part, known) for part in word.lower().replace("'", "").split("-"))


def _ordinary(low: str, known: frozenset[str]) -> bool:
    if low in known or (low.endswith("ing") and len(low) > 6):
        return True
    stems = [low.removesuffix(end) for end in ("s", "ed", "ing", "ly") if low.endswith(end)]
    return any(stem in known or f"{stem}e" in known for stem in stems)


def first_name(word: str) -> bool:
    return word.lower() in _listed("first_names.txt")


@dataclass(frozen=True)
class Word:
    start: int
    end: int
    text: str
    capital: bool
    """Begins with a capital, in a text where that says something."""

    @property
    def certain(self) -> bool:
        """Nobody would write it but for a name."""
        return first_name(self.text) and (self.capital or not ordinary(self.text))

    @property
    def likely(self) -> bool:
        return self.certain or (self.capital and not ordinary(self.text) and len(self.text) > 1)

    @property
    def possible(self) -> bool:
        return first_name(self.text) or (len(self.text) > 1 and not ordinary(self.text))


def _words(flat: str) -> list[Word]:
    shouted = sum(c.islower() for c in flat) < sum(c.isupper() for c in flat)
    return [_word(found, shouted) for found in WORD.finditer(flat)]


def _word(found: re.Match[str], shouted: bool) -> Word:
    text = re.sub(r"'s?\Z", "", found[0], flags=re.I)
    initials = text.isupper() and 1 < len(text) < 5  # MSI, EMT
    return Word(found.start(), found.start() + len(text), text, text[:1].isupper() and not shouted and not initials)


class _Reader:
    """Reads names to the right of a place. A name is never taken further than `MOST` words."""

    def __init__(self, flat: str) -> None:
        self.flat = flat
        self.words = _words(flat)
        self.starts = [word.start for word in self.words]

    def told(self, at: int) -> tuple[int, int] | None:
        """After "my name is": whatever is no ordinary word."""
        first = self._at(at)
        if first is None or not (first.possible or self._initial(first) or self._particle(first)):
            return None
        return self._on(first, MOST if first.capital else 3)

    def titled(self, at: int) -> tuple[int, int] | None:
        """After "dr": one word that is not ordinary, more where they are plainly names."""
        first = self._at(at)
        if first is None or not (first.likely or self._unknown(first) or self._initial(first) or self._particle(first)):
            return None
        return self._on(first, MOST if first.likely or self._particle(first) else 1)

    def likely(self, at: int) -> tuple[int, int] | None:
        """After "this is", "my mother": what is a first name, or has a capital and is no ordinary word."""
        first = self._at(at)
        if first is None:
            return None
        found = self._on(first, MOST)
        if first.likely or (self._initial(first) and first.capital and found[1] > first.end + 1):
            return found
        return self._before(_HERE, at)

    def here(self, at: int) -> tuple[int, int] | None:
        """At the start, before "here"."""
        return self._before(_HERE, at)

    def again(self, at: int) -> tuple[int, int] | None:
        """After "this is", before "again" or "from"."""
        return self._before(_AGAIN, at)

    def _before(self, pattern: re.Pattern[str], at: int) -> tuple[int, int] | None:
        first = self._at(at)
        if first is None or not first.possible or first.text in ("MA", "RN", "NP", "PA"):
            return None
        found = self._on(first, MOST)
        return found if pattern.match(self.flat, found[1]) else None

    def labelled(self, at: int) -> tuple[int, int] | None:
        """After "patient:", also last name first."""
        found = self.told(at)
        if found is None or self.flat[found[1] : found[1] + 2] != ", ":
            return found
        after = self._at(found[1] + 2)
        return (found[0], self._on(after, 2)[1]) if after and after.likely else found

    def alone(self) -> Iterator[tuple[int, int]]:
        """Common first names wherever they stand, and two unknown words with capitals; not St. Mary's Hospital."""
        for before, word in zip([None, *self.words], self.words, strict=False):
            if self._stands_alone(word):
                start, end = self._on(word, 3)
                if not _PLACE.match(self.flat, end) and not _NO_NAME_AFTER.search(self.flat[max(0, start - 8) : start]):
                    yield (before.start if before and self._last_name(before, word) else start, end)

    def _stands_alone(self, word: Word) -> bool:
        if first_name(word.text) and len(word.text) > 2 and not ordinary(word.text):
            return True
        after = self._after(word)
        return word.likely and word.text.lower() not in _VERBS and after is not None and after.likely

    def _last_name(self, before: Word, word: Word) -> bool:
        """Of "Novak, Vera"."""
        return before.likely and word.certain and self.flat[before.end : word.start] == ", "

    def _at(self, place: int) -> Word | None:
        index = bisect_left(self.starts, place)
        return self.words[index] if index < len(self.words) and self.words[index].start == place else None

    def _after(self, word: Word) -> Word | None:
        place = word.end
        if len(word.text) == 1 and self.flat[place : place + 1] == ".":
            place += 1
        gap = re.compile(r" {1,2}").match(self.flat, place)
        return self._at(gap.end()) if gap else None

    def _on(self, first: Word, most: int) -> tuple[int, int]:
        last, word = first, self._after(first)
        for _ in range(most - 1):
            if word is None or not self._goes_on(word):
                break
            last, word = word, self._after(word)
        return first.start, last.end

    def _goes_on(self, word: Word) -> bool:
        if self._particle(word) or self._initial(word):
            return True
        if word.text.lower() in _SURNAMES:
            return word.capital or self._after(word) is None
        return word.likely or self._unknown(word)

    def _unknown(self, word: Word) -> bool:
        return len(word.text) > 1 and not ordinary(word.text)

    def _particle(self, word: Word) -> bool:
        """The "van der" of "van der Berg": a word or two that only lead on to a name."""
        after: Word | None = word
        for _ in range(3):
            if after is None or after.text.lower() not in _PARTICLES:
                break
            after = self._after(after)
        return after is not None and after is not word and after.possible

    def _initial(self, word: Word) -> bool:
        """A single letter that stands for a name: "J. Doe", "Tammy R"."""
        return len(word.text) == 1 and word.text.lower() not in "aieouy"


def find(flat: str) -> list[tuple[int, int]]:
    """Names in a text whose characters are in their plainest form; they may overlap."""
    reader = _Reader(flat)
    readings = (
        (_LABEL, reader.labelled),
        (_TOLD, reader.told),
        (_TITLE, reader.titled),
        (_THIS, reader.again),
        (_MAYBE, reader.likely),
        (_SIGNED, reader.likely),
        (_START, reader.here),
    )
    found = [read(cue.end()) for pattern, read in readings for cue in pattern.finditer(flat)]
    return [span for span in found if span] + list(reader.alone())
