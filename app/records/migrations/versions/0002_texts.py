"""What a text message needs to be known again: its words' hash, the text that follows, whether it failed.

Opt-outs to hand on have a table of their own. A store that the first migration has just made has all of it already.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

COLUMNS = (
    sa.Column("digest", sa.String(64), nullable=False, server_default=""),
    sa.Column("following", sa.Text, nullable=False, server_default=""),
    sa.Column("failed", sa.Boolean, nullable=False, server_default=sa.false()),
)
OPT_OUT_EVENTS = (
    sa.Column("party", sa.String(64), primary_key=True, nullable=False),
    sa.Column("event", sa.String(16), nullable=False),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("since", sa.Float, nullable=False),
    sa.Column("due", sa.Float, nullable=False),
)


def upgrade() -> None:
    inspector = sa.inspect(op.get_bind())
    known = {column["name"] for column in inspector.get_columns("deliveries")}
    for column in COLUMNS:
        if column.name not in known:
            op.add_column("deliveries", column)
    if "opt_out_events" not in inspector.get_table_names():
        op.create_table("opt_out_events", *OPT_OUT_EVENTS)
    if "deliveries_party_at" not in {index["name"] for index in inspector.get_indexes("deliveries")}:
        op.create_index("deliveries_party_at", "deliveries", ["party", "at"])
