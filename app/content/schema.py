"""The models of faq.yaml and intents/, frozen once read."""

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Literal, NamedTuple, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

PLACEHOLDERS = ("site_name", "phone_line", "oncall_line", "interpreter_line", "page_url")
"""Names that a site fills in; nothing else in braces is allowed in a text."""
Tier = Literal["emergency", "crisis", "call-now"]
TIERS: tuple[Tier, ...] = ("emergency", "crisis", "call-now")
"""Urgent tiers, the most urgent first."""
CALM = "calm"
NET = "net-"
"""Prefix of the script of a tier in doubt: `net-crisis`."""
OF_TIERS = (*TIERS, *(f"{NET}{tier}" for tier in TIERS))
SAFETY = frozenset(
    {*(f"{name}{suffix}" for name in OF_TIERS for suffix in ("", "-staff")), "safety-notice", "worry", "fallback"}
)
SCRIPTS = (
    *("not-covered", "care-line", "clarify", "clarify-none", "none-chosen", "source-label", "demo-banner", "welcome"),
    *("offline", "too-long"),
)
"""Scripts that the service itself needs beside those of safety."""
SMALLTALK = (
    *("greeting", "thanks", "goodbye", "bot-identity", "capabilities", "human"),
    *("acknowledge", "frustration", "worry", "repeat", "simpler"),
)
"""Small talk that has a script of its own."""
FEELINGS = frozenset({"worry", "frustration"})
"""Small talk that says how a person feels."""
MORE = "more"
"""Small talk that asks for more of what was just said."""
STOP_MESSAGES = "stop-messages"
"""Small talk that wants no more messages: by text it turns them off, elsewhere a script says how."""
TALK = frozenset({*SMALLTALK, MORE, STOP_MESSAGES})
PENDING = "pending"
"""Stands for the translator of a text that none has reviewed."""
UNCLEAR = "unclear"
"""The script for a few words that tell nothing."""
SMS = (
    *("sms-first", "sms-stop", "sms-start", "sms-help", "sms-media", "sms-media-beside", "sms-more", "sms-reply-more"),
    "sms-choose",
)
"""Scripts that text messages need; content that is never texted may leave them out."""
IN_LANGUAGE = ("language", *OF_TIERS)
"""Scripts that each language other than English has: `language-es`, `emergency-es` ..."""
TRANSLATABLE = frozenset({*SCRIPTS, *SMALLTALK, UNCLEAR, STOP_MESSAGES, "safety-notice", "fallback"})
"""Scripts that may be translated, as `greeting-es`; the English one is used where the translation is missing."""
THEME = "theme-"
"""Prefix of the script that is a theme's title in another language: `theme-device-es`."""
NOT_COVERED = "nc-"
"""Ids of not-covered topics start with this, so that no entry can be taken for one."""

GENERAL = "general"
"""The layer of danger that is danger for anyone, whatever the department."""
Key = TypeVar("Key")
Item = TypeVar("Item")
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")]
_LINK = re.compile(r"https://[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?(?:[/?#][A-Za-z0-9/?#._~!$&()*+,;=:@%-]*)?")
"""No user name before the host: `https://hospital.example@elsewhere.example/` leads to elsewhere.example."""


def is_link(url: str) -> bool:
    return _LINK.fullmatch(url) is not None


def _check_link(url: str) -> str:
    if not is_link(url):
        raise ValueError("must be an address of https, such as https://www.hospital.example/pump")
    return url


Link = Annotated[Text, AfterValidator(_check_link)]
"""An address that people may follow."""


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Document(Strict):
    title: Text
    publisher: Text
    url: Link | None = None
    """Where people can read the document; sealed like a text, since it leads them away from here."""
    sections: dict[Id, Text]
    """Section id to its heading, word for word, in the document's order."""


