"""Alembic's way in: it is handed the connection by `cooee.migrations`."""

from alembic import context

from cooee.kit.db import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
