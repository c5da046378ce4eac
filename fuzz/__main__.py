"""`python -m fuzz --seconds 300`: the HTTP description by schemathesis, then each parser guided by coverage.

Status 1 when anything was found. What libFuzzer learned, and inputs that failed, stay in var/fuzz/NAME.
"""

import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import click

from fuzz.service import running

KEPT, ROOT = Path("var/fuzz"), Path(__file__).parent.parent
NAMES = ("normaliser", "reply", "redaction", "tokens", "sms_twilio", "sms_telnyx", "sms_generic", "http", "cookies")
AT_ONCE = 2
LONGEST = 4_000
"""Bytes of an input: libFuzzer finds more in short ones, tests/test_text.py holds the time of long ones."""


@click.command()
@click.option("--seconds", default=300, show_default=True, help="In all, two thirds of it for the parsers.")
def main(seconds: int) -> None:
    logging.basicConfig(level=logging.ERROR)
    sound = [described(seconds // 3)]
    each = max(5, seconds * 2 // 3 * AT_ONCE // len(NAMES))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        sound += pool.map(lambda name: parsed(name, each), NAMES)
    sys.exit(0 if all(sound) else 1)


def described(seconds: int) -> bool:
    """Every check of schemathesis over every documented address, valid data and invalid."""
    with running() as url, tempfile.TemporaryDirectory() as folder:
        command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{url}/openapi.json", "--checks", "all"]
        limits = ["--max-time", str(seconds), "--continue-on-failure", "--generation-database", "none"]
        return subprocess.run([*command, *limits], cwd=folder, check=False).returncode == 0


def parsed(name: str, seconds: int) -> bool:
    folder = KEPT / name
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(name)):
        (folder / f"seed-{number}").write_bytes(seed)
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", f"-artifact_prefix={folder}/", "-timeout=20"]
    command = [sys.executable, "-m", "fuzz.targets", name, *options, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    last = [line for line in done.stderr.splitlines() if line.startswith(("Done ", "stat::"))][-1:]
    click.echo(f"{name}: {last[0] if done.returncode == 0 and last else f'FOUND, in {folder}'}")
    if done.returncode:
        click.echo(f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return done.returncode == 0


def seeds(name: str) -> Iterator[bytes]:
    """Where libFuzzer begins: what people type, and one message of each gateway."""
    message = {"id": "1", "from": "+12155550123", "to": "+12155550100", "text": "how big is it", "media": []}
    numbers = {"from": {"phone_number": "+12155550123"}, "to": [{"phone_number": "+12155550100"}]}
    received = {"data": {"event_type": "message.received", "payload": message | numbers}}
    match name:
        case "sms_twilio":
            yield urlencode({"MessageSid": "1", "From": "+12155550123", "Body": "how big is it"}).encode()
        case "sms_telnyx":
            yield json.dumps(received).encode()
        case "sms_generic" | "http":
            yield json.dumps(message).encode()
        case "tokens":
            yield json.dumps([1767225600000, "web", "pump-size", "v", "n0"]).encode()
        case "normaliser" | "reply" | "redaction":
            yield from _typed()


def _typed() -> Iterator[bytes]:
    for path in sorted((ROOT / "tests").glob("*/*_tune.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines()[:20]:
            yield str(json.loads(line).get("text", "")).encode()


if __name__ == "__main__":
    main()
