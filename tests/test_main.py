import time
from pathlib import Path

from fastapi.testclient import TestClient

from app.main import create_app
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
