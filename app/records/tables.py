"""Tables, each defined by the dataclass of its rows, and the types of their columns."""

from collections.abc import Mapping
from dataclasses import Field, fields
from datetime import UTC, datetime
from importlib import import_module
from typing import Annotated, Any, Final, get_args, get_type_hints

from sqlalchemy import Boolean, Column, DateTime, Float, MetaData, String, Table, Text, TypeDecorator, false
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.schema import SchemaItem

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
ChannelName = Annotated[str, String(16)]
Subject = Annotated[str, String(400)]
Version = Annotated[str, String(64)]
_COLUMN_TYPES: dict[object, Any] = {bool: Boolean, float: Float, str: Text, datetime: UtcDateTime}


def table_of(name: str, record: type, *items: SchemaItem) -> Table:
    """Return the table whose columns are the fields of a dataclass, in their order, and then `items`.

    A field is annotated with the type of its column where `_COLUMN_TYPES` does not say it, and with `KEY` in the
    primary key; one that may be None is nullable, and an empty default is the column's too: an earlier release, which
    does not know the column, can still insert. SQLAlchemy's own mapped dataclasses can be neither frozen nor
    slotted, and records pass between threads.
    """
    hints = get_type_hints(record, include_extras=True)
    columns = (_column(each.name, hints[each.name], _default_of(each)) for each in fields(record))
    return Table(name, metadata, *columns, *items)


def _default_of(field: Field[Any]) -> Any:
    if field.default is False:
        return false()
    return "" if field.default == "" else None


def _column(name: str, hint: object, default: Any) -> Column[Any]:
    python_type, column_type, *key = get_args(hint) or (hint, _COLUMN_TYPES[hint])
    nullable = type(None) in get_args(python_type)
    return Column(name, column_type, primary_key=KEY in key, nullable=nullable, server_default=default)


def insert_into(table: Table, connection: Connection) -> Any:
    """Return an insert that knows `ON CONFLICT`, which is of the dialect."""
    return import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert(table)


def put(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert a row, or replace the one with the same primary key, also when another process is just doing that."""
    new = insert_into(table, connection)
    keys = [column.name for column in table.primary_key]
    rest = {column.name: new.excluded[column.name] for column in table.columns if column.name not in keys}
    connection.execute(new.on_conflict_do_update(index_elements=keys, set_=rest), row)
