"""The files of a content, looked at each second, and what has changed of its findings."""

import time
from collections.abc import Collection, Iterator
from pathlib import Path

from app.content import files
from app.content.folder import find_named_like, find_yaml
from app.errors import ContentError
from app.lint.findings import Finding

PAUSE = 1.0
"""Seconds between two looks."""

State = frozenset[tuple[str, ...]]


def changes(folder: Path, documents: Path | None = None) -> Iterator[None]:
    """Yield at once, and then each time that a file of the content, or of its documents in another folder, is no longer
    what it was.
    """
    seen = None
    while True:
        now = _state(folder, documents or folder / files.DOCUMENTS)
        if now != seen:
            seen = now
            yield
        time.sleep(PAUSE)


def _state(folder: Path, documents: Path) -> State:
    """Return name, time and size of each file; of a folder that cannot be read, the reason."""
    paths = [folder / files.FAQ, folder / files.LOCK, *find_named_like(folder, files.FAQ, files.LOCK)]
    try:
        found = find_yaml(folder / files.INTENTS)
        paths += (*found.read, *found.passed_over, *sorted(documents.glob("*.txt")))
    except ContentError as error:
        return frozenset({(str(error),)})
    return frozenset(map(_described, paths))


def _described(path: Path) -> tuple[str, ...]:
    try:
        status = path.stat()
    except OSError as error:
        return str(path), str(error.strerror)
    return str(path), str(status.st_mtime_ns), str(status.st_size), str(status.st_ino)


def differences(before: Collection[Finding], after: Collection[Finding]) -> Iterator[str]:
    """Yield a line for each finding that is gone, and for each that is new; lines that have moved are neither."""
    yield from (f"gone: {finding}" for finding in before if finding not in after)
    yield from (f"new: {finding}" for finding in after if finding not in before)
