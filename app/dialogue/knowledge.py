"""Everything that a reply can draw on, built together, frozen, swapped together."""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.content import approval, schema
from app.content.approval import Lock
from app.content.schema import Content, Entry, Source
from app.dialogue.language import Languages
from app.dialogue.messages import Answer, Cited, Option
from app.dialogue.smalltalk import SmallTalk
from app.dialogue.urgent import Urgency, UrgentCheck
from app.errors import ApprovalError
from app.matching.matcher import Matcher
from app.matching.utterance import Utterance
from app.text import parse

Site = Mapping[str, str | None]
"""What the site has set for each of `schema.PLACEHOLDERS`."""

_SENTENCE = re.compile(r"(?<=[.!?؟۔])\s+|(?<=[。！？])\s*")
"""Where a sentence ends. Chinese sets no space there: a whole script was one sentence and fell with its placeholder."""
_PLACEHOLDER = re.compile(r"\{(" + "|".join(schema.PLACEHOLDERS) + r")\}")


def fill(text: str, site: Site) -> str:
    """The text with the site's lines in place; a sentence whose placeholder is unset is left out whole.

    >>> fill("Call us. The number is {phone_line}.", {})
    'Call us.'
    """
    if "{" not in text:
        return text
    ends = [0, *(match.end() for match in _SENTENCE.finditer(text)), len(text)]
    sentences = (text[start:end] for start, end in itertools.pairwise(ends))
    kept = (sentence for sentence in sentences if all(site.get(name) for name in _PLACEHOLDER.findall(sentence)))
    return "".join(_PLACEHOLDER.sub(lambda match: str(site[match[1]]), sentence) for sentence in kept).strip()


@dataclass(frozen=True)
class Knowledge:
    content: Content
    matcher: Matcher
    urgent: UrgentCheck
    smalltalk: SmallTalk
    languages: Languages
    answers: Mapping[str, Answer]
    """Entries that may be served, apart from review days and from what was taken back."""
    scripts: Mapping[str, str]
    scripts_sms: Mapping[str, str]
    titles: Mapping[str, str]
    withheld: Mapping[str, str]
    """Entries, titles and scripts that their seal or a hold keeps back, and why."""
    last_day: Mapping[str, date]
    """The last day on which an entry is served without a review."""
    demo: bool
    site: Site
    version: str
    """Changes with any change of content or seals."""
    model_version: str
    taken_back: frozenset[str] = field(default_factory=frozenset)
    """Entries taken back by `hai-faq withhold`."""

    def read(self, message: str) -> Utterance:
        """Parse a message, once for every step that works on it."""
        return Utterance(parse(message), self.matcher.model)

    def assess(self, message: str, before: frozenset[str] = frozenset(), utterance: Utterance | None = None) -> Urgency:
        """Make the urgent check, which comes before everything else."""
        utterance = utterance or self.read(message)
        return self.urgent.assess(utterance, before, self.languages.detect(message, utterance))

    def serves(self, id_: str, day: date) -> bool:
        return id_ in self.answers and id_ not in self.taken_back and day <= self.last_day[id_]

    def served(self, day: date) -> list[Answer]:
        return [answer for id_, answer in self.answers.items() if self.serves(id_, day)]

    def option(self, id_: str) -> Option:
        return Option(id_, self.answers[id_].question)

    def expired(self, day: date) -> list[str]:
        return [id_ for id_ in self.answers if day > self.last_day[id_]]


@dataclass(frozen=True)
class Approved:
    """The part of a knowledge that content and seals decide."""

    answers: Mapping[str, Answer]
    scripts: Mapping[str, str]
    scripts_sms: Mapping[str, str]
    titles: Mapping[str, str]
    withheld: Mapping[str, str]
    last_day: Mapping[str, date]
    demo: bool
    site: Site


def approve(
    content: Content, lock: Lock, urgent_yaml: str, passages: Mapping[str, str], site: Site, grace: timedelta
) -> Approved:
    """What may be said. Raises `ApprovalError` when a safety text or urgent.yaml is not sealed as it stands, or says
    nothing.
    """
    broken = lock.broken({**content.texts(), approval.URGENT_KEY: urgent_yaml})
    _check_safety(content, broken, site)
    withheld = _withheld(content, broken)
    scripts = {id_: fill(script.text, site) for id_, script in content.scripts.items()}
    return Approved(
        answers={
            id_: _answer(id_, entry, content, lock, passages, site)
            for id_, entry in content.entries.items()
            if id_ not in withheld
        },
        scripts={id_: text for id_, text in scripts.items() if f"script.{id_}" not in withheld},
        scripts_sms={id_: fill(script.sms or script.text, site) for id_, script in content.scripts.items()},
        titles={
            id_: topic.title for id_, topic in content.topics.items() if topic.title and f"title.{id_}" not in withheld
        },
        withheld=withheld,
        last_day={id_: entry.review + grace for id_, entry in content.entries.items()},
        site=site,
        demo=any(seal.role == approval.DEMO for seal in lock.texts.values()),
    )


def _check_safety(content: Content, broken: Mapping[str, str], site: Site) -> None:
    scripts = {id_: content.scripts[id_] for id_ in sorted(content.safety())}
    empty = [id_ for id_, each in scripts.items() if not all(fill(said, site) for _, said in each.texts())]
    if empty:
        raise ApprovalError(f"safety text {', '.join(empty)} says nothing without the lines of the site")
    safety = {f"script.{id_}{part}" for id_ in content.safety() for part in ("", ".sms")} | {approval.URGENT_KEY}
    failed = sorted(safety & broken.keys())
    if failed:
        raise ApprovalError("; ".join(f"safety text {key} {broken[key]}" for key in failed))


def _withheld(content: Content, broken: Mapping[str, str]) -> dict[str, str]:
    """Entry ids, and seal keys of scripts and titles, that must not be said."""
    found = {key: reason for key, reason in broken.items() if key.startswith(("script.", "title."))}
    for id_, entry in content.entries.items():
        documents = {source.document for source in entry.sources}
        keys = [key for key in broken if key.startswith(f"{id_}.") or key in _cited_keys(entry, documents)]
        if keys:
            found[id_] = f"{keys[0]} {broken[keys[0]]}"
        elif entry.hold:
            found[id_] = f"is held: {entry.hold}"
    return found


def _cited_keys(entry: Entry, documents: set[str]) -> set[str]:
    names = {f"document.{document}.{part}" for document in documents for part in ("title", "publisher")}
    names |= {f"document.{source.document}.section.{source.section}" for source in entry.sources}
    return names | {f"theme.{entry.theme}"}


def _answer(id_: str, entry: Entry, content: Content, lock: Lock, passages: Mapping[str, str], site: Site) -> Answer:
    return Answer(
        id=id_,
        question=entry.question,
        text=fill(entry.answer, site),
        limits=fill(entry.limits, site) if entry.limits else None,
        sms=fill(entry.sms, site),
        read_aloud=entry.read_aloud,
        theme=entry.theme,
        seal=lock.texts[f"{id_}.answer"],
        sources=tuple(_cited(source, content, passages) for source in entry.sources),
        related=entry.related,
        translations={language: fill(said, site) for language, said in entry.translations.items()},
    )


def _cited(source: Source, content: Content, passages: Mapping[str, str]) -> Cited:
    document = content.documents[source.document]
    return Cited(
        document=source.document,
        title=document.title,
        publisher=document.publisher,
        section=document.sections[source.section],
        paragraph=source.paragraph,
        url=document.url,
        passage=passages.get(str(source)),
    )
