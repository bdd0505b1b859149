"""The database at the edge: engine, one transaction per request, command or job, and the only commit.

The program connects as the role ``puhui_app``, which owns nothing and may neither update nor delete a transfer.
Migrations connect as the owner. With a single external address the program takes the lesser role with SET ROLE.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import sqlalchemy as sa
from psycopg import errors as postgres_errors
from sqlalchemy.orm import Session, sessionmaker

T = TypeVar("T")
ATTEMPTS = 6
RETRYABLE = (postgres_errors.DeadlockDetected, postgres_errors.SerializationFailure, postgres_errors.LockNotAvailable)


class Database:
    """A pool of connections and the transactions on it."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = url
        self.engine = sa.create_engine(
            driver_url(url),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            connect_args={"options": "-c role=puhui_app -c timezone=UTC", "prepare_threshold": 3},
        )
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a session that commits at the end of the block and rolls back on any error. The only commit."""
        with self._sessions() as session:
            yield session
            session.commit()

    def run(self, work: Callable[[Session], T]) -> T:
        """Run *work* in a transaction of its own; after a deadlock or serialization failure again, six times in all."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.transaction() as session:
                    return work(session)
            except sa.exc.DBAPIError as error:
                if attempt == ATTEMPTS or not isinstance(error.orig, RETRYABLE):
                    raise
            except RETRYABLE:
                if attempt == ATTEMPTS:
                    raise
            time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311  # Jitter needs no secrecy.
        raise AssertionError("unreachable")

    def dispose(self) -> None:
        """Close the pool."""
        self.engine.dispose()


def driver_url(url: str) -> str:
    """Answer *url* in SQLAlchemy's form, with psycopg as the driver."""
    return "postgresql+psycopg://" + url.split("://", 1)[1]
