"""Bringing the database to the newest migration, and knowing without Alembic that it is there already."""

from __future__ import annotations

import importlib.resources
import subprocess
import sys

import psycopg
from psycopg import errors


class MigrationFailed(Exception):
    """The database could not be brought to the newest migration; the message is what PostgreSQL or Alembic said."""


def migrate(owner_url: str) -> None:
    """Run the pending migrations as the owner; of two processes that try at once, one waits. Raises MigrationFailed."""
    if current_version(owner_url) == newest_version():
        return
    # Alembic takes a second to import, so it runs in a process of its own, on the few starts that need it.
    done = subprocess.run(
        [sys.executable, "-m", "migrations"], input=owner_url, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise MigrationFailed(done.stderr)


def current_version(url: str) -> str | None:
    """Answer the name of the last migration that ran in the database at *url*, or None."""
    with psycopg.connect(url) as connection:
        try:
            row = connection.execute("SELECT version_num FROM public.schema_version").fetchone()
        except errors.UndefinedTable:
            return None
    return row[0] if row else None


def newest_version() -> str:
    """Answer the name of the newest migration in the tree."""
    return (importlib.resources.files("migrations") / "HEAD").read_text().strip()
