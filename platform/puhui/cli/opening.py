"""Opening the database for a command: started or joined, migrated, closed at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from puhui.addresses import Addresses, addresses
from puhui.cli import settings
from puhui.db import Database
from puhui.migration import migrate


@contextmanager
def migrated() -> Iterator[Addresses]:
    """Start or join the database and bring it to the newest migration."""
    with addresses(settings()) as where:
        migrate(where.owner)
        yield where


@contextmanager
def database() -> Iterator[Database]:
    """Open the database for a command: started or joined, migrated, closed at the end."""
    with migrated() as where:
        opened = Database(where.app, pool_size=2)
        try:
            yield opened
        finally:
            opened.dispose()
