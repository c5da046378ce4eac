"""Files of content: read whole within bounds, and replaced whole, so that no reader sees half of one.

Whatever the operating system refuses is a `ContentError`.
"""

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from app import bounded_files
from app.errors import ContentError

MOST_BYTES = 4 << 20
"""Most bytes of a file; the largest that is shipped has 0.3 MiB."""


def is_there(path: Path) -> bool:
    """Return whether a file stands here, though it may be a link that leads nowhere: that is not the same as none."""
    return os.path.lexists(path)


def read_bytes(path: Path, most: int = MOST_BYTES) -> bytes:
    try:
        return bounded_files.read(path, most)
    except OSError as error:
        raise ContentError(path, 1, "", f"cannot be read: {error.strerror}") from error


def read_text(path: Path, most: int = MOST_BYTES) -> str:
    """Return the text of a file, its lines ended by LF alone."""
    content = read_bytes(path, most)
    try:
        return content.decode().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ContentError(path, content[: error.start].count(b"\n") + 1, "", "is not UTF-8") from error


def write(path: Path, content: bytes) -> None:
    """Replace a file in one step, under its old mode; make its folder where there is none."""
    try:
        _replace(path, content)
    except OSError as error:
        raise ContentError(path, 1, "", f"cannot be written, nothing is changed: {error.strerror}") from error


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".writing-", delete=False) as file:
        written = Path(file.name)
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            written.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
            written.replace(path)
        except BaseException:
            written.unlink(missing_ok=True)
            raise


def write_all(changes: Mapping[Path, bytes | None], verify: Callable[[], None] = lambda: None) -> None:
    """Replace all of the files or none; one without content is removed.

    When one cannot be written, `verify` raises or the process is told to stop, all get back what they held. Between
    two replacements a reader may see the new of one beside the old of another, for milliseconds.
    """
    before: dict[Path, bytes | None] = {}
    try:
        for path, content in changes.items():
            before[path] = read_bytes(path) if path.is_file() else None
            _put(path, content)
        verify()
    except BaseException:
        for path, held in before.items():
            _put(path, held)
        raise


def _put(path: Path, content: bytes | None) -> None:
    if content is not None:
        write(path, content)
    elif path.is_file():
        _remove(path)


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        raise ContentError(path, 1, "", f"cannot be removed, nothing is changed: {error.strerror}") from error
