"""Questions of a file merged into a folder of content: what is new is added, what the file changed is changed, and what
a person wrote is never written over.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from app.content import edits, files, markup, schema
from app.content.consistency import braces
from app.content.edits import GONE
from app.content.file_io import read_bytes
from app.content.schema import Entry
from app.content.yaml_file import Keys
from app.interchange import documents, drafting, ids
from app.interchange.documents import ImportedDocument, Section, short_hash
from app.interchange.phrasings import IMPORTED, Phrasings
from app.interchange.questions import Question
from app.interchange.report import Outcome
from app.interchange.reviews import review_days

DEFAULT_THEME: Final = "imported"
_COMPARED: Final = ("question", "answer", "limits", "sms", "read_aloud", "theme")
"""Fields of an entry that a row holds."""
_ORIGIN: Final = ("source", "owner")
"""Fields of a row that tell its document."""


@dataclass(frozen=True)
class Options:
    """What the person says about a file beside what it holds."""

    file: str
    owner: str = ""
    title: str = ""
    theme: str = ""


class Merge:
    """A folder of content as it was read, and all that shall change in it."""

    def __init__(self, folder: Path, options: Options, today: date) -> None:
        self._folder, self._options = folder, options
        self._content = files.load_content(folder)
        self._documents = documents.read(folder, self._content.documents)
        self._written = {id_: document.text() for id_, document in self._documents.items()}
        self._phrasings = Phrasings.read(folder, self._content)
        self._today = today
        self._values: dict[Keys, Any] = {}
        self._seen: dict[str, str] = {}
        self._themes = dict(self._content.themes)

    def outcomes(self, questions: Sequence[Question]) -> list[Outcome]:
        """Return what becomes of each question, and of those that were in this file once and no longer are."""
        outcomes = [*map(self._take, questions), *self._gone()]
        self._stagger()
        return outcomes

    def _stagger(self) -> None:
        """Give the new entries days of review, some a week, so that nobody has to read all answers at once."""
        new = [value for keys, value in self._values.items() if keys[0] == "entries" and len(keys) == 2]
        days = review_days(self._content, len(new), self._today)
        for entry, day in zip(new, days, strict=True):
            entry["review"] = day

    def changes(self) -> dict[Path, bytes]:
        """Return the files that say something else than before, relative to the folder. Raises `ContentError`."""
        texts = {name: text.encode() for name, text in self._texts()}
        if self._values:
            faq = self._folder / files.FAQ
            texts[Path(files.FAQ)] = edits.with_values(faq, read_bytes(faq).decode(), self._values).encode()
        return texts

    def _texts(self) -> Iterator[tuple[Path, str]]:
        for id_, document in self._documents.items():
            if (text := document.text()) != self._written.get(id_):
                yield documents.path_of(Path(), id_), text
        if self._phrasings.have_changed():
            yield IMPORTED, self._phrasings.text()

    def _take(self, question: Question) -> Outcome:
        id_ = ids.of_entry(question.id or question.question) if question.id or question.question else ""
        before = self._seen.setdefault(id_, question.place) if id_ else question.place
        if before != question.place:
            return Outcome("refused", question.place, id_, (f"has the id or the question of {before}",))
        if problems := [*question.problems, *_unknown_placeholders(question)]:
            return Outcome("refused", question.place, id_, tuple(problems))
        document = next((own for own in self._documents.values() if id_ in own.records), None)
        if document is None and id_ in self._content.entries:
            return Outcome("conflict", question.place, id_, ("is an entry that a person wrote: left as it is",))
        return self._add(id_, question) if document is None else self._compare(id_, question, document)

    def _gone(self) -> Iterator[Outcome]:
        """Yield the rows that this file had once; their entries stay."""
        for document in self._documents.values():
            for id_, record in document.records.items():
                if record.get("file") == short_hash(self._options.file) and id_ not in self._seen:
                    remark = "is no longer in the file: its entry stays until you take it out"
                    yield Outcome("gone", self._options.file, id_, (remark,))

    def _add(self, id_: str, question: Question) -> Outcome:
        owner = question.owner or self._options.owner
        kept, remarks = self._phrasings.sift(id_, question)
        document = self._document(question.source, owner)
        section = _section(question)
        problems = [] if owner else ["names no owner: --owner says who stands for the answers"]
        problems += [] if kept else ["has no phrasing that can be taken", *remarks]
        problems += filter(None, [document.clash(id_, section)])
        if problems:
            return Outcome("refused", question.place, id_, tuple(problems))
        if document.id not in self._documents:
            self._documents[document.id] = document
            described = _described(question.source, owner, self._options)
            self._values["documents", document.id] = {**described, "sections": {}}
        self._put(document, id_, section)
        document.records[id_] = self._record(question)
        self._phrasings.take(id_, kept)
        drafts = {name: draft for name, draft in self._drafts(question).items() if draft}
        self._values["entries", id_] = _without_empty(
            theme=self._added_theme(question),
            question=question.question,
            answer=question.answer,
            limits=question.limits,
            sms=question.sms or drafts.get("sms"),
            read_aloud=question.read_aloud or drafts.get("read_aloud"),
            drafted=list(drafts),
            sources=document.sources(id_),
        )
        return Outcome("taken", question.place, id_, (*_notes(question, drafts), *remarks))

    def _put(self, document: ImportedDocument, id_: str, section: Section) -> None:
        document.put(id_, section)
        if ("documents", document.id) in self._values:
            self._values["documents", document.id]["sections"][id_] = section.heading
        else:
            self._values["documents", document.id, "sections", id_] = section.heading

    def _document(self, source: str, owner: str) -> ImportedDocument:
        """Return the document that holds the rows of this source and owner, or a new one."""
        origin = short_hash("\n".join((source or self._options.file, owner)))
        for document in self._documents.values():
            if document.origin == origin:
                return document
        wanted = ids.slug(str(_described(source, owner, self._options)["title"]))
        names = itertools.chain([wanted], (f"{wanted}-{number}" for number in itertools.count(2)))
        free = (name for name in names if name not in self._content.documents and name not in self._documents)
        return ImportedDocument(next(free), origin)

    def _theme(self, question: Question) -> str:
        """Return the id of a row's theme, which may be new."""
        name = question.theme or self._options.theme or DEFAULT_THEME
        own = ids.slug(name)
        same = (id_ for id_, title in self._themes.items() if own == id_ or name.casefold() == title.casefold())
        return next(same, own)

    def _added_theme(self, question: Question) -> str:
        """Return the id of a row's theme; one that is new comes into faq.yaml."""
        id_ = self._theme(question)
        if id_ not in self._themes:
            self._themes[id_] = question.theme or id_.replace("-", " ").capitalize()
            self._values["themes", id_] = self._themes[id_]
        return id_

    def _record(self, question: Question) -> dict[str, str]:
        texts = {name: getattr(question, name) for name in (*_COMPARED, *_ORIGIN)}
        texts["theme"] = self._theme(question) if question.theme else ""
        texts["phrasings"] = "\n".join(question.phrasings)
        return {name: short_hash(text) for name, text in {"file": self._options.file, **texts}.items()}

    def _drafts(self, question: Question) -> dict[str, str]:
        """Return drafts of the short texts that the file does not hold."""
        missing = {name: draft for name, draft in drafting.DRAFTS.items() if not getattr(question, name)}
        return {name: draft(question.answer, question.limits) for name, draft in missing.items()}

    def _compare(self, id_: str, question: Question, document: ImportedDocument) -> Outcome:
        entry = self._content.entries.get(id_)
        if entry is None:
            return Outcome("conflict", question.place, id_, ("its entry was taken out of faq.yaml: left out",))
        record, new = document.records[id_], self._record(question)
        changed = [name for name in (*_COMPARED, *_ORIGIN) if record.get(name, "") != new[name]]
        kept, remarks = self._phrasings.sift(id_, question)
        if problems := list(self._conflicts(id_, entry, question, changed, document)):
            return Outcome("conflict", question.place, id_, tuple(problems))
        is_rephrased = "question" in changed or record.get("phrasings", "") != new["phrasings"]
        if not changed and not is_rephrased:
            return Outcome("unchanged", question.place, id_, tuple(remarks))
        phrasings = self._phrasings.imported.get(id_, [])
        if is_rephrased:
            self._phrasings.take(id_, kept)
        else:  # a reviewer may have corrected them
            kept = phrasings
        document.records[id_] = {**new, "file": record.get("file", new["file"])}
        said = [*self._change(id_, entry, question, changed, document), *_difference(phrasings, kept)]
        return Outcome("changed", question.place, id_, (*said, *remarks))

    def _conflicts(
        self, id_: str, entry: Entry, question: Question, changed: Sequence[str], document: ImportedDocument
    ) -> Iterator[str]:
        """Yield what a row cannot change: what a person has changed too, what would confuse its document."""
        record = document.records[id_]
        for name in filter(_COMPARED.__contains__, changed):
            if not self._may_change(entry, name, record, question):
                yield f"{name}: the row and the entry have both changed: left as it is"
                yield from _before_after(name, _text(entry, name), getattr(question, name))
        if {"question", "answer"} & set(changed):
            yield from filter(None, [document.clash(id_, _section(question))])

    def _may_change(self, entry: Entry, name: str, record: Mapping[str, str], question: Question) -> bool:
        """Return whether a field of an entry is still what the last row made it, or what this row says."""
        if name == "theme" and name not in record:
            return entry.theme in (DEFAULT_THEME, ids.slug(self._options.theme or DEFAULT_THEME))
        is_own = short_hash(_text(entry, name)) in (record.get(name, ""), self._record(question)[name])
        return is_own or _is_draft(entry, name)

    def _change(
        self, id_: str, entry: Entry, question: Question, changed: Sequence[str], document: ImportedDocument
    ) -> Iterator[str]:
        """Write what of a row has changed, and yield it before and after."""
        if {"question", "answer"} & set(changed):
            yield from self._cite(id_, entry, question, document)
        values = {name: getattr(question, name) for name in changed if name in ("question", "answer", "limits")}
        if "theme" in changed and question.theme:
            values["theme"] = self._added_theme(question)
        drafts = self._new_drafts(entry, question, changed)
        values |= {name: getattr(question, name) for name in drafting.DRAFTS if name in changed} | drafts
        self._set(
            id_, entry, "drafted", [name for name in drafting.DRAFTS if _stays_draft(entry, name, values, drafts)]
        )
        for name, value in values.items():
            if _text(entry, name) != value:
                self._set(id_, entry, name, value)
                yield from _before_after(name, _text(entry, name), value)
        for name in drafting.DRAFTS:
            if "answer" in changed and name not in values and _text(entry, name):
                yield f"{name} is as it was: look whether it still fits the answer"
        if set(_ORIGIN) & set(changed):
            yield f"the row names another source or owner: change documents.{document.id} by hand where that is right"

    def _cite(self, id_: str, entry: Entry, question: Question, document: ImportedDocument) -> Iterator[str]:
        """Put the changed section into its document, and cite all its paragraphs where the entry did."""
        cited_all = [str(source) for source in entry.sources] == document.sources(id_)
        self._put(document, id_, _section(question))
        if cited_all:
            self._set(id_, entry, "sources", document.sources(id_))
        else:
            yield "cites other paragraphs than all of its own: look whether they still hold"

    def _new_drafts(self, entry: Entry, question: Question, changed: Sequence[str]) -> dict[str, str]:
        """Return drafts, or nothing, in place of old drafts and of texts that the file no longer holds."""
        if not {"answer", "limits", *drafting.DRAFTS} & set(changed):
            return {}
        drafts = self._drafts(question)
        replaced = {name for name in drafts if _is_draft(entry, name) or name in changed or not _text(entry, name)}
        return {name: draft for name, draft in drafts.items() if name in replaced}

    def _set(self, id_: str, entry: Entry, name: str, value: Any) -> None:
        if value:
            self._values["entries", id_, name] = value
        elif getattr(entry, name):
            self._values["entries", id_, name] = GONE


