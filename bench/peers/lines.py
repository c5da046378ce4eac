"""The loop that a peer written in Python runs."""

import json
import sys
import time
from collections.abc import Callable

Rank = Callable[[str], tuple[str, float, bool]]
"""Returns (topic ranked first, score, whether it would be answered) for a message."""


def serve(rank: Rank) -> None:
    """Write a guess for each message on standard input, until it ends."""
    for line in sys.stdin:
        text = json.loads(line)
        began = time.perf_counter()
        id_, score, answers = rank(text)
        milliseconds = (time.perf_counter() - began) * 1000
        print(json.dumps({"id": id_, "score": score, "answers": answers, "ms": milliseconds}), flush=True)
