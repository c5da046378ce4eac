"""Is a message in another language than English? Told by its script, or by a matcher fitted on lines of each language.

English jargon, drugs and names are never taken for another language: a message of one word is English
unless it is a line of another language as it stands.
"""

import re
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

_SCRIPTS: Mapping[str, re.Pattern[str]] = {
    "cjk": re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"),
    "arabic": re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]"),
    "cyrillic": re.compile("[\u0400-\u052f]"),
}
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Languages:
    scripts: Mapping[str, re.Pattern[str]]
    """A letter of each language that has a script of its own."""
    messages: Mapping[str, str]
    """Whole messages, as words, and their language."""
    labels: frozenset[str]
    """What the matcher calls languages."""
    matcher: Matcher

    @classmethod
    def build(cls, known: Mapping[str, LanguageEvidence], matcher: Matcher) -> "Languages":
        scripts = {language: _SCRIPTS[each.script] for language, each in known.items() if each.script}
        messages = {text.key(line): language for language, each in known.items() for line in each.messages}
        labels = frozenset(label for label in matcher.labels if label.startswith(LABEL))
        return cls(scripts, messages, labels, matcher)

    def detect(self, message: str) -> str | None:
        """The language of a message; None for English, for one that is not known, and where it cannot be told."""
        read = message[:LONGEST_READ]
        if not read.isascii() and (written := self._by_script(read)):
            return written
        words = text.key(read)
        if words in self.messages:
            return self.messages[words]
        return self._by_likeness(read) if len(words.split()) >= LEAST_WORDS else None

    def _by_script(self, read: str) -> str | None:
        least = LEAST_LETTERS * len(_LETTER.findall(read))
        return next((language for language, letter in self.scripts.items() if len(letter.findall(read)) > least), None)

    def _by_likeness(self, read: str) -> str | None:
        best = self.matcher.lead(read, self.labels)
        return best.label.removeprefix(LABEL) if best and best.by >= LEAST_LEAD else None