def _section(question: Question) -> Section:
    return Section.of(question.question, markup.plain(question.answer))


def _is_draft(entry: Entry, name: str) -> bool:
    """Return whether a short text is what import drafted; one that a person has changed since may still say so."""
    return name in entry.drafted and drafting.DRAFTS[name](entry.answer, entry.limits or "") == _text(entry, name)


def _stays_draft(entry: Entry, name: str, values: Mapping[str, str], drafts: Mapping[str, str]) -> bool:
    return bool(drafts.get(name)) if name in values else name in entry.drafted


def _text(entry: Entry, name: str) -> str:
    return getattr(entry, name) or ""


def _without_empty(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


def _described(source: str, owner: str, options: Options) -> dict[str, Any]:
    """Return what faq.yaml says of a document: where it can be read, where the source is an address."""
    said = source.partition("://")[2].rstrip("/") if "://" in source else source
    is_address = schema.is_link(source)
    own = options.title if is_address or not source else ""
    title = own or said or options.title or Path(options.file).stem.replace("_", " ").replace("-", " ")
    return _without_empty(title=title, publisher=owner, url=source if is_address else "")


def _unknown_placeholders(question: Question) -> Iterator[str]:
    for name in ("question", "answer", "limits", "sms", "read_aloud"):
        for word in braces(getattr(question, name)):
            if word not in schema.PLACEHOLDERS:
                yield f"{name} holds {{{word}}}, which is not a placeholder"


def _notes(question: Question, drafts: Mapping[str, str]) -> Iterator[str]:
    missing = [name for name in drafting.DRAFTS if not getattr(question, name) and name not in drafts]
    missing += [name for name in ("source", "theme") if not getattr(question, name)]
    if missing:
        yield f"missing: {', '.join(missing)}"
    for draft in dict.fromkeys(drafts.values()):
        yield f"drafted, to be read: {' and '.join(name for name in drafts if drafts[name] == draft)}: {draft}"
    if question.not_taken:
        yield f"not taken: {', '.join(question.not_taken)}"


def _before_after(name: str, before: str, after: str) -> list[str]:
    return [f"{name} before: {before or 'none'}", f"{name} after:  {after or 'none'}"]


def _difference(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    yield from (f"phrasing added: {line}" for line in after if line not in before)
    yield from (f"phrasing taken out: {line}" for line in before if line not in after)