class Source(Strict):
    document: Id
    section: Id
    paragraph: int = Field(ge=1)

    @model_validator(mode="before")
    @classmethod
    def parse(cls, value: object) -> object:
        """`hai-pump/about/1` means that document's section `about`, first paragraph."""
        if not isinstance(value, str):
            return value
        parts = value.split("/")
        if len(parts) != 3 or not parts[2].isdigit():
            raise ValueError("write a source as document/section/paragraph number")
        return {"document": parts[0], "section": parts[1], "paragraph": int(parts[2])}

    def __str__(self) -> str:
        return f"{self.document}/{self.section}/{self.paragraph}"


class Translation(Strict):
    """An entry in another language; where the entry has limits, it is served only with theirs."""

    question: Text
    answer: Text
    limits: Text | None = None
    sms: Text | None = None
    """For text messages, in which letters outside GSM-7 halve the room."""
    translated_by: Text
    """Who translated it; `pending` until a qualified translator has reviewed it, and until then for demonstration only.
    """

    def texts(self) -> Iterator[tuple[str, str]]:
        yield from self.model_dump(include={"question", "answer", "limits", "sms"}, exclude_none=True).items()


class Entry(Strict):
    theme: Id
    question: Text
    answer: Text
    limits: Text | None = None
    sms: Text | None = None
    """For text messages; without one the answer is said there with its limits, where it fits."""
    read_aloud: Text | None = None
    """For staff to say; without one they read the answer."""
    drafted: tuple[Literal["sms", "read_aloud"], ...] = ()
    """Which of these two texts a command drafted, and no person has written yet."""
    sources: tuple[Source, ...] = Field(min_length=1)
    related: tuple[Id, ...] = ()
    review: date
    hold: Text | None = None
    """Reason to keep the entry back until its owner decides."""
    translations: dict[Language, Translation] = {}

    def texts(self) -> Iterator[tuple[str, str]]:
        texts = self.model_dump(include={"question", "answer", "limits", "sms", "read_aloud"}, exclude_none=True)
        yield from texts.items()
        for language, translation in self.translations.items():
            yield from ((f"translations.{language}.{name}", text) for name, text in translation.texts())


class Script(Strict):
    text: Text
    sms: Text | None = None
    safety: bool = False
    translated_by: Text | None = None

    def texts(self) -> Iterator[tuple[str, str]]:
        yield "", self.text
        if self.sms is not None:
            yield ".sms", self.sms


class Topic(Strict):
    """A topic that people ask about and no document covers."""

    title: Text | None = None
    care: bool = False


class Content(Strict):
    documents: dict[Id, Document] = Field(min_length=1)
    themes: dict[Id, Text] = Field(min_length=1)
    entries: dict[Id, Entry] = Field(min_length=1)
    scripts: dict[Id, Script]
    topics: dict[Id, Topic] = {}

    def ids(self) -> Set[str]:
        """Return the ids of entries and not-covered topics."""
        return {**self.entries, **self.topics}.keys()

    def languages(self) -> tuple[str, ...]:
        """Return the languages other than English that have scripts of their own."""
        return self.translated_into

    @cached_property
    def translated_into(self) -> tuple[str, ...]:
        """Worked out once: each message asks for it, and to go through all scripts took 27 us."""
        return tuple(id_.removeprefix("language-") for id_ in self.scripts if id_.startswith("language-"))

    def read_in(self, tag: str | None) -> str | None:
        """Return the content's language that a tag such as `es-MX` asks for; None for English or one that it lacks."""
        wanted = (tag or "").lower()
        return next((own for own in self.languages() if f"{wanted}-".startswith(f"{own.lower()}-")), None)

    def language_of(self, script: str) -> str | None:
        """Return the language of a script, by the end of its id; None for English."""
        return next((language for language in self.languages() if script.endswith(f"-{language}")), None)

    def translatable(self) -> frozenset[str]:
        """Return the scripts that languages other than English may have and need not: `greeting-es`."""
        names = TRANSLATABLE.union(f"{THEME}{id_}" for id_ in self.themes)
        return frozenset(f"{name}-{language}" for language in self.languages() for name in names)

    def safety(self) -> frozenset[str]:
        """Return the scripts that are never withheld: without each, sealed, the service does not start."""
        translated = {f"{name}-{language}" for language in self.languages() for name in IN_LANGUAGE}
        return SAFETY | translated

    def texts(self) -> dict[str, str]:
        """Return readable strings by the key of their seal: `pump-size.answer`, `script.greeting`, `title.nc-mri`."""
        texts: dict[str, str] = {}
        for id_, document in self.documents.items():
            texts[f"document.{id_}.title"] = document.title
            texts[f"document.{id_}.publisher"] = document.publisher
            if document.url:
                texts[f"document.{id_}.url"] = document.url
            texts |= {f"document.{id_}.section.{key}": heading for key, heading in document.sections.items()}
        texts |= {f"theme.{id_}": title for id_, title in self.themes.items()}
        for id_, entry in self.entries.items():
            texts |= {f"{id_}.{name}": text for name, text in entry.texts()}
        for id_, script in self.scripts.items():
            texts |= {f"script.{id_}{name}": text for name, text in script.texts()}
        return texts | {f"title.{id_}": topic.title for id_, topic in self.topics.items() if topic.title}


