"""Time from `hai-faq serve` to an open port, with a fitted model and a migrated store: `python -m bench.startup`."""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app.loading import model_cache
from app.records.database import connect, migrate
from app.settings import Settings
from tests.faults.replica import free_port

STARTS = 5
COMMAND = [sys.executable, "-c", "from app.cli import main; main()", "serve"]


def start(url: str) -> tuple[float, float]:
    """Return the seconds until the port is open, and the processor time of them."""
    port = free_port()
    environment = {**os.environ, "HAI_FAQ_PORT": str(port), "HAI_FAQ_DATABASE_URL": url}
    began = time.perf_counter()
    with subprocess.Popen(COMMAND, env=environment, stderr=subprocess.DEVNULL) as process:
        while not _is_open(port):
            if process.poll() is not None:
                sys.exit("the service does not start")
            time.sleep(0.002)
        wall = time.perf_counter() - began
        ticks = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        process.kill()
    return wall, sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def main() -> None:
    model_cache.build(Settings().content_config)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/store.db"
        migrate(connect(url))
        walls, processors = zip(*(start(url) for _ in range(STARTS)), strict=True)
    print(f"open port after {statistics.median(walls):.2f} s, of the processor {statistics.median(processors):.2f} s")


if __name__ == "__main__":
    main()
