"""Changes in place of YAML that people write: its comments, order and layout stay, other lines stay byte for byte.

A new value is put where the old one stands. Then the file is read again, and must say what was wanted and nothing else.
"""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Final

import yaml

from app.content.yaml_file import Keys, Located, compose, parse_yaml, reads_as

WIDTH = 110
"""Columns from which a text is folded over several lines."""
_ENDLESS = 1 << 30
"""Columns after which YAML may break a line: none that we write."""
_NOWHERE = Path("value")

GONE: Final = object()
"""Stands for the value of a key that shall not be there."""

Edit = tuple[int, int, str]
"""From where to where, and what stands there now."""


def with_values(path: Path, text: str, values: Mapping[Keys, Any]) -> str:
    """Return the file's text with each value at its keys, whether one stands there or not: a scalar, a flat list, or a
    new item of a mapping. What stands at the keys of `GONE` is taken out; it must not be the last of its mapping.

    Raises `ContentError`, which says how to write it, where that cannot be done without touching anything else.
    """
    file = _File.read(path, text)
    edits: list[Edit] = []
    additions: dict[Keys, dict[str | int, Any]] = {}
    for keys, value in values.items():
        if value is GONE:
            edits.append(file.removal(keys))
        elif file.find(keys) is None:
            parent, (key, *inner) = file.parent(keys)
            _merge(additions.setdefault(parent, {}), key, _nested(inner, value))
        else:
            edits += file.replacement(keys, value)
    for parent, items in sorted(additions.items(), key=lambda addition: -len(addition[0])):  # inner ones come first
        edits += file.addition(parent, items)
    return file.changed(values, edits)


