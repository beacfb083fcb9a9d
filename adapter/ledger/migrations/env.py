"""What alembic runs to take steps: on the connection that it is given, within that connection's transaction."""

from alembic import context

from adapter.ledger.indexes import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
