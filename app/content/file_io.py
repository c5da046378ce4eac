"""Files of content: read whole within bounds, and replaced whole, so that no reader sees half of one.

Whatever the operating system refuses is a `ContentError`.
"""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from app import bounded_files
from app.errors import ContentError, raise_together

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
    with _told(path, "written"):
        staged = _staged(path, content)
        try:
            staged.replace(path)
        except BaseException:
            staged.unlink(missing_ok=True)
            raise


def write_all(changes: Mapping[Path, bytes | None], verify: Callable[[], None] = lambda: None) -> None:
    """Replace all of the files or none; one without content is removed.

    All that is new, and all that it replaces, is on the disk before the first file is touched: what can fail then are
    renames, and those that take it back need no room. When one fails, `verify` raises or the process is told to stop,
    all get back what they held. Between two renames a reader may see the new of one beside the old of another, for
    milliseconds. Who ends the process then for good leaves both: the same changes once more put it right.
    """
    with contextlib.ExitStack() as staged:
        files = [_Replacement.staged(path, content, staged) for path, content in changes.items()]
        files = [file for file in files if file.is_needed]
        try:
            for file in files:
                file.put()
            verify()
        except BaseException:
            _take_back(files)
            raise


@dataclass
class _Replacement:
    """A file that is about to be replaced or removed, with what it will hold and what it held beside it."""

    path: Path
    new: Path | None
    old: Path | None
    is_needed: bool
    is_begun: bool = False

    @classmethod
    def staged(cls, path: Path, content: bytes | None, until: contextlib.ExitStack) -> Self:
        held = read_bytes(path) if path.is_file() else None
        if held == content:
            return cls(path, None, None, is_needed=False)
        with _told(path, "written"):
            new, old = (None if text is None else _staged(path, text, until) for text in (content, held))
        return cls(path, new, old, is_needed=True)

    def put(self) -> None:
        self.is_begun = True
        with _told(self.path, "written" if self.new else "removed"):
            self._become(self.new)

    def take_back(self) -> None:
        if self.is_begun:
            self._become(self.old)

    def _become(self, staged: Path | None) -> None:
        if staged is None:
            if self.path.is_file():
                self.path.unlink()
        elif staged.exists():  # it has been put in place, or is about to be
            staged.replace(self.path)


def _take_back(files: Iterable[_Replacement]) -> None:
    """Give all files back what they held, also those behind one that does not take it."""
    failed: list[ContentError] = []
    for file in files:
        try:
            file.take_back()
        except OSError as error:
            problem = f"holds what is new, others what they held: cannot be taken back: {error.strerror}"
            failed.append(ContentError(file.path, 1, "", problem))
    raise_together(failed)


def _staged(path: Path, content: bytes, until: contextlib.ExitStack | None = None) -> Path:
    """Return a file beside another that holds its content, whole and on the disk, under the other's mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".writing-", delete=False) as file:
        staged = Path(file.name)
        if until:
            until.callback(_dropped, staged)
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            staged.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        except BaseException:
            staged.unlink(missing_ok=True)
            raise
    return staged


def _dropped(staged: Path) -> None:
    with contextlib.suppress(OSError):
        staged.unlink(missing_ok=True)


@contextlib.contextmanager
def _told(path: Path, what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ContentError(path, 1, "", f"cannot be {what}, nothing is changed: {error.strerror}") from error


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other commands that ask for it out of a folder meanwhile. Raises `ContentError` where one is at work."""
    try:
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:  # nobody can be at work in it
        yield
        return
    except OSError as error:
        raise ContentError(folder, 1, "", f"cannot be read: {error.strerror}") from error
    try:
        with contextlib.suppress(OSError):  # some file systems know no locks of folders
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise ContentError(folder, 1, "", "another command writes here: wait until it has ended") from error
        yield
    finally:
        os.close(held)
