"""Which words a kept question may hold: those that some list knows. Whatever is left of a text is taken out.

Patterns and lists of names know what a name looks like, and a stranger's name looks like nothing they know. So the
question is turned around: a word stays when it stands in a list of everyday words (`known_*.txt`), begins like one
(`stems_*.txt`, for Russian and Arabic, which bend their words), is of the content, or is a slip in a word of it.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from app import text
from app.dialogue.knowledge import Knowledge
from app.matching.vocabulary import Vocabulary
from app.redaction.checks import HAN
from app.redaction.names import is_form, words_in
from app.redaction.signs import Span

_TOKEN = re.compile(rf"[^\W_{HAN}]+(?:(?<!\d)'[^\W\d_{HAN}]+)*")
_LISTS = (
    *("ordinary_words.txt", "known_en.txt", "known_es_pt.txt", "known_fr_de_it.txt", "known_ko.txt"),
    *("ordinary_surnames.txt", "name_words.txt"),
)
_NAMES = ("first_names.txt", "surnames.txt")
LONGEST = 40
"""Characters of a word; longer ones are no words."""
MOST_REPAIRS = 50
"""Unknown words of one text that are held against the content's; each takes 20 us."""
_LONGEST_NUMBER = 4
_BEGINNING = 4
"""Letters that two forms of a Russian word have in common at least."""
_ENDING = 4
"""Most letters that a form of a Russian word adds to its beginning."""
_LEAST_CUT = 7
"""Length from which a word may end in two other letters than a listed one does."""
_SENTENCE = re.compile(r"(?:\A|[.!?:\n])[^\w]{0,5}\Z")
_UNITS = frozenset(
    (
        *("mg", "ml", "mcg", "cc", "cm", "mm", "kg", "lb", "lbs", "oz", "g", "l", "iu", "k", "m", "x", "am"),
        *("pm", "a", "p", "h", "hr", "hrs", "min", "mins", "s", "sec", "d", "day", "days", "wk", "wks", "week"),
        *("weeks", "mo", "mos", "month", "months", "yr", "yrs", "y", "yo", "st", "nd", "rd", "th", "f", "c"),
        *("fr", "fu", "gauge", "cycles", "cycle", "rounds", "doses", "nights", "hours", "years", "times"),
    )
)
_ROUND = ("00", "50")
"""How a cost or a count of five or six digits ends."""
_TRIAL = re.compile(r"NCT\d{8}|T[0-4X][a-d]?N[0-3X][a-c]?(?:M[01X])?", re.I)
"""The number of a study, which is public, and the stage of a cancer."""
_MIXED = re.compile(r"([^\W\d]*)(\d+)([^\W\d]*)")
_PREFIXES = ("", "وال", "فال", "بال", "كال", "هال", "عال", "لل", "ال", *"وفبلكسهحتينام")
_SUFFIXES = (
    *("", "ها", "هم", "نا", "كم", "ني", "ين", "ات", "ون", "وا", "ان", "يه", "ته", "تي", "تك", "لي", "له", "لك"),
    *("ه", "ي", "ك", "ت", "ا", "و"),
)
_LEAST_ARABIC = 3
_VERB_ENDINGS = (
    *("o", "as", "a", "es", "e", "amos", "emos", "imos", "an", "en", "am", "em", "aste", "iste", "aron", "ieron"),
    *("aram", "eram", "iram", "ou", "eu", "iu", "ei", "aba", "aban", "ava", "avam", "ia", "ian", "iam", "ando"),
    *("iendo", "endo", "indo", "ado", "ada", "ido", "ida", "ados", "adas", "idos", "idas", "ara", "era", "ira"),
    *("aran", "eran", "arme", "arse", "arlo", "arla", "erlo", "erse", "irse", "arnos"),
)


