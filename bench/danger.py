"""Does a likelihood of danger mean what it says, and what does each choice of costs raise and net?
`python -m bench.danger FILE_OR_DIR ...`, of labelled messages that have `expect`.

A message counts for the tiers as the urgent check sees it alone, without the conversation before it.
"""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from app.content.schema import CALM, TIERS
from app.dialogue.knowledge import Knowledge
from app.dialogue.messages import Message
from app.dialogue.urgent import Urgency
from app.labelled import Case, files_of, read_cases
from app.loading.loader import load
from app.settings import Settings
from bench.reliability import calibration_error

CAUTIONS = (0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0)


@dataclass(frozen=True)
class Assessed:
    label: str
    urgency: Urgency


def cases_of(paths: Sequence[Path]) -> list[Case]:
    """Return every labelled message, those of conversations as messages of their own; what is no danger is calm."""
    cases = (turn for path in files_of(paths) for case in read_cases(path) for turn in case.get("turns", [case]))
    return list(cases)


def label_of(case: Case) -> str:
    wanted = case.get("expect", "ordinary")
    return wanted if wanted in (*TIERS, CALM) else "ordinary"


def assess(knowledge: Knowledge, cases: Sequence[Case]) -> list[Assessed]:
    return [Assessed(label_of(case), knowledge.assess(Message(case["text"]))) for case in cases]


def calibration(assessed: Sequence[Assessed]) -> str:
    """Return a line for each tier and one for danger of any: how far likelihood and share lie apart."""
    lines = []
    for name in (*TIERS, "any"):
        sure = np.array([_likelihood(one.urgency, name) for one in assessed])
        right = np.array([one.label == name or (name == "any" and one.label in TIERS) for one in assessed])
        lines.append(f"{name:10s} {calibration_error(sure, right):.3f}")
    return "\n".join(["expected calibration error", *lines])


def _likelihood(urgency: Urgency, tier: str) -> float:
    chances: Mapping[str, float] = urgency.probabilities
    return 1 - chances.get(CALM, 0.0) if tier == "any" else chances.get(tier, 0.0)


def curve(knowledge: Knowledge, cases: Sequence[Case]) -> str:
    """Return what is raised and netted as a missed danger becomes dearer; 1 is the sealed costs."""
    lines = ["missed costs   " + "".join(f"{name:>22s}" for name in (*TIERS, CALM, "ordinary"))]
    for caution in CAUTIONS:
        check = replace(knowledge.urgent, caution=caution)
        assessed = assess(replace(knowledge, urgent=check), cases)
        counts = Counter((one.label, _outcome(one.urgency)) for one in assessed)
        lines.append(f"{caution:6.2f} times   " + "".join(_cell(counts, name) for name in (*TIERS, CALM, "ordinary")))
    return "\n".join([*lines, "raised % + netted %"])


def _outcome(urgency: Urgency) -> str:
    return "raised" if urgency.tier else "netted" if urgency.net else "calm"


def _cell(counts: Counter[tuple[str, str]], label: str) -> str:
    total = sum(count for (name, _), count in counts.items() if name == label)
    if not total:
        return f"{'-':>22s}"
    raised, netted = (100 * counts[label, outcome] / total for outcome in ("raised", "netted"))
    return f"{f'{raised:.1f} + {netted:.1f}':>22s}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    cases = cases_of(parser.parse_args().paths)
    knowledge = load(Settings().content_config)
    assessed = assess(knowledge, cases)
    print(f"{len(cases)} messages: {dict(Counter(one.label for one in assessed))}\n")
    print(f"{calibration(assessed)}\n\n{curve(knowledge, cases)}")


if __name__ == "__main__":
    main()
