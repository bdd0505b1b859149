"""The whole house started, killed at its roots, recovered and stopped: `puhui run` as a person would use it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.journeys.conftest import free_port


@dataclass(frozen=True)
class Running:
    """A started Puhui: its process, address and data folder."""

    process: subprocess.Popen[str]
    address: str
    data_dir: Path

    def database_process(self) -> int:
        """The number of the PostgreSQL process."""
        return int(json.loads((self.data_dir / "postgres.json").read_text())["pid"])


def _get_when_there(address: str, seconds: float = 60) -> requests.Response:
    deadline = time.monotonic() + seconds
    while True:
        try:
            answer = requests.get(address, timeout=5)
            if answer.status_code == 200 or time.monotonic() > deadline:
                return answer
        except (requests.ConnectionError, requests.Timeout):
            if time.monotonic() > deadline:
                raise
        time.sleep(0.1)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """Puhui started on an empty data folder, without the demo town."""
    port = free_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PUHUI_")}
    environment |= {"PUHUI_DATA_DIR": str(tmp_path / "data"), "PUHUI_PORT": str(port), "PUHUI_WEB_WORKERS": "1"}
    command = [sys.executable, "-m", "puhui.cli", "run", "--empty"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, cwd=tmp_path)
    yield Running(process, f"http://127.0.0.1:{port}", tmp_path / "data")
    process.terminate()
    try:
        process.wait(20)
    finally:
        process.kill()
        if process.stdout is not None:
            process.stdout.close()


@pytest.mark.slow
def test_the_house_survives_a_killed_database_and_stops_cleanly(running: Running) -> None:
    assert _get_when_there(running.address).status_code == 200
    os.kill(running.database_process(), signal.SIGKILL)
    time.sleep(0.2)
    assert _get_when_there(running.address + "/methods").status_code == 200
    database = running.database_process()
    running.process.terminate()
    assert running.process.wait(20) == 0
    assert not Path(f"/proc/{database}").exists()
    with pytest.raises(requests.ConnectionError):
        requests.get(running.address, timeout=2)


def test_a_taken_port_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PUHUI_")}
        environment |= {"PUHUI_DATA_DIR": str(tmp_path), "PUHUI_PORT": str(taken.getsockname()[1])}
        done = subprocess.run(
            [sys.executable, "-m", "puhui.cli", "run"], env=environment, capture_output=True, text=True, check=False
        )
    assert done.returncode == 1
    assert "is in use; choose another with PUHUI_PORT" in done.stderr
