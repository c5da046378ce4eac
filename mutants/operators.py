"""Faults of our own beside those of Cosmic Ray: each leaves something out, as people do."""

import re
from collections.abc import Iterator

from cosmic_ray.operators.operator import Example, Operator
from parso.python.tree import Keyword, PythonNode, String
from parso.tree import NodeOrLeaf

Position = tuple[int, int]
Positions = Iterator[tuple[Position, Position]]


def _without(node: PythonNode, index: int) -> NodeOrLeaf:
    """Return a node without its item `index` and one sign beside it; of two items the other."""
    place = min(2 * index, len(node.children) - 2)
    prefix = node.get_first_leaf().prefix
    del node.children[place : place + 2]
    rest: NodeOrLeaf = node if len(node.children) > 1 else node.children[0]
    rest.get_first_leaf().prefix = prefix
    return rest


class LeaveOutStatement(Operator):  # type: ignore[misc]
    """Leaves out a call whose result nobody takes, or a raise."""

    def mutation_positions(self, node: NodeOrLeaf) -> Positions:
        if node.type in ("atom_expr", "raise_stmt") and node.parent and node.parent.type == "simple_stmt":
            yield node.start_pos, node.end_pos

    def mutate(self, node: NodeOrLeaf, index: int) -> NodeOrLeaf:  # noqa: ARG002 it has one way
        return Keyword("pass", node.start_pos, node.get_first_leaf().prefix)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example("forget(it)\n", "pass\n"),)


class LeaveOutCondition(Operator):  # type: ignore[misc]
    """Leaves out one side of `and` and `or`."""

    def mutation_positions(self, node: NodeOrLeaf) -> Positions:
        if node.type in ("and_test", "or_test"):
            for side in node.children[::2]:
                yield side.start_pos, side.end_pos

    def mutate(self, node: PythonNode, index: int) -> NodeOrLeaf:
        return _without(node, index)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example("a and b", "b"), Example("a and b", "a", occurrence=1))


class LeaveOutItem(Operator):  # type: ignore[misc]
    """Leaves out an item of a list, a set or a tuple."""

    def mutation_positions(self, node: NodeOrLeaf) -> Positions:
        if node.type in ("testlist_comp", "dictorsetmaker") and len(node.children) > 2:
            signs = {getattr(sign, "value", "") for sign in node.children[1::2]}
            for item in node.children[::2] if signs == {","} else ():
                yield item.start_pos, item.end_pos

    def mutate(self, node: PythonNode, index: int) -> NodeOrLeaf:
        return _without(node, index)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example("{a, b, c}", "{b, c}"), Example("{a, b, c}", "{a, b}", occurrence=2))


class LeaveOutOfPattern(Operator):  # type: ignore[misc]
    """Leaves an alternative, a sign of a set, an edge or a look around out of a regular expression in a raw string."""

    _PIECE = re.compile(
        r"\|[^|()\[\]\"']+|(?<=\[)[^\]\\^](?=[^\[\]]+\])|(?<=[\w.])[.,;:!?/-](?=[^\[\]]*\])|\\b|\(\?<?[!=][^()]+\)"
    )

    def mutation_positions(self, node: NodeOrLeaf) -> Positions:
        if _is_raw(node):
            for _ in self._PIECE.finditer(node.value):
                yield node.start_pos, node.end_pos

    def mutate(self, node: String, index: int) -> NodeOrLeaf:
        start, end = list(self._PIECE.finditer(node.value))[index].span()
        node.value = node.value[:start] + node.value[end:]
        return node

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example('r"a|bc"', 'r"a"'), Example(r'r"\d[.,]"', r'r"\d[,]"'))


def _is_raw(node: NodeOrLeaf) -> bool:
    if node.type == "fstring_string":
        return "r" in node.parent.children[0].value.lower()
    return node.type == "string" and node.value[0] in "rR"


OWN = (LeaveOutStatement(), LeaveOutCondition(), LeaveOutItem(), LeaveOutOfPattern())
