import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.dialogue.handoffs import Handoff
from app.errors import SettingsError
from app.main import create_app
from app.matching.encoder import Encoder
from app.settings import Settings


def test_a_store_that_was_not_there_at_the_start_is_used_once_it_is(settings: Settings, tmp_path: Path) -> None:
    missing = tmp_path / "disk"
    missing.write_text("a file, where the folder of the store should be")
    with TestClient(
        create_app(settings.model_copy(update={"database_url": f"sqlite:///{missing}/store.db"}))
    ) as client:
        said = {"message_id": client.post("/v1/messages", json={"text": "lamp"}).json()["message_id"], "verdict": "up"}
        statuses = [client.post("/v1/feedback", json=said).status_code]
        missing.unlink()
        until = time.monotonic() + 60
        while statuses[-1] != 200 and time.monotonic() < until:
            time.sleep(0.05)
            statuses.append(client.post("/v1/feedback", json=said).status_code)
    assert (statuses[0], statuses[-1]) == (503, 200)


def test_a_service_that_would_hand_over_a_topic_that_is_not_there_does_not_start(settings: Settings) -> None:
    wrong = settings.model_copy(update={"handoffs": (Handoff("Billing", ("nc-cst",)),)})
    with pytest.raises(SettingsError, match="there is no topic nc-cst"), TestClient(create_app(wrong)):
        pass


def test_a_start_imports_no_library_that_its_settings_do_not_ask_for() -> None:
    libraries = {"alembic", "authlib", "cryptography", "httpx2", "psycopg", "redis"}
    imported = f"import app.cli, sys; print(sys.modules.keys() & {libraries})"
    done = subprocess.run([sys.executable, "-c", imported], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_service_fetches_nothing_when_it_starts_and_answers(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached: list[object] = []

    def refuse(*address: object) -> None:
        reached.append(address)
        raise OSError("this machine is alone")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert Encoder().encode(["where is the lamp"]).any()
    with TestClient(create_app(settings)) as client:
        assert client.post("/v1/messages", json={"text": "what color is the lamp"}).json()["kind"] == "answer"
    assert reached == []
