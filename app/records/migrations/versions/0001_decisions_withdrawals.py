"""The ledger of decisions, and entries taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("message_id", sa.String(300), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(400), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("urgent_score", sa.Float, nullable=False),
        sa.Column("check_failed", sa.Boolean, nullable=False),
        sa.Column("content_version", sa.String(64), nullable=False),
        sa.Column("model_version", sa.String(64), nullable=False),
    )
    op.create_index("decisions_at", "decisions", ["at"])
    op.create_table(
        "withdrawals",
        sa.Column("entry_id", sa.String(100), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("why", sa.String(1000), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("withdrawals")
    op.drop_table("decisions")
