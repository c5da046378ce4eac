"""Phrasings and topics that came out of review, added to a folder of content.

Phrasings go to a file that only commands write, so that no list that a person wrote is touched. What the files would
hold is made apart from writing it: the web process gives it away as a patch, and writes nothing.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from app.content import files
from app.content.file_io import is_there, read_bytes, write
from app.content.files import FAQ, INTENTS, Phrasings
from app.content.yaml_file import Located, parse_yaml, read_yaml, reads_as
from app.errors import ContentError

REVIEWED = Path(INTENTS, "reviewed.yaml")
_HEADER = "# Written by `hai-faq {}`: move lines to other files as you like, comments here are not kept.\n"
_WIDTH = 10_000
"""Characters after which YAML breaks a line: more than any phrasing has."""


@dataclass(frozen=True, slots=True)
class Addition:
    """Phrasings for an entry or topic that is there, or a topic that nothing covers with its title and phrasings."""

    id: str
    lines: Sequence[str]
    title: str | None = None


def write_additions(folder: Path, additions: Iterable[Addition]) -> None:
    """Make the additions in the files of a folder. Raises `ContentError` before anything is written."""
    for name, content in new_files(folder, additions).items():
        write(folder / name, content)


def new_files(folder: Path, additions: Iterable[Addition]) -> dict[Path, bytes]:
    """Return what the files that additions change would hold, by their path in the folder. Raises `ContentError`."""
    draft = _Draft(folder)
    for addition in additions:
        draft.add(addition)
    return draft.changed()


class _Draft:
    """The files that additions change, as they would be."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written = self._faq = read_bytes(folder / FAQ).decode()
        self._added: dict[str, list[str]] = {}

    def add(self, addition: Addition) -> None:
        if addition.title is None:
            self._add_phrasings(addition.id, addition.lines)
        else:
            self._add_topic(addition.id, addition.title, addition.lines)

    def changed(self) -> dict[Path, bytes]:
        changed: dict[Path, bytes] = {}
        if self._faq != self._written:
            changed[Path(FAQ)] = self._faq.encode()
        if self._added:
            changed[REVIEWED] = written_by("review apply", self._reviewed()).encode()
        return changed

    def _reviewed(self) -> Phrasings:
        path = self._folder / REVIEWED
        reviewed = read_yaml(path).data if is_there(path) else {}
        for id_, lines in self._added.items():
            reviewed[id_] = [*reviewed.get(id_, []), *lines]
        return reviewed

    @cached_property
    def _present(self) -> Phrasings:
        return files.load_phrasings(self._folder, files.load_content(self._folder))

    def _add_phrasings(self, id_: str, lines: Iterable[str]) -> None:
        """Add those of the lines that the entry or topic does not have yet."""
        if id_ not in self._added and id_ not in self._present:
            raise ContentError(self._folder / FAQ, 1, id_, f"has no phrasings in {INTENTS}/")
        present = {*self._present.get(id_, ()), *self._added.get(id_, ())}
        self._append(id_, [line for line in dict.fromkeys(lines) if line not in present])

    def _add_topic(self, id_: str, title: str, lines: Sequence[str]) -> None:
        """Add a topic, or raise `ContentError` rather than change anything else in faq.yaml."""
        path = self._folder / FAQ
        located = parse_yaml(path, self._faq.replace("\r\n", "\n"))
        topics = located.data.get("topics", {})
        if id_ in topics:
            raise located.error(("topics", id_), "stands there already")
        row = f"{id_}: {{title: {json.dumps(title, ensure_ascii=False)}}}"
        changed = _with_topic(self._faq, located, row)
        if not reads_as(path, changed, located.data | {"topics": {**topics, id_: {"title": title}}}):
            raise located.error(("topics",), "cannot be added to: write it with a line a topic, without braces")
        self._faq = changed
        self._append(id_, lines)

    def _append(self, id_: str, lines: Sequence[str]) -> None:
        if lines:
            self._added.setdefault(id_, []).extend(lines)


def _with_topic(faq: str, located: Located, topic: str) -> str:
    """Return faq.yaml with a row more right below `topics:`, where its place is plain whatever comments follow."""
    topics = located.data.get("topics")
    if not topics:
        newline = "" if faq.endswith("\n") else "\n"
        return f"{faq}{newline}topics:\n  {topic}\n"
    rows = faq.splitlines(keepends=True)
    first = rows[located.lines["topics", next(iter(topics))] - 1]
    indent, end = first[: -len(first.lstrip())], "\r\n" if first.endswith("\r\n") else "\n"
    rows.insert(located.lines["topics",], f"{indent}{topic}{end}")
    return "".join(rows)


def written_by(command: str, phrasings: Mapping[str, Sequence[str]]) -> str:
    """Return the text of a file of phrasings that only this command writes."""
    dumped: str = yaml.safe_dump(phrasings, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return _HEADER.format(command) + dumped
