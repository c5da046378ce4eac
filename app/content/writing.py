"""Files replaced whole: whoever reads one at that moment sees the old or the new, never half of either."""

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Written beside, then renamed; keeps the file's mode, makes its folder."""
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


def write_all(changes: Mapping[Path, bytes], verify: Callable[[], None] = lambda: None) -> None:
    """All of them or none: when one cannot be written, `verify` raises or the process is told to stop, they get back
    what they held. Between two renames a reader may see the new of one beside the old of another, for milliseconds.
    """
    before = {path: path.read_bytes() if path.is_file() else None for path in changes}
    touched: list[Path] = []
    try:
        for path, content in changes.items():
            touched.append(path)
            write(path, content)
        verify()
    except BaseException:
        for path in touched:
            _give_back(path, before[path])
        raise


def _give_back(path: Path, held: bytes | None) -> None:
    if held is not None:
        write(path, held)
    elif path.is_file():
        path.unlink()
