from datetime import date
from pathlib import Path

import pytest

from app.content import citations, files
from app.content.approval import Lock
from app.errors import SourceError

DOCUMENT = """The Bedside Lamp

The lamp is green. It stands
on the table.

Using the lamp

Press the button.

  • The night nurse
    looks after it.
  • Lights out at ten.
"""


def lock_for(folder: Path) -> Lock:
    now = citations.paragraphs(files.load_content(folder).documents["lamp"], DOCUMENT)
    cited = {f"lamp/{place}": text for place, text in now.items()}
    return Lock().sealing_paragraphs(cited, date(2029, 1, 1), "doctor", "Dr. A")


def test_blocks_and_bullets_are_numbered_within_their_section(folder: Path) -> None:
    numbered = citations.paragraphs(files.load_content(folder).documents["lamp"], DOCUMENT)
    assert numbered == {
        "top/1": "The lamp is green. It stands on the table.",
        "use/1": "Press the button.",
        "use/2": "The night nurse looks after it.",
        "use/3": "Lights out at ten.",
    }


def test_a_missing_heading_is_an_error(folder: Path) -> None:
    with pytest.raises(SourceError, match="Using the lamp"):
        citations.paragraphs(files.load_content(folder).documents["lamp"], "The Bedside Lamp\n\nGreen.")


def test_the_same_document_has_not_drifted(folder: Path) -> None:
    content = files.load_content(folder)
    assert citations.drifted(content, "lamp", DOCUMENT, lock_for(folder).paragraphs) == []


def test_a_changed_paragraph_names_the_entries_that_cite_it(folder: Path) -> None:
    content = files.load_content(folder)
    changed = DOCUMENT.replace("Press", "Pull")
    (drift,) = citations.drifted(content, "lamp", changed, lock_for(folder).paragraphs)
    assert (drift.place, drift.problem) == ("lamp/use/1", "has changed")
    assert drift.entries == ("lamp-switch", "lamp-hours")


def test_only_paragraphs_that_match_their_fingerprint_are_quoted(folder: Path) -> None:
    content = files.load_content(folder)
    changed = DOCUMENT.replace("Press", "Pull")
    quoted = citations.passages(content, {"lamp": changed}, lock_for(folder).paragraphs)
    assert "lamp/use/1" not in quoted
    assert quoted["lamp/use/2"] == "The night nurse looks after it."
