"""Copies of the texts as they were sealed, so that the next approval can show all that changed, without git.

They stand in `.sealed/` beside faq.lock, each in a file named by the SHA-256 that its seal has. The service reads none.
"""

import re
from collections.abc import Mapping, Set
from pathlib import Path

from app.content.approval import Lock, digest
from app.content.file_io import read_bytes, write
from app.errors import ContentError

FOLDER = ".sealed"
_NAME = re.compile(r"[0-9a-f]{64}")


def read(content: Path, sha256: str) -> str | None:
    """Return the text that has this hash; None where no file has it, or has it in its name only."""
    try:
        text = read_bytes(content / FOLDER / sha256).decode(errors="replace")
    except ContentError:
        return None
    return text if digest(text) == sha256 else None


def keep(content: Path, texts: Mapping[str, str], lock: Lock) -> None:
    """Copy the texts that match their seals, and remove the copies that no seal names any more.

    Raises `ContentError` where the folder cannot be written.
    """
    _remove_others(content / FOLDER, {seal.sha256 for seal in lock.texts.values()})
    for key in texts.keys() - lock.broken(texts).keys():
        sha256 = lock.texts[key].sha256
        if read(content, sha256) is None:
            write(content / FOLDER / sha256, texts[key].encode())


def _remove_others(folder: Path, named: Set[str]) -> None:
    for path in folder.glob("*"):
        if _NAME.fullmatch(path.name) and path.name not in named:
            try:
                path.unlink()
            except OSError as error:
                raise ContentError(path, 1, "", f"cannot be removed: {error.strerror}") from error
