"""A sandbox of the tests' own, in a process of its own, and the client that speaks to it."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import requests
from werkzeug.serving import WSGIRequestHandler, make_server

from partners.payments import PaymentClient, Retries, Transport

QUICK = Retries(attempts=4, first_seconds=0.01, longest_seconds=0.02, longest_asked_seconds=0.0)
START = (
    "import sys; from puhui.sandbox.app import Application; from puhui.sandbox.server import open_server; "
    "open_server(Application(payout_seconds=None, retry_seconds=0.05), port=int(sys.argv[1])).serve_forever()"
)


def eventually(holds: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether *holds* becomes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False


def free_port() -> int:
    """Answer a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_process(code: str, *, port: int) -> subprocess.Popen[bytes]:
    """Start a Python program that serves on *port*, and wait until it does."""
    process = subprocess.Popen([sys.executable, "-c", code, str(port)])
    assert eventually(lambda: _answers(port), 60)
    return process


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def a_client(url: str, *, retries: Retries = QUICK, read_seconds: float = 20.0) -> PaymentClient:
    """Answer a client that does not dawdle between its tries."""
    return PaymentClient(
        Transport(base_url=url, key="sk_test_of_the_tests", retries=retries, read_seconds=read_seconds)
    )


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox."""

    url: str

    def control(self, name: str, **fields: object) -> dict[str, object]:
        """Do what ``/_sandbox/<name>`` does."""
        answer = requests.post(f"{self.url}/_sandbox/{name}", json=fields, timeout=10)
        assert answer.status_code == 200, answer.text
        told: dict[str, object] = answer.json()
        return told


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Sandbox]:
    """The process, started once."""
    port = free_port()
    process = start_process(START, port=port)
    yield Sandbox(f"http://127.0.0.1:{port}")
    process.terminate()
    process.wait(10)


@pytest.fixture
def sandbox(sandbox_process: Sandbox) -> Sandbox:
    """The sandbox with nothing in its memory."""
    sandbox_process.control("clear")
    return sandbox_process


@pytest.fixture
def payment_client(sandbox: Sandbox) -> Iterator[PaymentClient]:
    """A client of the sandbox."""
    client = a_client(sandbox.url)
    yield client
    client.transport.close()


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing."""


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[WSGIEnvironment, StartResponse], object]], str]]:
    """Serve a WSGI application on this machine while the test runs; answers its address."""
    servers = []

    def start(application: Callable[[WSGIEnvironment, StartResponse], object]) -> str:
        server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Quiet)  # type: ignore[arg-type]  # Any iterable of bytes.
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.port}"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join(10)
        server.server_close()
