"""Faults: killed clients, a killed PostgreSQL, lost answers, no room, read-only. Nothing is lost, doubled or half done.

PUHUI_FAULT_ROUNDS sets how many times clients and the server are killed (a CI run: 6), PUHUI_SEED repeats the instants.
"""

from __future__ import annotations

import os
import random
import resource
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

import ledger
from ledger import NewTransfer
from puhui.migration import migrate
from puhui.postgres import EmbeddedPostgres, Server
from tests.ledger.fault_client import NOW, accounts, ask, transfers

ROUNDS = int(os.environ.get("PUHUI_FAULT_ROUNDS", "6"))
SEED = int(os.environ.get("PUHUI_SEED") or secrets.randbelow(2**32))
ROOT = Path(__file__).parents[2]
CLIENTS = 3


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A server of our own, as durable as in production, that may be killed."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("faults"))
    with server.joined() as running:
        migrate(running.url("puhui_owner"))
        yield server


@pytest.fixture
def server(embedded: EmbeddedPostgres) -> Server:
    """Where it listens now."""
    return embedded.ensure_running()


def kill_server(embedded: EmbeddedPostgres) -> None:
    """Kill the postmaster and every process that it started, as a power cut would."""
    postmaster = embedded.process_id()
    assert postmaster is not None
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    for process_id in [postmaster, *map(int, children)]:
        with suppress(ProcessLookupError):
            os.kill(process_id, signal.SIGKILL)


def logged(folder: Path) -> dict[UUID, str]:
    """The last word of the logs about each request."""
    answer: dict[UUID, str] = {}
    for log in sorted(folder.glob("*.log")):
        for line in log.read_text().splitlines():
            word, _, request_id = line.partition(" ")
            if len(request_id) == 36 and answer.get(UUID(request_id), "try") == "try":
                answer[UUID(request_id)] = word
    return answer


def posted(connection: psycopg.Connection) -> Counter[UUID]:
    """How many transfers each request has made."""
    found = connection.execute(
        "SELECT reference, count(*) FROM ledger.transfer WHERE kind = 'fault' AND part_of IS NULL GROUP BY reference"
    )
    return Counter(dict(found))


def expected_of(request_id: UUID, books: list[int]) -> int:
    """How many transfers a request makes when it is done."""
    return len(transfers(books, request_id)) if request_id.int % 4 else 1


def check_books(address: str, folder: Path) -> int:
    """Audit; see that what was acknowledged is there once and nothing is there in part; then ask again what is open."""
    with psycopg.connect(address) as connection, (folder / "asked_again.log").open("a") as log:
        report = ledger.audit(connection)
        assert report.holds, report.findings
        books = accounts(connection)
        words, found = logged(folder), posted(connection)
        for request_id, word in words.items():
            whole = expected_of(request_id, books)
            assert found[request_id] in {"done": {whole}, "no": {0}, "try": {0, whole}}[word], (word, request_id)
        assert set(found) <= set(words)
        for request_id in [request_id for request_id, word in words.items() if word == "try"]:
            word = "no"
            with suppress(ledger.InsufficientBalance), connection.transaction():
                assert ask(connection, books, request_id) == expected_of(request_id, books)
                assert posted(connection)[request_id] == expected_of(request_id, books)
                word = "done"
            log.write(f"{word} {request_id}\n")
        assert ledger.audit(connection).holds
    return len(words)


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_when_clients_or_the_server_are_killed(
    embedded: EmbeddedPostgres, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance, asked = random.Random(SEED), 0
    for number in range(ROUNDS):
        address = embedded.ensure_running().url()
        clients = [start_client(address, tmp_path / f"{number}_{client}.log", chance) for client in range(CLIENTS)]
        deadline = time.monotonic() + 30
        while len(logged(tmp_path)) < asked + 20 and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(chance.uniform(0, 1))
        if number % 2:
            kill_server(embedded)
        for client in clients:
            client.kill()
            client.wait()
        asked = check_books(embedded.ensure_running().url(), tmp_path)
    with capsys.disabled():
        print(f"\nledger faults: {ROUNDS} kills over {asked} requests, PUHUI_SEED={SEED}")
    assert asked >= 20 * ROUNDS


def start_client(address: str, log: Path, chance: random.Random) -> subprocess.Popen[bytes]:
    """Start a client that works until it is killed."""
    command = [sys.executable, "-m", "tests.ledger.fault_client", address, str(log), str(chance.getrandbits(60))]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)


