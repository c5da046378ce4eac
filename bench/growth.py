"""What size costs: `python -m bench.growth [--sizes PHRASINGSxTOPICS ...]`

Made-up phrasings: half of the words of each are common to all topics, drawn by Zipf's law as words of a language are,
half belong to its topic. Every size is fitted in a process of its own; a message's time is that of `Matcher.rank` on
phrasings that the fit did not see.
"""

import argparse
import multiprocessing
import random
import resource
import time
from collections.abc import Iterator

import numpy as np

from app.matching.matcher import Matcher
from bench.accuracy import resident

SIZES = ("1000x100", "10000x100", "100000x100", "10000x1000", "100000x1000")
COMMON = 3_000
"""Words that any topic may use."""
OWN = 12
"""Words of a topic."""
MESSAGES = 500


def phrasings(count: int, topics: int, seed: int) -> Iterator[tuple[str, str]]:
    """(topic, phrasing), each topic as often as any other."""
    draw = random.Random(seed)
    weights = [1 / rank for rank in range(1, COMMON + 1)]
    for number in range(count):
        topic = number % topics
        length = draw.randint(2, 6)
        words = [f"{_spelt(place)}" for place in draw.choices(range(COMMON), weights, k=length)]
        words += [_spelt(COMMON + topic * OWN + draw.randrange(OWN)) for _ in range(length)]
        draw.shuffle(words)
        yield f"topic-{topic}", " ".join(words)


def _spelt(number: int) -> str:
    """A word of consonants and vowels in turn for a number; neighbours differ in more than a slip."""
    number = number * 7919 % 1_000_003
    letters: list[str] = []
    while number or len(letters) < 4:
        number, place = divmod(number, 75)
        letters.append("bcdfghklmnprstv"[place % 15] + "aeiou"[place // 15])
    return "".join(letters)


def measure(count: int, topics: int) -> str:
    before, began = resident(), time.perf_counter()
    matcher = Matcher.fit(phrasings(count, topics, seed=1), risk=None)
    fitted = time.perf_counter() - began
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    times, right = [], 0
    for topic, text in phrasings(MESSAGES, topics, seed=2):
        start = time.perf_counter()
        best = matcher.rank(text, limit=1)
        times.append((time.perf_counter() - start) * 1000)
        right += bool(best) and best[0].id == topic
    held = resident() - before
    return (
        f"{count:10,d}{topics:8,d}{fitted:9.1f}{children:10.0f}{held:11.0f}{np.median(times):9.2f}"
        f"{np.quantile(times, 0.99):8.2f}{right / MESSAGES:8.1%}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", default=SIZES, help="phrasings, an x, topics")
    print(" phrasings  topics    fit s  fit's MB  serving MB  median  p99 ms   right")
    for size in parser.parse_args().sizes:
        count, topics = map(int, size.split("x"))
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            print(pool.apply(measure, (count, topics)), flush=True)


if __name__ == "__main__":
    main()
