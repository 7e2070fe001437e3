"""Alembic's entry: migrations run on the connection that the store hands in, in its transaction."""

from alembic import context

from cellarhand.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
