"""Ours beside the naive baseline, on the same messages, in one run: `python -m bench.compare FILE_OR_DIR ...`

The baseline is what one would write first: the phrasing with the best `rapidfuzz.fuzz.WRatio`, over all
phrasings. Both are compared where they let the same share of the messages through that no entry answers.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process

from app.content import files
from app.evaluation import Case, files_of, read_cases
from app.loading.loader import load
from app.matching.matcher import Matcher
from app.settings import Settings

Guess = tuple[str, float]
SHARES = (0.01, 0.02, 0.04, 0.06)
HEAD = f"{'':22s}  first   right where 1, 2, 4, 6% of the others get through   median, p99 ms"


@dataclass(frozen=True)
class Row:
    name: str
    first: float
    at: tuple[float, ...]
    median_ms: float
    p99_ms: float

    def __str__(self) -> str:
        shares = "  ".join(f"{share:6.1%}" for share in self.at)
        return f"{self.name:22s} {self.first:6.1%}   {shares}   {self.median_ms:7.2f} {self.p99_ms:7.2f}"


def naive(phrasings: Sequence[tuple[str, str]], not_covered: frozenset[str]) -> Callable[[str], Guess]:
    texts = [line for _, line in phrasings]

    def guess(text: str) -> Guess:
        found = process.extractOne(text, texts, scorer=fuzz.WRatio)
        id_ = phrasings[found[2]][0] if found else ""
        return (id_, found[1] / 100) if found and id_ not in not_covered else ("", 0.0)

    return guess


def ours(matcher: Matcher) -> Callable[[str], Guess]:
    def guess(text: str) -> Guess:
        entries = [each for each in matcher.rank(text) if each.id not in matcher.not_covered]
        return (entries[0].id, entries[0].confidence) if entries else ("", 0.0)

    return guess


def measure(name: str, guess: Callable[[str], Guess], inside: Sequence[Case], outside: Sequence[Case]) -> Row:
    guess("warm up")
    times: list[float] = []

    def timed(case: Case) -> Guess:
        began = time.perf_counter()
        found = guess(case["text"])
        times.append((time.perf_counter() - began) * 1000)
        return found

    got = [timed(case) for case in inside]
    out = np.array([timed(case)[1] for case in outside])
    right = np.array([id_ in case["accept"] for (id_, _), case in zip(got, inside, strict=True)])
    sure = np.array([score for _, score in got])
    bars = [float(np.quantile(out, 1 - share)) for share in SHARES]
    at = tuple(float(np.mean(right & (sure > bar))) for bar in bars)
    return Row(name, float(right.mean()), at, float(np.median(times)), float(np.quantile(times, 0.99)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    paths = parser.parse_args().paths
    cases = [case for path in files_of(paths) for case in read_cases(path) if "accept" in case]
    inside = [case for case in cases if case["accept"]]
    outside = [case for case in cases if not case["accept"]]
    settings = Settings()
    content = files.load_content(settings.content_dir)
    intents = files.load_intents(settings.content_dir, content)
    phrasings = [(id_, line) for id_, lines in intents.phrasings.items() for line in lines]
    matcher = load(settings.content_config).matcher
    print(f"{len(inside)} in scope, {len(outside)} not; {len(phrasings)} phrasings")
    print(HEAD)
    print(measure("rapidfuzz WRatio", naive(phrasings, frozenset(content.topics)), inside, outside))
    print(measure("hai-faq", ours(matcher), inside, outside))


if __name__ == "__main__":
    main()
