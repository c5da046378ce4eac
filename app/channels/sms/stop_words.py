"""Reads the words of which a wish for no more messages is made."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

import yaml

from app import text

KINDS = ("fillers", "wants", "asks", "objects", "places", "messages", "refuses", "unwilling", "weak", "wishes", "stops")
LETTERS = dict(zip(KINDS, "fwaolmnukps", strict=True))
"""A letter for each kind of words."""


@dataclass(frozen=True)
class StopWords:
    """The phrases of one language; the head of stop_words.yaml says what each kind is for."""

    stops: list[str]
    weak: list[str]
    wishes: list[str]
    messages: list[str]
    places: list[str]
    refuses: list[str]
    unwilling: list[str]
    objects: list[str]
    asks: list[str]
    wants: list[str]
    fillers: list[str]

    def by_kind(self) -> Iterator[tuple[str, list[str]]]:
        """Yield each kind's letter and its phrases as `text.key` writes them; the later kind of a phrase counts."""
        for kind, letter in LETTERS.items():
            yield letter, [text.key(phrase) for phrase in getattr(self, kind)]


def in_languages() -> list[StopWords]:
    """Return the words of every language."""
    written = resources.files("app.channels.sms").joinpath("stop_words.yaml").read_text("utf-8")
    return [StopWords(**kinds) for kinds in yaml.load(written, Loader=yaml.CSafeLoader).values()]
