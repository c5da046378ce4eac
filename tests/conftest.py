"""The six-entry fixture: a lamp on a ward. Sealed and fitted once a run."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app import live
from app.content import approval, files
from app.content.approval import Lock
from app.dialogue.knowledge import Knowledge
from app.live import Place
from app.main import create_app
from app.settings import Settings

FIXTURE = Path(__file__).parent / "fixture"
NOW = datetime(2029, 6, 1, 12, 0, tzinfo=UTC)


def seal(folder: Path, role: str = "doctor") -> None:
    """Seals every text of a folder as it stands."""
    content = files.load_content(folder)
    texts = {**content.texts(), approval.URGENT_KEY: files.urgent_text(folder)}
    lock = approval.read_lock(folder / files.LOCK)
    approval.write_lock(folder / files.LOCK, lock.sealing(texts, date(2029, 1, 1), role, "Dr. Test"))


def place_of(folder: Path, cache: Path) -> Place:
    return Place(folder, cache, None, {"phone_line": "555-0100"}, 0.05, 0.5, timedelta(days=90))


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sealed copy of the fixture, to be changed at will."""
    copy = tmp_path / "content"
    shutil.copytree(FIXTURE, copy)
    seal(copy)
    return copy


@pytest.fixture(scope="session")
def knowledge(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Knowledge:
    copy = tmp_path_factory.mktemp("content") / "content"
    shutil.copytree(FIXTURE, copy)
    seal(copy)
    return live.load(place_of(copy, cache))


@pytest.fixture
def settings(folder: Path, cache: Path, tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        content_dir=folder,
        cache_dir=cache,
        database_url=f"sqlite:///{tmp_path / 'test.db'}",
        phone_line="555-0100",
        risk=0.05,
    )


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings)) as client:
        yield client


@pytest.fixture
def empty_lock() -> Lock:
    return Lock()
