"""Requests per second over HTTP, beside a bare route of the same models: `python -m bench.http` (needs wrk)

`hai-faq serve`, warm, and the bare route are asked in turn, by wrk with one thread, so that what else the machine does
meets both alike; each figure is the median of the rounds. The bare route reads the same body and returns a constant of
the same response model, under uvicorn with the same loop and parser: what is left of its requests per second is what
the service costs. `--busy 4` has so many processes that do nothing but run beside them.
"""

import argparse
import contextlib
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from fastapi import FastAPI

from app.channels.api_models import MessageIn, ReplyOut
from app.content import files
from app.settings import Settings
from tests.faults.replica import Replica, free_port, responds, wait_for

COMMON = 50
"""Questions that come again and again."""
CONNECTIONS = 16
WARM_UP = 5
"""Seconds of load, in which the look-up's index is made too."""
REPLY = "HAI_FAQ_BENCH_REPLY"
"""Names the file of the reply that the bare route gives."""

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

Figures = tuple[float, float, float]
"""Requests per second, median and p99 in milliseconds."""


def bare() -> FastAPI:
    app = FastAPI()
    reply = ReplyOut.model_validate_json(Path(os.environ[REPLY]).read_bytes())

    @app.post("/v1/messages")
    async def messages(body: MessageIn) -> ReplyOut:  # noqa: ARG001 read and checked, as the service does
        return reply

    @app.get("/readyz")
    async def readyz() -> dict[str, str]:
        return {"status": "ready"}

    return app


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[dict[str, str]]:
    """Starts the service, warms it and starts the bare route; gives the address of each."""
    service = Replica({"HAI_FAQ_DATABASE_URL": f"sqlite:///{folder}/bench.db"}, folder / "log")
    service.start()
    with contextlib.ExitStack() as running:
        running.callback(service.kill)
        (folder / "reply").write_bytes(ask(service.url, "how big is the pump?"))
        port = free_port()
        command = [sys.executable, "-m", "uvicorn", "--factory", "bench.http:bare", "--port", str(port)]
        command += ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "error"]
        route = subprocess.Popen(command, env={**os.environ, REPLY: str(folder / "reply")})
        running.callback(route.kill)
        wait_for("the bare route is ready", lambda: responds(f"http://127.0.0.1:{port}"))
        yield {"service": service.url, "bare": f"http://127.0.0.1:{port}"}


def ask(url: str, text: str) -> bytes:
    body = json.dumps({"text": text}).encode()
    request = urllib.request.Request(f"{url}/v1/messages", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as response:
        reply: bytes = response.read()
    return reply


@contextlib.contextmanager
def busy(number: int) -> Iterator[None]:
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(number)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()


def load(url: str, texts: Sequence[str], seconds: int) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        bodies, script = Path(folder, "bodies"), Path(folder, "post.lua")
        bodies.write_text("\n".join(json.dumps({"text": text}) for text in texts), encoding="utf-8")
        script.write_text(_LUA % bodies, encoding="utf-8")
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", str(script)]
        report = subprocess.run([*command, f"{url}/v1/messages"], capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", report)
    if rate is None or "Non-2xx" in report:
        raise SystemExit(f"not every request was answered:\n{report}")
    return float(rate[1]), _latency(report, "50%"), _latency(report, "99%")


def _latency(report: str, share: str) -> float:
    match = re.search(rf"{share}\s+([\d.]+)(us|ms|s)", report)
    return float(match[1]) * {"us": 1e-3, "ms": 1.0, "s": 1e3}[match[2]] if match else 0.0


def median(rounds: Sequence[Figures]) -> list[float]:
    return [statistics.median(column) for column in zip(*rounds, strict=True)]


def measure(urls: Mapping[str, str], texts: Sequence[str], rounds: int, seconds: int) -> None:
    load(urls["service"], texts, WARM_UP)
    load(urls["bare"], texts, 1)
    ways = {
        "bare route": (urls["bare"], texts),
        "unique questions": (urls["service"], texts),
        f"{COMMON} questions": (urls["service"], texts[:COMMON]),
    }
    figures: dict[str, list[Figures]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (url, asked) in ways.items():
            figures[name].append(load(url, asked, seconds))
    reference = figures["bare route"]
    for name, own in figures.items():
        share = statistics.median(one[0] / other[0] for one, other in zip(own, reference, strict=True))
        rate, middle, p99 = median(own)
        print(f"{name:18s} {rate:10.0f} {share:8.0%} {middle:8.1f} {p99:6.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=4, help="of load for each line of a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--busy", type=int, default=0, metavar="N", help="processes that take all they get")
    chosen = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed: apt install wrk, or brew install wrk")
    folder = Settings().content_dir
    phrasings = files.load_intents(folder, files.load_content(folder)).phrasings
    texts = sorted({line for lines in phrasings.values() for line in lines})
    random.Random(0).shuffle(texts)
    print(
        f"{len(texts)} questions, {CONNECTIONS} connections, {os.cpu_count()} processors, {chosen.busy} busy processes"
    )
    print(f"{'':18s} requests/s  of bare   median, p99 ms")
    with tempfile.TemporaryDirectory() as store, serving(Path(store)) as urls, busy(chosen.busy):
        measure(urls, texts, chosen.rounds, chosen.seconds)


if __name__ == "__main__":
    main()