@dataclass(frozen=True)
class _File:
    text: str
    newline: str
    root: yaml.Node
    located: Located
    _children: dict[int, dict[str | int, yaml.Node]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, text: str) -> "_File":
        newline = "\r\n" if "\r\n" in text else "\n"
        ended = text if text.endswith("\n") else text + newline
        return cls(ended, newline, compose(path, ended), parse_yaml(path, ended))

    def find(self, keys: Keys) -> yaml.Node | None:
        """Return the node at `keys`; None where there is none."""
        node: yaml.Node | None = self.root
        for key in keys:
            node = self._children_of(node).get(key)
        return node

    def _children_of(self, node: yaml.Node | None) -> dict[str | int, yaml.Node]:
        """Remember them: a file of 5,000 entries is asked for each of them."""
        if id(node) not in self._children:
            self._children[id(node)] = _children(node)
        return self._children[id(node)]

    def in_braces(self, keys: Keys) -> bool:
        """Return whether what stands at `keys` stands within braces or brackets."""
        return any(getattr(self.find(keys[:length]), "flow_style", False) for length in range(len(keys)))

    def changed(self, values: Mapping[Keys, Any], edits: Iterable[Edit]) -> str:
        """Return the text after the edits, once it is sure that it says the values and all else as before."""
        parts, at = [], 0
        for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
            parts += [self.text[at:start], new]
            at = end
        text = "".join([*parts, self.text[at:]])
        wanted = deepcopy(self.located.data)
        for keys, value in values.items():
            _put(wanted, keys, value)
        if not reads_as(self.located.path, text, wanted):
            problem = "cannot be changed in place: write it on lines of its own, without braces, anchors and tags"
            raise self.located.error(next(iter(values)), problem)
        return text

    def replacement(self, keys: Keys, value: Any) -> list[Edit]:
        node = self.find(keys)
        assert node is not None  # noqa: S101 - the caller has looked
        if isinstance(value, list) and isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
            return list(self._items(keys, node, value))
        return [self._value(keys, node, value)]

    def _value(self, keys: Keys, node: yaml.Node, value: Any) -> Edit:
        start, end = node.start_mark.index, self._end(node)
        comment = self._comment(node)
        one_line = self.in_braces(keys) or bool(comment) or bool(self.text[end : self._line_end(end)].strip())
        space = "" if self.text[start - 1 : start] in (" ", "\t", "[", "{") else " "
        indent = self._indent(keys) + 2
        return start, end, f"{space}{_written(value, indent, self.newline, one_line)}{comment}"

    def _comment(self, node: yaml.Node) -> str:
        """Return the comment between the sign of a block of text (`>-`) and the text."""
        if getattr(node, "style", None) not in ("|", ">"):
            return ""
        head = self.text[node.start_mark.index : self._line_end(node.start_mark.index)]
        return f" {head[head.index('#') :].rstrip()}" if "#" in head else ""

    def _items(self, keys: Keys, node: yaml.SequenceNode, wanted: Sequence[Any]) -> Iterator[Edit]:
        """Yield edits that keep the lines of items which stay, and any comments between them."""
        present = self.located.data
        for key in keys:
            present = present[key]
        dash = " " * node.start_mark.column + "- "
        matcher = SequenceMatcher(None, list(map(repr, present)), list(map(repr, wanted)), autojunk=False)
        for _, first, last, start, end in matcher.get_opcodes():
            if wanted[start:end] == present[first:last]:
                continue
            both = min(last - first, end - start)
            for place in range(both):
                yield self._value((*keys, first + place), node.value[first + place], wanted[start + place])
            yield from (self._lines(item, item) for item in node.value[first + both : last])
            new = "".join(f"{dash}{_inline(item)}{self.newline}" for item in wanted[start + both : end])
            if new:
                yield (
                    self._below(node.value[first + both - 1], new) if first + both else self._above(node.value[0], new)
                )

    def parent(self, keys: Keys) -> tuple[Keys, Keys]:
        """Return the keys of the innermost place on the way that is there, and the keys that are missing below it."""
        depth = next(length for length in range(len(keys) - 1, -1, -1) if self.find(keys[:length]) is not None)
        return keys[:depth], keys[depth:]

    def addition(self, parent: Keys, items: Mapping[str | int, Any]) -> list[Edit]:
        """Return what adds items to a mapping, behind those that are there."""
        node = self.find(parent)
        if isinstance(node, yaml.MappingNode) and node.value:
            return [self._in_braces(node, items) if node.flow_style else self._last(node, items)]
        if node is not None and not self.in_braces(parent) and self._is_empty(node):
            return self._first(parent, node, items)
        raise self.located.error(parent, "cannot be added to: it is no mapping on lines of its own")

    def _last(self, node: yaml.MappingNode, items: Mapping[str | int, Any]) -> Edit:
        indent = node.value[0][0].start_mark.column
        return self._below(node.value[-1][1], self._fields(items, indent))

    def _fields(self, items: Mapping[str | int, Any], indent: int) -> str:
        return "".join(_field(key, value, indent, self.newline) for key, value in items.items())

    def _in_braces(self, node: yaml.MappingNode, items: Mapping[str | int, Any]) -> Edit:
        at = self._end(node.value[-1][1])
        fields = (f", {_inline(key)}: {_written(value, 0, self.newline, True)}" for key, value in items.items())
        return at, at, "".join(fields)

    def _is_empty(self, node: yaml.Node) -> bool:
        return not self.text[node.start_mark.index : self._end(node)].strip("{} \t")

    def _first(self, keys: Keys, node: yaml.Node, items: Mapping[str | int, Any]) -> list[Edit]:
        """Return what makes an empty mapping (`topics:` or `topics: {}`) hold its first items."""
        lines = self._fields(items, self._indent(keys) + 2 if keys else 0)
        start = len(self.text[: node.start_mark.index].rstrip(" "))
        return [(start, self._end(node), ""), self._below(node, lines)]

    def removal(self, keys: Keys) -> Edit:
        parent = self.find(keys[:-1])
        pairs = parent.value if isinstance(parent, yaml.MappingNode) else []
        place = next((at for at, (key, _) in enumerate(pairs) if key.value == keys[-1]), None)
        if place is None:
            raise self.located.error(keys, "is not there")
        key, value = pairs[place]
        if not self.in_braces(keys):
            return self._lines(key, value)
        if place:
            return self._end(pairs[place - 1][1]), self._end(value), ""
        return key.start_mark.index, pairs[1][0].start_mark.index if len(pairs) > 1 else self._end(value), ""

    def _indent(self, keys: Keys) -> int:
        """Return the column of the key (or the dash) behind which the value at `keys` stands."""
        parent = self.find(keys[:-1])
        if isinstance(parent, yaml.MappingNode):
            return next(int(key.start_mark.column) for key, _ in parent.value if key.value == keys[-1])
        return int(parent.start_mark.column) if parent else 0

    def _end(self, node: yaml.Node) -> int:
        """Return where the last character of a node ends; its mark may lie behind lines and comments that follow."""
        if isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
            last = node.value[-1]
            return self._end(last[1] if isinstance(last, tuple) else last)
        start, end = node.start_mark.index, node.end_mark.index
        return start + len(self.text[start:end].rstrip())

    def _line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def _line_end(self, at: int) -> int:
        """Return where the next line begins."""
        found = self.text.find("\n", at)
        return len(self.text) if found < 0 else found + 1

    def _lines(self, first: yaml.Node, last: yaml.Node) -> Edit:
        return self._line_start(first.start_mark.index), self._line_end(self._end(last)), ""

    def _above(self, node: yaml.Node, lines: str) -> Edit:
        at = self._line_start(node.start_mark.index)
        return at, at, lines

    def _below(self, node: yaml.Node, lines: str) -> Edit:
        at = self._line_end(self._end(node))
        return at, at, lines


