"""Tells the approved texts from the others: what its seal or a hold keeps back is never said."""

import itertools
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from app.content import approval, markup, schema
from app.content.approval import Lock, Seal
from app.content.markup import Blocks, Line, Span
from app.content.schema import Content, Entry, Script, Source, Translation
from app.dialogue.messages import Answer, Cited, ScriptPart, Translated
from app.errors import ApprovalError
from app.segments import without_accents

Site = Mapping[str, str | None]
"""What the site has set for each of `schema.PLACEHOLDERS`."""

_SENTENCE = re.compile(r"(?<=[.!?؟۔])\s+|(?<=[。！？])\s*")
"""Where a sentence ends. Chinese sets no space there: a whole script was one sentence and fell with its placeholder."""
_PLACEHOLDER = re.compile(r"\{(" + "|".join(schema.PLACEHOLDERS) + r")\}")


def fill(text: str, site: Site) -> str:
    """Return the text with the site's lines in place; a sentence whose placeholder is unset is left out whole.

    >>> fill("Call us. The number is {phone_line}.", {})
    'Call us.'
    """
    return markup.as_text(_fill(markup.paragraphs(text), site)) if "{" in text else text


def _fill(blocks: Blocks, site: Site) -> Blocks:
    """Return the blocks so; a paragraph or an item of a list never falls with the one beside it."""
    return markup.changed(blocks, lambda line: _fill_line(line, site))


def _fill_line(line: Line, site: Site) -> Line:
    """Fill in a line, whose sentences may go over several spans."""
    text = "".join(span.text for span in line)
    if "{" not in text:
        return line
    ends = [0, *(match.end() for match in _SENTENCE.finditer(text)), len(text)]
    complete = (
        (start, end)
        for start, end in itertools.pairwise(ends)
        if all(map(site.get, _PLACEHOLDER.findall(text[start:end])))
    )
    return markup.tidied(span for start, end in complete for span in _cut(line, start, end, site))


def _cut(line: Line, start: int, end: int, site: Site) -> Iterator[Span]:
    """Yield what of the spans stands between two places, with the site's lines in place."""
    begin = 0
    for span in line:
        words = span.text[max(0, start - begin) : max(0, end - begin)]
        begin += len(span.text)
        yield replace(span, text=_PLACEHOLDER.sub(lambda match: str(site[match[1]]), words))


