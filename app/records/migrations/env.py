"""Alembic's entry: migrates over the connection that `tables.migrate` hands over."""

from alembic import context

from app.records.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
