"""What proposals add to the content as a patch: a unified diff that `git apply` and `patch -p1` take in its folder."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from app.content.additions import Addition, new_files
from app.content.file_io import is_there, read_bytes
from app.errors import ContentChanged
from app.loading.loader import version_of

_UNENDED = "\n\\ No newline at end of file\n"
"""What the programs look for behind a last line that nothing ends."""


def patch(folder: Path, version: str, additions: Iterable[Addition], heading: Sequence[str] = ()) -> str:
    """Return the patch that makes the additions, below the lines of a heading. Raises `ContentError`, and
    `ContentChanged` where the folder does not hold this version, so that the patch would fit something else.
    """
    _check_version(folder, version)
    files = new_files(folder, additions)
    diffs = [
        diff(name.as_posix(), read_bytes(folder / name).decode() if is_there(folder / name) else None, new.decode())
        for name, new in files.items()
    ]
    _check_version(folder, version)
    return "".join((*(f"# {line}\n" for line in heading), *diffs))


def _check_version(folder: Path, version: str) -> None:
    if version_of(folder) != version:
        raise ContentChanged(folder, 1, "", "is not the content that is served")


def diff(name: str, before: str | None, after: str) -> str:
    """Return the difference of one file, which is not there yet without `before`."""
    head = f"diff --git a/{name} b/{name}\n"
    if before is None:
        head += "new file mode 100644\n"
    source = "/dev/null" if before is None else f"a/{name}"
    lines = difflib.unified_diff(list(_lines(before or "")), list(_lines(after)), source, f"b/{name}")
    return head + "".join(line if line.endswith("\n") else line + _UNENDED for line in lines)


def _lines(text: str) -> Iterator[str]:
    """Yield lines as the programs know them, which end with LF alone."""
    *lines, rest = text.split("\n")
    yield from (f"{line}\n" for line in lines)
    if rest:
        yield rest
