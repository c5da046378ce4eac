"""The file of a SQLite store, which may go, or become another, under a running service.

SQLite goes on writing into what it holds open, wherever that is now, and says nothing: twenty feedbacks got their 200
after the file had been removed, and all were gone.
"""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, Self
from weakref import WeakSet

from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

_Id = tuple[int, int]
_MEND = "stop the service, put the right file in its place and remove its -wal and -shm"


class _Lost(sqlite3.OperationalError):
    """What is committed now would not be found again."""


class _Replaced(_Lost):
    """The connection holds another file than the one at the path: it is of no use any more."""


class Files(NamedTuple):
    """Which files stand at a path and beside it; a name that leads to no file is None."""

    main: _Id | None
    wal: _Id | None
    shm: _Id | None
    is_empty: bool

    @classmethod
    def at(cls, path: str) -> Self:
        main, wal, shm = (_stat(f"{path}{end}") for end in ("", "-wal", "-shm"))
        return cls(_id(main), _id(wal), _id(shm), is_empty=main is not None and main.st_size == 0)

    def check_in_place_of(self, held: "Files", path: str) -> None:
        """Raise unless these files are the held ones, or others that can be opened in their place."""
        if self.main is None:
            raise _Lost(f"{path} is gone")
        if self.is_empty:
            raise _Lost(f"{path} was emptied: {_MEND}")
        left = [mine for mine, theirs in zip(self[1:3], held[1:3], strict=True) if mine and mine == theirs]
        if self.main == held.main and len(left) < 2 and held.wal:
            raise _Lost(f"the -wal or -shm of {path} was removed: {_MEND}")
        if self.main != held.main and left:
            raise _Lost(f"{path} is another file, beside the -wal or -shm of the one before: {_MEND}")


class _Connection(sqlite3.Connection):
    path: str
    files: Files


class Watched(SQLiteDialect_pysqlite):
    """The dialect `sqlite+watched`: nothing counts as committed in a file that is not at its path any more.

    Before the first commit the file may be made. After it, one that went away is not made anew, or what was taken back
    would be answered again; one that is put in its place is opened.
    """

    supports_statement_cache = True
    _held: Files | None = None
    """The files of the last commit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._open: WeakSet[_Connection] = WeakSet()

    def connect(self, *args: Any, **kwargs: Any) -> Any:
        path, held = str(args[0]), self._held
        if held is None:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        else:  # the last connection that is closed takes -wal and -shm away itself
            Files.at(path).check_in_place_of(held if self._open else held._replace(wal=None, shm=None), path)
        connection: Any = super().connect(*args, factory=_Connection, **kwargs)
        try:
            if not _prepared(connection) and held:
                raise _Lost(f"{path} holds no records of this service: {_MEND}")
        except sqlite3.Error:
            connection.close()
            raise
        connection.path, connection.files = path, Files.at(path)
        self._open.add(connection)
        return connection

    def do_close(self, dbapi_connection: Any) -> None:
        super().do_close(dbapi_connection)  # type: ignore[no-untyped-call]
        self._open.discard(dbapi_connection)

    def do_commit(self, dbapi_connection: Any) -> None:
        """Look before, since a thousand pages of commits are written into whatever stands at the path, and after."""
        self._check(dbapi_connection)
        super().do_commit(dbapi_connection)  # type: ignore[no-untyped-call]
        self._check(dbapi_connection)
        self._held = dbapi_connection.files

    def _check(self, connection: _Connection) -> None:
        now = Files.at(connection.path)
        if now != connection.files:
            now.check_in_place_of(connection.files, connection.path)
            raise _Replaced(f"{connection.path} is another file: it is opened anew")

    def is_disconnect(self, e: Any, connection: Any, cursor: Any) -> bool:
        return isinstance(e, _Replaced) or super().is_disconnect(e, connection, cursor)


def _prepared(connection: _Connection) -> bool:
    """Set WAL and a patient lock, and return whether records of ours are in the file. To look makes -wal and -shm."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")  # in WAL, NORMAL may lose what was confirmed when the power fails
    connection.execute("PRAGMA busy_timeout=2000")
    return connection.execute("select 1 from sqlite_master where name = 'alembic_version'").fetchone() is not None


def _stat(path: str) -> os.stat_result | None:
    with suppress(OSError):
        return Path(path).stat()
    return None


def _id(found: os.stat_result | None) -> _Id | None:
    return (found.st_dev, found.st_ino) if found else None
