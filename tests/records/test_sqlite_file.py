"""The file of the store goes, or becomes another, under an engine that holds it open."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.errors import StoreError
from app.records.database import connect, failing, migrate
from app.records.withdrawals import Withdrawal, Withdrawals


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "store.db"


@pytest.fixture
def engine(path: Path) -> Iterator[Engine]:
    engine = connect(f"sqlite:///{path}")
    migrate(engine)
    add(engine, "early")
    yield engine
    engine.dispose()


@pytest.fixture
def backup(engine: Engine, path: Path) -> Path:
    """Taken while `early` was all there was."""
    copy = path.with_name("backup.db")
    with sqlite3.connect(path) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    source.close()
    target.close()
    add(engine, "late")
    return copy


def add(engine: Engine, id_: str) -> str:
    """Why it was refused; nothing when it was confirmed."""
    try:
        Withdrawals(engine).add(Withdrawal(id_, datetime(2029, 1, 1, tzinfo=UTC), "Dr. Lee", "dose"))
    except StoreError as error:
        return str(error)
    return ""


def kept(path: Path) -> list[str]:
    """As another process finds it."""
    other = connect(f"sqlite:///{path}")
    found = [withdrawal.entry_id for withdrawal in Withdrawals(other).all()]
    other.dispose()
    return found


def remove(path: Path) -> None:
    for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        name.unlink()


def move_folder(path: Path) -> None:
    path.parent.rename(path.parent.with_name("moved"))


def empty(path: Path) -> None:
    os.truncate(path, 0)


def remove_wal(path: Path) -> None:
    Path(f"{path}-wal").unlink()


def begin_another(path: Path) -> None:
    remove(path)
    path.touch()


@pytest.mark.parametrize(
    ("harm", "problem"),
    [
        (remove, "is gone"),
        (move_folder, "is gone"),
        (empty, "was emptied"),
        (remove_wal, "was removed"),
        (begin_another, "was emptied"),
    ],
)
def test_nothing_is_confirmed_where_it_would_not_be_found_again(
    engine: Engine, path: Path, harm: Callable[[Path], None], problem: str
) -> None:
    harm(path)
    refusals = [add(engine, "new") for _ in range(3)]
    assert all(problem in refusal for refusal in refusals)
    assert problem in failing(engine)["withdrawals"]


def test_an_emptied_file_stays_refused_however_often_it_is_tried(engine: Engine, path: Path) -> None:
    for number in range(400):
        add(engine, f"before{number}")
    empty(path)
    assert all("was emptied" in add(engine, f"new{number}") for number in range(1_500))  # 1,000 pages make a checkpoint
    assert path.stat().st_size == 0


def test_a_file_that_went_away_is_not_made_anew(engine: Engine, path: Path) -> None:
    remove(path)
    add(engine, "new")
    with pytest.raises(StoreError, match="is gone"):
        migrate(engine)
    assert not path.exists()


def test_one_that_is_put_back_is_gone_on_with(engine: Engine, path: Path) -> None:
    move_folder(path)
    assert add(engine, "meanwhile")
    path.parent.with_name("moved").rename(path.parent)
    assert (add(engine, "new"), failing(engine)) == ("", {})
    assert "new" in kept(path)


def test_a_backup_put_in_its_place_is_opened_after_one_refusal(engine: Engine, path: Path, backup: Path) -> None:
    remove(path)
    backup.rename(path)
    refusals = [add(engine, f"new{number}") for number in range(3)]
    assert ["another file" in refusal for refusal in refusals] == [True, False, False]
    assert kept(path) == ["early", "new1", "new2"]


def test_a_backup_beside_what_the_file_before_left_is_not_mixed_with_it(
    engine: Engine, path: Path, backup: Path
) -> None:
    backup.rename(path)
    assert ["beside" in add(engine, "new") for _ in range(3)] == [True] * 3
    for end in ("-wal", "-shm"):
        Path(f"{path}{end}").unlink()
    add(engine, "new")
    assert (add(engine, "new"), kept(path)) == ("", ["early", "new"])


def test_a_file_that_holds_other_things_is_left_as_it_is(engine: Engine, path: Path) -> None:
    remove(path)
    with sqlite3.connect(path) as other:
        other.execute("create table x (y)")
    other.close()
    refusals = [add(engine, "new") for _ in range(3)]
    assert ["holds no records" in refusal for refusal in refusals] == [False, True, True]


def test_a_backup_restored_by_sqlite_itself_is_gone_on_with(engine: Engine, path: Path, backup: Path) -> None:
    with sqlite3.connect(backup) as source, sqlite3.connect(path) as target:
        source.backup(target)
    source.close()
    target.close()
    assert add(engine, "new") == ""
    assert kept(path) == ["early", "new"]


def test_a_command_of_another_process_is_no_other_file(engine: Engine, path: Path) -> None:
    assert kept(path) == ["early"]
    assert add(engine, "new") == ""
    engine.dispose()
    assert kept(path) == ["early", "new"]
    assert add(engine, "newer") == ""
