"""A YAML file as plain data, with the line on which each key stands."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.reader import ReaderError

from app.content.file_io import read_text
from app.errors import ContentError

_WORDS = ("yes", "no", "on", "off", "y", "n")
"""Words to whoever writes content, though YAML 1.1 reads them as true and false."""

DEEPEST = 20
"""Most levels of lists and maps in each other; what is shipped has 6."""
MOST_NODES = 100_000
"""Most keys, texts, lists and maps of a file, about 0.1 GB while they are read; the largest shipped file has 9,400."""
LONGEST_TEXT, LONGEST_KEY, LONGEST_NUMBER = 20_000, 200, 100
"""Most characters; the longest text that is shipped has 745."""
_BREAKS = "\n\r\x85\u2028\u2029\ufeff"
"""What a line begins behind; the last may open a file."""

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
    """Return plain data. Raises `ContentError` for bad YAML, a key that stands twice, an odd tag, an alias, and for
    more of anything than people write: a file may come from anywhere, and is read beside what answers.
    """
    tree = _Tree(path)
    return Located(path, tree.plain(compose(path, text), ()), tree.lines)


def reads_as(path: Path, text: str, wanted: Any) -> bool:
    """Return whether a text is YAML that says this and nothing else."""
    try:
        return bool(parse_yaml(path, text).data == wanted)
    except ContentError:
        return False


class _BoundedLoader(yaml.CSafeLoader):
    """Counts nodes while they are made: what makes them is C without a bound, and the file `[[[[...` ended the process.

    The resolver is told of each node; of what paths resolve to, which is what it is told for, nothing is set.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = self._count = 0

    def descend_resolver(self, parent: yaml.Node | None, _: object) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > DEEPEST:
            raise _TooMuch(f"is nested more than {DEEPEST} levels deep", parent)
        if self._count > MOST_NODES:
            raise _TooMuch(f"has more than {MOST_NODES:,} keys, lists and texts", parent)

    def ascend_resolver(self) -> None:
        self._depth -= 1


class _TooMuch(Exception):
    def __init__(self, problem: str, parent: yaml.Node | None) -> None:
        super().__init__(problem)
        self.line = parent.start_mark.line + 1 if parent else 1


def compose(path: Path, text: str) -> yaml.Node:
    """Return the nodes of a file, which know where they stand in it. Raises `ContentError` for bad YAML or too much."""
    _check_directives(path, text)
    try:
        root: yaml.Node | None = yaml.compose(text, Loader=_BoundedLoader)
    except _TooMuch as error:
        raise ContentError(path, error.line, "", str(error)) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ContentError(path, mark.line + 1 if mark else 1, "", f"bad YAML: {error.problem}") from error
    except ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        raise ContentError(path, line, "", f"bad YAML: the character {error.character:#x} is not allowed") from error
    if root is None:
        raise ContentError(path, 1, "", "is empty")
    return root


def _check_directives(path: Path, text: str) -> None:
    """Refuse `%TAG`: each is compared with all before it, and 100,000 of them took minutes."""
    for sign in re.finditer("%", text):
        start = sign.start()
        if not start or text[start - 1] in _BREAKS:
            raise ContentError(path, text[:start].count("\n") + 1, "", "bad YAML: a line begins with %")


@dataclass(frozen=True)
class _Tree:
    """Turns the nodes of a file into plain data, and notes on which line each key stands."""

    path: Path
    lines: dict[Keys, int] = field(default_factory=dict)

    def plain(self, node: Any, keys: Keys) -> Any:
        """Take what a node holds, so that an alias finds it empty: nine aliases of nine aliases, ten times, are a line
        each, and thousands of millions of texts.
        """
        value, node.value = node.value, None
        if value is None:
            raise self._error(keys, "is an alias (*) of another place: write it out")
        self.lines.setdefault(keys, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(value, keys)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, (*keys, place)) for place, item in enumerate(value)]
        if len(value) > LONGEST_TEXT:
            raise self._error(keys, f"is longer than {LONGEST_TEXT:,} characters")
        return value if node.tag == "tag:yaml.org,2002:str" else self._typed(node.tag, value, keys)

    def _mapping(self, pairs: Sequence[tuple[yaml.Node, yaml.Node]], keys: Keys) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value in pairs:
            line = key_node.start_mark.line + 1
            key = key_node.value
            if not isinstance(key, str) or len(key) > LONGEST_KEY:
                problem = f"a key is a word of at most {LONGEST_KEY} characters"
                raise ContentError(self.path, line, _dotted(keys), problem)
            if key in data:
                raise ContentError(self.path, line, _dotted((*keys, key)), "stands twice")
            self.lines[(*keys, key)] = line
            data[key] = self.plain(value, (*keys, key))
        return data

    def _typed(self, tag: str, written: str, keys: Keys) -> Any:
        """Return a number, a day, true, false or nothing."""
        if written.lower() in _WORDS:
            return written
        if len(written) > LONGEST_NUMBER:  # YAML's 1:1:1:... is a number to the base of 60
            raise self._error(keys, "is too long for a number or a day: put a text in quotes")
        try:
            return yaml.constructor.SafeConstructor().construct_object(yaml.ScalarNode(tag, written))
        except (yaml.YAMLError, ValueError) as error:  # an odd tag; a day such as 2030-02-30
            raise self._error(keys, f"cannot be read: {getattr(error, 'problem', error)}") from error
        except (LookupError, AttributeError) as error:  # as PyYAML says `!!int ""` and `!!timestamp soon`
            raise self._error(keys, "cannot be read: it is not what its tag (!!) says") from error

    def _error(self, keys: Keys, problem: str) -> ContentError:
        return Located(self.path, None, self.lines).error(keys, problem)


def _dotted(keys: Keys) -> str:
    return ".".join(map(str, keys))
