"""What is installed where patients are served: pinned, by hash, for a reason, under a licence that asks for little."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = sorted(ROOT.glob("requirements*.txt"))
SERVED = (ROOT / "requirements.txt").read_text(encoding="utf-8")
NAME = re.compile(r"^[\w.-]+", re.M)
FREE = re.compile(r"\b(MIT|BSD|0?BSD-\d|Apache|PSF)")
COPYLEFT = {"psycopg", "psycopg-binary"}
"""LGPL-3.0, used as they are published."""


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_is_pinned_with_hashes(lock: Path) -> None:
    packages = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8").strip())
    assert len(packages) > 5
    pinned = re.compile(r"[\w.-]+==[\w.]+( ; [^\n]+)? \\\n( +--hash=sha256:[0-9a-f]{64}( \\)?\n?)+")
    assert [package for package in packages if not pinned.fullmatch(package)] == []


@pytest.mark.parametrize("name", ["Dockerfile", "Makefile"])
def test_nothing_is_installed_but_by_hash(name: str) -> None:
    installs = re.findall(r"pip install.*", (ROOT / name).read_text(encoding="utf-8"))
    by_hash = [install for install in installs if "--require-hashes" in install]
    ours = [install for install in installs if "--no-deps --no-build-isolation" in install]
    assert by_hash
    assert ours
    assert set(installs) - {*by_hash, *ours} <= {"pip install --quiet uv"}  # of `make lock`, which serves nobody


def test_every_package_that_we_ask_for_is_named_with_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["encoder"]]
    decisions = [ROOT / "docs/decisions" / name for name in ("0001-dependencies.md", "0012-reader-of-meaning.md")]
    reasons = "".join(decision.read_text(encoding="utf-8") for decision in decisions).lower()
    assert [package for package in asked if NAME.findall(package)[0] not in reasons] == []


def licence_of(package: str) -> str:
    """Return what a package says of its licence; BSD of one that is for other machines."""
    try:
        said = metadata(package)
    except PackageNotFoundError:
        return "BSD"
    classifiers = [line for line in said.get_all("Classifier", []) if line.startswith("License")]
    [licence, *_] = [said[name] for name in ("License-Expression", "License") if name in said] or [""]
    return " ".join([licence, *classifiers])


def test_no_package_but_the_one_that_is_named_asks_for_more_than_a_notice() -> None:
    licences = {package: licence_of(package) for package in NAME.findall(SERVED)}
    free = {package for package, licence in licences.items() if FREE.search(licence)}
    assert licences.keys() - free == COPYLEFT
