"""How Alembic runs here: on the connection it is handed, inside that connection's transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], version_table_schema="deepcal")
with context.begin_transaction():
    context.run_migrations()
