"""`make mutants` finds what it mutates; what it takes for no fault is told of lines that still stand."""

from pathlib import Path

import yaml

from mutants.areas import TESTS

ROOT = Path(__file__).parent.parent


def test_what_is_mutated_is_there_and_so_are_its_tests() -> None:
    paths = {path.split("::")[0] for module, tests in TESTS.items() for path in (module, *tests) if "/" in path}
    assert [path for path in paths if not (ROOT / path).is_file()] == []


def test_each_fault_that_nobody_could_notice_is_of_a_line_that_stands_and_says_why() -> None:
    for module, faults in yaml.safe_load((ROOT / "mutants" / "equal.yaml").read_text(encoding="utf-8")).items():
        code = " ".join(map(str.strip, (ROOT / module).read_text(encoding="utf-8").splitlines()))
        assert [fault for fault in faults if fault["line"] not in code or not fault["why"]] == []
        assert module in TESTS
