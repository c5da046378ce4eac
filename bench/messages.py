"""Labelled messages of a CSV with the columns `text` and `label`."""

import csv
from collections.abc import Sequence
from pathlib import Path

Pair = tuple[str, str]
"""Label and text."""


def read(path: Path) -> list[Pair]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(row.get("label") or "", row["text"]) for row in csv.DictReader(file)]


def first_of(pairs: Sequence[Pair], most: int | None) -> list[Pair]:
    """The first `most` of each label; all when None."""
    seen: dict[str, int] = {}
    kept = []
    for label, text in pairs:
        seen[label] = seen.get(label, 0) + 1
        if most is None or seen[label] <= most:
            kept.append((label, text))
    return kept
