"""Tells what a phone or a carrier sends by itself from what a person writes: reactions, automatic replies, notices.

Only whole messages count. A reaction is told by the text of ours that it quotes, in whatever language its verb is; our
words are taken out of a message that quotes them, so that they are never read as the writer's.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Literal

import yaml

from app import text

Kind = Literal["reaction", "automatic", "notice"]

SHORTEST_QUOTE = 8
"""Characters of a quote, without punctuation, that is looked for in what we sent."""
LONGEST = 600
"""Characters of what a phone sends by itself: a whole text of two parts, and its frame."""
_QUOTE = re.compile(r"[\"“”„«»「」『』‹›]")
_QUOTED = re.compile(r"[\"“”„«「『‹](.*?)(?:[\"”“»」』›]|\Z)|^>([^\n]*)$", re.DOTALL | re.MULTILINE)
_REPLYING = re.compile(r"^\W*(?:>|re(?:acted|accion)|[^\w\s])", re.IGNORECASE)

_DOUBTING_SIGNS = re.compile("[👎❓❔⁉🤔😕🤨]")
_DATA = yaml.load(
    resources.files("app.channels.sms").joinpath("phone_texts.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader
)
_REACTING, _AFTERWARDS, _DOUBTING, _TAKING_BACK = (
    frozenset(_DATA[name].split()) for name in ("reacting", "afterwards", "doubting", "taking-back")
)
_UNQUOTED, _AUTOMATIC, _LABELLED, _NOTICE = (
    re.compile("|".join(_DATA[name]), re.IGNORECASE) for name in ("unquoted", "automatic", "labelled", "notices")
)


@dataclass(frozen=True, slots=True)
class PhoneText:
    """What a phone or a carrier sent by itself."""

    kind: Kind
    is_doubt: bool = False
    """A reaction that questions or dislikes."""
    is_certain: bool = True
    """Word for word a known text, or a frame around our own: nothing of a person's is in it."""


def may_quote(message: str) -> bool:
    """Return whether it is worth looking at what we sent: the message has quotation marks or begins like a reply."""
    return len(message) <= LONGEST and bool(_QUOTE.search(message) or _REPLYING.match(message))


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A message without what it quotes of the texts that we sent."""

    before: str
    """Up to the first quote: all of it where there is none."""
    after: str = ""
    quotes: bool = False

    @property
    def text(self) -> str:
        return f"{self.before} {self.after}".strip() if self.quotes else self.before


def own_words(message: str, sent: Sequence[str]) -> OwnWords:
    """Return the words of a message that are the writer's own; `sent` are the texts that we sent."""
    spans = [*_quotes(message, [text.key(ours) for ours in sent])] or sorted(_whole_quotes(message, sent))
    if not spans:
        return OwnWords(message)
    kept = [message[end:start] for (_, end), (start, _) in itertools.pairwise([*spans, (len(message), 0)])]
    return OwnWords(message[: spans[0][0]], " ".join(kept), quotes=True)


def _whole_quotes(message: str, sent: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where a text of ours stands whole, without quotation marks."""
    for ours in sent:
        if (start := message.find(ours)) >= 0:
            yield start, start + len(ours)


def _quotes(message: str, keys: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where a text of ours is quoted, whole or cut off; `keys` are those of our texts."""
    for match in _QUOTED.finditer(message):
        quoted = text.key(match[1] if match[1] is not None else match[2])
        if len(quoted) >= SHORTEST_QUOTE and any(quoted in ours for ours in keys):
            yield match.span()


def recognised(message: str, own: OwnWords) -> PhoneText | None:
    """Return what a phone sent by itself, or None for what a person wrote."""
    if len(message) > LONGEST:
        return None
    if own.quotes and (reaction := _reaction(own)):
        return reaction
    key = text.key(message)
    if _UNQUOTED.fullmatch(key):
        return PhoneText("reaction", key.startswith(("disliked", "questioned")))
    if key and _AUTOMATIC.fullmatch(key):
        return PhoneText("automatic")
    if _NOTICE.search(message):
        return PhoneText("notice", is_certain=False)
    return PhoneText("automatic", is_certain=False) if _LABELLED.search(message) else None


def _reaction(own: OwnWords) -> PhoneText | None:
    """Return a reaction whose words stand before what it quotes, in some languages after it."""
    before, after = frozenset(text.words(own.before)), frozenset(text.words(own.after))
    if not before <= _REACTING or not after <= _AFTERWARDS:
        return None
    doubts = bool(_DOUBTING & (before | after) or _DOUBTING_SIGNS.search(own.text))
    return PhoneText("reaction", doubts and not _TAKING_BACK & (before | after))
