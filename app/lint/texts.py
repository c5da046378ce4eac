"""Findings on the wording of texts: how hard they are to read, and how long."""

import re
from collections.abc import Iterator

from app import text
from app.content import markup
from app.content.schema import Content, Entry
from app.dialogue.text_messages import MOST_PARTS
from app.lint.findings import Finding
from app.segments import segments

HIGHEST_GRADE = 8.0
MOST_READ_ALOUD = 25
"""Most words of an answer that is read aloud."""
SHORTEST_NAME = 10
"""Letters from which a word of an entry's question is a name, of a disease say: nobody can put it more simply."""

_VOWELS = re.compile(r"[aeiouy]+")
_END = re.compile(r"[.!?]+(?:\s|$)|\S(?=\n)(?<![.!?])")
"""Where a sentence ends: an item of a list is one, whatever stands behind it."""


def find(content: Content) -> Iterator[Finding]:
    questions = (word for entry in content.entries.values() for word in _words(entry.question))
    names = frozenset(word for word in questions if len(word) >= SHORTEST_NAME)
    for id_, entry in content.entries.items():
        level = grade("\n".join([*markup.lines(entry.answer), entry.limits or ""]), names)
        if level > HIGHEST_GRADE:
            yield Finding("error", f"{id_}.answer", f"reads at grade {level:.1f}, {HIGHEST_GRADE:.0f} at most")
        if len((entry.read_aloud or "").split()) > MOST_READ_ALOUD:
            yield Finding("error", f"{id_}.read_aloud", f"has more than {MOST_READ_ALOUD} words")
        yield from _stale_drafts(id_, entry)
    for key, message in content.texts().items():
        size = segments(message)
        if key.endswith(".sms") and size.parts > MOST_PARTS:
            yield Finding("error", key, f"takes {size.parts} SMS parts ({size.encoding}), {MOST_PARTS} at most")


def _stale_drafts(id_: str, entry: Entry) -> Iterator[Finding]:
    """Yield the texts that a command drafted from words that the answer does not have any more: a phone would go on to
    say what the answer has taken back.
    """
    said = " ".join([*markup.lines(entry.answer), entry.limits or ""])
    for name in entry.drafted:
        draft = getattr(entry, name)
        if draft and _spaced(draft) not in _spaced(said):
            problem = "was drafted from another wording of the answer: write it anew, and take it out of `drafted`"
            yield Finding("error", f"{id_}.{name}", problem)


def _spaced(message: str) -> str:
    return " ".join(message.split())


def _words(message: str) -> list[str]:
    return [word for word in text.words(message) if word.isalpha()]


def grade(message: str, names: frozenset[str] = frozenset()) -> float:
    """Return the reading grade after Flesch and Kincaid (1975); each of the names counts as one syllable."""
    words = _words(message)
    if not words:
        return 0.0
    syllables = sum(1 if word in names else _syllables(word) for word in words)
    return 0.39 * len(words) / max(1, len(_END.findall(message))) + 11.8 * syllables / len(words) - 15.59


def _syllables(word: str) -> int:
    count = len(_VOWELS.findall(word))
    return max(1, count - (word.endswith("e") and not word.endswith("le") and count > 1))
