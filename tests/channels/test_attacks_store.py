"""A hostile run over every address that stores something, and then a look at each column of each table."""

import base64
import json
import re
import time
from collections.abc import Mapping
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient
from sqlalchemy import String, create_engine, inspect, select

from app.channels.sms import generic, twilio
from app.main import create_app
from app.records.migrations import TABLES
from app.settings import Settings
from tests.channels.staff.conftest import csrf_of, path_of

SECRET, TOKEN, KEY = (
    "of-the-generic-gateway-0123456789abcdef",
    "1f" * 16,
    Ed25519PrivateKey.from_private_bytes(b"k" * 32),
)
PUBLIC = "http://localhost"
PERSONAL = "jane.zq7zq7@private.example 215-555-0137"
TYPED = f"how much does the lamp cost, write to {PERSONAL}"
LEAKED = re.compile("zq7zq7|private|555-?0137", re.I)
FORM = {"content-type": "application/x-www-form-urlencoded"}

SIGNED, HASH, IDS = r"[\w-]+\.[\w-]+", r"[0-9a-f]{32,64}", r"[\w-]+( [\w-]+)*|"
CHANNEL, VERSION, REPLY = "web|sms|staff|api|rasa", "[0-9a-f]{16,64}", r"[\s\S]*"
WHO, STAFF_TYPED = r".{1,200}", r"[\s\S]{0,60000}"
COLUMNS = {
    "feedback": {
        "message_id": SIGNED,
        "channel": CHANNEL,
        "subject": IDS,
        "content_version": VERSION,
        "verdict": "up|down",
        "reason": "[a-z-]+",
    },
    "decisions": {
        "message_id": SIGNED,
        "channel": CHANNEL,
        "kind": "[a-z]+",
        "subject": IDS,
        "text_hash": HASH,
        "content_version": VERSION,
        "model_version": VERSION,
    },
    "questions": {
        "message_id": SIGNED,
        "channel": CHANNEL,
        "outcome": "[a-z-]+",
        "text": r"[\s\S]{0,1000}",
        "content_version": VERSION,
        "state": "open|proposed|dismissed",
        "batch": "([0-9a-f]{16})?",
        "topic": f"({IDS})?",
        "decided_by": rf"({WHO})?",
    },
    "counts": {"channel": CHANNEL, "measure": "[a-z-]+", "name": r"[\w.-]+"},
    "audit": {"who": WHO, "act": "[a-z -]+", "subject": r"[\w: -]*"},
    "proposals": {
        "by": WHO,
        "kind": "phrasing|topic",
        "target": IDS,
        "title": STAFF_TYPED,
        "lines": STAFF_TYPED,
        "message_ids": rf"({SIGNED}( {SIGNED})*)?",
        "state": "open|applied|refused",
        "reason": "",
        "settled_by": WHO + "|",
        "tried_version": f"{VERSION}|",
        "harm": "",
        "hints": STAFF_TYPED,
    },
    "flags": {
        "by": WHO,
        "entry_id": IDS,
        "question": REPLY,
        "reason": "[a-z-]+",
        "content_version": VERSION,
        "reply": REPLY,
        "language": "([a-z]{2})?",
        "told": "[a-z]*",
        "state": "open|answered|closed",
        "answer": STAFF_TYPED,
        "answered_by": WHO + "|",
        "closed_by": WHO + "|",
    },
    "ended_sessions": {"name": HASH, "why": "[a-z ]+"},
    "withdrawals": {"entry_id": IDS, "by": WHO, "why": STAFF_TYPED},
    "deliveries": {
        "id": HASH,
        "party": HASH,
        "state": "[a-z]+",
        "reply": REPLY,
        "address": r"(gAAAA[\w=-]+)?",
        "digest": f"{HASH}|",
        "following": REPLY,
    },
    "consents": {"party": HASH},
    "opt_out_events": {"party": HASH, "event": "opt-out|opt-in", "address": r"gAAAA[\w=-]+"},
}
"""Table -> column -> all that may stand there: ids and words of ours, hashes, what is encrypted or bounded."""


