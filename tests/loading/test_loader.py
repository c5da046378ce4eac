from dataclasses import replace
from os import PathLike
from pathlib import Path, PosixPath
from typing import Self

import pytest

from app.content import approval
from app.dialogue.handoffs import Handoff
from app.dialogue.knowledge import Knowledge
from app.errors import ApprovalError, ContentError, SettingsError
from app.loading.loader import load
from tests.conftest import NOW, config_of, seal
from tests.loading.conftest import change


def test_a_second_load_finds_the_model_in_the_cache(folder: Path, cache: Path, knowledge: Knowledge) -> None:
    assert load(config_of(folder, cache)).model_version == knowledge.model_version


def test_content_that_changes_while_it_is_read_is_refused(folder: Path, cache: Path, tmp_path: Path) -> None:
    documents = ChangingDocuments(tmp_path)
    documents.content = folder
    with pytest.raises(ContentError, match="changed while it was read"):
        load(replace(config_of(folder, cache), documents=documents))


class ChangingDocuments(PosixPath):
    """A folder of documents; when one is looked for, the content changes."""

    content: Path

    def __truediv__(self, name: str | PathLike[str]) -> Self:
        change(self.content, "The lamp has a small bulb.", "The lamp has a large bulb.")
        return super().__truediv__(name)


def test_an_unwritable_cache_means_a_temporary_one(folder: Path, knowledge: Knowledge, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    loaded = load(config_of(folder, tmp_path / "file" / "cache"))
    assert loaded.model_version == knowledge.model_version


def test_without_a_sealed_emergency_text_nothing_starts(folder: Path, cache: Path) -> None:
    change(folder, "Call 911 now.", "Call 912 now.")
    with pytest.raises(ApprovalError, match=r"script\.emergency"):
        load(config_of(folder, cache))


def test_a_missing_content_folder_is_a_clear_error(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(ContentError, match="cannot be read"):
        load(config_of(tmp_path / "nowhere", cache))


def test_a_folder_in_place_of_the_seals_is_a_clear_error(folder: Path, cache: Path) -> None:
    (folder / "faq.lock").unlink()
    (folder / "faq.lock").mkdir()
    with pytest.raises(ContentError, match=r"faq\.lock:1: cannot be read: it is a folder, not a file"):
        load(config_of(folder, cache))


def test_content_without_a_script_that_text_messages_need_is_refused(folder: Path, cache: Path) -> None:
    with pytest.raises(ContentError, match="text messages need sms-other, sms-another"):
        load(replace(config_of(folder, cache), scripts=("sms-stop", "sms-other", "sms-another")))


def test_content_without_a_topic_that_is_handed_over_is_refused(folder: Path, cache: Path) -> None:
    handoffs = (Handoff("Wards", ("nc-*",)), Handoff("Billing", ("nc-cst",)))
    with pytest.raises(SettingsError, match="HAI_FAQ_HANDOFFS: there is no topic nc-cst"):
        load(replace(config_of(folder, cache), handoffs=handoffs))


def test_given_documents_are_quoted(folder: Path, cache: Path, tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "lamp.txt").write_text("The Bedside Lamp\n\nIt is green.\n\nUsing the lamp\n\nPress it.\n\nAsk her.\n")
    lock_path = folder / "faq.lock"
    cited = {"lamp/top/1": "It is green."}
    lock = approval.read_lock(lock_path).sealing_paragraphs(cited, NOW.date(), "doctor", "Dr. A")
    approval.write_lock(lock_path, lock)
    loaded = load(replace(config_of(folder, cache), documents=documents))
    assert loaded.approved.answers["lamp-color"].sources[0].passage == "It is green."
    assert loaded.approved.answers["lamp-owner"].sources[0].passage is None


def test_the_version_changes_with_content_and_with_seals(folder: Path, cache: Path) -> None:
    first = load(config_of(folder, cache)).version
    seal(folder, "nurse")
    assert load(config_of(folder, cache)).version != first
