"""One real PostgreSQL per test run, migrated once; a test rolls back or has a database of its own."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql
from sqlalchemy.orm import Session

from puhui.addresses import Addresses
from puhui.app import create_app
from puhui.db import Database
from puhui.migration import migrate
from puhui.postgres import EmbeddedPostgres, Server
from tests.factories import SETTINGS

_stack = ExitStack()
TEMPLATE = "puhui"


def pytest_configure(config: pytest.Config) -> None:
    """Start the server in the controlling process; the workers of pytest-xdist inherit its address."""
    if hasattr(config, "workerinput") or "PUHUI_TEST_SERVER" in os.environ:
        return
    folder = Path(tempfile.mkdtemp(prefix="puhui-tests-"))
    _stack.callback(shutil.rmtree, folder, ignore_errors=True)
    # A killed process loses nothing without fsync; only a power cut would.
    server = _stack.enter_context(EmbeddedPostgres(folder, {"fsync": "off", "max_connections": "300"}).joined())
    migrate(server.url("puhui_owner"))
    os.environ["PUHUI_TEST_SERVER"] = json.dumps({"port": server.port, "passwords": dict(server.passwords)})
    _stack.callback(os.environ.pop, "PUHUI_TEST_SERVER", None)


def pytest_unconfigure() -> None:
    """Stop the server."""
    _stack.close()


def _url(role: str, name: str) -> str:
    return Server(**json.loads(os.environ["PUHUI_TEST_SERVER"])).url(role, name)


def _fresh_database() -> str:
    name = f"t_{secrets.token_hex(6)}"
    with psycopg.connect(_url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER puhui_owner STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(TEMPLATE)
            )
        )
    return name


def _drop_database(name: str) -> None:
    with psycopg.connect(_url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def shared_addresses() -> Iterator[Addresses]:
    """A database for the tests of one worker that roll back."""
    name = _fresh_database()
    yield Addresses(app=_url("puhui_app", name), owner=_url("puhui_owner", name))
    _drop_database(name)


@pytest.fixture(scope="session")
def shared_database(shared_addresses: Addresses) -> Iterator[Database]:
    """The pool on the shared database."""
    database = Database(shared_addresses.app)
    yield database
    database.dispose()


@pytest.fixture
def session(shared_database: Database) -> Iterator[Session]:
    """A session as the program's role whose work is rolled back after the test."""
    with shared_database.engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as opened:
            yield opened
        outer.rollback()


@pytest.fixture
def own_addresses() -> Iterator[Addresses]:
    """A database of the test's own, for tests that commit, race or look at it as owner."""
    name = _fresh_database()
    yield Addresses(app=_url("puhui_app", name), owner=_url("puhui_owner", name))
    _drop_database(name)


@pytest.fixture
def own_database(own_addresses: Addresses) -> Iterator[Database]:
    """The pool on the test's own database."""
    database = Database(own_addresses.app)
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def composed_app(shared_database: Database) -> Flask:
    """The application, composed once for all tests of a worker: its routes alone take a quarter of a second."""
    return create_app(SETTINGS, shared_database)


@pytest.fixture
def app(composed_app: Flask, own_database: Database) -> Iterator[Flask]:
    """The application on the test's own database. Who changes the application itself composes one of their own."""
    shared = composed_app.extensions["puhui"]
    composed_app.extensions["puhui"] = replace(shared, database=own_database)
    yield composed_app
    composed_app.extensions["puhui"] = shared


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody has logged in on; ``tests.factories.log_in`` logs someone in."""
    return app.test_client()


@pytest.fixture
def superuser_url(own_addresses: Addresses) -> str:
    """The superuser's address of the test's own database, for tests of what a superuser could do behind our back."""
    return _url("postgres", own_addresses.app.rsplit("/", 1)[1])


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real public data; a test that needs it is skipped, with a word, where it is absent."""
    folder = Path(os.environ.get("PUHUI_REAL_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; set PUHUI_REAL_DATA")
    return folder
