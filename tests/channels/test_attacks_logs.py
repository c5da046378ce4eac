"""What the service itself writes down of a request, as `hai-faq serve` runs it: docs/SECURITY-TRIALS.md."""

import json
from pathlib import Path

import httpx2

from app.dialogue.knowledge import Knowledge
from tests.faults.replica import Replica

TYPED, ADDRESS = "zq7zq7", "203.0.113.77"


def test_no_line_of_the_log_has_query_text_or_address(
    folder: Path, cache: Path, tmp_path: Path, knowledge: Knowledge
) -> None:
    where = {"CONTENT_DIR": str(folder), "CACHE_DIR": str(cache), "DATABASE_URL": f"sqlite:///{tmp_path / 'a.db'}"}
    settings = {"RISK": "0.05", "TRUSTED_PROXIES": json.dumps(["127.0.0.1"]), "STAFF": "link", **where}
    replica = Replica({f"HAI_FAQ_{name}": value for name, value in settings.items()}, tmp_path / "log")
    replica.start()
    headers = {"x-forwarded-for": ADDRESS, "user-agent": TYPED, "referer": f"https://x.example/?{TYPED}"}
    with httpx2.Client(base_url=replica.url, headers=headers) as client:
        for text in (f"what color is {TYPED}", f"i cant breathe {TYPED}", f"{TYPED} " * 2_000, TYPED * 3_000):
            client.post("/v1/messages", json={"text": text, "conversation_id": TYPED})
            client.post("/webhooks/rest/webhook", json={"message": text, "sender": TYPED})
            client.post("/ask", data={"text": text, TYPED: TYPED})
            client.post("/v1/feedback", json={"message_id": TYPED, "verdict": TYPED})
        client.post("/v1/messages", content=TYPED, headers={"content-type": "application/json"})
        client.get("/faq", params={TYPED: TYPED})
        client.get("/staff/link", params={"token": TYPED})
    replica.stop()
    log = replica.log.read_text()
    assert log.count("POST /v1/messages") == 5
    assert TYPED not in log
    assert ADDRESS not in log
