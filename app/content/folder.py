"""Which files of a folder are content, found within bounds: nobody vouches for what else lies there."""

import itertools
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.bounded_files import shown_size
from app.errors import ContentError

MOST_ENTRIES, MOST_FILES, MOST_TOGETHER, DEEPEST = 10_000, 1_000, 32 << 20, 8
"""Most files and folders of any kind, most YAML files, most bytes of these, and most folders in each other. What is
shipped has 65, 58 and 5 MiB, and at most 3.
"""
_LIKE_YAML = re.compile(r"\.ya?ml", re.IGNORECASE)
_OF_PROGRAMS = (".", "~", "#")
"""What names begin with that editors and file managers give: `.#lamp.yaml`, `._lamp.yaml`, `~$lamp.yaml`."""

_OPEN_ELSEWHERE = "~$"
"""What Office puts before the name of a file that it has open."""


@dataclass(frozen=True)
class YamlFiles:
    read: tuple[Path, ...]
    """Sorted."""
    passed_over: tuple[Path, ...]
    """Named like YAML, and read by nobody: a `.yml`, a backup, what an editor keeps."""


def find_yaml(folder: Path) -> YamlFiles:
    """Return the YAML files below a folder, none where there is no folder. Raises `ContentError` beyond the bounds."""
    read: list[Path] = []
    passed_over: list[Path] = []
    size = 0
    for count, entry in enumerate(_entries(folder, 1)):
        _check(folder, count < MOST_ENTRIES, f"holds more than {MOST_ENTRIES:,} files and folders")
        if _is_read(entry.name):
            _check(folder, entry.name.isprintable(), f"holds a file with an odd name: {entry.name}")
            read.append(Path(entry.path))
            size += _size(entry)
        elif _LIKE_YAML.search(entry.name) or entry.name.startswith(_OPEN_ELSEWHERE):
            passed_over.append(Path(entry.path))
    _check(folder, len(read) <= MOST_FILES, f"holds more than {MOST_FILES:,} YAML files")
    _check(folder, size <= MOST_TOGETHER, f"holds more than {shown_size(MOST_TOGETHER)} of YAML")
    return YamlFiles(tuple(sorted(read)), tuple(sorted(passed_over)))


def find_named_like(folder: Path, *names: str) -> list[Path]:
    """Return the files beside those of these names that somebody may take for them: `faq.yml`, `faq (1).yaml`,
    `faq.yaml.bak`, `._faq.yaml`.
    """
    stems = {name.partition(".")[0] for name in names}
    like = re.compile(rf"(?:{'|'.join(map(re.escape, stems))}).*\.(?:ya?ml|lock)", re.IGNORECASE)
    try:
        with os.scandir(folder) as entries:
            found = [entry.name for entry in itertools.islice(entries, MOST_ENTRIES) if like.search(entry.name)]
    except OSError:
        return []
    return [folder / name for name in sorted(found) if name not in names]


def _entries(folder: Path, depth: int) -> Iterator[os.DirEntry[str]]:
    """Yield all that lies in a folder and in those below it, but for hidden folders and what links to folders."""
    _check(folder, depth <= DEEPEST, f"lies more than {DEEPEST} folders deep")
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                yield entry
                if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(_OF_PROGRAMS):
                    yield from _entries(Path(entry.path), depth + 1)
    except FileNotFoundError:
        return
    except OSError as error:
        raise ContentError(folder, 1, "", f"cannot be read: {error.strerror}") from error


def _is_read(name: str) -> bool:
    return name.endswith(".yaml") and not name.startswith(_OF_PROGRAMS)


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat().st_size
    except OSError:  # who reads it says why it cannot be read
        return 0


def _check(folder: Path, holds: bool, problem: str) -> None:
    if not holds:
        raise ContentError(folder, 1, "", problem)
