"""Log lines are JSON, or words for a person at a terminal, and are written in batches."""

import asyncio
import contextlib
import logging
import time
import traceback
from functools import lru_cache
from json.encoder import encode_basestring_ascii

from app.content.changes import visible

GATHER = 0.1
"""Seconds in which lines gather. A write for each let go of the interpreter's lock within every request, and a thread
that writes records kept it for 0.2 ms.
"""


class BatchingHandler(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes what an event loop logs in batches, a warning at once, and what another thread logs at once or with the
    lines that wait already.
    """

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._waiting.append(self.format(record) + self.terminator)
        if len(self._waiting) == 1 and record.levelno < logging.WARNING:
            try:
                asyncio.get_running_loop().call_later(GATHER, self.flush)
            except RuntimeError:
                self.flush()
        elif record.levelno >= logging.WARNING:
            self.flush()

    def flush(self) -> None:
        self.acquire()
        try:
            waiting, self._waiting = self._waiting, []
            with contextlib.suppress(OSError, ValueError):  # a console that is gone costs lines, not answers
                self.stream.write("".join(waiting))
                super().flush()
        finally:
            self.release()


class JsonFormatter(logging.Formatter):
    """Writes a record as one JSON object a line: of an error its kind and the lines of code, never its words.

    All is ASCII, so that no path that was asked for breaks a line, hides or turns its direction.
    """

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": _timestamp(int(record.created)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["at_line"] = "".join(traceback.format_tb(record.exc_info[2]))
        return "{" + ", ".join(f'"{name}": {encode_basestring_ascii(value)}' for name, value in line.items()) + "}"


class TerminalFormatter(logging.Formatter):
    """Writes a record as a line for a person who waits, behind the seconds since the command began."""

    def format(self, record: logging.LogRecord) -> str:
        level = "" if record.levelno < logging.WARNING else f"{record.levelname.lower()}: "
        return f"{record.relativeCreated / 1000:5.0f} s  {level}{visible(record.getMessage())}"


@lru_cache(maxsize=1)
def _timestamp(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(second))
