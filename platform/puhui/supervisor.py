"""Running everything together: PostgreSQL, web server and worker started, watched, restarted and stopped as one.

A child that dies is started again, with a pause that grows while it keeps dying. A killed PostgreSQL recovers on its
next start. A child asks the kernel to be ended with us, so that a killed supervisor leaves nothing behind.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

LOOK_SECONDS = 0.5
STOP_SECONDS = 12.0
LONGEST_PAUSE = 30.0
BEHIND_PAGES = 10  # A page is waited for; a job and the sandbox are not.
_SET_PARENT_DEATH_SIGNAL = 1


@dataclass(slots=True)
class Child:
    """One process to keep running: *command* with *environment* added to our own."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    niceness: int = 0
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0

    def start(self) -> None:
        """Start the process; it ends when we do."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            preexec_fn=partial(_end_with_parent, self.niceness),  # noqa: PLW1509  # We start children from the only thread.
        )

    def look(self) -> None:
        """Start the process again where it died, later each time that it dies young."""
        if self.process is None or self.process.poll() is None:
            return
        lived = time.monotonic() - self.started
        if lived < self.pause:
            return
        self.pause = min(LONGEST_PAUSE, max(0.5, self.pause * 2)) if lived < LONGEST_PAUSE else 0.5
        _tell("supervisor.restarts", child=self.name, exit_code=self.process.returncode)
        self.start()

    def stop(self) -> None:
        """Ask the process to leave."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, deadline: float) -> None:
        """Wait for it to leave, and end it when *deadline* (monotonic seconds) has passed."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def web_server(*, host: str, port: int, workers: int, environment: Mapping[str, str]) -> Child:
    """Answer the web server: gunicorn with threads; it signals cleanly and every operator knows it."""
    options = ["--worker-class", "gthread", "--threads", "8", "--workers", str(workers), "--bind", f"{host}:{port}"]
    quiet = [
        "--preload",
        "--graceful-timeout",
        "5",
        "--timeout",
        "120",
        "--log-level",
        "warning",
        "--no-control-socket",
    ]
    return Child("web", [sys.executable, "-m", "gunicorn", *options, *quiet, "puhui.wsgi:application()"], environment)


def worker(environment: Mapping[str, str]) -> Child:
    """Answer the worker."""
    return Child("worker", [sys.executable, "-m", "puhui.cli", "worker"], environment, niceness=BEHIND_PAGES)


def payment_sandbox(environment: Mapping[str, str]) -> Child:
    """Answer the stand-in for the payment service, for development."""
    program = [sys.executable, "-m", "puhui.cli", "payments", "sandbox"]
    return Child("payments", program, environment, niceness=BEHIND_PAGES)


def supervise(children: list[Child], *, stopped: threading.Event, keep_database: Callable[[], None]) -> None:
    """Keep *children* and the database running until *stopped*; then end the children in order."""
    for child in children:
        child.start()
    try:
        while not stopped.wait(LOOK_SECONDS):
            keep_database()
            for child in children:
                child.look()
    finally:
        deadline = time.monotonic() + STOP_SECONDS
        for child in children:
            child.stop()
        for child in children:
            child.wait(deadline)


def stop_on_signals() -> threading.Event:
    """Answer an event that SIGTERM and SIGINT set."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    return stopped


def _tell(event: str, **fields: object) -> None:
    """Write an event in the form of all logs; the logging library would cost the start half a second."""
    sys.stderr.write(json.dumps({"event": event, **fields}) + "\n")


def _end_with_parent(niceness: int) -> None:
    os.setsid()
    os.nice(niceness)
    ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
