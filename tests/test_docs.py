"""The documents name what there is: commands, benches, files."""

import re
from pathlib import Path

import pytest

from app.answering import LONGEST
from app.builder import REQUESTS_A_MESSAGE, TEXTS_A_SECOND, TEXTS_AT_ONCE
from app.channels.http import bodies, protocol
from app.channels.http.protocol import HardenedProtocol
from app.channels.sms import webhook
from app.channels.sms.gateway import OLDEST
from app.cli import main
from app.settings import Settings
from app.turns import MOST_ASIDE, SHORT_TEXT

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


LIMITS = (
    f"{bodies.MOST_BYTES // 1024} KiB a body",
    f"{webhook.MOST_BYTES // 1024} KiB a gateway's",
    f"{bodies.MOST_FIELDS} fields a form",
    f"{protocol.MOST_HEAD // 1024} KiB a head",
    f"{HardenedProtocol.within:.0f} seconds a request",
    f"{protocol.MOST_AFTER // 1024**2} MiB for all that follows a head",
    f"{protocol.MOST_PIPELINED} requests that wait",
    f"{Settings.model_fields['messages_per_second'].default:.0f} messages or opinions a second for a client",
    f"{Settings.model_fields['messages_per_second_in_all'].default:,.0f} for all of them at a replica",
    f"each {SHORT_TEXT} characters of a long message count as one",
    f"{REQUESTS_A_MESSAGE} requests without a message for each message",
    f"with at most {MOST_ASIDE:,} characters waiting there",
    f"{LONGEST:,} characters",
    f"good for {OLDEST / 60:.0f} minutes",
    f"{TEXTS_AT_ONCE} messages at once and one in {1 / TEXTS_A_SECOND:.0f} seconds for a number",
    f"{Settings.model_fields['staff_idle_minutes'].default} minutes idle",
    f"{Settings.model_fields['staff_hours'].default} hours in all",
)


@pytest.mark.parametrize("limit", LIMITS)
def test_the_limits_that_security_promises_are_those_of_the_code(limit: str) -> None:
    assert limit in " ".join((ROOT / "SECURITY.md").read_text(encoding="utf-8").split())
