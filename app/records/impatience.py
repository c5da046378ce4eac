"""PostgreSQL reached by psycopg, with a limit of our own to its silence."""

import time
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from app.records.database import HUNG


class _Connection(psycopg.Connection[Any]):
    """Gives up a server that hangs or was cut off, which never comes to its own `statement_timeout`."""

    patience = HUNG

    def wait(self, gen: PQGen[RV], *args: Any, **kwargs: Any) -> RV:
        return super().wait(self._in_time(gen), *args, **kwargs)

    def _in_time(self, gen: PQGen[RV]) -> PQGen[RV]:
        """Wrap the generator of a wait, which the driver enters without news ten times a second."""
        until = time.monotonic() + self.patience
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready and time.monotonic() > until:
                    self.pgconn.finish()
                    raise psycopg.OperationalError("the server hangs")
                wanted = gen.send(ready)
        except StopIteration as done:
            result: RV = done.value
            return result


class Impatient(PGDialect_psycopg):
    """The dialect `postgresql+impatient`."""

    supports_statement_cache = True

    def connect(self, *args: Any, **kwargs: Any) -> Any:
        return _Connection.connect(*args, **kwargs)
