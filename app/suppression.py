"""Small numbers are left out of what is handed on, and so is what they could be worked out from.

After the cell suppression policy of CMS: no number from 1 to 10 is told, nor can it be derived from sums, differences
or percentages. Zero may be told: it is nobody.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import NamedTuple

LEAST = 11
"""The smallest number that is told, apart from zero."""
ROOM = 5
"""How many numbers a small one must possibly be, as far as any one sum tells."""
_PRIME = 2**61 - 1

Key = Hashable


class Sum(NamedTuple):
    """A number that is the sum of others, whether or not anyone has written the plus."""

    total: Key
    parts: Sequence[Key]


def is_small(number: int) -> bool:
    return 0 < number < LEAST


def hidden(
    cells: Mapping[Key, int], sums: Sequence[Sum], unwritten: Collection[Key] = (), dear: Collection[Key] = ()
) -> frozenset[Key]:
    """Return the keys of the small numbers, and of those that are left out to protect them.

    What is `unwritten` is on no page, yet may be worked out, as `asked` less `answered`: it is left out first, and what
    is `dear` last.
    """
    page, found = (
        _Page(cells, sums, frozenset(unwritten), frozenset(dear)),
        {key for key in cells if is_small(cells[key])},
    )
    while more := page.beside(page.open_sums(found), found) or page.beside_derived(found):
        found |= more
    return frozenset(found)


@dataclass(frozen=True)
class _Page:
    """Numbers as a reader knows them: `found` are the keys of those left out so far."""

    cells: Mapping[Key, int]
    sums: Sequence[Sum]
    unwritten: frozenset[Key]
    dear: frozenset[Key]

    def beside(self, sums: Sequence[Sum], found: set[Key]) -> set[Key]:
        """Return what is left out next in these sums: the smallest part of each that is still told, else the totals."""
        return self._parts(sums, found) or self._totals(sums, found)

    def _parts(self, sums: Sequence[Sum], found: set[Key]) -> set[Key]:
        return {key for one in sums for key in self._smallest(one, found)}

    def _totals(self, sums: Sequence[Sum], found: set[Key]) -> set[Key]:
        return {one.total for one in sums if self.cells[one.total]} - found

    def _smallest(self, one: Sum, found: set[Key]) -> list[Key]:
        keys = (*one.parts, one.total) if one.total in self.unwritten else one.parts
        told = [key for key in keys if key not in found and self.cells[key]]
        return sorted(told, key=self._cost)[:1]

    def _cost(self, key: Key) -> tuple[bool, bool, int]:
        return key in self.dear, key not in self.unwritten, self.cells[key]

    def open_sums(self, found: set[Key]) -> list[Sum]:
        """Return the sums that tell too much of a small number, each by itself."""
        return [one for one in self.sums if not self._is_closed(one, found)]

    def _is_closed(self, one: Sum, found: set[Key]) -> bool:
        """Return whether each small part can be `ROOM` numbers or more.

        A reader knows which parts are small, and that the others left out are not.
        """
        parts = [self.cells[key] for key in one.parts if key in found]
        if one.total in found:
            return bool(parts) or not self.cells[one.total]
        if not any(map(is_small, parts)):
            return True
        least, most = (sum(bound if is_small(part) else LEAST for part in parts) for bound in (1, LEAST - 1))
        highest = min(LEAST - 1, 1 + sum(parts) - least)
        lowest = max(1, LEAST - 1 + sum(parts) - most) if all(map(is_small, parts)) else 1
        return highest - lowest + 1 >= ROOM

    def beside_derived(self, found: set[Key]) -> set[Key]:
        """Return what is left out where all sums together tell a small number: parts rather than totals, as near to
        it as there are any.
        """
        told = self._derived(found)
        small = {key for key in told if is_small(self.cells[key])}
        near, around = self._with(small), self._with(self._related(small, told))
        steps = (self._parts, near), (self._parts, around), (self._smallest_total, around), (self.beside, self.sums)
        return next(filter(None, (step(sums, found) for step, sums in steps)), set()) if small else set()

    def _with(self, keys: set[Key]) -> list[Sum]:
        return [one for one in self.sums if not keys.isdisjoint((one.total, *one.parts))]

    def _related(self, keys: set[Key], told: set[Key]) -> set[Key]:
        """Return what is told in the same sums as these keys, and in those of what is told there."""
        more = {key for one in self._with(keys) for key in (one.total, *one.parts) if key in told}
        return keys if more <= keys else self._related(keys | more, told)

    def _smallest_total(self, sums: Sequence[Sum], found: set[Key]) -> set[Key]:
        return set(sorted(self._totals(sums, found), key=lambda key: (*self._cost(key), str(key)))[:1])

    def _derived(self, found: set[Key]) -> set[Key]:
        """Return what the sums determine together: what stands alone in an equation once all others are solved."""
        return {next(iter(row)) for row in _solved(map(self._equation, self.sums, repeat(found))) if len(row) == 1}

    def _equation(self, one: Sum, found: set[Key]) -> dict[Key, int]:
        """Return what of a sum is left out, with its sign."""
        signs = Counter(key for key in one.parts if key in found)
        signs.subtract(key for key in (one.total,) if key in found)
        return dict(signs)


def _solved(equations: Iterable[Mapping[Key, int]]) -> Iterable[Mapping[Key, int]]:
    """Return equations, key -> factor, in reduced row echelon form; the known sides do not matter.

    They are sparse, and the factors are taken modulo a prime, which leaves no fractions and rounds nothing.
    """
    pivots: dict[Key, dict[Key, int]] = {}
    for equation in equations:
        row = dict(equation)
        for key in equation.keys() & pivots.keys():
            _subtract(row, pivots[key], row[key])
        if row:
            key, factor = next(iter(row.items()))
            inverse = pow(factor, -1, _PRIME)
            row = {other: number * inverse % _PRIME for other, number in row.items()}
            for pivot in pivots.values():
                if key in pivot:
                    _subtract(pivot, row, pivot[key])
            pivots[key] = row
    return pivots.values()


def _subtract(row: dict[Key, int], other: Mapping[Key, int], times: int) -> None:
    for key, number in other.items():
        difference = (row.get(key, 0) - times * number) % _PRIME
        if difference:
            row[key] = difference
        else:
            row.pop(key, None)
