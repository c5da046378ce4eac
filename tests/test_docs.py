"""The documents name what there is: commands, benches, files."""

import re
from pathlib import Path

import pytest

from app.cli import main

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)|<img src=\"([^\"]+)\"")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    targets = [match[1] or match[2] for match in LINK.finditer(page.read_text(encoding="utf-8"))]
    local = [target for target in targets if "://" not in target and not target.startswith("mailto:")]
    assert [target for target in local if not (page.parent / target).exists()] == []


def test_readme_names_every_command() -> None:
    commands = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Commands")[2]
    assert [name for name in main.commands if not re.search(rf"[` ]{name}\b", commands)] == []


def test_measurements_name_the_command_of_every_bench() -> None:
    page = (ROOT / "docs" / "MEASUREMENTS.md").read_text(encoding="utf-8")
    scripts = [path.stem for path in (ROOT / "bench").glob("*.py") if "def main" in path.read_text(encoding="utf-8")]
    assert [name for name in scripts if f"bench.{name}" not in page] == []
