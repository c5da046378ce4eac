"""Time per message, one at a time in one thread, no message twice: `python -m bench.speed FILE_OR_DIR ...`"""

import argparse
import gc
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import numpy as np

from app.dialogue.engine import respond
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Message, State
from app.labelled import files_of, read_cases
from app.loading.loader import load
from app.settings import Settings

Asked = TypeVar("Asked", str, Message)
NOW = datetime(2026, 12, 1, tzinfo=UTC)


def measure(name: str, step: Callable[[Asked], object], asked: Sequence[Asked]) -> str:
    times = []
    for one in asked:
        began = time.perf_counter()
        step(one)
        times.append((time.perf_counter() - began) * 1000)
    return f"{name:16s}{np.median(times):8.3f}{np.quantile(times, 0.99):8.3f}"


def _read(knowledge: Knowledge, texts: Sequence[str]) -> list[Message]:
    """Return messages that are read and scored as a whole already, as they are for every later step."""
    messages = [Message(text) for text in texts]
    for message in messages:
        knowledge.read(message).whole  # noqa: B018 scored when it is looked at
    return messages


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    paths = parser.parse_args().paths
    cases = (case for path in files_of(paths) for case in read_cases(path))
    texts = list(dict.fromkeys(case["text"] for case in cases if case.get("text")))
    began = time.perf_counter()
    knowledge = load(Settings().content_config)
    loaded = time.perf_counter() - began
    gc.collect()
    gc.freeze()  # as the service does
    for text in texts[::2]:  # words come back in daily use: half of the messages warm up what is kept of them
        respond(Message(text), State(), knowledge, NOW)
    print(f"{len(texts) // 2} messages; loaded in {loaded:.2f} s\n{'':16s}  median     p99 ms")
    print(measure("Matcher.rank", knowledge.matcher.rank, texts[1::4]))
    print(measure("danger check", lambda message: knowledge.assess(message), _read(knowledge, texts[2::4])))
    print(measure("respond", lambda text: respond(Message(text), State(), knowledge, NOW), texts[3::4]))


if __name__ == "__main__":
    main()
