"""Every table of the first release."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decisions",
        _string("message_id", 300, primary_key=True),
        *(_time("at"), _string("channel", 16), _string("kind", 16), _string("subject", 400), _string("text_hash", 64)),
        *(_column("confidence", sa.Float), _column("urgent_score", sa.Float), _column("check_failed", sa.Boolean)),
        *(_string("content_version", 64), _string("model_version", 64)),
        sa.Index("decisions_at", "at"),
    )
    op.create_table(
        "feedback",
        _string("message_id", 300, primary_key=True),
        *(_time("at"), _string("channel", 16), _string("subject", 400), _string("content_version", 64)),
        *(_string("verdict", 8), sa.Column("reason", sa.String(32), nullable=True)),
        sa.Index("feedback_at", "at"),
    )
    op.create_table(
        "deliveries",
        _string("id", 64, primary_key=True),
        *(_string("party", 64), _string("state", 16), _column("at", sa.Float), _column("due", sa.Float)),
        *(_column("reply", sa.Text), _column("urgent", sa.Boolean), _column("address", sa.Text)),
        sa.Index("deliveries_state_due", "state", "due"),
    )
    op.create_table(
        "questions",
        _string("message_id", 300, primary_key=True),
        *(_time("at"), _string("channel", 16), _string("outcome", 16), _column("text", sa.Text)),
        *(_column("urgent_score", sa.Float), _column("near_urgent", sa.Boolean)),
        *(_string("content_version", 64), _string("state", 16)),
        sa.Index("questions_at", "at"),
        sa.Index("questions_state", "state", "near_urgent"),
    )
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer, primary_key=True),
        *(_time("at"), _string("by", 200), _string("kind", 16), _string("target", 100), _string("title", 300)),
        *(_column("lines", sa.Text), _column("message_ids", sa.Text)),
        *(_string("state", 16), _column("reason", sa.Text)),
        sa.Index("proposals_state", "state"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        *(_time("at"), _string("who", 200), _string("act", 32), _string("subject", 400)),
        sa.Index("audit_at", "at"),
    )
    op.create_table(
        "counts",
        sa.Column("day", sa.Date, primary_key=True),
        *(
            _string(name, length, primary_key=True)
            for name, length in (("channel", 16), ("measure", 16), ("name", 100))
        ),
        _column("times", sa.Integer),
    )
    op.create_table(
        "withdrawals",
        *(_string("entry_id", 100, primary_key=True), _time("at"), _string("by", 200), _string("why", 1000)),
    )
    op.create_table(
        "consents",
        *(_string("party", 64, primary_key=True), _column("opted_out", sa.Boolean), _column("at", sa.Float)),
    )


def _column(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _string(name: str, length: int, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False, primary_key=primary_key)


def _time(name: str) -> sa.Column[Any]:
    return _column(name, sa.DateTime(timezone=True))
