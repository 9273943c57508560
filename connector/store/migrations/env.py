"""Alembic's entry: runs migrations on the engine it is handed, both databases alike."""

from alembic import context

from connector.store import revisions
from connector.store.tables import metadata


def run() -> None:
    """Run the migrations in one transaction on the engine that ``database.upgrade`` passes.

    What raises the revision of a Tenant is made anew at the end: it has to know every column that there is then.
    """
    engine = context.config.attributes["engine"]
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()
            revisions.install(connection)
        connection.commit()


run()
