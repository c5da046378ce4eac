"""hai-faq beside what one would pick instead, on the same phrasings: `python -m bench.compare FILE_OR_DIR ...`

Each peer learns the phrasings of `intents/`, those of topics that nothing covers too, and ranks the labelled
messages in a process of its own. The first run installs and fits NLP.js, which takes minutes.
"""

import argparse
import json
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from app.labelled import Case, files_of, read_cases
from app.settings import Settings
from bench.peers import catalogue
from bench.peers.catalogue import Peer

LET_THROUGH = 0.02
"""Share of the messages that no entry answers at which all peers are compared."""
HEAD = f"{'':18s}  right  wrong  near misses  right at 2%   median ms  peak MB  on disk MB"
RASA = """Rasa 3.6 is not run: it needs a Python 3.10 or older of its own.
Measured earlier with Rasa 3.6, on other messages: 75% right, 7% wrong, 12% of near misses answered."""


class Guess(NamedTuple):
    id: str
    score: float
    answers: bool
    """Whether the peer as shipped would answer with this topic."""
    ms: float


class Shares(NamedTuple):
    right: float
    """Share of the messages in scope that got an accepted answer, as shipped."""
    wrong: float
    """Share of the messages in scope that got another answer, as shipped."""
    near: float
    """Share of the near misses that got an answer, as shipped."""
    right_at_bar: float
    """`right` with the threshold at which `LET_THROUGH` of the messages that no entry answers get one."""


def ask(peer: Peer, texts: Sequence[str]) -> tuple[list[Guess], int]:
    """Return a guess for each text, and the bytes of memory that the peer's process took at most.

    The first text is asked once more before, since what a peer makes when first asked is no part of a message's time.
    """
    environment = os.environ | ({"NODE_PATH": str(peer.node_modules)} if peer.node_modules else {})
    pipe = subprocess.PIPE
    with subprocess.Popen(peer.command, stdin=pipe, stdout=pipe, text=True, env=environment) as process:
        assert process.stdin
        assert process.stdout
        guesses = []
        for text in (texts[0], *texts):
            process.stdin.write(json.dumps(text) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
            if not line:
                raise SystemExit(f"{peer.name} ended at {text!r}")
            guesses.append(Guess(**json.loads(line)))
        return guesses[1:], _peak_bytes(process.pid)


def _peak_bytes(pid: int) -> int:
    """Return the largest resident memory of a running process, 0 where the system does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(peak[1]) * 1024 if peak else 0


def score(guesses: Sequence[Guess], cases: Sequence[Case], not_covered: frozenset[str]) -> Shares:
    """Return the shares for the guesses of these cases; a guess of a topic in `not_covered` is no answer."""
    covered = np.array([guess.id not in not_covered for guess in guesses])
    answers = covered & np.array([guess.answers for guess in guesses])
    sure = np.where(covered, [guess.score for guess in guesses], 0.0)
    accepted = np.array([guess.id in case["accept"] for guess, case in zip(guesses, cases, strict=True)])
    inside = np.array([bool(case["accept"]) for case in cases])
    near = np.array([is_near(case) for case in cases])
    bar = np.quantile(sure[~inside], 1 - LET_THROUGH)
    return Shares(
        right=float(np.mean((answers & accepted)[inside])),
        wrong=float(np.mean((answers & ~accepted)[inside])),
        near=float(np.mean(answers[near])),
        right_at_bar=float(np.mean((accepted & (sure > bar))[inside])),
    )


def is_near(case: Case) -> bool:
    """Return whether a message is about the pump, though no entry answers it."""
    return not case["accept"] and "near" in case.get("tags", ())


def line(peer: Peer, shares: Shares, median_ms: float, peak_bytes: int) -> str:
    peak = f"{peak_bytes / 1e6:.0f}" if peak_bytes else "-"
    return (
        f"{peer.name:18s} {shares.right:6.1%} {shares.wrong:6.1%} {shares.near:12.1%} {shares.right_at_bar:12.1%} "
        f"{median_ms:11.2f} {peak:>8s} {peer.disk_bytes / 1e6:11.0f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    paths = files_of(parser.parse_args().paths)
    cases = [case for path in paths for case in read_cases(path) if "accept" in case]
    inside, near = sum(bool(case["accept"]) for case in cases), sum(map(is_near, cases))
    settings = Settings()
    phrasings, not_covered = catalogue.write_phrasings(settings)
    peers = [catalogue.wratio(phrasings), catalogue.nlpjs(phrasings), catalogue.hai_faq(settings)]
    print(f"{inside} messages in scope, {near} near misses, {len(cases) - inside - near} about something else\n{HEAD}")
    for peer in filter(None, peers):
        guesses, peak = ask(peer, [case["text"] for case in cases])
        median = float(np.median([guess.ms for guess in guesses]))
        print(line(peer, score(guesses, cases, not_covered), median, peak), flush=True)
    print(RASA)


if __name__ == "__main__":
    main()