def _children(node: yaml.Node | None) -> dict[str | int, yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return {key.value: value for key, value in node.value}
    return dict(enumerate(node.value)) if isinstance(node, yaml.SequenceNode) else {}


def _nested(keys: Sequence[str | int], value: Any) -> Any:
    for key in reversed(keys):
        value = {key: value}
    return value


def _merge(items: dict[str | int, Any], key: str | int, value: Any) -> None:
    """Put a value at a key, or beside what another change puts there."""
    if isinstance(value, dict) and isinstance(items.get(key), dict):
        for inner, own in value.items():
            _merge(items[key], inner, own)
    else:
        items[key] = deepcopy(value)


def _put(data: Any, keys: Keys, value: Any) -> None:
    """Put a value into data, or take away what stands there."""
    for key in keys[:-1]:
        if isinstance(data, dict) and data.get(key) is None:
            data[key] = {}
        data = data[key]
    if value is GONE:
        del data[keys[-1]]
    else:
        data[keys[-1]] = deepcopy(value)


def _field(key: str | int, value: Any, indent: int, newline: str) -> str:
    """Return the lines of a key and its value."""
    if not isinstance(value, Mapping) or not value:
        written = _written(value, indent + 2, newline)
        return f"{' ' * indent}{_inline(key)}:{'' if written.startswith(newline) else ' '}{written}{newline}"
    fields = (_field(inner, own, indent + 2, newline) for inner, own in value.items())
    return f"{' ' * indent}{_inline(key)}:{newline}{''.join(fields)}"


def _written(value: Any, indent: int, newline: str, one_line: bool = False) -> str:
    """Return YAML of a value, in the form that is the easiest to read of those which say the same."""
    if isinstance(value, str):
        forms = [_quoted(value)] if one_line else _text_forms(value, indent, newline)
        return next((form for form in forms if _says(form, indent, value)), _quoted(value))
    flow = _inline(value)
    if isinstance(value, list) and len(flow) + indent > WIDTH and not one_line:
        return "".join(f"{newline}{' ' * indent}- {_inline(item)}" for item in value)
    return flow


def _says(form: str, indent: int, value: str) -> bool:
    return reads_as(_NOWHERE, f"{' ' * max(indent - 2, 0)}key: {form}\n", {"key": value})


def _text_forms(value: str, indent: int, newline: str) -> Iterator[str]:
    if "\n" in value:
        yield _block("|-", value.split("\n"), indent, newline)
    elif len(value) + indent > WIDTH:
        lines = textwrap.wrap(value, WIDTH - indent, break_long_words=False, break_on_hyphens=False)
        yield _block(">-", lines, indent, newline)
    yield _inline(value)


def _block(sign: str, lines: Sequence[str], indent: int, newline: str) -> str:
    return newline.join([sign, *(f"{' ' * indent}{line}" if line else "" for line in lines)])


def _inline(value: Any) -> str:
    """Return YAML of one line; of a text with several it is in quotes."""
    dumped: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=_ENDLESS, sort_keys=False)
    written = dumped.removesuffix("\n...\n").strip()
    return _quoted(value) if len(written.splitlines()) > 1 else written


def _quoted(value: Any) -> str:
    dumped: str = yaml.safe_dump(value, default_style='"', default_flow_style=True, allow_unicode=True, width=_ENDLESS)
    return dumped.strip()
