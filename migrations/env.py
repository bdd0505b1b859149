"""Alembic's environment: one connection as the owner, under an advisory lock, with lock and statement timeouts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context

LOCK_ID = 7_236_401_852


def run() -> None:
    """Run the pending migrations in one transaction, so that a database is at one version or the other."""
    engine = sa.create_engine(context.config.attributes["url"], poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT pg_advisory_lock(:id)"), {"id": LOCK_ID})
        connection.execute(sa.text("SET lock_timeout = '10s'; SET statement_timeout = '15min'"))
        connection.commit()
        context.configure(connection=connection, version_table="schema_version", transactional_ddl=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


run()
