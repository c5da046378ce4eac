"""Tells a message that wants no more messages, wants them again, or wants help.

The words are those that carriers and US rules (47 CFR 64.1200(a)(10)) ask for, when they are the whole message. A wish
in other words counts too: the rules ask for any reasonable one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from rapidfuzz.distance import OSA

from app import text
from app.channels.sms.stop_words import StopWords, in_languages
from app.redaction.names import is_ordinary
from app.redaction.redact import redact, without_marks

Wish = Literal["stop", "start", "help"]

STOP = frozenset(
    {"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out", "parar"}
)
CARRIERS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
"""Those that every vendor answers by itself, where it answers any."""
START = frozenset({"start", "unstop"})
HELP = frozenset({"help", "info"})
YES = "yes"
"""Turns messages on again for a number that has turned them off; from any other it is an answer."""
LONGEST = 300
"""Characters of a wish: who writes more says something else too."""
_INSTRUCTION = re.compile(
    r"(?:(?:reply|text|txt|send|respond|type) )?stop (?:to|2) (?:end|stop|quit|cancel|unsubscribe|opt ?out|stop all)"
    r"(?: (?:all|any|these|the|future))?(?: (?:texts|messages|msgs|alerts))?"
)
"""What such services write at the end of a text, sent back: no wish to die, however like one `stop to end` sounds."""
_GO_ON = re.compile(r"\b(?:dont|do not|never|not)(?: ever)? (?:stop|cancel|end|quit|remove|delete|unsubscribe|drop)\b")
_MISSPELT = {"stop": 1, "unsubscribe": 2}
"""The words that people misspell -> the most slips."""
_GOES_ON = re.compile("[nu].*[skp]")
"""Kinds of a clause that refuses before it stops: `do not stop`."""
_REFUSES = re.compile("^[^a]*(?:n[fo]*m|u[^a]*m)[^a]*$")
"""Kinds of a clause that refuses our messages and asks nothing: `do not text me`, `i don't want your texts`."""
_OTHERWISE = frozenset("waol")
"""Kinds of words beside which a stop may be about anything: `i want to stop`."""
_NO_SLIPS = frozenset({"stow", "stoop", "stomp", "atop", "strop", "slop", "stops", "stopped"})
"""Words that are near `stop` and none of the ordinary ones."""
_EDGES = re.compile(r"[.!;,:\n]+|\s[-~]+\s?|\s{3,}")


def keyword(message: str, opted_out: bool) -> Wish | None:
    """Return the wish of a message that is nothing but one of the words, case and punctuation aside."""
    key = text.key(message)
    if key in STOP or _INSTRUCTION.fullmatch(key):
        return "stop"
    if key in START or (key == YES and opted_out):
        return "start"
    return "help" if key in HELP else None


def is_of_carriers(message: str) -> bool:
    """Return whether a gateway that answers words of consent answers this one."""
    return text.key(message) in (CARRIERS | START | HELP | {YES})


def asks_to_stop(message: str) -> bool:
    """Return whether a message is mostly a wish for no more messages: polite, doubled, misspelt, with thanks or a name
    beside it, in any language that is served.

    Each clause of it is a wish or says nothing else, and one is a wish.
    """
    if len(message) > LONGEST or asks_to_go_on(message):
        return False
    clauses = [text.key(clause) for clause in _EDGES.split(without_marks(redact(message)))]
    return any(_is_wish([clause for clause in clauses if clause], words) for words in _READERS)


def asks_to_go_on(message: str) -> bool:
    """Return whether a message asks for what it names not to stop: `please don't cancel my messages`."""
    return _GO_ON.search(text.key(message)) is not None


def _is_wish(clauses: Sequence[str], reader: "_Reader") -> bool:
    """Return whether the clauses are a wish in one language: one of them is, and none says anything else."""
    read = [reader.read(clause) for clause in clauses]
    kinds = [kind for kind in read if kind is not None]
    return len(kinds) == len(read) and any(map(_wishes, kinds)) and not any(map(_GOES_ON.search, kinds))


def _wishes(kinds: str) -> bool:
    """Return whether a clause is a wish; `kinds` has the letter of each of its terms (`stop_words.LETTERS`)."""
    if "p" in kinds or _REFUSES.search(kinds):
        return True
    named = "m" in kinds or ("l" in kinds and "a" not in kinds)
    return ("s" in kinds and (named or not _OTHERWISE & {*kinds})) or ("k" in kinds and named)


@dataclass(frozen=True)
class _Reader:
    """Reads a clause by the words of one language."""

    words: StopWords

    @cached_property
    def _kinds(self) -> dict[str, str]:
        return {phrase: kind for kind, phrases in self.words.by_kind() for phrase in phrases}

    @cached_property
    def _longest(self) -> int:
        return max(phrase.count(" ") + 1 for phrase in self._kinds)

    def read(self, clause: str) -> str | None:
        """Return a letter for each term of a clause, or None where one of them is no word of a wish."""
        kinds = list(self._terms(clause.split()))
        return "".join(kinds) if all(kinds) else None

    def _terms(self, words: list[str]) -> Iterator[str]:
        at = 0
        while at < len(words):
            length = next(
                (size for size in range(self._longest, 0, -1) if " ".join(words[at : at + size]) in self._kinds), 1
            )
            phrase = " ".join(words[at : at + length])
            yield self._kinds.get(phrase) or ("s" if _is_misspelt(phrase) else "")
            at += length


def _is_misspelt(word: str) -> bool:
    """Return whether an unknown word is a slip of one that stops: `stopp`, `sotp`, `unsubcribe`."""
    return (
        not is_ordinary(word)
        and word not in _NO_SLIPS
        and any(
            OSA.distance(word, meant, score_cutoff=most) <= most for meant, most in _MISSPELT.items() if len(word) > 3
        )
    )


_READERS = tuple(map(_Reader, in_languages()))
