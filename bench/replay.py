"""Holds every reply to those of another version: `python -m bench.replay write FILE`, then `... compare FILE`

Asks the command that ships, over HTTP, with the phrasings of intents/ and the labelled messages named, and keeps what
each channel said: the JSON API for all of them, the form, Rasa, text messages and the search for a part. What
differs by chance (ids, signatures) is left out, and confidences are kept to two places.
"""

import argparse
import contextlib
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from app.channels.sms.generic import signature
from app.content import files
from app.labelled import files_of, read_cases

PORT = 8237
SECRET = "of-the-replay-0123456789abcdef-0123456789"
EVERY = 8
"""One phrasing of so many is asked on the other channels too; labelled messages all are."""
_CHANCE = re.compile(r"\b[\w-]{22,}(?:\.[\w-]{20,})?\b|\?v=\w+|sha384-[\w+/=]+")
"""Ids of conversations and messages, and the versions of assets."""

_BY_CHANCE = {"message_id", "recipient_id", "content_version"}

Message = tuple[str, int, str, bool]
"""Source, turn (0 begins a conversation), text, and whether every channel is asked."""


class Service:
    """`hai-faq serve` on a port of its own, and one connection to it."""

    def __init__(self, store: str) -> None:
        settings = {
            "PORT": str(PORT),
            "DATABASE_URL": f"sqlite:///{store}/replay.db",
            "SECRET": SECRET,
            "SMS_SECRETS": json.dumps([SECRET]),
            "SMS_NUMBER_KEYS": json.dumps([SECRET]),
            "PUBLIC_URL": "http://faq.hospital.invalid",
            "MESSAGES_PER_SECOND": "100000",
            "KEEP_QUESTIONS": "false",
        }
        environment = {**os.environ, **{f"HAI_FAQ_{name}": value for name, value in settings.items()}}
        command = [sys.executable, "-c", "from app.cli import main; main()", "serve"]
        self._process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        self._connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        self._texts = 0

    def wait(self) -> None:
        for _ in range(1200):
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.ask("GET", "/readyz")
                return
            self._connection.close()
            time.sleep(0.1)
        raise SystemExit("the service did not start")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> str:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request(method, path, body, names)
        response = self._connection.getresponse()
        return f"{response.status} {response.read().decode()}"

    def post(self, path: str, **fields: object) -> dict[str, Any]:
        status, _, content = self.ask(
            "POST", path, json.dumps(fields).encode(), content_type="application/json"
        ).partition(" ")
        reply = json.loads(content)
        return reply if isinstance(reply, dict) else {"status": status, "list": reply}

    def text(self, text: str, sender: str) -> dict[str, Any]:
        self._texts += 1
        body = json.dumps({"id": str(self._texts), "from": sender, "to": "+12155550100", "text": text}).encode()
        now = str(int(time.time()))
        signed = {"x_hai_faq_timestamp": now, "x_hai_faq_signature": signature(SECRET, now, body)}
        return {"said": self.ask("POST", "/sms/generic", body, **signed)}


def messages(paths: Sequence[Path]) -> Iterator[Message]:
    folder = Path()
    intents = files.load_intents(folder, files.load_content(folder))
    groups = [*intents.phrasings.items(), *intents.smalltalk.items()]
    groups += [("translated", (line,)) for _, _, line in intents.translated]
    groups += [("urgent", (line.text,)) for line in intents.urgent.lines]
    lines = dict.fromkeys(line for _, group in groups for line in group)
    for place, line in enumerate(lines):
        yield "intents", 0, line, place % EVERY == 0
    for path in files_of(paths):
        for case in read_cases(path):
            for turn, asked in enumerate(case.get("turns") or [case]):
                yield path.stem, turn, asked["text"], True


def replies(service: Service, asked: Sequence[Message]) -> Iterator[dict[str, Any]]:
    """A record a message: what each channel said, without what differs by chance."""
    conversation, form, sender = None, "", 0
    for source, turn, text, everywhere in asked:
        if turn == 0:
            conversation, form, sender = None, "", sender + 1
        reply = service.post("/v1/messages", text=text, conversation_id=conversation)
        conversation = reply.pop("conversation_id", None)
        record: dict[str, Any] = {"source": source, "turn": turn, "text": text, "api": reply}
        if everywhere:
            page = service.ask(
                "POST",
                "/ask",
                urlencode({"text": text, "conversation_id": form}).encode("utf-8", "replace"),
                content_type="application/x-www-form-urlencoded",
            )
            named = re.search(r'name="conversation_id" value="([^"]*)"', page)
            form = named[1] if named else ""
            record["form"] = page.partition("<main")[2]
            record["rasa"] = service.post("/webhooks/rest/webhook", sender=f"s{sender}", message=text)
            record["sms"] = service.text(text, f"+1215{sender:07}")
            if source != "intents" and turn == 0:
                record["search"] = service.post("/v1/search", text=text)
        yield json.loads(_CHANCE.sub("-", json.dumps(_rounded(record), ensure_ascii=False))) | {"text": text}


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(inside) for name, inside in value.items() if name not in _BY_CHANCE}
    if isinstance(value, list):
        return [_rounded(inside) for inside in value]
    return round(value, 2) if isinstance(value, float) else value


def difference(before: Any, after: Any, where: str = "") -> Iterator[str]:
    """Each place in which two records differ; confidences may by a hundredth, which rounding alone can bring."""
    if isinstance(before, float) and isinstance(after, float):
        if abs(before - after) > 0.011:
            yield f"{where}: {before} -> {after}"
    elif isinstance(before, dict) and isinstance(after, dict):
        for name in (before | after).keys() - _BY_CHANCE:
            yield from difference(before.get(name), after.get(name), f"{where}.{name}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for place, (left, right) in enumerate(zip(before, after, strict=True)):
            yield from difference(left, right, f"{where}[{place}]")
    elif before != after:
        yield f"{where}: {str(before)[:300]!r} -> {str(after)[:300]!r}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("act", choices=["write", "compare"])
    parser.add_argument("file", type=Path)
    parser.add_argument("labelled", nargs="*", type=Path, default=[Path("tests/labelled")])
    parser.add_argument("--every", type=int, default=1, help="ask only one of so many conversations")
    options = parser.parse_args()
    asked, kept = [], []
    if options.act == "write":
        asked = list(messages(options.labelled))
    else:
        kept = [json.loads(line) for line in options.file.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as store:
        service = Service(store)
        try:
            service.wait()
            if options.act == "write":
                with options.file.open("w", encoding="utf-8") as file:
                    file.writelines(f"{json.dumps(record, ensure_ascii=False)}\n" for record in replies(service, asked))
                return
            differing = compare(service, kept, options.every)
        finally:
            service.stop()
    sys.exit(1 if differing else 0)


def compare(service: Service, kept: Sequence[dict[str, Any]], every: int) -> int:
    """Asks the same messages again, and prints those whose replies differ."""
    conversations, chosen = 0, []
    for record in kept:
        conversations += record["turn"] == 0
        if conversations % every == 0:
            chosen.append(record)
    asked = [(record["source"], record["turn"], record["text"], "form" in record) for record in chosen]
    differing = 0
    for before, after in zip(chosen, replies(service, asked), strict=True):
        places = list(difference(before, after))
        differing += bool(places)
        if places and differing <= 40:
            print(f"{before['source']} {before['text'][:100]!r}\n  " + "\n  ".join(places[:6]))
    print(f"{len(chosen)} messages, {differing} with another reply")
    return differing


if __name__ == "__main__":
    main()
