"""A YAML file as plain data, with the line on which each key stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from app.content.file_io import read_text
from app.errors import ContentError

_WORDS = ("yes", "no", "on", "off", "y", "n")
"""Words to whoever writes content, though YAML 1.1 reads them as true and false."""

Keys = tuple[str | int, ...]


@dataclass(frozen=True)
class Located:
    """Data of a YAML file, and the line of each key path in it."""

    path: Path
    data: Any
    lines: Mapping[Keys, int]

    def error(self, keys: Keys, problem: str) -> ContentError:
        """Return an error at the keys' line, or at that of the nearest of their parents which has one."""
        ancestors = (keys[:length] for length in range(len(keys), -1, -1))
        line = next((self.lines[parent] for parent in ancestors if parent in self.lines), 1)
        return ContentError(self.path, line, _dotted(keys), problem)


def read_yaml(path: Path) -> Located:
    return parse_yaml(path, read_text(path))


def parse_yaml(path: Path, text: str) -> Located:
    """Return plain data. Raises `ContentError` for bad YAML, a key that stands twice, or an odd tag."""
    lines: dict[Keys, int] = {}
    return Located(path, _plain(path, _root(path, text), (), lines), lines)


def _root(path: Path, text: str) -> yaml.Node:
    try:
        root: yaml.Node | None = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ContentError(path, mark.line + 1 if mark else 1, "", f"bad YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ContentError(path, 1, "", f"bad YAML: {error}") from error
    if root is None:
        raise ContentError(path, 1, "", "is empty")
    return root


def _plain(path: Path, node: yaml.Node, keys: Keys, lines: dict[Keys, int]) -> Any:
    lines.setdefault(keys, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(path, node, keys, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(path, item, (*keys, place), lines) for place, item in enumerate(node.value)]
    if node.tag == "tag:yaml.org,2002:str" or node.value.lower() in _WORDS:
        return node.value
    try:
        return yaml.constructor.SafeConstructor().construct_object(node)
    except (yaml.YAMLError, ValueError) as error:  # an odd tag; a day such as 2030-02-30
        problem = getattr(error, "problem", error)
        raise ContentError(path, node.start_mark.line + 1, _dotted(keys), f"cannot be read: {problem}") from error


def _mapping(path: Path, node: yaml.MappingNode, keys: Keys, lines: dict[Keys, int]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key_node, value in node.value:
        key = str(key_node.value)
        line = key_node.start_mark.line + 1
        if key in data:
            raise ContentError(path, line, _dotted((*keys, key)), "stands twice")
        lines[(*keys, key)] = line
        data[key] = _plain(path, value, (*keys, key), lines)
    return data


def _dotted(keys: Keys) -> str:
    return ".".join(map(str, keys))
