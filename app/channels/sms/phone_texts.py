"""Tells what a phone or a carrier sends by itself from what a person writes: reactions, automatic replies, notices.

Only whole messages count. A reaction is told by the text of ours that it quotes, in whatever language its verb is; our
words are taken out of a message that quotes them, so that they are never read as the writer's.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import yaml

from app import text

Kind = Literal["reaction", "automatic", "notice"]

SHORTEST_QUOTE = 20
"""Characters of the beginning of a text of ours, without punctuation, that count as a quote of it."""
SHORTEST_CUT = 10
"""Those of a quote that was cut off with three dots."""
_CUT = re.compile(r"(?:…|\.\.\.)\s*\Z")
LONGEST = 600
"""Characters of what a phone sends by itself: a whole text of two parts, and its frame."""
_QUOTE = re.compile(r"[\"“”„«»「」『』‹›‘]")
_QUOTED = re.compile(r"[\"“”„«「『‹‘](.*?)(?:[\"”“»」』›’]|\Z)|^>([^\n]*)$", re.DOTALL | re.MULTILINE)
_REPLYING = re.compile(r"^\W*(?:>|re(?:acted|accion)|[^\w\s])", re.IGNORECASE)

_DOUBTING_SIGNS = re.compile("[👎❓❔⁉🤔😕🤨]")
_BETWEEN_CHINESE = re.compile("(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")


@dataclass(frozen=True, slots=True)
class PhoneText:
    """What a phone or a carrier sent by itself."""

    kind: Kind
    is_doubt: bool = False
    """A reaction that questions or dislikes."""
    is_certain: bool = False
    """Word for word what only a phone says: nothing of a person's can be in it."""


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    """Return the patterns of phone_texts.yaml by their names; read when the first text message comes."""
    written = resources.files("app.channels.sms").joinpath("phone_texts.yaml").read_text("utf-8")
    lines: dict[str, list[str]] = yaml.load(written, Loader=yaml.CSafeLoader)
    return {name: re.compile("|".join(each), re.IGNORECASE) for name, each in lines.items()}


def may_quote(message: str) -> bool:
    """Return whether it is worth looking at what we sent: the message has quotation marks or begins like a reply."""
    return len(message) <= LONGEST and bool(_QUOTE.search(message) or _REPLYING.match(message))


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A message without what it quotes of the texts that we sent."""

    before: str
    """Up to the first quote: all of it where there is none."""
    after: str = ""
    quoted: str = ""
    """The text of ours that it quotes; empty where it quotes none."""

    @property
    def text(self) -> str:
        return f"{self.before} {self.after}".strip() if self.quoted else self.before


def own_words(message: str, sent: Sequence[str]) -> OwnWords:
    """Return the words of a message that are the writer's own; `sent` are the texts that we sent."""
    found = [*_quotes(message, _by_key(sent))] or sorted(_whole_quotes(message, sent))
    if not found:
        return OwnWords(message)
    spans = [(start, end) for start, end, _ in found]
    kept = [message[end:start] for (_, end), (start, _) in itertools.pairwise([*spans, (len(message), 0)])]
    return OwnWords(message[: spans[0][0]], " ".join(kept), found[0][2])


def _by_key(sent: Sequence[str]) -> Mapping[str, str]:
    """Return the texts that we sent by their keys, and by those of their lines."""
    return {text.key(line): ours for ours in sent for line in (*ours.splitlines(), ours)}


def _whole_quotes(message: str, sent: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Yield where a text of ours stands whole, without quotation marks, and the text."""
    for ours in sent:
        if (start := message.find(ours)) >= 0:
            yield start, start + len(ours), ours


def _quotes(message: str, sent: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    """Yield where a text or a line of ours is quoted, whole or its beginning, and the text."""
    for match in _QUOTED.finditer(message) if sent else ():
        quoted = text.key(match[1] if match[1] is not None else match[2])
        is_long = len(quoted) >= (SHORTEST_CUT if _CUT.search(match[1] or match[2] or "") else SHORTEST_QUOTE)
        ours = next((key for key in sent if key == quoted or (is_long and key.startswith(quoted))), None)
        if quoted and ours is not None:
            yield *match.span(), sent[ours]


def recognised(message: str, own: OwnWords) -> PhoneText | None:
    """Return what a phone sent by itself, or None for what a person wrote."""
    if len(message) > LONGEST:
        return None
    patterns = _patterns()
    if own.quoted and (reaction := _reaction(own)):
        return reaction
    key = text.key(message)
    if patterns["unquoted"].fullmatch(key):
        return PhoneText("reaction", key.startswith(("disliked", "questioned")))
    if key and patterns["driving"].fullmatch(key):
        return PhoneText("automatic", is_certain=True)
    if patterns["notices"].search(message):
        return PhoneText("notice")
    return (
        PhoneText("automatic") if patterns["automatic"].fullmatch(key) or patterns["labelled"].search(message) else None
    )


def _reaction(own: OwnWords) -> PhoneText | None:
    """Return a reaction whose words stand before what it quotes, in some languages after it."""
    patterns = _patterns()
    before, after = (_BETWEEN_CHINESE.sub("", text.key(words)) for words in (own.before, own.after))
    if not (patterns["before"].fullmatch(before) and patterns["after"].fullmatch(after)):
        return None
    doubts = patterns["doubting"].search(f"{before} {after}") or _DOUBTING_SIGNS.search(own.text)
    is_back = patterns["taking-back"].search(before) or patterns["taking-back"].search(after)
    return PhoneText("reaction", bool(doubts and not is_back), is_certain=True)
