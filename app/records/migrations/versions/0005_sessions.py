"""Sessions of staff that ended before their time. A store that the first migration has just made has the table."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    if "ended_sessions" in sa.inspect(op.get_bind()).get_table_names():
        return
    op.create_table(
        "ended_sessions",
        sa.Column("name", sa.String(64), primary_key=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.Float, nullable=False),
        sa.Column("why", sa.String(16), nullable=False),
    )
    op.create_index("ended_sessions_at", "ended_sessions", ["at"])
