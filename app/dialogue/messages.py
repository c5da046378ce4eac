"""What goes through the pipeline: a message, the state of its conversation, a reply."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.content.approval import Seal

Channel = Literal["web", "sms", "staff", "api", "rasa"]
Kind = Literal["answer", "clarify", "scripted", "fallback"]
Category = Literal["urgent", "smalltalk", "language", "not-covered"]


@dataclass(frozen=True, slots=True)
class Message:
    text: str
    channel: Channel = "api"


@dataclass(frozen=True, slots=True)
class State:
    """What a conversation remembers: ids and flags, never text."""

    offered: tuple[str, ...] = ()
    """Entries offered by the last reply, in order."""
    suggested: tuple[str, ...] = ()
    """Entries suggested after the last answer, in order."""
    about: str | None = None
    """The entry that was answered last."""
    urgent: str | None = None
    """Tier of the last reply, if it was urgent."""
    marks: frozenset[str] = frozenset()
    """What the messages so far said that bears on danger: `treated`, `fever` ..."""
    language: str | None = None
    """Of the last message that was not in English."""


@dataclass(frozen=True, slots=True)
class Cited:
    """Where an answer comes from; `passage` quotes the paragraph when the site has given its documents."""

    document: str
    title: str
    publisher: str
    section: str
    paragraph: int
    url: str | None
    passage: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    id: str
    question: str
    text: str
    limits: str | None
    sms: str
    read_aloud: str
    theme: str
    seal: Seal
    sources: tuple[Cited, ...]
    related: tuple[str, ...]
    translations: Mapping[str, str]
    """Approved texts in other languages."""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Option:
    id: str
    question: str


@dataclass(frozen=True, slots=True)
class Intent:
    id: str
    category: Category


@dataclass(frozen=True, slots=True)
class Reply:
    kind: Kind
    parts: tuple[str, ...]
    """Sealed texts and titles, in order: nothing else is ever said."""
    answers: tuple[Answer, ...] = ()
    options: tuple[Option, ...] = ()
    suggestions: tuple[Option, ...] = ()
    intent: Intent | None = None
    confidence: float = 0.0
    """Of the best candidate, whether or not it was answered."""
    language: str | None = None
    """Of scripts and answers that are not in English."""

    @property
    def text(self) -> str:
        return "\n\n".join(self.parts)

    @property
    def urgent(self) -> bool:
        return self.intent is not None and self.intent.category == "urgent"
