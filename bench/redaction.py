"""Count what redaction finds, misses and takes wrongly in labelled texts: `python -m bench.redaction FILE_OR_DIR ...`

A line of a file is `{"text", "spans": [[substring, kind]]}`, without spans where nobody is named. A span is found when
nothing of it is left; "other mark" counts those found under the mark of another kind. False is what was taken and holds
a word that no span has. `--by` measures patterns and the list of known words apart, `--show` prints what went wrong.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.labelled import files_of
from app.loading.loader import load
from app.redaction import redact
from app.redaction.checks import HAN
from app.redaction.known_words import KnownWords
from app.redaction.signs import Span
from app.settings import Settings

HEAD = f"{'':10s}   spans           found          missed   other mark   false"
KINDS = redact.MARKS
Taking = Callable[[str], Sequence[Span]]
_WORD = re.compile(rf"[{HAN}]|[^\W_{HAN}]+")


@dataclass(frozen=True)
class Labelled:
    text: str
    spans: tuple[Span, ...]


@dataclass
class Counts:
    messages: int = 0
    spoilt: int = 0
    """Messages from which too much was taken."""
    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    other: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    words: int = 0
    """Words that no span has."""
    lost: int = 0
    """Those of them that were taken."""
    shown: list[str] = field(default_factory=list)

    def recall(self) -> float:
        return self.found.total() / max(1, self.found.total() + self.missed.total())

    def false_rate(self) -> float:
        """Return the share of messages from which too much was taken."""
        return self.spoilt / max(1, self.messages)

    def loss(self) -> float:
        """Return the share of ordinary words that were taken."""
        return self.lost / max(1, self.words)

    def table(self) -> str:
        kinds = dict.fromkeys((*KINDS, *self.found, *self.missed))
        rows = [self._row(kind, kind) for kind in kinds]
        return "\n".join([HEAD, *rows, self._row("all", *kinds)])

    def _row(self, name: str, *kinds: str) -> str:
        found, missed, other, false = (
            sum(counter[kind] for kind in kinds) for counter in (self.found, self.missed, self.other, self.false)
        )
        total = max(1, found + missed)
        return (
            f"{name:10s}{found + missed:8d}  {found:5d} ({found / total:6.1%})  {missed:4d} ({missed / total:6.1%})"
            f"   {other:10d}   {false:5d}"
        )


def read(path: Path) -> list[Labelled]:
    return [_labelled(json.loads(line)) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _labelled(line: dict[str, object]) -> Labelled:
    text, given = str(line["text"]), line.get("spans", [])
    assert isinstance(given, list)
    return Labelled(text, tuple(_places(text, given)))


def _places(text: str, given: Sequence[Sequence[str]]) -> Iterator[Span]:
    """Yield the spans, which are labelled in the order in which they stand."""
    at = 0
    for part, kind in given:
        start = text.index(part, at)
        at = start + len(part)
        yield Span(start, at, kind)


def _letters(text: str, spans: Sequence[Span]) -> set[int]:
    return {place for each in spans for place in range(each.start, each.end) if text[place].isalnum()}


def count(cases: Sequence[Labelled], taking: Taking = redact.spans) -> Counts:
    counts = Counts()
    for case in cases:
        _count(case, taking(case.text), counts)
    return counts


def _count(case: Labelled, taken: Sequence[Span], counts: Counts) -> None:
    covered, labelled = _letters(case.text, taken), _letters(case.text, case.spans)
    for span in case.spans:
        found = _letters(case.text, [span]) <= covered
        (counts.found if found else counts.missed)[span.mark] += 1
        same = any(each.mark == span.mark and each.start < span.end and span.start < each.end for each in taken)
        counts.other[span.mark] += found and not same
        if not found:
            counts.shown.append(f"missed {span.mark}: {case.text[span.start : span.end]!r} in {case.text!r}")
    ordinary = [{*range(*word.span())} for word in _WORD.finditer(case.text)]
    ordinary = [places for places in ordinary if not places & labelled]
    counts.words += len(ordinary)
    counts.lost += sum(bool(places & covered) for places in ordinary)
    false = [each for each in taken if not _letters(case.text, [each]) <= labelled]
    counts.false.update(each.mark for each in false)
    counts.shown += [f"false {each.mark}: {case.text[each.start : each.end]!r} in {case.text!r}" for each in false]
    counts.messages += 1
    counts.spoilt += bool(false)


def _unknown(text: str, known: KnownWords) -> list[Span]:
    plain, places = redact.plainly(text)
    return [Span(places[each.start], places[each.end], each.mark) for each in known.unknown(plain)]


def _taking(by: str) -> Taking:
    if by == "patterns":
        return redact.spans
    known = KnownWords.of(load(Settings().content_config))
    if by == "words":
        return lambda text: _unknown(text, known)
    return lambda text: redact.spans(text, known)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--by", choices=("patterns", "words", "both"), default="both", help="what takes")
    parser.add_argument("--show", action="store_true", help="print what was missed and what was taken wrongly")
    given = parser.parse_args()
    taking = _taking(given.by)
    for path in files_of(given.paths):
        cases = read(path)
        counts = count(cases, taking)
        nothing = sum(not case.spans for case in cases)
        print(
            f"{path.name}: {len(cases)} messages, {nothing} with nothing to take; too much taken from {counts.spoilt},"
            f" {counts.lost} of {counts.words} ordinary words ({counts.loss():.1%})"
        )
        print(counts.table())
        if given.show:
            print(*counts.shown, sep="\n")


if __name__ == "__main__":
    main()
