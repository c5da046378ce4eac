"""Reads words of danger that were written so that a machine would miss them: `ICANTBREATHE`, `k1ll`, `s.u.i.c.i.d.e`,
Cyrillic letters that look Latin.

A chunk between spaces that is no known word, and letters that stand one by one, are spelt by words of danger where
that costs little: a word costs the more the rarer it is, and a letter that is not the one typed costs more. What cannot
be spelt so stays as it was typed: other languages, names, codes.
"""

import itertools
import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from string import ascii_lowercase
from typing import NamedTuple

from app.matching.vocabulary import Vocabulary
from app.text import fold, visible, words

MOST_COST = 2.9
"""Most that a letter may cost on average, in nats; letters in no order cost 3.3 each."""
JOINT = 1.5
"""What it costs to part two words that were typed as one."""
ALIKE, DROPPED, ANY = 0.5, 0.4, math.log(len(ascii_lowercase))
"""What it costs to take a character for a letter that it looks like; for none, where it was put between letters or
typed twice; for any.
"""
LEAST_USED, SHORT, LEAST_SHORT = 2, 2, 0.0008
"""Fewest uses of a word that may be hidden, and least share of those of its script for one of so few letters: `s` and
`un` are ends of words.
"""
LEAST_LETTERS, LEAST_ROW = 2, 3
"""Fewest letters of a word that may be hidden in a chunk, and of letters in a row."""
LEAST_PAIRS = 0.5
"""Least share of neighbours among words typed as one that stand so in lines: `helpme`, but not `jellyfish`."""
LONGEST = 200
"""Most characters of a chunk that is read, and most letters in a row."""
MOST_READ = 200
"""Most different chunks of a text that are no known words and are read."""
MOST_MASKED = 2
"""Most characters of a chunk that may be any letter: `k*ll`."""
LEAST_TURNED = 3
_CACHED_CHUNKS = 20_000

_CHUNK = re.compile(r"\S+")
_ROW = re.compile(rf"(?<![^\W_])[^\W_](?:[\W_]{{1,3}}[^\W_]){{{LEAST_ROW - 1},{LONGEST}}}(?![^\W_])")
"""Letters one by one, and what stands between them."""
_EDGES = "\"'’‘“”()[]<>{}.,;:?!*_~-…#"
_ODD = re.compile(
    r"[^\W\d_][^\w\s.,;:?()\"'/-]+[^\W\d_]|[^\W\d_]\d|\d[^\W\d_]|[$@!|+€][^\W\d_]|(?<![^\W_])[^\W_](?![^\W_])|[🄰-🇿]"
)
"""What makes a chunk worth a look whose pieces are known words: `k*ll`, `d1e`, `k-ll`."""
_CODE = re.compile(r"(?:\d|[^\w🄰-🇿]|_)*[^\W\d_]?(?:\d|[^\w🄰-🇿]|_)*")
"""What has one letter at most says what it is: `D13`, `I-5`, `139,`."""
_QUOTES = re.compile("['’‘`´]")
_RUN = re.compile(r"(.)\1{2,}", re.DOTALL)
_NAMED = re.compile(r"LETTER (?:SMALL CAPITAL )?([A-Z])(?: WITH .*)?$")
_LOOKS = dict(
    pair.split("=")
    for pair in """
    0=o 1=il 2=z 3=e 4=a 5=s 6=g 7=t 8=b 9=gq @=a $=s !=il |=il +=t €=e ¢=c
    а=a в=b с=c ԁ=d е=e ҽ=e ғ=f н=hn һ=h и=nu і=i ј=j к=k ӏ=l м=m п=n о=o р=p ԛ=q г=r я=r ѕ=s т=t у=yu ү=y ц=u ѵ=v
    ԝ=w ш=w х=x з=z ь=b
    α=a β=b ϲ=c ς=c ε=e η=hn ι=i ϳ=j κ=k μ=mu ν=nv ο=o σ=o ρ=p τ=t υ=yu ω=w χ=x γ=y ζ=z
    """.split()  # noqa: SIM905 a table is read at a glance
)
"""What is typed in place of Latin letters: digits, signs, and those of Unicode's confusables that are Cyrillic or
Greek, in either case.
"""
_UPSIDE_DOWN = str.maketrans("ɐqɔpǝɟƃɥᴉıɾʞlɯuodbɹsʇnʌʍxʎz", "abcdefghiijklmnopqrstuvwxyz")
_TURNED = re.compile("[ɐǝɥɯɹʇʌʍʎ]")


