import asyncio
import io
import json
import logging
import re
import sys

import pytest

from app.channels.http.logs import BatchingHandler, JsonFormatter, TerminalFormatter


def test_the_log_has_the_place_of_an_error_and_not_its_words() -> None:
    try:
        dict[str, str]()["my name is jane"]
    except KeyError:
        record = logging.LogRecord("app", logging.ERROR, "", 1, "unforeseen", None, sys.exc_info())
    line = json.loads(JsonFormatter().format(record))
    assert line["error"] == "KeyError"
    assert "test_logs.py" in line["at_line"]
    assert "KeyError: 'my" not in line["at_line"]


def record(level: int, message: str) -> logging.LogRecord:
    return logging.LogRecord("app", level, "", 1, message, None, None)


def test_lines_of_an_event_loop_gather_until_a_warning() -> None:
    handler, written = BatchingHandler(), io.StringIO()
    handler.setStream(written)

    async def log() -> None:
        handler.handle(record(logging.INFO, "one"))
        handler.handle(record(logging.INFO, "two"))
        assert written.getvalue() == ""
        handler.handle(record(logging.WARNING, "three"))

    asyncio.run(log())
    assert written.getvalue() == "one\ntwo\nthree\n"


def test_outside_a_loop_a_line_is_written_at_once() -> None:
    handler, written = BatchingHandler(), io.StringIO()
    handler.setStream(written)
    handler.handle(record(logging.INFO, "one"))
    assert written.getvalue() == "one\n"


@pytest.mark.parametrize(
    "char", ["\n", "\r", "\x00", "\x1b", "\x7f", "\x85", "\x9b", "\u2028", "\u202e", "\u2066", "\ufeff"]
)
def test_no_character_of_a_path_breaks_a_line_or_turns_its_direction(char: str) -> None:
    line = JsonFormatter().format(record(logging.INFO, f"GET /a{char}b"))
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["message"] == f"GET /a{char}b"


def test_a_line_for_a_person_hides_nothing_that_a_terminal_obeys() -> None:
    record = logging.LogRecord("app", logging.WARNING, "a.py", 1, "a \x1b[2J name", None, None)
    assert re.fullmatch(r" +\d+ s  warning: a \\x1b\[2J name", TerminalFormatter().format(record))
