"""Tells the approved texts from the others: what its seal or a hold keeps back is never said."""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.content import approval, schema
from app.content.approval import Lock
from app.content.schema import Content, Entry, Script, Source
from app.dialogue.messages import Answer, Cited, ScriptPart
from app.errors import ApprovalError

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
class ApprovedTexts:
    """All texts that a person may read, with the site's lines in place."""

    answers: Mapping[str, Answer]
    """Entries that may be served, apart from review days and from what was taken back."""
    scripts: Mapping[str, ScriptPart]
    titles: Mapping[str, str]
    """Titles of not-covered topics."""
    withheld: Mapping[str, str]
    """Entries, titles and scripts that their seal or a hold keeps back, and why."""
    last_day: Mapping[str, date]
    """The last day on which an entry is served without a review."""
    demo: bool
    site: Site

    def text(self, *ids: str) -> str:
        """Return the text of the first of these scripts that may be said; one of them must be a safety text."""
        return next(self.scripts[id_].text for id_ in ids if id_ in self.scripts)

    @property
    def banner(self) -> ScriptPart | None:
        """The banner of a demonstration; None where the content is approved for patients."""
        return self.scripts.get("demo-banner") if self.demo else None


def approve(
    content: Content, lock: Lock, urgent_yaml: str, passages: Mapping[str, str], site: Site, grace: timedelta
) -> ApprovedTexts:
    """Return what may be said. Raises `ApprovalError` when a safety text or urgent.yaml is not sealed as it stands, or
    says nothing.
    """
    broken = lock.broken({**content.texts(), approval.URGENT_KEY: urgent_yaml})
    _check_safety(content, broken, site)
    withheld = _withheld(content, broken)
    return ApprovedTexts(
        answers={
            id_: _answer(id_, entry, content, lock, passages, site)
            for id_, entry in content.entries.items()
            if id_ not in withheld
        },
        scripts={
            id_: _script(id_, script, withheld, site)
            for id_, script in content.scripts.items()
            if f"script.{id_}" not in withheld
        },
        titles={
            id_: topic.title for id_, topic in content.topics.items() if topic.title and f"title.{id_}" not in withheld
        },
        withheld=withheld,
        last_day={id_: entry.review + grace for id_, entry in content.entries.items()},
        site=site,
        demo=any(seal.role == approval.DEMO for seal in lock.texts.values()),
    )


def _script(id_: str, script: Script, withheld: Mapping[str, str], site: Site) -> ScriptPart:
    """Return a script; its long wording stands in where there is no wording for text messages, or that lost its
    seal.
    """
    text = fill(script.text, site)
    short = None if f"script.{id_}.sms" in withheld else script.sms
    return ScriptPart(id_, text, fill(short, site) if short else text)


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
