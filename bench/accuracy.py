"""Matcher and baselines on any labelled messages: `python -m bench.accuracy --train CSV --test CSV [--oos CSV]`

A CSV has the columns `text` and `label`; of `--oos`, messages that belong to no label, only `text` is read. Each method
runs in a process of its own, so that memory is its own too. `at bar`: hai-faq answers from even odds on, where its
calibration says that an answer is as likely right as wrong; a baseline has no such bar and gets, in hindsight, the one
at which it catches the same share of what is out of scope.
"""

import argparse
import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_union
from sklearn.svm import LinearSVC

from app.matching import encoder
from app.matching.confidence import EVEN_ODDS
from app.matching.encoder import Encoder
from app.matching.matcher import Matcher
from bench.messages import Pair, first_of, read
from bench.reliability import auroc, calibration_error, table

Guess = Callable[[str], tuple[str, float]]
"""The best label for a text, and how sure: a probability of hai-faq's, any growing number of a baseline's."""
Floats = NDArray[np.float64]
MOST_SLOW = 400
"""Messages on which the string comparisons are run: each takes tens of milliseconds, and 400 tell the share to 2.5%."""


def hai_faq(train: Sequence[Pair]) -> Guess:
    return _hai_faq(Matcher.fit(train, risk=None, by_meaning=True), encoder.load())


def words_alone(train: Sequence[Pair]) -> Guess:
    return _hai_faq(Matcher.fit(train, risk=None), None)


def _hai_faq(matcher: Matcher, reader: Encoder | None) -> Guess:
    def guess(text: str) -> tuple[str, float]:
        best = matcher.rank(text, limit=1, encoder=reader)
        return (best[0].id, best[0].confidence) if best else ("", 0.0)

    return guess


def svm(train: Sequence[Pair]) -> Guess:
    """Words and word pairs beside characters two to five, one border per label: what a data scientist writes first."""
    seen = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
    )
    fitted = LinearSVC().fit(seen.fit_transform([text for _, text in train]), [label for label, _ in train])

    def guess(text: str) -> tuple[str, float]:
        scores = np.atleast_2d(fitted.decision_function(seen.transform([text])))[0]
        best = int(np.argmax(scores))
        return str(fitted.classes_[best]), float(scores[best])

    return guess


def bm25(train: Sequence[Pair]) -> Guess:
    index = bm25s.BM25()
    index.index(bm25s.tokenize([text for _, text in train], show_progress=False), show_progress=False)

    def guess(text: str) -> tuple[str, float]:
        tokens = bm25s.tokenize([text], show_progress=False)
        found, scores = index.retrieve(tokens, k=1, show_progress=False)
        return train[int(found[0, 0])][0], float(scores[0, 0])

    return guess


def nearest(scorer: Callable[..., float]) -> Callable[[Sequence[Pair]], Guess]:
    def fit(train: Sequence[Pair]) -> Guess:
        texts = [text for _, text in train]

        def guess(text: str) -> tuple[str, float]:
            found = process.extractOne(text, texts, scorer=scorer)
            return (train[found[2]][0], found[1]) if found else ("", 0.0)

        return guess

    return fit


METHODS: dict[str, Callable[[Sequence[Pair]], Guess]] = {
    "hai-faq": hai_faq,
    "hai-faq, words alone": words_alone,
    "TF-IDF + linear SVM": svm,
    "BM25": bm25,
    "rapidfuzz WRatio": nearest(fuzz.WRatio),
    "rapidfuzz token_set_ratio": nearest(fuzz.token_set_ratio),
}
SLOW = ("rapidfuzz WRatio", "rapidfuzz token_set_ratio")


@dataclass(frozen=True)
class Run:
    name: str
    right: NDArray[np.bool_]
    sure: Floats
    sure_out: Floats
    fit_seconds: float
    megabytes: float
    """Resident memory that fitting or loading left behind."""
    times: Floats
    """Milliseconds a message."""

    def line(self, caught: float | None) -> str:
        calibrated = self.name.startswith("hai-faq")
        bar = EVEN_ODDS if calibrated else _bar(self.sure_out, caught)
        shown = [
            f"{self.right.mean():7.1%}",
            "      -" if bar is None else f"{np.mean(self.right & (self.sure >= bar)):7.1%}",
            "      -" if bar is None or caught is None else f"{np.mean(self.sure_out < bar):7.1%}",
            f"{auroc(self.sure, self.sure_out):6.3f}" if len(self.sure_out) else "     -",
            f"{calibration_error(self.sure, self.right):6.3f}" if calibrated else "     -",
            f"{self.fit_seconds:8.1f}{self.megabytes:7.0f}",
            f"{np.median(self.times):8.2f}{np.quantile(self.times, 0.99):8.2f}",
        ]
        return f"{self.name:26s}" + " ".join(shown)


def _bar(sure_out: Floats, caught: float | None) -> float | None:
    return float(np.quantile(sure_out, caught)) if caught is not None else None


def resident() -> float:
    """Megabytes of this process, 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except OSError:
        return 0.0


def measure(name: str, train: Sequence[Pair], test: Sequence[Pair], outside: Sequence[str]) -> Run:
    before, began = resident(), time.perf_counter()
    guess = METHODS[name](train)
    fit_seconds = time.perf_counter() - began
    if name in SLOW:
        test, outside = test[:: -(-len(test) // MOST_SLOW)], outside[:: -(-len(outside) // MOST_SLOW) or 1]
    guess(train[0][1])
    times: list[float] = []

    def timed(text: str) -> tuple[str, float]:
        start = time.perf_counter()
        found = guess(text)
        times.append((time.perf_counter() - start) * 1000)
        return found

    found = [timed(text) for _, text in test]
    sure_out = [timed(text)[1] for text in outside]
    right = np.array([label == wanted for (label, _), (wanted, _) in zip(found, test, strict=True)])
    sure = np.array([score for _, score in found])
    return Run(name, right, sure, np.array(sure_out), fit_seconds, resident() - before, np.array(times))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--oos", type=Path, help="messages out of scope")
    parser.add_argument("--per-label", type=int, help="learn from the first so many of each label only")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    options = parser.parse_args()
    train, test = first_of(read(options.train), options.per_label), read(options.test)
    outside = [text for _, text in read(options.oos)] if options.oos else []
    print(f"{len(train)} to learn from, {len({label for label, _ in train})} labels; {len(test)} in scope", end="")
    print(f", {len(outside)} out of scope" if outside else "")
    print(f"{'':26s}  first  at bar  caught  AUROC    ECE    fit s     MB   median  p99 ms")
    caught: float | None = None
    for name in options.methods:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            run = pool.apply(measure, (name, train, test, outside))
        if name == "hai-faq":
            caught = float(np.mean(run.sure_out < EVEN_ODDS)) if outside else None
            ours = run
        print(run.line(caught), flush=True)
    if "hai-faq" in options.methods:
        print(f"\n{table(ours.sure, ours.right)}")


if __name__ == "__main__":
    main()