@pytest.fixture
def attacked(settings: Settings) -> Settings:
    """A service with every surface, after the run, and stopped: all that it kept is written."""
    links: list[str] = []
    more = {
        "public_url": PUBLIC,
        "sms_number_keys": ("n" * 32,),
        "sms_secrets": (SECRET,),
        "sms_opt_out_webhook": "http://127.0.0.1:9/told",
        "sms_opt_out_secret": "8b" * 20,
        "twilio_auth_tokens": (TOKEN,),
        "telnyx_public_keys": (base64.b64encode(KEY.public_key().public_bytes_raw()).decode(),),
        "telnyx_api_key": "KEY" + "0a" * 20,
        "telnyx_api_url": "http://127.0.0.1:9",
        "staff": "link",
    }
    full = Settings.model_validate(settings.model_dump() | more)
    with TestClient(create_app(full, announce=links.append), base_url=PUBLIC) as client:
        client.headers |= {
            "user-agent": PERSONAL,
            "referer": f"https://x.example/?{PERSONAL}",
            "x-request-id": PERSONAL,
        }
        ask(client)
        text(client)
        client.get("/staff/link", params={"token": PERSONAL})
        client.get(path_of(links[-1]))
        work(client)
    return full


def ask(client: TestClient) -> None:
    for channel in ("api", "web", TYPED):
        asked = client.post("/v1/messages", json={"text": TYPED, "conversation_id": TYPED, "channel": channel})
    client.post("/webhooks/rest/webhook", json={"sender": TYPED, "message": TYPED, "metadata": {"name": TYPED}})
    client.post("/ask", data={"text": TYPED, "conversation_id": TYPED})
    client.post("/ask", data={"choice": TYPED, TYPED: TYPED})
    client.post("/v1/search", json={"text": TYPED})
    client.get(f"/v1/entries/{TYPED}", params={"q": TYPED})
    asked = client.post("/v1/messages", json={"text": TYPED})
    payload, signature = asked.json()["message_id"].split(".")
    for spelt in (
        f"{payload}.{signature}",
        f"{payload}== {PERSONAL}.{signature}",
        f"{payload}.{signature}== {PERSONAL}",
    ):
        for reason in (None, "not-clear", TYPED):
            client.post("/v1/feedback", json={"message_id": spelt, "verdict": "down", "reason": reason, "note": TYPED})


def text(client: TestClient) -> None:
    """Write as a gateway does, with a client's words wherever a gateway may carry them."""
    for body, number in ((TYPED, "+12155550137"), ("STOP", "+12155550138"), (TYPED, PERSONAL)):
        sent = json.dumps({"id": TYPED, "from": number, "to": TYPED, "text": body, "media": [TYPED], "name": TYPED})
        now = str(int(time.time()))
        signed = generic.signature(SECRET, now, sent.encode())
        headers = {"x-hai-faq-timestamp": now, "x-hai-faq-signature": signed}
        client.post("/sms/generic", content=sent, headers=headers)
        by_twilio(client, {"MessageSid": TYPED, "From": number, "To": TYPED, "Body": body, "OptOutType": TYPED})
        payload = {"id": TYPED, "from": {"phone_number": number}, "to": [{"phone_number": TYPED}], "text": body}
        by_telnyx(client, "message.received", payload | {"received_at": TYPED, "tags": [TYPED]})
        by_telnyx(client, "message.finalized", payload | {"tags": [TYPED], "errors": [{"code": TYPED}]})
    receipt = {"MessageSid": TYPED, "MessageStatus": "failed", "ErrorCode": TYPED, "From": TYPED, "To": TYPED}
    by_twilio(client, receipt, "?" + urlencode({"reply": TYPED}))


