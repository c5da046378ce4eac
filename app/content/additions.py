"""Phrasings and topics that came out of review, added to a folder of content.

Phrasings go to a file that only commands write, so that no list that a person wrote is touched.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import yaml

from app.content import files
from app.content.file_io import is_there, read_bytes, write
from app.content.files import FAQ, INTENTS
from app.content.schema import Content
from app.content.yaml_file import Located, read_yaml, reads_as
from app.errors import ContentError

REVIEWED = Path(INTENTS, "reviewed.yaml")
_HEADER = "# Written by `hai-faq {}`: move lines to other files as you like, comments here are not kept.\n"
_WIDTH = 10_000
"""Characters after which YAML breaks a line: more than any phrasing has."""


def add_phrasings(folder: Path, content: Content, id_: str, lines: Iterable[str]) -> None:
    """Add those of the lines that the entry or topic does not have yet. Raises `ContentError`."""
    present = files.load_phrasings(folder, content).get(id_)
    if present is None:
        raise ContentError(folder / FAQ, 1, id_, f"has no phrasings in {INTENTS}/")
    _append(folder / REVIEWED, id_, [line for line in dict.fromkeys(lines) if line not in present])


def add_topic(folder: Path, id_: str, title: str, lines: Sequence[str]) -> None:
    """Add a not-covered topic and its phrasings. Raises `ContentError` rather than change anything else in faq.yaml."""
    path = folder / FAQ
    located = read_yaml(path)
    topics = located.data.get("topics", {})
    if id_ in topics:
        raise located.error(("topics", id_), "stands there already")
    row = f"{id_}: {{title: {json.dumps(title, ensure_ascii=False)}}}"
    changed = _with_topic(read_bytes(path).decode(), located, row)
    if reads_as(path, changed, located.data | {"topics": {**topics, id_: {"title": title}}}):
        write(path, changed.encode())
        _append(folder / REVIEWED, id_, lines)
    else:
        raise located.error(("topics",), "cannot be added to: write it with a line a topic, without braces")


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


def _append(path: Path, id_: str, lines: Sequence[str]) -> None:
    if lines:
        reviewed = read_yaml(path).data if is_there(path) else {}
        reviewed[id_] = [*reviewed.get(id_, []), *lines]
        write(path, written_by("review apply", reviewed).encode())


def written_by(command: str, phrasings: Mapping[str, Sequence[str]]) -> str:
    """Return the text of a file of phrasings that only this command writes."""
    dumped: str = yaml.safe_dump(phrasings, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return _HEADER.format(command) + dumped