class CuttingProxy:
    """Passes bytes on until a client sends COMMIT; then cuts the line before or after PostgreSQL has heard it."""

    def __init__(self, port: int, *, after: bool) -> None:
        self.port, self.after = port, after
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.address = self.listening.getsockname()[1]
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def __enter__(self) -> CuttingProxy:
        return self

    def __exit__(self, *_: object) -> None:
        self.thread.join(10)
        self.listening.close()

    def _serve(self) -> None:
        client, _ = self.listening.accept()
        with client, socket.create_connection(("127.0.0.1", self.port)) as server:
            answers = threading.Thread(target=_pass_on, args=(server, client))
            answers.start()
            while heard := client.recv(65_536):
                if b"COMMIT" in heard:
                    client.shutdown(socket.SHUT_WR)  # Whatever PostgreSQL answers now is lost.
                    if self.after:
                        server.sendall(heard)
                        time.sleep(0.3)
                    break
                server.sendall(heard)
            server.shutdown(socket.SHUT_RDWR)
            answers.join(10)


def _pass_on(server: socket.socket, client: socket.socket) -> None:
    with suppress(OSError):
        while told := server.recv(65_536):
            client.sendall(told)


@pytest.mark.parametrize("after", [False, True])
def test_a_lost_answer_is_asked_for_again(server: Server, after: bool) -> None:
    request_id = uuid4()
    with psycopg.connect(server.url()) as connection:
        books = accounts(connection)
    wanted = [NewTransfer(books[0], books[1], 7, NOW, "lost", request_id)]
    with CuttingProxy(server.port, after=after) as proxy:
        lost = psycopg.connect(server.url().replace(f":{server.port}/", f":{proxy.address}/"))
        assert not ledger.post(lost, wanted, request_id=request_id, now=NOW).replayed
        with pytest.raises(psycopg.OperationalError):
            lost.commit()
    lost.close()
    with psycopg.connect(server.url()) as connection:
        assert ledger.post(connection, wanted, request_id=request_id, now=NOW).replayed is after
        assert len(kept(connection, request_id)) == 1
        assert ledger.audit(connection).holds


def kept(connection: psycopg.Connection, request_id: UUID) -> list[tuple[int]]:
    """The transfers of a request."""
    return connection.execute("SELECT units FROM ledger.transfer WHERE reference = %s", [request_id]).fetchall()


def test_a_read_only_server_says_so_and_does_nothing(server: Server) -> None:
    with psycopg.connect(server.url()) as connection:
        books = accounts(connection)
    request_id = uuid4()
    wanted = [NewTransfer(books[0], books[1], 7, NOW, "read_only", request_id)]
    with psycopg.connect(server.url(), options="-c default_transaction_read_only=on") as connection:
        for count in (1, 2):
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                ledger.post(connection, wanted * count, request_id=request_id, now=NOW)
            connection.rollback()
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            ledger.hold(
                connection, [ledger.NewHold(books[0], books[1], 7, None, "read_only")], request_id=request_id, now=NOW
            )
        connection.rollback()
        assert ledger.balance(connection, books[0], now=NOW).posted >= 0
    with psycopg.connect(server.url()) as connection:
        assert kept(connection, request_id) == []
        assert not ledger.post(connection, wanted, request_id=request_id, now=NOW).replayed
        assert ledger.audit(connection).holds


def test_a_full_disk_says_so_and_leaves_nothing_half_done(server: Server) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        books = accounts(connection)
        while transfer_bytes(connection) < 18 << 20:  # Beyond the length of a file of the write-ahead log.
            fill(connection, books, uuid4())
        # A file that may not grow any more is what a full disk looks like to the backend.
        process_id = connection.info.backend_pid
        limits = resource.prlimit(process_id, resource.RLIMIT_FSIZE)
        resource.prlimit(process_id, resource.RLIMIT_FSIZE, (transfer_bytes(connection), limits[1]))
        done, refused = [], None
        for _ in range(50):
            request_id = uuid4()
            try:
                fill(connection, books, request_id)
            except psycopg.Error as error:
                refused = error
                break
            done.append(request_id)
        assert "could not extend file" in str(refused)
        resource.prlimit(process_id, resource.RLIMIT_FSIZE, limits)
        assert kept(connection, request_id) == []
        assert all(len(kept(connection, each)) == 8_000 for each in done)
        assert ledger.audit(connection).holds
        assert not fill(connection, books, request_id).replayed
        assert len(kept(connection, request_id)) == 8_000


def fill(connection: psycopg.Connection, books: list[int], request_id: UUID) -> ledger.Posting:
    """Post a long list."""
    wanted = [NewTransfer(books[0], books[1 + place % 6], 1, NOW, "fill", request_id) for place in range(8_000)]
    return ledger.post(connection, wanted, request_id=request_id, now=NOW)


def transfer_bytes(connection: psycopg.Connection) -> int:
    """How long the file of the transfers is."""
    row = connection.execute("SELECT pg_relation_size('ledger.transfer')").fetchone()
    assert row is not None
    return int(row[0])
