"""How many phrasings an entry needs: `python -m bench.curve FILE_OR_DIR ...`

Fits the shipped topics on the first 3, 10, 30 and all phrasings of each, beside the questions and answers themselves,
and ranks the labelled messages. Entries keep their natural order of phrasings, mixed once.
"""

import argparse
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

from app.content import files
from app.evaluation import files_of, read_cases
from app.loading.training_sets import lexicon_of
from app.matching.matcher import Matcher
from app.settings import Settings
from bench.compare import HEAD, measure, ours

STEPS = (3, 10, 30, None)


def few(phrasings: Mapping[str, Sequence[str]], most: int | None) -> list[tuple[str, str]]:
    kept = []
    for id_, lines in phrasings.items():
        mixed = sorted(lines)
        random.Random(0).shuffle(mixed)
        kept += [(id_, line) for line in mixed[:most]]
    return kept


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
        )
        print(measure(f"{most or 'all'} phrasings", ours(matcher), inside, outside), flush=True)


if __name__ == "__main__":
    main()