@dataclass(frozen=True)
class ApprovedTexts:
    """All texts that a person may read, with the site's lines in place."""

    answers: Mapping[str, Answer]
    """Entries that may be served, apart from review days and from what was taken back."""
    scripts: Mapping[str, ScriptPart]
    titles: Mapping[str, str]
    """Titles of not-covered topics."""
    withheld: Mapping[str, str]
    """Entries, titles, scripts and links to documents that their seal or a hold keeps back, and why."""
    last_day: Mapping[str, date]
    """The last day on which an entry is served without a review."""
    demo: bool
    site: Site

    @cached_property
    def questions(self) -> Mapping[str, str]:
        """The question of each answer."""
        return {id_: answer.question for id_, answer in self.answers.items()}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What each entry and not-covered topic is called, the entries first."""
        return {**self.questions, **self.titles}

    def script(self, id_: str, language: str | None = None) -> ScriptPart | None:
        """Return a script in this language, else in English; None where it may be said in neither."""
        return self.scripts.get(f"{id_}-{language}") or self.scripts.get(id_)

    def first(self, *ids: str, language: str | None = None) -> ScriptPart:
        """Return the first of these scripts that may be said; one of them must be a safety text."""
        return next(script for id_ in ids if (script := self.script(id_, language)))

    def text(self, *ids: str) -> str:
        return self.first(*ids).text

    @property
    def banner(self) -> ScriptPart | None:
        """The banner of a demonstration; None where the content is approved for patients."""
        return self.banner_in(None)

    def banner_in(self, language: str | None) -> ScriptPart | None:
        return self.script("demo-banner", language) if self.demo else None


def approve(
    content: Content,
    lock: Lock,
    urgent: Mapping[str, str],
    passages: Mapping[str, str],
    site: Site,
    grace: timedelta,
    link_hosts: Collection[str] = (),
) -> ApprovedTexts:
    """Return what may be said. Raise `ApprovalError` when a safety text or a layer of danger is not sealed as it
    stands, or a safety text says nothing. `urgent` are the layers by the keys of their seals; links in answers lead to
    `link_hosts` and nowhere else.
    """
    broken = lock.broken({**content.texts(), **urgent})
    _check_layers(urgent, lock)
    _check_safety(content, broken, site)
    withheld, texted, safety = _withheld(content, broken), _for_texts(site), content.safety()
    return ApprovedTexts(
        answers={
            id_: _answer(id_, entry, content, lock, withheld, passages, site, link_hosts)
            for id_, entry in content.entries.items()
            if id_ not in withheld
        },
        scripts={
            id_: _script(id_, script, withheld, site, texted, content.language_of(id_))
            for id_, script in content.scripts.items()
            if f"script.{id_}" not in withheld and (id_ in safety or _is_reviewed(script, lock))
        },
        titles={
            id_: topic.title for id_, topic in content.topics.items() if topic.title and f"title.{id_}" not in withheld
        },
        withheld=withheld,
        last_day={id_: entry.review + grace for id_, entry in content.entries.items()},
        site=site,
        demo=_is_demo(lock),
    )


def _for_texts(site: Site) -> Site:
    """Return the lines of the site as text messages hold them, without accents that would halve their room."""
    return {name: without_accents(line) if line else line for name, line in site.items()}


def _script(
    id_: str, script: Script, withheld: Mapping[str, str], site: Site, texted: Site, language: str | None
) -> ScriptPart:
    """Return a script; its long wording stands in where there is no wording for text messages, or that lost its
    seal.
    """
    short = None if f"script.{id_}.sms" in withheld else script.sms
    return ScriptPart(id_, fill(script.text, site), fill(short or script.text, texted), language)


def _check_layers(urgent: Mapping[str, str], lock: Lock) -> None:
    """Raise `ApprovalError` where nothing says what danger is, or a layer that was sealed is gone."""
    gone = sorted(key for key in lock.texts if key.startswith(approval.URGENT) and key not in urgent)
    if gone or not urgent:
        raise ApprovalError(f"what is danger is missing: {', '.join(gone) or 'no layer in intents/urgent/'}")


def _check_safety(content: Content, broken: Mapping[str, str], site: Site) -> None:
    """Raise `ApprovalError` when a safety text says nothing or lost its seal."""
    ids = sorted(content.safety())
    empty = [id_ for id_ in ids if not all(fill(text, site) for _, text in content.scripts[id_].texts())]
    if empty:
        raise ApprovalError(f"safety text {', '.join(empty)} says nothing without the lines of the site")
    keys = {f"script.{id_}{wording}" for id_ in ids for wording in ("", ".sms")}
    failed = sorted(key for key in broken if key in keys or key.startswith(approval.URGENT))
    if failed:
        raise ApprovalError("; ".join(f"safety text {key} {broken[key]}" for key in failed))


def _withheld(content: Content, broken: Mapping[str, str]) -> dict[str, str]:
    """Return entry ids, and seal keys of scripts, titles and links, that must not be said, and why."""
    links = {f"document.{id_}.url" for id_ in content.documents}
    reasons = {key: reason for key, reason in broken.items() if key.startswith(("script.", "title.")) or key in links}
    for id_, entry in content.entries.items():
        cited = _cited_keys(entry)
        keys = [key for key in broken if key.startswith(f"{id_}.") or key in cited]
        if keys:
            reasons[id_] = f"{keys[0]} {broken[keys[0]]}"
        elif entry.hold:
            reasons[id_] = f"is held: {entry.hold}"
    return reasons


def _cited_keys(entry: Entry) -> set[str]:
    """Return the seal keys of names that stand beside an entry: of its documents, their sections, its theme."""
    documents = ((source.document, f"section.{source.section}") for source in entry.sources)
    keys = {
        f"document.{document}.{name}" for document, section in documents for name in ("title", "publisher", section)
    }
    return keys | {f"theme.{entry.theme}"}


def _answer(
    id_: str,
    entry: Entry,
    content: Content,
    lock: Lock,
    withheld: Mapping[str, str],
    passages: Mapping[str, str],
    site: Site,
    link_hosts: Collection[str],
) -> Answer:
    blocks = markup.linked(_fill(markup.parse(entry.answer), site), link_hosts)
    limits, sms = _filled(entry.limits, site), _filled(entry.sms, site)
    return Answer(
        id=id_,
        question=entry.question,
        blocks=blocks,
        limits=limits,
        sms=sms or _whole(blocks, limits),
        read_aloud=_filled(entry.read_aloud, site),
        theme=entry.theme,
        seal=lock.texts[f"{id_}.answer"],
        sms_seal=lock.texts[f"{id_}.sms" if sms else f"{id_}.answer"],
        sources=tuple(_cited(source, content, withheld, passages) for source in entry.sources),
        related=entry.related,
        translations={
            language: _translated(translation, lock.texts[f"{id_}.translations.{language}.answer"], site, link_hosts)
            for language, translation in entry.translations.items()
            if _is_served(translation, entry, lock)
        },
    )


def _is_served(translation: Translation, entry: Entry, lock: Lock) -> bool:
    """Return whether a translation says all that the entry says, and is reviewed."""
    return bool(translation.limits) == bool(entry.limits) and _is_reviewed(translation, lock)


def _is_reviewed(text: Script | Translation, lock: Lock) -> bool:
    """Return whether a translator has reviewed a text that is a translation, or this is a demonstration."""
    return text.translated_by != schema.PENDING or _is_demo(lock)


def _is_demo(lock: Lock) -> bool:
    return any(seal.role == approval.DEMO for seal in lock.texts.values())


def _translated(translation: Translation, seal: Seal, site: Site, link_hosts: Collection[str]) -> Translated:
    blocks = markup.linked(_fill(markup.parse(translation.answer), site), link_hosts)
    limits = _filled(translation.limits, site)
    sms = _filled(translation.sms, site) or _whole(blocks, limits)
    return Translated(fill(translation.question, site), blocks, limits, sms, seal)


def _filled(text: str | None, site: Site) -> str | None:
    return fill(text, site) if text else None


def _whole(blocks: Blocks, limits: str | None) -> str:
    """Return what is said by text message where nothing was written for it: all that is approved, and never a part."""
    between = " " if len(blocks) == 1 and not blocks[0].list else "\n"
    return between.join(filter(None, (markup.as_text(blocks), limits)))


def _cited(source: Source, content: Content, withheld: Mapping[str, str], passages: Mapping[str, str]) -> Cited:
    """Return a source as it is shown; a link without its seal leads nowhere, and the answer stays."""
    document = content.documents[source.document]
    return Cited(
        document=source.document,
        title=document.title,
        publisher=document.publisher,
        section=document.sections[source.section],
        paragraph=source.paragraph,
        url=None if f"document.{source.document}.url" in withheld else document.url,
        passage=passages.get(str(source)),
    )
