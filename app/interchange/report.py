"""What became of each row of a file, as a person reads it: words of the file are shown, never obeyed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from app.content.changes import visible
from app.spreadsheets import csv_text

Kind = Literal["taken", "changed", "unchanged", "refused", "conflict", "gone"]
KINDS: tuple[Kind, ...] = get_args(Kind)
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
    """Return words of a file in one line, of which a terminal obeys nothing, cut where it is long."""
    line = in_one_line(text)
    return line if len(line) <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN]}..."


def in_one_line(text: str) -> str:
    return " / ".join(visible(text).split("\n"))
