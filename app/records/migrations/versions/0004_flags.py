"""Flags of staff have a table of their own; a proposal keeps who settled it, and what a try of it has shown.

A store that the first migration has just made has all of it already.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TRIED = (
    sa.Column("settled_by", sa.String(200), nullable=False, server_default=""),
    sa.Column("settled_at", sa.DateTime(timezone=True)),
    sa.Column("tried_at", sa.DateTime(timezone=True)),
    sa.Column("tried_version", sa.String(64), nullable=False, server_default=""),
    sa.Column("harm", sa.Text, nullable=False, server_default=""),
    sa.Column("hints", sa.Text, nullable=False, server_default=""),
)
FLAGS = (
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("by", sa.String(200), nullable=False),
    sa.Column("entry_id", sa.String(100), nullable=False),
    sa.Column("question", sa.String(400), nullable=False),
    sa.Column("reason", sa.String(32), nullable=False),
    sa.Column("content_version", sa.String(64), nullable=False),
    sa.Column("reply", sa.Text, nullable=False),
    sa.Column("language", sa.String(16), nullable=False, server_default=""),
    sa.Column("changed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("told", sa.String(16), nullable=False, server_default=""),
    sa.Column("told_at", sa.DateTime(timezone=True)),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("answer", sa.Text, nullable=False, server_default=""),
    sa.Column("answered_by", sa.String(200), nullable=False, server_default=""),
    sa.Column("answered_at", sa.DateTime(timezone=True)),
    sa.Column("closed_by", sa.String(200), nullable=False, server_default=""),
    sa.Column("closed_at", sa.DateTime(timezone=True)),
    sa.Column("id", sa.Integer, primary_key=True, nullable=False),
)
OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    inspector = sa.inspect(op.get_bind())
    known = {column["name"] for column in inspector.get_columns("proposals")}
    for column in TRIED:
        if column.name not in known:
            op.add_column("proposals", column)
    if "flags" not in inspector.get_table_names():
        op.create_table("flags", *FLAGS)
        op.create_index("flags_state", "flags", ["state"])
        op.create_index("flags_at", "flags", ["at"])
        once = ["by", "entry_id", "reason"]
        op.create_index("flags_once", "flags", once, unique=True, postgresql_where=OPEN, sqlite_where=OPEN)
