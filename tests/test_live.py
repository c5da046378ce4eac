import fcntl
import os
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app import live
from app.content import approval
from app.dialogue.knowledge import Knowledge
from app.errors import ApprovalError, ContentError
from app.live import Live
from app.records.database import connect
from app.records.migrations import migrate
from app.records.withdrawals import Withdrawal, Withdrawals
from tests.conftest import NOW, place_of, seal


@pytest.fixture
def served(folder: Path, cache: Path, knowledge: Knowledge, tmp_path: Path) -> Live:
    """A live knowledge that looks for changes only when told; its store is at store.db."""
    engine = connect(f"sqlite:///{tmp_path / 'store.db'}")
    migrate(engine)
    served = Live(place_of(folder, cache), Withdrawals(engine), every=3600)
    served.start()
    served.stop()
    return served


def change(folder: Path, old: str, new: str) -> None:
    path = folder / "faq.yaml"
    path.write_text(path.read_text().replace(old, new, 1))


def test_a_second_load_finds_the_model_in_the_cache(folder: Path, cache: Path, knowledge: Knowledge) -> None:
    assert live.load(place_of(folder, cache)).model_version == knowledge.model_version


def test_a_corrupt_cache_is_built_anew(folder: Path, tmp_path: Path) -> None:
    built = live.build(folder, tmp_path / "cache", 0.05)
    (built / "names.json").write_text("{}")
    again = live.build(folder, tmp_path / "cache", 0.05)
    assert again == built
    assert (again / "names.json").stat().st_size > 1000


def test_what_a_killed_fit_left_is_removed_by_the_next(folder: Path, tmp_path: Path) -> None:
    left = tmp_path / "cache" / "fitting-abc" / "done"
    left.mkdir(parents=True)
    live.build(folder, tmp_path / "cache", 0.05)
    assert not left.parent.exists()


