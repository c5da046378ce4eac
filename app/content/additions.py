"""Phrasings and topics added to files that people write: comments, order, quoting and every other byte stay."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from app.content import files
from app.content.files import FAQ, INTENTS, Keys
from app.content.schema import Content
from app.content.writing import write
from app.errors import ContentError

REVIEWED = Path(INTENTS, "not-covered", "reviewed.yaml")
"""Where the phrasings of topics stand that came out of review."""
_HEADER = "# How people ask for what the document does not answer: topics that came out of review.\n"


def add_phrasings(folder: Path, content: Content, id_: str, lines: Iterable[str]) -> None:
    """At the end of the id's own list; a line that stands there is left out. Raises `ContentError`."""
    for language, path in files.phrasing_files(folder, content):
        located = files.read_yaml(path)
        if language is None and id_ in located.data:
            new = [line for line in dict.fromkeys(lines) if line not in located.data[id_]]
            _append(path, located.data, id_, new)
            return
    raise ContentError(folder / FAQ, 1, id_, f"has no phrasings in {INTENTS}/")


def add_topic(folder: Path, id_: str, title: str, lines: Sequence[str]) -> None:
    """A not-covered topic at the end of `topics`, its phrasings in a file of their own. Raises `ContentError`."""
    _name(folder / FAQ, id_, title)
    path = folder / REVIEWED
    said = path.read_bytes().decode() if path.exists() else _HEADER
    block = "".join(f"  - {_written(line, '')}\n" for line in lines)
    wanted = (files.read_yaml(path).data if path.exists() else {}) | {id_: list(lines)}
    _replace(path, (id_,), f"{said}{_break_after(said)}{id_}:\n{block}", wanted)


def _append(path: Path, data: dict[str, Any], id_: str, new: Sequence[str]) -> None:
    said = path.read_bytes()
    listed = _value(files.compose(path, said), id_)
    if not isinstance(listed, yaml.SequenceNode) or listed.flow_style:
        raise ContentError(path, 1, id_, "is a list in brackets: write it with a line a phrasing")
    last = listed.value[-1]
    style = Counter(item.style or "" for item in listed.value).most_common(1)[0][0]
    dash = _row(said, last.start_mark.line)[: last.start_mark.column]  # the dash with the spaces around it
    added = [f"{dash}{_written(line, style)}" for line in new]
    _replace(path, (id_,), _with_rows(said.decode(), last, added), data | {id_: [*data[id_], *new]})


def _name(path: Path, id_: str, title: str) -> None:
    said, data = path.read_bytes(), files.read_yaml(path).data
    if id_ in data.get("topics", {}):
        raise ContentError(path, 1, f"topics.{id_}", "stands there already")
    wanted = data | {"topics": data.get("topics", {}) | {id_: {"title": title}}}
    named = f"{id_}: {{title: {json.dumps(title, ensure_ascii=False)}}}"
    topics = _value(files.compose(path, said), "topics")
    if topics is None:
        changed = f"{said.decode()}{_break_after(said.decode())}topics:\n  {named}\n"
    elif not isinstance(topics, yaml.MappingNode) or topics.flow_style:
        raise ContentError(path, 1, "topics", "stands in braces: write it with a line a topic")
    else:
        changed = _with_rows(said.decode(), topics, [" " * topics.start_mark.column + named])
    _replace(path, ("topics", id_), changed, wanted)


def _value(root: yaml.Node | None, key: str) -> yaml.Node | None:
    """What stands under a key of the outermost mapping."""
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _with_rows(said: str, after: yaml.Node, added: Sequence[str]) -> str:
    """The text with rows of its own kind after the last row of a node."""
    rows = said.split("\n")
    place = _last_row(after)
    end = "\r" if rows[place].endswith("\r") else ""
    rows[place + 1 : place + 1] = [f"{each}{end}" for each in added]
    return "\n".join(rows)


def _last_row(node: yaml.Node) -> int:
    """A block ends where the next token begins, below the comments that follow it: its last leaf knows better."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        last = node.value[-1]
        return _last_row(last[1] if isinstance(last, tuple) else last)
    below = node.end_mark.column == 0 and node.end_mark.line > node.start_mark.line  # after `|` and `>`
    return int(node.end_mark.line) - below


def _row(said: bytes, number: int) -> str:
    return said.decode().split("\n")[number]


def _break_after(said: str) -> str:
    return "" if not said or said.endswith("\n") else "\n"


def _written(line: str, style: str) -> str:
    """As the list is quoted; without quotes only where it then reads the same."""
    if style == "'":
        doubled = line.replace("'", "''")
        return f"'{doubled}'"
    return line if style == "" and _reads_plain(line) else json.dumps(line, ensure_ascii=False)


def _reads_plain(line: str) -> bool:
    try:
        return bool(files.parse_yaml(Path(), f"- {line}\n".encode()).data == [line])
    except ContentError:
        return False


def _replace(path: Path, keys: Keys, changed: str, wanted: object) -> None:
    """Writes only what reads as exactly the old data and what was added, in this order."""
    located = files.parse_yaml(path, changed.encode())
    if repr(located.data) != repr(wanted):
        raise located.error(keys, "cannot be added to without changing what stands there")
    write(path, changed.encode())
