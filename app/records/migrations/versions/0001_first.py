"""Every table as it is defined.

Nothing is released yet. The first release writes its tables out here, and from then on each change is a migration.
"""

from alembic import op

from app.records.migrations import TABLES
from app.records.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    metadata.create_all(op.get_bind(), TABLES)
