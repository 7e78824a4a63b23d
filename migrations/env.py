"""Run the migrations over the connection that core.database.migrate hands in."""

from alembic import context

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("Run `kopdes migrate`: it brings the connection, the logins and the villages.")

context.configure(connection=connection, target_metadata=None, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
