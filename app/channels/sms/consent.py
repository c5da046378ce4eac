"""Tells a message that wants no more messages, wants them again, or wants help.

The words are those that carriers and US rules (47 CFR 64.1200(a)(10)) ask for, when they are the whole message. A wish
in other words counts too: the rules ask for any reasonable one.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal, NamedTuple

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
RESUMING = frozenset(
    {"opt in", "optin", "subscribe", "resubscribe", "resume", "restart", "unstop", "start", "start again", "yes"}
)
"""More words that turn messages on again, for a number that has turned them off."""
HELP = frozenset({"help", "info"})
YES = "yes"
_COURTESY = re.compile(r"\b(?:please|pls|plz|thanks|thank you|now|me)\b")
LONGEST = 300
"""Characters of a wish: who writes more says something else too."""
_INSTRUCTION = re.compile(
    r"(?:reply|text|txt|send|respond|type|replying|texting) stop"
    r"|(?:(?:reply|text|txt|send|respond|type) )?stop (?:to|2) (?:end|stop|quit|cancel|unsubscribe|opt ?out|stop all)"
    r"(?: (?:all|any|these|the|future))?(?: (?:texts|messages|msgs|alerts))?"
)
"""What such services write at the end of a text, sent back: no wish to die, however like one `stop to end` sounds."""
_GO_ON = re.compile(
    r"\b(?:dont|do not|never|not)(?: ever)? (?:stop|cancel|end|quit|remove|delete|unsubscribe|drop)\b"
    r"|\b(?:no|not|dont) (?:wish|want|need|plan|reason) to (?:stop|cancel|quit|unsubscribe|opt out)\b"
    r"|^(?:please |pls |just )?keep (?:on |\w+ ){0,3}(?:coming|sending|texting)\b"
)
"""A plea not to stop, or to go on; `you keep texting me` is none."""
_MISSPELT = {"stop": 1, "cancel": 1, "remove": 1, "unsubscribe": 2}
"""The words that people misspell -> the most slips."""
_GOES_ON = re.compile("[nu].*[skp]")
"""Kinds of a clause that refuses before it stops: `do not stop`."""
_REFUSES = re.compile("^[^a]*(?:n[fo]*m|u[^a]*m)[^a]*$")
"""Kinds of a clause that refuses our messages and asks nothing: `do not text me`, `i don't want your texts`."""
_ASKS_FOR_TEXTS = re.compile("f*m[of]+")
"""Kinds of a clause that asks for a message: `text me`."""
_OTHERWISE = frozenset("waol")
"""Kinds of words beside which a stop may be about anything: `i want to stop`."""
_NO_SLIPS = frozenset({"stow", "stoop", "stomp", "atop", "strop", "slop", "stops", "stopped"})
"""Words that are near `stop` and none of the ordinary ones."""
_EDGES = re.compile(r"[.!?;,:\n]+|\s[-~]+\s?|\s{3,}|\s(?:or(?: else)?|because|cause|cuz|bc|since)\s", re.IGNORECASE)
"""Where a clause ends."""
_SPELLED = re.compile(r"(?<!\w)(?:\w[ .]){3,}\w(?!\w)")
"""Letters that are spelled out: `S.T.O.P`."""
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}", re.IGNORECASE)
"""A letter three times and more: `stooop`."""
_SIGNS = str.maketrans({"🛑": " stop ", "✋": " stop ", "⛔": " stop "})


def keyword(message: str, opted_out: bool) -> Wish | None:
    """Return the wish of a message that is nothing but one of the words, case and punctuation aside."""
    key = text.key(message)
    if key in STOP or _INSTRUCTION.fullmatch(key):
        return "stop"
    if key in START or (opted_out and _COURTESY.sub("", key).strip() in RESUMING):
        return "start"
    return "help" if key in HELP else None


def is_of_carriers(message: str) -> bool:
    """Return whether a gateway that answers words of consent answers this one."""
    return text.key(message) in (CARRIERS | START | HELP | {YES})


def asks_to_stop(message: str) -> bool:
    """Return whether a message is mostly a wish for no more messages: polite, doubled, misspelt, with thanks or a name
    beside it, in any language that is served.

    Each clause of it is a wish or says nothing else, and one is a wish; or one names our messages, whatever reasons the
    others give.
    """
    if len(message) > LONGEST or asks_to_go_on(message):
        return False
    clauses = _clauses(message)
    return any(_is_wish([reader.read(clause) for clause in clauses]) for reader in _readers())


def stops_beside(message: str) -> bool:
    """Return whether a message about something else, such as danger, has a clause that is a wish to stop beyond doubt:
    a shouted keyword, or one that names our messages.
    """
    shouted = any(clause.isupper() and text.key(clause) in CARRIERS for clause in _EDGES.split(message))
    return shouted or any(_names_messages(reader.read(clause)) for clause in _clauses(message) for reader in _readers())


def may_ask_to_stop(message: str) -> bool:
    """Return whether a message that is like a wish to stop has the words for it: our messages, or where the number
    stands, and a stop. `take me off the pump` is like one too.
    """
    kinds = _readers()[0].kinds_of(text.key(message))
    named = bool(kinds & {*"ml"}) and bool(kinds & {*"sknu"})
    in_short = any(_wishes(reader.read(clause) or "") for clause in _clauses(message) for reader in _readers())
    return not asks_to_go_on(message) and ("p" in kinds or named or in_short)


def beside_wish(message: str) -> str:
    """Return what a message says before or after a wish to stop, with nothing between them: `dont text no more dad
    collapsed`. The wish's own words (no, dont, stop) must not quiet what stands beside them. Empty where there is none,
    and for a long message.
    """
    key = text.key(message) if len(message) <= LONGEST else ""
    return next(filter(None, (_beside_wish(list(reader.terms(key))) for reader in _readers())), "")


def _beside_wish(terms: list["_Term"]) -> str:
    before, after = (
        "".join(term.kind for term in itertools.takewhile(lambda term: term.kind, order))
        for order in (terms, reversed(terms))
    )
    for size in range(len(before), 0, -1):
        if _wishes(before[:size]):
            return " ".join(term.phrase for term in terms[size:])
    for size in range(len(after), 0, -1):
        if _wishes(after[:size][::-1]):
            return " ".join(term.phrase for term in terms[:-size])
    return ""


def _clauses(message: str) -> list[str]:
    """Return the keys of a message's clauses, without who signs it and what services write at the end of theirs;
    letters that are spelled out are put together.
    """
    joined = _SPELLED.sub(lambda match: re.sub("[ .]", "", match[0]), message.translate(_SIGNS))
    plain = _DRAWN_OUT.sub(r"\1", without_marks(redact(joined)))
    return [key for clause in _EDGES.split(plain) if (key := text.key(clause)) and not _INSTRUCTION.search(key)]


def asks_to_go_on(message: str) -> bool:
    """Return whether a message asks for what it names not to stop: `please don't cancel my messages`."""
    return _GO_ON.search(text.key(message)) is not None


def _is_wish(clauses: Sequence[str | None]) -> bool:
    """Return whether the clauses, by the kinds of their words in one language, are a wish; None is a clause that says
    something else.
    """
    kinds = [clause for clause in clauses if clause is not None]
    if any(_GOES_ON.search(clause) or _ASKS_FOR_TEXTS.fullmatch(clause) for clause in kinds):
        return False
    return any(map(_names_messages, kinds)) or (len(kinds) == len(clauses) and any(map(_wishes, kinds)))


def _names_messages(kinds: str | None) -> bool:
    """Return whether a clause is a wish that says what shall stop, or one that cannot be about anything else."""
    return kinds is not None and _wishes(kinds) and ("m" in kinds or "p" in kinds) and not _GOES_ON.search(kinds)


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
        kinds = [term.kind for term in self.terms(clause)]
        return "".join(kinds) if all(kinds) else None

    def kinds_of(self, key: str) -> set[str]:
        """Return the letters of the terms that a text has among others."""
        return {term.kind for term in self.terms(key)} - {""}

    def terms(self, key: str) -> Iterator["_Term"]:
        """Yield the phrases of a text, the longest that are known, and other words one by one."""
        words, at = key.split(), 0
        while at < len(words):
            length = next(
                (size for size in range(self._longest, 0, -1) if " ".join(words[at : at + size]) in self._kinds), 1
            )
            phrase = " ".join(words[at : at + length])
            yield _Term(phrase, self._kinds.get(phrase) or ("s" if _is_misspelt(phrase) else ""))
            at += length


@cache
def _readers() -> tuple[_Reader, ...]:
    """Return a reader of each language, English first; read when the first text message comes."""
    return tuple(map(_Reader, in_languages()))


class _Term(NamedTuple):
    phrase: str
    kind: str
    """A letter of `stop_words.LETTERS`; empty for what is no word of a wish."""


def _is_misspelt(word: str) -> bool:
    """Return whether an unknown word is a slip of one that stops: `stopp`, `sotp`, `unsubcribe`."""
    return (
        not is_ordinary(word)
        and word not in _NO_SLIPS
        and any(
            OSA.distance(word, meant, score_cutoff=most) <= most for meant, most in _MISSPELT.items() if len(word) > 3
        )
    )