def _alike() -> dict[str, str]:
    """Return what each character may be taken for: what it looks like, and for a Latin letter what looks so and is
    Cyrillic.
    """
    twins: dict[str, str] = {}
    for look, letters in _LOOKS.items():
        for letter in letters if "\u0400" <= look < "\u0500" else ():
            twins[letter] = twins.get(letter, "") + look
    return twins | _LOOKS


_ALIKE = _alike()


def _least_used(word: str, total: int) -> float:
    return total * LEAST_SHORT if len(word) <= SHORT else LEAST_USED


class _Spelling(NamedTuple):
    cost: float
    words: tuple[str, ...]


@dataclass(frozen=True)
class Disguises:
    """Takes the disguise off a text."""

    vocabulary: Vocabulary
    known_pairs: Callable[[tuple[str, ...]], float]
    """Returns the share of neighbours among some words that stand so in lines: `jelly fish` do not."""
    costs: Mapping[str, float]
    """What each word of danger costs, and infinity for each beginning of one."""
    _read: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(
        cls, uses: Mapping[str, int], vocabulary: Vocabulary, known_pairs: Callable[[tuple[str, ...]], float]
    ) -> "Disguises":
        """`uses` says how often lines of danger use each word."""
        costs: dict[str, float] = {}
        for latin in (True, False):
            own = {word: count for word, count in uses.items() if word.isalpha() and word.isascii() == latin}
            total = sum(own.values())
            kept = {word: count for word, count in own.items() if count >= _least_used(word, total)}
            costs |= {word[:end]: math.inf for word in kept for end in range(len(word)) if word[:end] not in costs}
            costs |= {word: math.log(total / count) for word, count in kept.items()}
        return cls(vocabulary, known_pairs, costs)

    def taken_off(self, typed: str) -> str:
        """Return the text with the words that it hides written out; as it is where it hides none."""
        seen = visible(typed)
        plain = _ROW.sub(self._joined, seen, MOST_READ)
        chunks = (chunk for chunk in dict.fromkeys(_CHUNK.findall(plain)) if self._read.get(chunk) != chunk)
        read = {
            chunk: self._undisguised(chunk) for chunk in itertools.islice(filter(self._is_strange, chunks), MOST_READ)
        }
        if any(chunk != said for chunk, said in read.items()):
            plain = _CHUNK.sub(lambda chunk: read.get(chunk[0], chunk[0]), plain)
        if not typed.isascii() and len(_TURNED.findall(typed)) >= LEAST_TURNED:
            plain = f"{plain}\n{typed[::-1].translate(_UPSIDE_DOWN)}"
        return typed if plain == seen else plain

    def _joined(self, row: re.Match[str]) -> str:
        letters = "".join(filter(str.isalnum, row[0]))
        return (None if letters.isdecimal() else self._spelt(letters)) or row[0]

    def _is_strange(self, chunk: str) -> bool:
        core, known = _core(chunk).lower(), self.vocabulary.known
        plain = core in known or len(core) > LONGEST or _CODE.fullmatch(core)
        if not plain and (not known.issuperset(words(core)) or _ODD.search(core)):
            return True
        self._keep(chunk, chunk)
        return False

    def _undisguised(self, chunk: str) -> str:
        if read := self._read.get(chunk):  # in one step: a thread aside may clear them between two
            return read
        hidden = self._hidden(_core(chunk))
        return self._keep(chunk, chunk.replace(chunk.strip(_EDGES), hidden) if hidden else chunk)

    def _keep(self, chunk: str, plain: str) -> str:
        if len(self._read) >= _CACHED_CHUNKS:
            self._read.clear()
        self._read[chunk] = plain
        return plain

    def _hidden(self, core: str) -> str | None:
        """Return what a chunk hides; None where it says that openly, or is one word with a slip."""
        spelt, read = self._spelt(core), words(core)
        if spelt is None or spelt == " ".join(read):
            return None
        slip = " " in spelt and len(read) == 1 and self.vocabulary.repair(read[0]) in self.vocabulary.known
        return None if slip else spelt

    def _spelt(self, chunk: str) -> str | None:
        """Return the words of one script that spell a chunk at the least cost; None where that is too much."""
        readings = list(_readings(chunk))
        scripts = (
            [readings] if chunk.isascii() else [[_within(one, latin) for one in readings] for latin in (True, False)]
        )
        best = min(filter(None, map(self._cheapest, scripts)), default=_Spelling(0.0, ()))
        letters = sum(map(len, best.words))
        if letters < LEAST_LETTERS or best.cost > MOST_COST * letters or self.known_pairs(best.words) < LEAST_PAIRS:
            return None
        return " ".join(best.words)

    def _cheapest(self, readings: Sequence[Mapping[str, float]]) -> _Spelling | None:
        """Return the cheapest words that spell all characters, each given by what it may be read as at what cost."""
        best: dict[int, _Spelling] = {0: _Spelling(-JOINT, ())}
        for start in range(len(readings)):
            for end, word, cost in self._words_from(readings, start) if start in best else ():
                together = best[start].cost + JOINT + cost
                if end not in best or together < best[end].cost:
                    best[end] = _Spelling(together, (*best[start].words, word))
        return best.get(len(readings))

    def _words_from(self, readings: Sequence[Mapping[str, float]], start: int) -> Iterator[tuple[int, str, float]]:
        """Yield each word that begins at a character, the place after it, and its cost."""
        begun = {"": 0.0}
        for end in range(start, len(readings)):
            longer: dict[str, float] = {}
            for letter, cost in readings[end].items():
                for beginning, paid in begun.items():
                    word = beginning + letter
                    if word in self.costs and paid + cost < longer.get(word, math.inf):
                        longer[word] = paid + cost
            if not longer:
                return
            begun = longer
            yield from (
                (end + 1, word, paid + own) for word, paid in begun.items() if (own := self.costs[word]) < math.inf
            )


