"""What became of each row of a file, as a person reads it: words of the file are shown, never obeyed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from app.content.changes import visible
from app.interchange.table import csv_text

Kind = Literal["taken", "changed", "unchanged", "refused", "conflict", "gone"]
KINDS: tuple[Kind, ...] = ("taken", "changed", "unchanged", "refused", "conflict", "gone")
LONGEST_SHOWN = 400
"""Characters of a remark that a terminal shows."""


@dataclass(frozen=True)
class Outcome:
    kind: Kind
    place: str
    id: str = ""
    remarks: tuple[str, ...] = ()


def lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield the lines of a report for a terminal; rows without news are only counted."""
    for outcome in outcomes:
        if outcome.kind != "unchanged" or outcome.remarks:
            yield shown(": ".join(filter(None, [outcome.place, outcome.kind, outcome.id])))
            yield from (f"  {shown(remark)}" for remark in outcome.remarks)
    yield totals(outcomes)


def totals(outcomes: Sequence[Outcome]) -> str:
    counts = Counter(outcome.kind for outcome in outcomes)
    return ", ".join(f"{counts[kind]} {kind}" for kind in KINDS)


def as_csv(outcomes: Sequence[Outcome]) -> str:
    """Return the report as a table of its own, which a spreadsheet opens without running anything."""
    rows = ([outcome.place, outcome.kind, outcome.id, "\n".join(outcome.remarks)] for outcome in outcomes)
    return csv_text([["place", "outcome", "id", "remarks"], *rows])


def shown(text: str) -> str:
    """Return words of a file in one line that a terminal only shows."""
    one_line = " / ".join(visible(text).split("\n"))
    return one_line if len(one_line) <= LONGEST_SHOWN else f"{one_line[:LONGEST_SHOWN]}..."
