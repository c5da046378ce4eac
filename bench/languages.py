"""Covered questions and near misses in other languages, against English phrasings: `python -m bench.languages [LEAD]`

A line of `bench/languages/*.jsonl` is a question that an entry answers (`accept`) or none does. For each language and
each lead it prints how many covered questions get a right and a wrong answer, and how many others get one.
"""

import json
import sys
from pathlib import Path

import numpy as np

from app.loading.loader import load
from app.matching import encoder
from app.matching.matcher import LEAST_LEAD, Matcher
from app.settings import Settings

FOLDER = Path(__file__).with_suffix("")
LEADS = (0.0, 0.5, LEAST_LEAD, 1.5, 2.0)


def outcomes(matcher: Matcher, file: Path) -> list[tuple[bool, bool, float]]:
    """Return for each line whether it is covered, whether the first topic is right, and by how much that leads; a lead
    below 0 is one of a topic without an answer.
    """
    cases = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    rows = []
    for case, vector in zip(cases, encoder.load().encode([case["text"] for case in cases]), strict=True):
        first, second = matcher.rank_meaning(vector, limit=2)
        lead = first.score - second.score if first.kind == "entry" else -1.0
        rows.append((bool(case["accept"]), first.id in case["accept"], lead))
    return rows


def main() -> None:
    matcher = load(Settings().content_config).matcher
    leads = [float(lead) for lead in sys.argv[1:]] or LEADS
    print("language  lead  right  wrong  of not covered answered")
    for file in sorted(FOLDER.glob("*.jsonl")):
        rows = outcomes(matcher, file)
        for least in leads:
            right = np.mean([is_right and lead >= least for covered, is_right, lead in rows if covered])
            wrong = np.mean([not is_right and lead >= least for covered, is_right, lead in rows if covered])
            others = np.mean([lead >= least for covered, _, lead in rows if not covered])
            print(f"{file.stem:8s}  {least:4.1f}  {right:5.0%}  {wrong:5.0%}  {others:5.0%}")


if __name__ == "__main__":
    main()
