"""`python -m mutants --minutes 30 --seed 1 --each 30 [MODULE ...]`: faults put into a module one by one; do its tests
notice?

Each module gets an equal share of the minutes. The seed decides which faults, so that a run can be repeated. Status 1
when one survived that `equal.yaml` does not explain; one that keeps the module from being imported does not count.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import yaml

from mutants.areas import TESTS
from mutants.drawing import Mutant, mutants_of
from mutants.running import BROKEN, HUNG, KILLED, SURVIVED, prepare, run

EQUAL = "equal"
EXPLAINED = Path(__file__).with_name("equal.yaml")
CACHE = Path("var/mutants/cache")
PATIENCE = 600.0
"""Seconds for the tests of a module as it stands; a mutant gets five times what they took, and `GRACE`."""
GRACE = 20.0


@click.command()
@click.argument("modules", nargs=-1, type=click.Choice(sorted(TESTS)), metavar="[MODULE ...]")
@click.option("--minutes", default=30.0, show_default=True, help="In all.")
@click.option("--seed", default=1, show_default=True)
@click.option("--each", default=30, show_default=True, help="Most faults of a module.")
def main(modules: tuple[str, ...], minutes: float, seed: int, each: int) -> None:
    os.environ["HAI_FAQ_TEST_CACHE"] = str(CACHE.resolve())
    prepare()
    click.echo(f"{'':36}mutants  killed  equal  survived")
    chosen, ends_at, unseen = modules or tuple(TESTS), time.monotonic() + 60 * minutes, 0
    for place, module in enumerate(chosen):
        share = (ends_at - time.monotonic()) / (len(chosen) - place)
        unseen += _try(module, seed, each, time.monotonic() + share)
    sys.exit(1 if unseen else 0)


def _try(module: str, seed: int, each: int, ends_at: float) -> int:
    """Show what became of the mutants of a module. Return how many survived."""
    counts: Counter[str] = Counter()
    for mutant, end in _tried(module, seed, each, ends_at):
        counts[end] += 1
        if end == SURVIVED:
            click.echo(f"  - {mutant.line}\n  + {mutant.becomes}")
    killed = counts[KILLED] + counts[HUNG]
    tried = killed + counts[EQUAL] + counts[SURVIVED]
    click.echo(f"{module:36}{tried:7}{killed:8}{counts[EQUAL]:7}{counts[SURVIVED]:10}")
    return counts[SURVIVED]


def _tried(module: str, seed: int, each: int, ends_at: float) -> Iterator[tuple[Mutant, str]]:
    """Yield mutants of a module and how their tests ended."""
    end, took = run(TESTS[module], None, PATIENCE)
    if end != SURVIVED:
        raise click.ClickException(f"the tests of {module} do not pass as it stands: see var/mutants/last.log")
    explained, told = _explained().get(module, []), 0
    for mutant in mutants_of(module, seed):
        if told == each or time.monotonic() > ends_at:
            return
        is_equal = {"line": mutant.line, "becomes": mutant.becomes} in explained
        end = EQUAL if is_equal else run(TESTS[module], mutant, GRACE + 5 * took)[0]
        if end != BROKEN:
            told += 1
            yield mutant, end


def _explained() -> Mapping[str, list[dict[str, str]]]:
    """Return the faults that change nothing anyone could see, by module."""
    kept = yaml.safe_load(EXPLAINED.read_text(encoding="utf-8")) or {}
    return {
        module: [{"line": fault["line"], "becomes": fault["becomes"]} for fault in faults]
        for module, faults in kept.items()
    }


if __name__ == "__main__":
    main()