class Rule(Strict):
    """A sign of danger that a clinician can read: any of the patterns, unless one of the calm ones is there too.

    A pattern is words in order; `cant|cannot` are alternatives, `..` is up to three words between,
    a word that ends in `*` stands for all that begin so.
    """

    sign: Id
    any: tuple[Text, ...] = ()
    alone: tuple[Text, ...] = ()
    """Patterns that name the sign only where the message or a sentence of it holds nothing else, apart from the words
    of the cue `courtesy`.
    """
    temperature: tuple[Text, ...] = ()
    """Words beside which a number of 100.4 F or 38.0 C and more is a body temperature."""
    unless: tuple[Text, ...] = ()
    """Patterns, or names of `cues`, that make a sentence calm."""
    fires: tuple[Text, ...] = ()
    """Messages that show what the rule is for: `hai-faq lint` runs the rule on each."""
    leaves: tuple[Text, ...] = ()
    """Messages with words of the rule on which it does not fire."""

    @model_validator(mode="after")
    def says_something(self) -> Self:
        if not self.any and not self.alone and not self.temperature:
            raise ValueError("a rule needs patterns, `any` or `alone`, or `temperature` words")
        if any("*" in pattern or ".." in pattern for pattern in self.alone):
            raise ValueError("`alone` takes whole words: neither * nor ..")
        return self


class Mark(Strict):
    """A fact that a conversation remembers of a message without its words, such as `chemo was Tuesday`."""

    any: tuple[Text, ...]
    unless: tuple[Text, ...] = ()

    def beside(self, other: "Mark") -> "Mark":
        return Mark(any=self.any + other.any, unless=self.unless + other.unless)


class Apart(Strict):
    """Two marks or signs that raise a tier though they stand in two messages of one conversation."""

    tier: Tier
    marks: tuple[Id, Id]


class Costs(Strict):
    """What each mistake costs beside a false alarm, which costs 1; a message is then treated so that the expected cost
    is least. They hold for a mix in which about three messages in ten are danger, as among the lines learnt from.
    """

    missed: dict[Tier, Annotated[float, Field(ge=0.5, le=100)]]
    """A danger that gets an ordinary reply."""
    netted: float = Field(gt=0, lt=1)
    """Share of that cost which remains when the reply opens with the sentence of the safety net."""
    net: float = Field(gt=0, lt=1)
    """The sentence of the safety net before the reply to a calm message."""

    @model_validator(mode="after")
    def names_every_tier(self) -> Self:
        if set(self.missed) != set(TIERS):
            raise ValueError(f"`missed` needs a cost for each of {', '.join(TIERS)}")
        return self


DEFAULT_COSTS = Costs(missed={"emergency": 1.3, "crisis": 1.8, "call-now": 1.4}, netted=0.34, net=0.27)
"""Those of content whose layers state none."""


