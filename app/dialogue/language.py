"""Is a message in another language than English? Told by its script, or by a matcher fitted on lines of each language.

English jargon, drugs and names are never taken for another language: a message of one word is English
unless it is a line of another language as it stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app import text
from app.content.schema import LanguageEvidence
from app.matching.matcher import Matcher

LABEL = "language-"
"""How the matcher of small talk names a language: `language-es`."""
LEAST_WORDS = 2
LEAST_LEAD = 0.3
"""By which a language must lead over English. Cross-validated: 0.2 missed 1 of 164 lines and took 3 of 3,904 English
ones for another language, all of them of one word.
"""
LEAST_LETTERS = 0.3
"""Of the letters that must be of the language's script: drugs and abbreviations stay in Latin letters."""
LONGEST_READ = 2_000

_RANGES: Mapping[str, tuple[tuple[int, int], ...]] = {
    "cjk": ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)),
    "arabic": ((0x600, 0x6FF), (0x750, 0x77F), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC)),
    "cyrillic": ((0x400, 0x52F),),
}


@dataclass(frozen=True)
class Languages:
    scripts: Mapping[str, tuple[tuple[int, int], ...]]
    """Ranges of code points of each language that has a script of its own."""
    messages: Mapping[str, str]
    """Whole messages, as words, and their language."""
    matcher: Matcher

    @classmethod
    def build(cls, known: Mapping[str, LanguageEvidence], matcher: Matcher) -> "Languages":
        scripts = {language: _RANGES[each.script] for language, each in known.items() if each.script}
        messages = {_key(line): language for language, each in known.items() for line in each.messages}
        return cls(scripts, messages, matcher)

    def detect(self, message: str) -> str | None:
        """The language of a message; None for English, for one that is not known, and where it cannot be told."""
        read = message[:LONGEST_READ]
        for language, ranges in self.scripts.items():
            if _share_written(read, ranges) >= LEAST_LETTERS:
                return language
        words = _key(read)
        if words in self.messages:
            return self.messages[words]
        return self._by_likeness(read) if len(words.split()) >= LEAST_WORDS else None

    def _by_likeness(self, read: str) -> str | None:
        scores = self.matcher.scores(read)
        led = {label: scores.pop(label) for label in list(scores) if label.startswith(LABEL)}
        best = max(sorted(led), key=lambda label: led[label], default=None)
        if not best or led[best] - max(scores.values()) < LEAST_LEAD:
            return None
        return best.removeprefix(LABEL)


def _share_written(read: str, ranges: tuple[tuple[int, int], ...]) -> float:
    letters = [ord(char) for char in read if char.isalpha()]
    return sum(any(low <= code <= high for low, high in ranges) for code in letters) / max(1, len(letters))


def _key(said: str) -> str:
    return " ".join(text.words(text.fold(said)))
