"""How many phrasings an entry needs: `python -m bench.curve FILE_OR_DIR ...`

Fits the shipped topics on the first 3, 10, 30 and all phrasings of each, beside the questions and answers themselves,
and ranks the labelled messages. Entries keep their natural order of phrasings, mixed once.
"""

import argparse
import random
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from app.content import files
from app.labelled import Case, files_of, read_cases
from app.loading.training_sets import lexicon_of
from app.matching import encoder
from app.matching.encoder import Encoder
from app.matching.matcher import Matcher
from app.settings import Settings

STEPS = (3, 5, 10, 30, None)
SHARES = (0.01, 0.02, 0.04, 0.06)
HEAD = f"{'':22s}  first   right where 1, 2, 4, 6% of the others get through   median, p99 ms"


def few(phrasings: Mapping[str, Sequence[str]], most: int | None) -> list[tuple[str, str]]:
    kept = []
    for id_, lines in phrasings.items():
        mixed = sorted(lines)
        random.Random(0).shuffle(mixed)
        kept += [(id_, line) for line in mixed[:most]]
    return kept


def best_entry(matcher: Matcher, reader: Encoder | None, text: str) -> tuple[str, float]:
    """Return the entry ranked first with its confidence, leaving topics out that nothing covers."""
    entries = [candidate for candidate in matcher.rank(text, encoder=reader) if candidate.kind == "entry"]
    return (entries[0].id, entries[0].confidence) if entries else ("", 0.0)


def measure(
    name: str, matcher: Matcher, reader: Encoder | None, inside: Sequence[Case], outside: Sequence[Case]
) -> str:
    """Return a line of the table: shares of the messages in scope, times of all messages."""
    matcher.rank("warm up", encoder=reader)
    times: list[float] = []

    def timed(case: Case) -> tuple[str, float]:
        began = time.perf_counter()
        best = best_entry(matcher, reader, case["text"])
        times.append((time.perf_counter() - began) * 1000)
        return best

    ranked = [timed(case) for case in inside]
    out = np.array([timed(case)[1] for case in outside])
    right = np.array([id_ in case["accept"] for (id_, _), case in zip(ranked, inside, strict=True)])
    sure = np.array([confidence for _, confidence in ranked])
    shares = "  ".join(f"{np.mean(right & (sure > np.quantile(out, 1 - share))):6.1%}" for share in SHARES)
    return f"{name:22s} {right.mean():6.1%}   {shares}   {np.median(times):7.2f} {np.quantile(times, 0.99):7.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    paths = files_of(parser.parse_args().paths)
    cases = [case for path in paths for case in read_cases(path) if "accept" in case]
    inside, outside = [case for case in cases if case["accept"]], [case for case in cases if not case["accept"]]
    settings = Settings()
    content = files.load_content(settings.content_dir)
    intents = files.load_intents(settings.content_dir, content)
    texts = {id_: (entry.question, entry.answer) for id_, entry in content.entries.items()}
    print(f"{len(inside)} in scope, {len(outside)} not\n{HEAD}")
    for most in STEPS:
        matcher = Matcher.fit(
            few(intents.phrasings, most),
            not_covered=frozenset(content.topics),
            texts=texts,
            lexicon=lexicon_of(intents),
            risk=settings.risk,
            by_meaning=True,
        )
        for reader, name in ((None, f"{most or 'all'} phrasings"), (encoder.load(), "  and their meaning")):
            print(measure(name, matcher, reader, inside, outside), flush=True)


if __name__ == "__main__":
    main()