class UrgentRules(Strict):
    """rules.yaml of a layer of danger, which a clinician reads; the phrasings stand beside it."""

    costs: Costs | None = None
    cues: dict[Id, tuple[Text, ...]] = {}
    rules: dict[Tier, tuple[Rule, ...]] = {}
    doubts: dict[Tier, tuple[Rule, ...]] = {}
    """Rules that open the reply with the sentence of the safety net; only a second message makes them raise."""
    marks: dict[Id, Mark] = {}
    apart: tuple[Apart, ...] = ()

    def beside(self, other: "UrgentRules") -> "UrgentRules":
        """Return the rules of both layers as one; patterns of a mark that both have are put together. No two layers
        have a cue in common.
        """
        both = self.marks.keys() & other.marks.keys()
        joined = {name: self.marks[name].beside(other.marks[name]) for name in both}
        return UrgentRules(
            costs=self.costs or other.costs,
            cues={**self.cues, **other.cues},
            rules=_joined(self.rules, other.rules),
            doubts=_joined(self.doubts, other.doubts),
            marks={**self.marks, **other.marks, **joined},
            apart=self.apart + other.apart,
        )


def _joined(one: Mapping[Key, tuple[Item, ...]], two: Mapping[Key, tuple[Item, ...]]) -> dict[Key, tuple[Item, ...]]:
    return {key: one.get(key, ()) + two.get(key, ()) for key in {**one, **two}}


class UrgentLine(NamedTuple):
    """A phrasing of danger, or of calm beside it, and where it stands."""

    layer: str
    file: str
    """One that is named after a language (`es`) is in it."""
    tier: str
    sign: str
    text: str


@dataclass(frozen=True)
class UrgentEvidence:
    rules: UrgentRules
    """Of all layers."""
    lines: tuple[UrgentLine, ...]


class LanguageEvidence(Strict):
    """Evidence that tells a language from English: a script of its own, or what the matcher learns."""

    script: Literal["cjk", "arabic", "cyrillic"] | None = None
    messages: tuple[Text, ...] = ()
    """Whole messages, which tell the language however short they are."""
    words: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def says_something(self) -> Self:
        if not self.script and not self.messages:
            raise ValueError("a language needs a `script` or `messages`")
        return self


Languages = dict[Language, LanguageEvidence]
"""languages.yaml."""
TierPhrasings = dict[Tier | Literal["calm"], dict[Id, tuple[Text, ...]]]
"""A file of phrasings of danger: lines per tier and sign."""


class FollowUp(Strict):
    """Short questions that only make sense after an answer; without `after` they mean the same after any."""

    means: Id
    after: tuple[Id, ...] = ()
    lines: tuple[Text, ...] = Field(min_length=1)


FollowUps = tuple[FollowUp, ...]
"""follow-ups.yaml."""
Conversations = dict[Id, dict[Id, tuple[Text, ...]]]
"""conversations.yaml: what people said next, by the entry that was answered and by what they meant."""


class LexiconData(Strict):
    shorthand: dict[str, str] = {}
    concepts: dict[str, tuple[str, ...]] = {}

    def beside(self, other: "LexiconData") -> "LexiconData":
        """Return the words of both as one; those of a concept that both have are put together."""
        return LexiconData(
            shorthand={**self.shorthand, **other.shorthand}, concepts=_joined(self.concepts, other.concepts)
        )


class Intents(Strict):
    """Everything that people say, and how it is to be read."""

    phrasings: Mapping[str, tuple[str, ...]]
    translated: tuple[tuple[str, str, str], ...]
    """Language, id and phrasing of those that are not in English."""
    smalltalk: Mapping[str, tuple[str, ...]]
    urgent: UrgentEvidence
    lexicon: LexiconData
    languages: Mapping[str, LanguageEvidence]
    follow_ups: tuple[FollowUp, ...] = ()
    imported: frozenset[str] = frozenset()
    """Phrasings that came from a file of another program, and that no person has moved since."""
