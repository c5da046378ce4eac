"""What cross-validation tells of a topic: for which topics its own phrasings were taken while they were left out.

It says which topics need more phrasings, and which two sound alike, before anybody has asked.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Confusion:
    """How a topic's phrasings were ranked, each by a model that had learnt the others."""

    tried: int
    """Phrasings that were left out, follow-ups aside."""
    taken_for: Mapping[str, int]
    """Other topic -> how many of them it came first for."""

    @property
    def missed(self) -> int:
        return sum(self.taken_for.values())

    @property
    def share(self) -> float:
        """The share of the phrasings that went elsewhere, 0 to 1."""
        return self.missed / self.tried

    @classmethod
    def of(cls, names: Mapping[str, Any]) -> Self:
        return cls(int(names["tried"]), {str(id_): int(count) for id_, count in names["taken_for"].items()})

    def to_names(self) -> dict[str, Any]:
        return asdict(self)
