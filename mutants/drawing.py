"""Draws the mutants of a module: its source with one fault in it."""

import ast
import difflib
import itertools
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator, operator_names

from mutants.operators import OWN, Position


@dataclass(frozen=True)
class Mutant:
    module: str
    """Its path."""
    line: str
    """What stands there, and what in its place: what a mutant is known by, since a line's number changes often."""
    becomes: str
    source: str


def mutants_of(module: str, seed: int) -> Iterator[Mutant]:
    """Yield the mutants of a module in an order that the seed decides: one of each place, then another of each."""
    source = Path(module).read_text(encoding="utf-8")
    drawn = random.Random(f"{seed} {module}")  # noqa: S311
    places = _faults(source)
    order = sorted(places)
    drawn.shuffle(order)
    for faults in places.values():
        drawn.shuffle(faults)
    unannotated = _unannotated(source)
    for one_of_each in itertools.zip_longest(*(places[place] for place in order)):
        for operator, occurrence in filter(None, one_of_each):
            mutated = mutate_code(source, operator, occurrence)
            if mutated and _unannotated(mutated) not in (None, unannotated):
                before, after = _difference(source, mutated)
                if not before.startswith("@dataclass"):  # whether it is frozen, or has slots, no test can tell
                    yield Mutant(module, before, after, mutated)


def _operators() -> Iterator[Operator]:
    for name in operator_names():
        kind = get_operator(name)
        if not kind.arguments():
            yield kind()
    yield from OWN


def _faults(source: str) -> dict[Position, list[tuple[Operator, int]]]:
    """Return each place at which operators find something to change, with the operators and the numbers of their
    finds.
    """
    places = defaultdict(list)
    nodes = list(ast_nodes(get_ast(source)))
    for operator in _operators():
        starts = (start for node in nodes for start, _ in operator.mutation_positions(node))
        for occurrence, start in enumerate(starts):
            places[start].append((operator, occurrence))
    return places


class _Unannotated(ast.NodeTransformer):
    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)


def _unannotated(source: str) -> str | None:
    """Return a module without its types, in which a fault changes nothing; None for one that is no Python."""
    try:
        return ast.dump(_Unannotated().visit(ast.parse(source)))
    except SyntaxError:
        return None


def _difference(source: str, mutated: str) -> tuple[str, str]:
    """Return the lines that a fault changed, before and after, each as one line."""
    changes = list(difflib.unified_diff(source.splitlines(), mutated.splitlines(), n=0, lineterm=""))[2:]
    before, after = (" ".join(line[1:].strip() for line in changes if line.startswith(sign)) for sign in ("-", "+"))
    return before, after