def by_twilio(client: TestClient, fields: dict[str, str], query: str = "") -> None:
    signed = twilio.signature(TOKEN, f"{PUBLIC}/sms/twilio{query}", {name: [value] for name, value in fields.items()})
    client.post(f"/sms/twilio{query}", content=urlencode(fields), headers=FORM | {"x-twilio-signature": signed})


def by_telnyx(client: TestClient, event: str, payload: Mapping[str, object]) -> None:
    body, now = json.dumps({"data": {"event_type": event, "payload": payload}}).encode(), str(int(time.time()))
    signed = base64.b64encode(KEY.sign(now.encode() + b"|" + body)).decode()
    client.post("/sms/telnyx", content=body, headers={"telnyx-timestamp": now, "telnyx-signature-ed25519": signed})


def work(client: TestClient) -> None:
    """Do what staff can do, with a patient's words in fields that are not for words."""
    csrf = {"csrf": csrf_of(client)}
    client.post("/staff", data=csrf | {"text": TYPED})
    client.post("/staff/search", data=csrf | {"text": TYPED, "settled": TYPED})
    for entry, reason in (("lamp-color", "looks-wrong"), ("lamp-color", TYPED), (TYPED, "looks-wrong")):
        client.post("/staff/flag", data=csrf | {"entry": entry, "reason": reason, "shown": TYPED, "note": TYPED})
    for act in ("answer", "close", "send"):
        client.post(f"/staff/flags/{act}", data=csrf | {"id": TYPED, "answer": TYPED})
        client.post(f"/staff/flags/{act}", data=csrf | {"id": "1", "answer": TYPED, "note": TYPED})
    client.get("/staff/insights.csv", params={"table": TYPED, "days": TYPED})
    client.get("/staff/review")
    review = {"pick": "lamp-color", "lines": "which shade has it", "title": TYPED * 100, "keys": TYPED, "id": TYPED}
    for change in (
        {},
        {"typed": TYPED, "lines": "which hue has it"},
        {"pick": "new", "id": TYPED},
        {"lines": TYPED},
    ):
        client.post("/staff/review/propose", data=csrf | review | {"own": TYPED, "next": TYPED, "near": TYPED} | change)
    for act in ("dismiss", "put-off", "undo", "proposals/withdraw", "withheld"):
        sent = csrf | review | {"entry": "lamp-hours", "why": "wrong " * 1000, "sure": "yes", "until": TYPED}
        client.post(f"/staff/review/{act}", data=sent | {"batch": TYPED})
    waiting = client.get("/staff/review").text
    sent = csrf | {"keys": re.findall('form="bulk" name="q1" value="(.*?)"', waiting)[0], "sure": "yes"}
    client.post("/staff/review/put-off", data=sent)
    for path in ("/staff/audit", "/staff/audit.csv"):
        assert client.get(path, params={"who": TYPED}).status_code == 200
    client.post("/staff/sign-out", data=csrf | {"text": TYPED})


def test_every_column_that_a_client_can_fill_is_ours_hashed_bounded_or_redacted(attacked: Settings) -> None:
    store = create_engine(attacked.database_url)
    assert set(inspect(store).get_table_names()) - {"alembic_version"} == COLUMNS.keys()
    with store.connect() as connection:
        for table in TABLES:
            texts = {column: column.type for column in table.columns if isinstance(column.type, String)}
            assert {column.name for column in texts} == COLUMNS[table.name].keys(), table.name
            rows = connection.execute(select(*texts)).all()
            assert rows, f"the run has put nothing into {table.name}"
            for column, values in zip(texts, zip(*rows, strict=True), strict=True):
                for value in filter(None, values):
                    assert re.fullmatch(COLUMNS[table.name][column.name], value), f"{column}: {value[:200]!r}"
                    assert not LEAKED.search(value), f"{column}: {value[:200]!r}"
                    assert len(value) <= (texts[column].length or len(value)), f"{column}: {len(value)} characters"
    store.dispose()
