import json
import shutil
from pathlib import Path

import pytest

from app.content import files
from app.dialogue.knowledge import Knowledge
from app.errors import ContentError
from app.review.gate import Gate, Trial
from tests.conftest import NOW, config_of

CASE = {"text": "what color is the lamp", "accept": ["lamp-color"]}
RADIO = ("is there a radio", "radio by the bed", "can i hear the radio", "where is the radio", "which stations")


@pytest.fixture
def gate(folder: Path, cache: Path, knowledge: Knowledge, tmp_path: Path) -> Gate:
    cases, bench = tmp_path / "cases.jsonl", tmp_path / "bench"
    cases.write_text(json.dumps(CASE))
    bench.mkdir()
    return Gate(config_of(folder, cache), bench, [cases], NOW, lambda _: None)


@pytest.fixture
def trial(folder: Path, tmp_path: Path) -> Trial:
    """A copy with a line more in two files."""
    copy = tmp_path / "bench" / "0"
    shutil.copytree(folder, copy)
    for name in ("lamp.yaml", "smalltalk.yaml"):
        path = copy / "intents" / name
        path.write_bytes(path.read_bytes() + b"  # more\n")
    return Trial(copy, "")


def test_what_was_tried_is_written_byte_for_byte(gate: Gate, trial: Trial, folder: Path) -> None:
    gate.write(trial)
    assert files.fingerprint(folder) == files.fingerprint(trial.folder)


def test_content_that_changed_meanwhile_is_left_alone(gate: Gate, trial: Trial, folder: Path) -> None:
    lexicon = folder / "intents" / "lexicon.yaml"
    lexicon.write_text(lexicon.read_text() + "# by hand\n")
    before = files.fingerprint(folder)
    with pytest.raises(ContentError, match="changed meanwhile"):
        gate.write(trial)
    assert files.fingerprint(folder) == before


def test_a_write_that_does_not_come_out_as_tried_is_taken_back(gate: Gate, trial: Trial, folder: Path) -> None:
    (trial.folder / "intents" / "smalltalk.yaml").unlink()
    before = files.fingerprint(folder)
    with pytest.raises(ContentError, match="taken back"):
        gate.write(trial)
    assert files.fingerprint(folder) == before


def test_a_file_that_cannot_be_written_leaves_the_others_as_they_were(gate: Gate, trial: Trial, folder: Path) -> None:
    (trial.folder / "intents" / "topics").mkdir()
    (trial.folder / "intents" / "topics" / "new.yaml").write_text("lamp-bulb: [x]\n")
    (folder / "intents" / "topics").write_text("a file where a folder should be")
    before = files.fingerprint(folder)
    with pytest.raises(ContentError, match="cannot be written, nothing is changed"):
        gate.write(trial)
    assert files.fingerprint(folder) == before


def test_without_a_labelled_message_the_gate_does_not_open(folder: Path, cache: Path, tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="no labelled messages"):
        Gate(config_of(folder, cache), tmp_path, [], NOW, lambda _: None)
