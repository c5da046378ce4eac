"""Requests per second over HTTP, beside a bare route of the same models: `python -m bench.http` (needs wrk)

One uvicorn worker with uvloop and httptools, wrk with one thread. The bare route reads the same body and returns a
constant of the same response model: what is left of its requests per second is what the service costs.
"""

import argparse
import contextlib
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

from fastapi import FastAPI

from app.channels.api import MessageIn, ReplyOut
from app.content import files
from app.main import create_app
from app.settings import Settings

PORT = 8231
URL = f"http://127.0.0.1:{PORT}/v1/messages"
COMMON = 50
"""Questions that come again and again."""
CONNECTIONS = 16

_LUA = """
local bodies = {}
for line in io.lines("%s") do bodies[#bodies + 1] = line end
local place = 0
wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
request = function()
  place = place %% #bodies + 1
  return wrk.format(nil, nil, nil, bodies[place])
end
"""


def bare() -> FastAPI:
    app = FastAPI()
    reply = ReplyOut.model_validate_json(Path(tempfile.gettempdir(), "hai-faq-bench-reply.json").read_bytes())

    @app.post("/v1/messages")
    async def messages(body: MessageIn) -> ReplyOut:  # noqa: ARG001 read and checked, as the service does
        return reply

    @app.get("/readyz")
    async def readyz() -> dict[str, str]:
        return {"status": "ready"}

    return app


def service() -> FastAPI:
    return create_app(Settings(database_url=f"sqlite:///{tempfile.mkdtemp()}/bench.db"))


@contextlib.contextmanager
def serving(factory: str) -> Iterator[None]:
    command = [sys.executable, "-m", "uvicorn", "--factory", f"bench.http:{factory}", "--port", str(PORT)]
    command += ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "error"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            _wait()
            yield
        finally:
            server.terminate()


def _wait() -> None:
    for _ in range(600):
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=1).close()
            return
        time.sleep(0.1)
    raise SystemExit("the server did not start")


def ask(text: str) -> bytes:
    body = json.dumps({"text": text}).encode()
    asked = urllib.request.Request(URL, body, {"content-type": "application/json"})
    with urllib.request.urlopen(asked, timeout=10) as reply:
        found: bytes = reply.read()
        return found


def load(texts: Sequence[str], seconds: int) -> tuple[float, float, float]:
    """Requests per second, median and p99 in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        bodies, script = Path(folder, "bodies"), Path(folder, "post.lua")
        bodies.write_text("\n".join(json.dumps({"text": text}) for text in texts), encoding="utf-8")
        script.write_text(_LUA % bodies, encoding="utf-8")
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", str(script), URL]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        raise SystemExit(f"not every request was answered:\n{said}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    return float(rate[1]) if rate else 0.0, _latency(said, "50%"), _latency(said, "99%")


def _latency(said: str, share: str) -> float:
    found = re.search(rf"{share}\s+([\d.]+)(us|ms|s)", said)
    return float(found[1]) * {"us": 1e-3, "ms": 1.0, "s": 1e3}[found[2]] if found else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=6, help="of load for each line of the table")
    seconds = parser.parse_args().seconds
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed: apt install wrk, or brew install wrk")
    folder = Settings().content_dir
    phrasings = files.load_intents(folder, files.load_content(folder)).phrasings
    unique = sorted({line for lines in phrasings.values() for line in lines})
    random.Random(0).shuffle(unique)
    print(f"{len(unique)} questions, {CONNECTIONS} connections\n{'':18s} requests/s  of bare   median, p99 ms")
    with serving("service"):
        Path(tempfile.gettempdir(), "hai-faq-bench-reply.json").write_bytes(ask("how big is the pump?"))
        found = {"unique questions": load(unique, seconds), f"{COMMON} questions": load(unique[:COMMON], seconds)}
    with serving("bare"):
        rates = {"bare route": load(unique, seconds), **found}
    for name, (rate, median, p99) in rates.items():
        print(f"{name:18s} {rate:10.0f} {rate / rates['bare route'][0]:8.0%} {median:8.1f} {p99:6.1f}")


if __name__ == "__main__":
    main()
