"""Reads the words of which a wish for no more messages is made."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

import yaml

from app import text


@dataclass(frozen=True)
class StopWords:
    """The phrases of one language; the head of stop_words.yaml says what each kind is for."""

    stops: list[str]
    wishes: list[str]
    messages: list[str]
    refuses: list[str]
    wants: list[str]
    fillers: list[str]

    def by_kind(self) -> Iterator[tuple[str, list[str]]]:
        """Yield each kind's letter and its phrases as `text.key` writes them; the later kind of a phrase counts."""
        kinds = (self.fillers, self.wants, self.refuses, self.messages, self.wishes, self.stops)
        for letter, phrases in zip("fwnmps", kinds, strict=True):
            yield letter, [text.key(phrase) for phrase in phrases]


def in_languages() -> list[StopWords]:
    """Return the words of every language."""
    written = resources.files("app.channels.sms").joinpath("stop_words.yaml").read_text("utf-8")
    return [StopWords(**kinds) for kinds in yaml.load(written, Loader=yaml.CSafeLoader).values()]
