"""Declares what goes through the pipeline: a message, the state of its conversation, a reply made of typed parts."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from app.content import markup, schema
from app.content.approval import Seal
from app.content.markup import Blocks
from app.dialogue.contacts import Contact
from app.matching.utterance import Utterance

Channel = Literal["web", "sms", "staff", "api", "rasa"]
Kind = Literal["answer", "clarify", "scripted", "fallback"]
Category = Literal["urgent", "smalltalk", "language", "not-covered"]


@dataclass(frozen=True, slots=True)
class Message:
    text: str
    channel: Channel = "api"
    prefers: str | None = None
    """The language other than English that the person reads; what she writes in is found out."""
    utterances: list[Utterance] = field(default_factory=list, repr=False, compare=False)
    """The text as each model that was asked has read it: one, or two around a reload."""


@dataclass(frozen=True, slots=True)
class State:
    """What a conversation remembers: ids and flags, never text."""

    offered: tuple[str, ...] = ()
    """Entries offered by the last reply, in order."""
    suggested: tuple[str, ...] = ()
    """Entries suggested after the last reply, in order."""
    about: str | None = None
    """The entry that was answered or the topic that was refused last, whichever came later."""
    urgent: str | None = None
    """Tier of the last reply, if it was urgent."""
    flags: frozenset[str] = frozenset()
    """What the messages so far said that bears on danger: `treated`, `fever` ..."""
    language: str | None = None
    """Language of the last message that was not in English; after an urgent reply to one that surely was, `en`."""
    said: tuple[str, ...] = ()
    """Entries, topics and scripts of the last reply, in order, for who asks to hear it again."""


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
    blocks: Blocks
    """The answer in its form; links lead to hosts that the site allows."""
    limits: str | None
    sms: str
    """Its wording for text messages; the answer with its limits where it has none."""
    read_aloud: str | None
    theme: str
    seal: Seal
    """Of the answer."""
    sms_seal: Seal
    """Of `sms`; of the answer where that stands in."""
    sources: tuple[Cited, ...]
    related: tuple[str, ...]
    translations: Mapping[str, "Translated"]
    """By language."""
    confidence: float = 1.0
    language: str | None = None
    """Language of question, text and limits, where it is not English; so in all that has one."""

    @property
    def text(self) -> str:
        """The answer as plain text, which says after the words of a link where it leads."""
        return markup.as_text(self.blocks, markup.with_address)

    @property
    def links(self) -> list[str]:
        """Where the links of the answer lead that its text message does not name by itself."""
        return [link for link in markup.links(self.blocks) if link not in self.sms]

    @property
    def digest(self) -> str:
        """A short hash of what staff are shown, by which a flag knows the very text."""
        shown = "\0".join(filter(None, (self.question, self.read_aloud, self.text, self.limits)))
        return hashlib.sha256(shown.encode()).hexdigest()[:16]

    def in_language(self, language: str | None) -> "Answer":
        """Return the answer in another language; as it is where no translation is approved."""
        own = self.translations.get(language) if language else None
        if own is None:
            return self
        return replace(
            self,
            question=own.question,
            blocks=own.blocks,
            limits=own.limits,
            sms=own.sms,
            seal=own.seal,
            language=language,
        )


@dataclass(frozen=True, slots=True)
class Translated:
    """An answer in another language, with its limits."""

    question: str
    blocks: Blocks
    limits: str | None
    sms: str
    seal: Seal


@dataclass(frozen=True, slots=True)
class Option:
    id: str
    question: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    id: str
    category: Category


@dataclass(frozen=True, slots=True)
class ScriptPart:
    """A fixed text by its id: small talk, a refusal, an urgent tier."""

    id: str
    text: str
    short: str
    """Its wording for text messages."""
    language: str | None = None

    @property
    def key(self) -> str:
        return self.id

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return (self.text,)

    @property
    def sms(self) -> tuple[str, ...]:
        return (self.short,)


@dataclass(frozen=True, slots=True)
class NoticePart(ScriptPart):
    """A script that stands beside the reply itself: the banner of a demonstration, the safety notice."""


@dataclass(frozen=True, slots=True)
class NetPart(NoticePart):
    """The sentence that opens an ordinary reply where danger is possible and not sure."""

    tier: str = field(kw_only=True)
    """The tier in doubt."""


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """An approved answer with what it does not say and where it comes from."""

    answer: Answer
    source: str | None

    @property
    def key(self) -> str:
        return self.answer.id

    @property
    def language(self) -> str | None:
        return self.answer.language

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.answer.text, self.answer.limits, self.source)))

    @property
    def sms(self) -> tuple[str, ...]:
        return (self.answer.sms, *self.answer.links)

    @property
    def unlinked(self) -> "AnswerPart":
        """The part without its links, for where there is no room for them."""
        return replace(self, answer=replace(self.answer, blocks=markup.linked(self.answer.blocks, ())))


@dataclass(frozen=True, slots=True)
class NotCoveredPart:
    """The refusal of a topic by its title, and the care line where the topic is about symptoms or medicines."""

    topic: str
    text: str
    short: str
    """Its wording for text messages."""
    care: ScriptPart | None
    language: str | None = None

    @property
    def key(self) -> str:
        return self.topic

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return (self.text, self.care.text) if self.care else (self.text,)

    @property
    def sms(self) -> tuple[str, ...]:
        return (self.short, self.care.short) if self.care else (self.short,)


@dataclass(frozen=True, slots=True)
class ChoicePart:
    """Entries to choose from, and a line that chooses none of them."""

    options: tuple[Option, ...]
    prompt: ScriptPart | None
    none: str | None
    how: ScriptPart | None
    """How to choose by text message."""
    language: str | None = None
    """Language of the prompt and of the line for none; each option has its own."""

    @property
    def lines(self) -> str:
        """The numbered list."""
        choices = [*(option.question for option in self.options), *([self.none] if self.none else [])]
        return "\n".join(f"{number}. {choice}" for number, choice in enumerate(choices, 1))

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return (*(self.prompt.paragraphs if self.prompt else ()), self.lines)

    @property
    def sms(self) -> tuple[str, ...]:
        return (*(self.prompt.sms if self.prompt else ()), self.lines, *(self.how.sms if self.how else ()))


Part = AnswerPart | NotCoveredPart | ScriptPart | ChoicePart


@dataclass(frozen=True, slots=True)
class Reply:
    kind: Kind
    parts: tuple[Part, ...]
    """Sealed texts and titles, in order: nothing else is ever said."""
    suggestions: tuple[Option, ...] = ()
    intent: Intent | None = None
    confidence: float = 0.0
    """Confidence of the best candidate, whether or not it was answered."""
    contact: Contact | None = None
    """Whom to reach where the reply does not help; a setting of the site and no approved text."""
    picked: tuple[str, ...] = ()
    """Entries that the message picked from those offered before it."""
    missed: str | None = None
    """The entry or topic that the message came closest to, where nothing fitted; the first of what was offered, where
    none of it was wanted.
    """
    held: str | None = None
    """The entry that the message was taken for, and that is not served now."""

    @property
    def language(self) -> str | None:
        """The language of the scripts, else of the first answer, where it is not English."""
        own = [part for part in self.parts if not isinstance(part, NoticePart)]
        scripts = [part for part in own if not isinstance(part, AnswerPart)]
        return (scripts or own)[0].language if own else None

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return tuple(paragraph for part in self.parts for paragraph in part.paragraphs)

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)

    @property
    def sms(self) -> str:
        """The whole reply in the wording approved for text messages."""
        return "\n".join(line for part in self.parts for line in part.sms)

    @property
    def said(self) -> tuple[str, ...]:
        """The ids of what was said: entries, topics and scripts, without notices and choices."""
        return tuple(part.key for part in self.parts if not isinstance(part, NoticePart | ChoicePart))

    @property
    def answers(self) -> tuple[Answer, ...]:
        return tuple(part.answer for part in self.parts if isinstance(part, AnswerPart))

    @property
    def choice(self) -> ChoicePart | None:
        return next((part for part in self.parts if isinstance(part, ChoicePart)), None)

    @property
    def options(self) -> tuple[Option, ...]:
        return self.choice.options if self.choice else ()

    @property
    def urgent(self) -> bool:
        return self.intent is not None and self.intent.category == "urgent"

    @property
    def feelings(self) -> bool:
        """The reply is to a feeling, and no answer to a question."""
        return self.intent is not None and self.intent.id in schema.FEELINGS

    @property
    def net(self) -> NetPart | None:
        """The sentence of the safety net, where it opens the reply."""
        return next((part for part in self.parts if isinstance(part, NetPart)), None)

    @property
    def safety_net(self) -> bool:
        return self.net is not None
