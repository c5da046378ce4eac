"""Does a confidence mean what it says? `python -m bench.reliability --train CSV --test CSV FILE_OR_DIR ...`

Pools the labelled messages, ranked by the shipped model, with a labelled CSV's test messages, ranked by a `Matcher`
fitted on its train messages. A message that no entry answers counts as wrong whatever is ranked first.
"""

import argparse
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from app.dialogue.knowledge import Knowledge
from app.labelled import files_of, read_cases
from app.loading.loader import load
from app.matching import encoder
from app.matching.matcher import Matcher
from app.settings import Settings
from bench import messages

Floats = NDArray[np.float64]
Seen = tuple[float, bool]
"""Confidence of the best entry, and whether it is right."""
BINS = 10


def auroc(inside: Floats, outside: Floats) -> float:
    """Chance that a message in scope is surer than one out of scope (Mann & Whitney 1947), ties half."""
    ranks = rankdata(np.concatenate([inside, outside]))
    return float((ranks[: len(inside)].sum() - len(inside) * (len(inside) + 1) / 2) / (len(inside) * len(outside)))


def bins(sure: Floats, right: NDArray[np.bool_]) -> list[tuple[int, float, float]]:
    """Of each tenth of confidence that occurs: how many, mean confidence, share right."""
    places = np.minimum((sure * BINS).astype(int), BINS - 1)
    return [
        (int((places == each).sum()), float(sure[places == each].mean()), float(right[places == each].mean()))
        for each in range(BINS)
        if (places == each).any()
    ]


def calibration_error(sure: Floats, right: NDArray[np.bool_]) -> float:
    """Expected calibration error (Guo et al. 2017): mean gap between confidence and share right, by tenths."""
    return math.fsum(count * abs(mean - share) for count, mean, share in bins(sure, right)) / len(sure)


def table(sure: Floats, right: NDArray[np.bool_]) -> str:
    lines = [f"{mean:10.3f}{count:10d}{share:13.3f}" for count, mean, share in bins(sure, right)]
    return "\n".join(["confidence  messages  share right", *lines])


def picture(sure: Floats, right: NDArray[np.bool_]) -> str:
    """A reliability diagram as SVG: share right over confidence; on the diagonal the confidence tells the truth."""
    dots = "".join(_dot(mean, share, count / len(sure)) for count, mean, share in bins(sure, right))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 260" width="480" '
        'font-family="sans-serif" font-size="9">'
        '<rect width="240" height="260" fill="#fff"/><path d="M20 20V220H220" fill="none" stroke="#555"/>'
        f'<path d="M20 220L220 20" stroke="#bbb" stroke-dasharray="3"/><g fill="#17607a">{dots}</g>'
        '<text x="120" y="236" text-anchor="middle">confidence, 0 to 1</text>'
        '<text x="10" y="120" text-anchor="middle" transform="rotate(-90 10 120)">share right</text>'
        f'<text x="120" y="252" text-anchor="middle">{len(sure)} messages, expected calibration error '
        f"{calibration_error(sure, right):.3f}</text></svg>\n"
    )


def _dot(mean: float, share: float, of_all: float) -> str:
    return f'<circle cx="{20 + 200 * mean:.1f}" cy="{220 - 200 * share:.1f}" r="{2 + 8 * math.sqrt(of_all):.1f}"/>'


def of_labelled(knowledge: Knowledge, paths: Sequence[Path]) -> Iterator[Seen]:
    for case in (case for path in files_of(paths) for case in read_cases(path) if "accept" in case):
        ranked = knowledge.matcher.rank(case["text"], encoder=knowledge.encoder)
        entries = [candidate for candidate in ranked if candidate.kind == "entry"]
        if entries:
            yield entries[0].confidence, entries[0].id in case["accept"]


def of_csv(train: Path, test: Path) -> Iterator[Seen]:
    matcher = Matcher.fit(messages.read(train), risk=None, by_meaning=True)
    for label, text in messages.read(test):
        best = matcher.rank(text, limit=1, encoder=encoder.load())
        if best:
            yield best[0].confidence, best[0].id == label


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--picture", type=Path, help="where to write the reliability diagram")
    options = parser.parse_args()
    groups = {
        "labelled messages": list(of_labelled(load(Settings().content_config), options.paths)),
        options.test.stem: list(of_csv(options.train, options.test)),
    }
    groups["pooled"] = [seen for group in groups.values() for seen in group]
    for name, group in groups.items():
        sure, right = np.array([each for each, _ in group]), np.array([each for _, each in group])
        print(f"{name}: {len(group)} messages, expected calibration error {calibration_error(sure, right):.3f}")
    print(f"\n{table(sure, right)}")
    if options.picture:
        options.picture.write_text(picture(sure, right), encoding="utf-8")


if __name__ == "__main__":
    main()
