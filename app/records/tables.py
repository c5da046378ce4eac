"""Tables, each defined by the dataclass of its rows, and the types of their columns."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, get_args, get_type_hints

from sqlalchemy import Column, Connection, DateTime, Dialect, MetaData, String, Table, TypeDecorator
from sqlalchemy.schema import SchemaItem

from app.optional import load_optional

metadata = MetaData()


class UtcDateTime(TypeDecorator[datetime]):
    """A time in UTC. SQLite forgets the zone, which is put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


KEY: Final = "primary key"

MessageId = Annotated[str, String(300), KEY]
Time = Annotated[datetime, UtcDateTime]
ChannelName = Annotated[str, String(16)]
Subject = Annotated[str, String(400)]
Version = Annotated[str, String(64)]


def table_of(name: str, record: type, *items: SchemaItem) -> Table:
    """Return the table whose columns are the fields of a dataclass, in their order, and then `items`.

    A field is annotated with the type of its column, and with `KEY` in the primary key; one that may be None is
    nullable. SQLAlchemy's own mapped dataclasses can be neither frozen nor slotted, and records pass between threads.
    """
    hints = get_type_hints(record, include_extras=True)
    return Table(name, metadata, *(_column(field, *get_args(hint)) for field, hint in hints.items()), *items)


def _column(name: str, python_type: object, column_type: Any, *key: str) -> Column[Any]:
    nullable = type(None) in get_args(python_type)
    return Column(name, column_type, primary_key=KEY in key, nullable=nullable)


def insert_into(table: Table, connection: Connection) -> Any:
    """Return an insert that knows `ON CONFLICT`, which is of the dialect."""
    return load_optional(f"sqlalchemy.dialects.{connection.dialect.name}").insert(table)


def put(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert a row, or replace the one with the same primary key, also when another process is just doing that."""
    new = insert_into(table, connection)
    keys = [column.name for column in table.primary_key]
    rest = {column.name: new.excluded[column.name] for column in table.columns if column.name not in keys}
    connection.execute(new.on_conflict_do_update(index_elements=keys, set_=rest), row)
