"""The embedded server: shared by who joins, stopped by the last, recovered after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from puhui.migration import current_version, migrate, newest_version
from puhui.postgres import EmbeddedPostgres


def test_who_joins_shares_the_server_and_the_last_stops_it(tmp_path: Path) -> None:
    first, second = EmbeddedPostgres(tmp_path), EmbeddedPostgres(tmp_path)
    with first.joined() as server:
        with second.joined() as same:
            assert same.port == server.port
        psycopg.connect(server.url()).close()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url(), connect_timeout=2)


def test_a_killed_server_recovers_with_what_was_committed(tmp_path: Path) -> None:
    embedded = EmbeddedPostgres(tmp_path)
    with embedded.joined() as server:
        with psycopg.connect(server.url("puhui_owner"), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (n int)")
            connection.execute("INSERT INTO kept VALUES (42)")
        os.kill(embedded.process_id() or 0, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while embedded.is_running() and time.monotonic() < deadline:
            time.sleep(0.02)
        revived = embedded.ensure_running()
        assert revived.port == server.port
        with psycopg.connect(revived.url("puhui_owner")) as connection:
            assert connection.execute("SELECT n FROM kept").fetchone() == (42,)


def test_a_killed_user_does_not_keep_the_server_from_stopping(tmp_path: Path) -> None:
    script = (
        "import pathlib, sys, time; from puhui.postgres import EmbeddedPostgres\n"
        f"with EmbeddedPostgres(pathlib.Path({str(tmp_path)!r})).joined():\n"
        "    print('joined', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as user:
        assert user.stdout is not None
        assert user.stdout.readline() == b"joined\n"
        user.kill()
    embedded = EmbeddedPostgres(tmp_path)
    assert embedded.is_running()
    with embedded.joined():
        pass
    assert not embedded.is_running()


def test_the_programs_role_may_create_nothing(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path).joined() as server:
        migrate(server.url("puhui_owner"))
        assert current_version(server.url("puhui_owner")) == newest_version()
        with (
            psycopg.connect(server.url("puhui_app")) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("CREATE TABLE ledger.mine (n int)")
