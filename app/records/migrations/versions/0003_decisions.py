"""What is decided on kept questions at once has a batch, by which it can be undone; questions can be put off, and know
the topic that their reply named.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

COLUMNS = (
    sa.Column("batch", sa.String(32), nullable=False, server_default=""),
    sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("decided_by", sa.String(200), nullable=False, server_default=""),
    sa.Column("put_off_until", sa.DateTime(timezone=True), nullable=True),
    sa.Column("topic", sa.String(100), nullable=False, server_default=""),
)


def upgrade() -> None:
    known = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("questions")}
    for column in COLUMNS:
        if column.name not in known:
            op.add_column("questions", column)