def _core(chunk: str) -> str:
    """Return a chunk without the marks around it and without apostrophes."""
    return _QUOTES.sub("", chunk.strip(_EDGES))


def _readings(chunk: str) -> Iterator[Mapping[str, float]]:
    """Yield what each character may be read as, and at what cost."""
    plain = unicodedata.normalize("NFKD", chunk).casefold()
    before, masked = "", 0
    for char in _RUN.sub(r"\1\1", plain):
        if unicodedata.category(char) in ("Mn", "Cf"):
            continue
        own = _readings_of(char, chunk.isascii())
        if not _is_letter(char) and (masked := masked + 1) <= MOST_MASKED:
            own = {**dict.fromkeys(ascii_lowercase, ANY), **own}
        yield {**own, "": DROPPED} if char == before else own
        before = char


@lru_cache(maxsize=2_000)
def _readings_of(char: str, among_ascii: bool) -> Mapping[str, float]:
    own = {**_named(char), fold(char) or char: 0.0}
    others = {} if among_ascii and char.isalpha() else dict.fromkeys(_ALIKE.get(char, ""), ALIKE)
    return {**others, **own} if _is_letter(char) else {**others, "": DROPPED}


def _within(reading: Mapping[str, float], latin: bool) -> Mapping[str, float]:
    return {letter: cost for letter, cost in reading.items() if not letter or letter.isascii() == latin}


def _is_letter(char: str) -> bool:
    return char.isalnum() or bool(_named(char))


def _named(char: str) -> dict[str, float]:
    """Return the letter by which Unicode names a character: small capitals, letters in squares."""
    named = _NAMED.search(unicodedata.name(char, ""))
    return {named[1].lower(): ALIKE} if named else {}
