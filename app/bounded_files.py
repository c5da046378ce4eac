"""Reads files that nobody vouches for: regular ones only, of no more bytes than the reader can bear.

A pipe would be waited for, a device may have no end, and a file can grow for as long as it is read.
"""

import errno
import os
import stat
from pathlib import Path

_KINDS = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
_WAITING_FOR_NOBODY = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


def read(path: Path, most: int) -> bytes:
    """Return the bytes of a file. Raises `OSError` where it is none, has more than `most` or grows meanwhile."""
    mode = path.stat().st_mode  # before it is opened, which some devices notice
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, f"it is {_KINDS.get(stat.S_IFMT(mode), 'a device')}, not a file", str(path))
    with os.fdopen(os.open(path, _WAITING_FOR_NOBODY), "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > most:
            raise OSError(errno.EFBIG, f"it is larger than {shown_size(most)}", str(path))
        content = file.read(size + 1)
    if len(content) > size:
        raise OSError(errno.EAGAIN, "it grew while it was read", str(path))
    return content


def shown_size(size: int) -> str:
    return f"{size >> 20:,} MiB"