def test_content_that_changes_while_it_is_read_is_refused(folder: Path, cache: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lamp.txt")  # reading the document waits until it is written
    writing = threading.Thread(target=change_at_the_document, args=(folder, tmp_path / "lamp.txt"))
    writing.start()
    with pytest.raises(ContentError, match="changed while it was read"):
        live.load(replace(place_of(folder, cache), documents=tmp_path))
    writing.join()


def change_at_the_document(folder: Path, document: Path) -> None:
    with document.open("w") as file:
        change(folder, "The lamp has a small bulb.", "The lamp has a large bulb.")
        file.write("The Bedside Lamp\n\nUsing the lamp\n")


def test_an_unwritable_cache_means_a_temporary_one(folder: Path, knowledge: Knowledge, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    loaded = live.load(place_of(folder, tmp_path / "file" / "cache"))
    assert loaded.model_version == knowledge.model_version


def test_a_changed_text_is_withheld_after_a_check(served: Live, folder: Path) -> None:
    change(folder, "Where is the lamp?", "Where is this lamp?")
    shutil.copytree(folder, folder.parent / "copy")
    served.check()
    assert "lamp-place" in served.current.withheld
    assert not served.failed_reload


@pytest.mark.parametrize("bad", ["entries: [", "text: 'Call 911"])
def test_a_bad_change_keeps_what_is_served(served: Live, folder: Path, bad: str) -> None:
    before = served.current
    path = folder / "faq.yaml"
    good = path.read_text()
    path.write_text(good.replace("Call 911 now", "Call 912 now") if "911" in bad else bad)
    served.check()
    assert served.current is before
    assert served.failed_reload
    path.write_text(good)
    served.check()
    assert not served.failed_reload


def test_a_withdrawal_is_seen_at_the_next_check(served: Live, tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'store.db'}")
    Withdrawals(engine).add(Withdrawal("lamp-color", NOW, "Dr. A", "repainted"))
    engine.dispose()
    served.check()
    assert not served.current.serves("lamp-color", NOW.date())
    assert served.current.serves("lamp-place", NOW.date())


def test_without_a_sealed_emergency_text_nothing_starts(folder: Path, cache: Path) -> None:
    change(folder, "Call 911 now.", "Call 912 now.")
    with pytest.raises(ApprovalError, match=r"script\.emergency"):
        live.load(place_of(folder, cache))


def test_a_missing_content_folder_is_a_clear_error(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(ContentError, match="cannot be read"):
        live.load(place_of(tmp_path / "nowhere", cache))


def test_given_documents_are_quoted(folder: Path, cache: Path, tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "lamp.txt").write_text("The Bedside Lamp\n\nIt is green.\n\nUsing the lamp\n\nPress it.\n\nAsk her.\n")
    lock_path = folder / "faq.lock"
    cited = {"lamp/top/1": "It is green."}
    lock = approval.read_lock(lock_path).sealing_paragraphs(cited, NOW.date(), "doctor", "Dr. A")
    approval.write_lock(lock_path, lock)
    loaded = live.load(replace(place_of(folder, cache), documents=documents))
    assert loaded.answers["lamp-color"].sources[0].passage == "It is green."
    assert loaded.answers["lamp-owner"].sources[0].passage is None


def test_the_version_changes_with_content_and_with_seals(folder: Path, cache: Path) -> None:
    first = live.load(place_of(folder, cache)).version
    seal(folder, "nurse")
    assert live.load(place_of(folder, cache)).version != first


def test_a_change_is_looked_at_when_woken(folder: Path, cache: Path, knowledge: Knowledge) -> None:
    watching = Live(place_of(folder, cache), None, every=3600)
    watching.start()
    before = watching.current.version
    seal(folder, "nurse")
    watching.wake()
    for _ in range(600):
        if watching.current.version != before:
            break
        time.sleep(0.05)
    watching.stop()
    assert watching.current.version != before
    assert watching.current.matcher.labels == knowledge.matcher.labels


def test_an_answer_is_taken_back_while_a_fit_is_running(
    folder: Path, tmp_path: Path, cache: Path, knowledge: Knowledge
) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'store.db'}")
    migrate(engine)
    fitting = shutil.copytree(cache, tmp_path / "cache")
    watching = Live(place_of(folder, fitting), Withdrawals(engine), every=3600)
    watching.start()
    with (fitting / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # as a long fit of another process does
        change(folder, "Where is the lamp?", "Where does the lamp stand?")
        Withdrawals(engine).add(Withdrawal("lamp-color", NOW, "Dr. A", "repainted"))
        watching.wake()
        assert comes(lambda: not watching.current.serves("lamp-color", NOW.date()))
        assert "lamp-place" not in watching.current.withheld
    assert comes(lambda: "lamp-place" in watching.current.withheld)
    assert not watching.current.serves("lamp-color", NOW.date())
    watching.stop()
    engine.dispose()


def test_what_changes_during_a_fit_is_never_served_half(folder: Path, tmp_path: Path, knowledge: Knowledge) -> None:
    good = (folder / "faq.lock").read_bytes()
    watching = Live(place_of(folder, tmp_path / "cache"), None, every=0.05)
    watching.start(knowledge)
    change(folder, "Where is the lamp?", "Where is this lamp?")
    seal(folder)
    assert comes(lambda: list(tmp_path.glob("cache/fitting-*")))
    rules = folder / "intents" / "urgent.yaml"
    rules.write_text(rules.read_text() + "\n# unsealed\n")
    assert comes(lambda: "urgent.yaml" in watching.failed_reload)
    assert watching.current is knowledge
    rules.write_text(rules.read_text().removesuffix("\n# unsealed\n"))
    assert comes(lambda: watching.current.answers["lamp-place"].question == "Where is this lamp?")
    watching.stop()
    assert good != (folder / "faq.lock").read_bytes()


def comes(wanted: Callable[[], object]) -> bool:
    """Whether it comes true within a minute."""
    for _ in range(1200):
        if wanted():
            return True
        time.sleep(0.05)
    return False
