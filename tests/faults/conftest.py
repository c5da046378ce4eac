"""Real processes of the service, and the real ones around it that break."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import select

from app.dialogue.knowledge import Knowledge
from app.records import database
from app.records.deliveries import deliveries
from app.records.feedback import feedback
from tests.faults.patients import SECRET, Told
from tests.faults.postgres import Postgres
from tests.faults.replica import Replica

Start = Callable[..., Replica]


@pytest.fixture
def start(folder: Path, cache: Path, knowledge: Knowledge, tmp_path: Path) -> Iterator[Start]:
    """Starts a service with these settings beside those that all have; what is left of it at the end is killed."""
    common = {
        "HAI_FAQ_CONTENT_DIR": str(folder),
        "HAI_FAQ_CACHE_DIR": str(cache),
        "HAI_FAQ_DATABASE_URL": f"sqlite:///{tmp_path / 'store.db'}",
        "HAI_FAQ_RISK": "0.05",
        "HAI_FAQ_SECRET": "a9" * 20,
        "HAI_FAQ_PHONE_LINE": "555-0100",
        "HAI_FAQ_PUBLIC_URL": "https://faq.hospital.example",
        "HAI_FAQ_SMS_NUMBER_KEYS": json.dumps(["n" * 32]),
        "HAI_FAQ_SMS_SECRETS": json.dumps([SECRET]),
        "HAI_FAQ_MESSAGES_PER_SECOND": "10000",
    }
    replicas: list[Replica] = []

    def run(environment: Mapping[str, str] | None = None, **settings: str) -> Replica:
        ours = {f"HAI_FAQ_{name.upper()}": value for name, value in settings.items()}
        replicas.append(Replica({**common, **ours, **(environment or {})}, tmp_path / f"log{len(replicas)}"))
        replicas[-1].start()
        return replicas[-1]

    yield run
    for replica in replicas:
        replica.kill()


@pytest.fixture
def store(tmp_path: Path) -> str:
    """The URL of the store, unless a service was given another."""
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[Postgres]:
    """A migrated PostgreSQL that may be broken."""
    postgres = Postgres(tmp_path / "postgres")
    yield postgres
    postgres.stop()


def assert_kept(url: str, told: Told) -> None:
    """Nothing that was confirmed is missing."""
    engine = database.connect(url)
    with engine.connect() as connection:
        opinions = set(connection.execute(select(feedback.c.message_id)).scalars())
        replied = select(deliveries.c.id).where(deliveries.c.state != "received")
        texts = set(connection.execute(replied).scalars())
    engine.dispose()
    assert told.opinions
    assert told.texts
    assert told.opinions <= opinions
    assert told.texts <= texts