class KnownWords:
    def __init__(self, vocabulary: Vocabulary, texts: Iterable[str] = (), phrasings: Iterable[str] = ()) -> None:
        """`texts` are approved ones, each word of which counts; of `phrasings` those of other letters than Latin
        count, since few of them say the same word thrice.
        """
        self._vocabulary = vocabulary
        self._of_texts = _words(texts)
        other = {word for word in _words(line for line in phrasings if not line.isascii()) if not word.isascii()}
        self._content = vocabulary.known | other
        self._cyrillic = words_in("stems_ru.txt") | {_beginning(word) for word in other if _is_cyrillic(word)}
        arabic = words_in("stems_ar.txt") | {word for word in other if _is_arabic(word)}
        self._arabic = {root for word in arabic for root in _roots(word)} | arabic

    @classmethod
    def of(cls, knowledge: Knowledge) -> "KnownWords":
        topics = (*knowledge.matcher.phrasings.values(), *knowledge.urgent.matcher.phrasings.values())
        phrasings = (line for topic in topics for line in topic.texts)
        return cls(knowledge.matcher.model.vocabulary, knowledge.content.texts().values(), phrasings)

    def unknown(self, plain: str) -> Iterator[Span]:
        """Yield what of a text in plain characters is neither a known word nor a short number, in order."""
        repairs = MOST_REPAIRS
        for token in _TOKEN.finditer(plain):
            mark = self._mark(token[0])
            if mark == "word" and repairs:
                repairs -= 1
                mark = "" if self._is_slip(plain, token) else mark
            if mark:
                yield Span(*token.span(), mark)

    def _mark(self, token: str) -> str:
        """Return the mark for a word that may not stay, else nothing."""
        if len(token) > LONGEST:
            return "number" if token.isdigit() else "word"
        if any(map(str.isdecimal, token)):
            return "" if self._is_amount(token) else "number"
        if token.lower() in _listed():
            return ""
        low = text.fold(token).replace("'", "")
        if len(low) < 2 or low in self._of_texts or _is_listed(low):
            return ""
        if not token.isascii() and low in self._content:  # Vietnamese "chân" is a leg, no Chan
            return ""
        if low in _names() or text.fold(token.removesuffix("'s")) in _names():
            return "name"
        return "" if self._is_known(low) else "word"

    def _is_known(self, low: str) -> bool:
        if low in self._content or _is_foreign_form(low) or _is_verb(low):
            return True
        if _is_cyrillic(low):
            return any(low[:end] in self._cyrillic for end in range(_least(low), len(low) + 1))
        if _is_korean(low):
            return any(low[:end] in words_in("known_ko.txt") for end in range(2, len(low) + 1))
        return _is_arabic(low) and (low in self._arabic or any(root in self._arabic for root in _roots(low)))

    def _is_amount(self, token: str) -> bool:
        """Return True for 1200, 20mg, 5FU, day3 and 10am; False for ABC1234 and 88Z41K."""
        if token.isdecimal():
            return len(token) <= _LONGEST_NUMBER or (len(token) < 7 and token.endswith(_ROUND))
        if _TRIAL.fullmatch(token):
            return True
        parts = _MIXED.fullmatch(token)
        if not parts or len(parts[2]) > _LONGEST_NUMBER:
            return token.lower() in self._content or len(token) <= 3
        before, after = parts[1].lower(), parts[3].lower()
        return len(token) <= 3 or all(
            not word or word in _UNITS or word in self._content or _is_listed(word) for word in (before, after)
        )

    def _is_slip(self, plain: str, token: re.Match[str]) -> bool:
        """Return True for a slip in a word of the content, not for what is written like a name."""
        word = token[0]
        if (
            word[0].isupper()
            and not plain.isupper()
            and not _SENTENCE.search(plain[max(0, token.start() - 6) : token.start()])
        ):
            return False
        low = text.fold(word).replace("'", "")
        return self._vocabulary.repair(low) != low


@cache
def _names() -> frozenset[str]:
    return frozenset(text.fold(name) for file in _NAMES for name in words_in(file))


@cache
def _listed() -> frozenset[str]:
    return frozenset(text.fold(word) for file in _LISTS for word in words_in(file))


@cache
def _cut() -> frozenset[str]:
    """Return the words of other languages than English without their last two letters."""
    return frozenset(word[:-2] for word in words_in("known_es_pt.txt") if len(word) >= _LEAST_CUT)


def _is_listed(low: str) -> bool:
    return low in _listed() or (len(low) > 3 and low.isascii() and is_form(low, _listed()))


def _is_foreign_form(low: str) -> bool:
    return len(low) >= _LEAST_CUT and low[:-2] in _cut()


def _is_verb(low: str) -> bool:
    """Return True for a form of a Spanish or Portuguese verb of the list: vivimos, of vivir."""
    stems = [low.removesuffix(end) for end in _VERB_ENDINGS if low.endswith(end) and len(low) - len(end) > 2]
    return any(f"{stem}{end}" in words_in("known_es_pt.txt") for stem in stems for end in ("ar", "er", "ir"))


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for line in texts for word in text.parse(line).words)


def _is_cyrillic(word: str) -> bool:
    return "\u0400" <= word[:1] <= "\u04ff"


def _is_arabic(word: str) -> bool:
    return "\u0600" <= word[:1] <= "\u06ff"


def _is_korean(word: str) -> bool:
    return "\uac00" <= word[:1] <= "\ud7a3"


def _least(word: str) -> int:
    """Return how many letters of a Russian word must begin a listed one: all of a short word."""
    return min(len(word), max(_BEGINNING, len(word) - _ENDING))


def _beginning(word: str) -> str:
    return word[: max(_BEGINNING, len(word) - 3)]


def _roots(word: str) -> Iterator[str]:
    """Yield an Arabic word as it is and without what may be written onto it: and, the, for; her, us, plural."""
    for prefix in _PREFIXES:
        if word.startswith(prefix):
            rest = word[len(prefix) :]
            for suffix in _SUFFIXES:
                if rest.endswith(suffix) and len(rest) - len(suffix) >= _LEAST_ARABIC:
                    yield rest[: len(rest) - len(suffix)]
