"""``puhui payments`` and the sandbox that ``puhui run`` starts, as a person would use them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa
from click.testing import CliRunner

from partners.payments import Payment
from puhui.addresses import Addresses
from puhui.cli import run as run_module
from puhui.cli.payments import payments_command
from puhui.db import Database
from puhui.settings import Settings, SettingsInvalid
from tests.partners.payments.conftest import Sandbox, eventually, free_port


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a newcomer, with ports of the test's own."""
    own = {k: v for k, v in os.environ.items() if not k.startswith("PUHUI_")}
    return own | {
        "PUHUI_DATA_DIR": str(tmp_path / "data"),
        "PUHUI_PORT": str(free_port()),
        "PUHUI_WEB_WORKERS": "1",
        "PUHUI_PAYMENTS_URL": f"http://127.0.0.1:{free_port()}",
    }


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A command line with settings of its own."""
    monkeypatch.setenv("PUHUI_DATA_DIR", str(tmp_path))
    return CliRunner()


def test_the_smoke_test_passes_on_a_sandbox_of_its_own(runner: CliRunner) -> None:
    done = runner.invoke(payments_command, ["smoke", "--sandbox"])
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert len(lines) == 20
    assert all(line.startswith("ok  ") for line in lines)


def test_the_smoke_test_passes_on_a_running_service(runner: CliRunner, sandbox: Sandbox) -> None:
    assert runner.invoke(payments_command, ["smoke", "--base-url", sandbox.url]).exit_code == 0


def test_the_smoke_test_fails_where_a_call_fails(runner: CliRunner, sandbox: Sandbox) -> None:
    sandbox.control("fault", fault="500", times=9, path="/v1/payouts")
    failed = runner.invoke(payments_command, ["smoke", "--base-url", sandbox.url])
    assert (failed.exit_code, "payment_unavailable" in failed.output) == (1, True)
    nobody = runner.invoke(payments_command, ["smoke", "--base-url", f"http://127.0.0.1:{free_port()}"])
    assert nobody.exit_code == 1


def test_the_smoke_test_moves_no_real_money(
    runner: CliRunner, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUHUI_PAYMENTS_KEY", "sk_live_of_someone")
    assert "test key only" in runner.invoke(payments_command, ["smoke", "--base-url", sandbox.url]).output


def test_catching_up_takes_in_what_no_message_told_us(
    runner: CliRunner,
    sandbox: Sandbox,
    own_addresses: Addresses,
    own_database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PUHUI_PAYMENTS_URL", sandbox.url)
    monkeypatch.setenv("PUHUI_DATABASE_URL", own_addresses.app)
    monkeypatch.setenv("PUHUI_DATABASE_OWNER_URL", own_addresses.owner)
    assert runner.invoke(payments_command, ["smoke", "--base-url", sandbox.url]).exit_code == 0
    said = [runner.invoke(payments_command, ["catch-up"]).output.strip() for _ in range(2)]
    assert said == ["10 events read, 10 of them were new", "10 events read, 0 of them were new"]
    with own_database.transaction() as session:
        known = session.scalars(sa.select(Payment).order_by(Payment.kind, Payment.amount_fen)).all()
    assert [(row.kind, row.status, row.settled_fen) for row in known] == [
        ("payment_intent", "canceled", 0),
        ("payment_intent", "succeeded", 600),
        ("payment_intent", "succeeded", 1990),
        ("payout", "pending", 0),
        ("refund", "succeeded", 500),
        ("transfer", "paid", 300),
    ]


def test_catching_up_without_a_service_says_so(runner: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUHUI_PAYMENTS_URL", f"http://127.0.0.1:{free_port()}")
    failed = runner.invoke(payments_command, ["catch-up"])
    assert (failed.exit_code, "payment_unavailable" in failed.output) == (1, True)


@pytest.mark.parametrize("arguments", [[], ["--sandbox", "--base-url", "http://127.0.0.1:1"]])
def test_the_smoke_test_wants_one_service(runner: CliRunner, arguments: list[str]) -> None:
    assert runner.invoke(payments_command, ["smoke", *arguments]).exit_code == 2


def test_a_sandbox_on_a_taken_port_says_so_in_one_line(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "puhui.cli", "payments", "sandbox", "--port", str(port)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert f"Port {port} on 127.0.0.1 is in use; choose another with PUHUI_PAYMENTS_URL." in done.stderr


def test_the_sandbox_sends_to_this_machine_only(runner: CliRunner) -> None:
    refused = runner.invoke(payments_command, ["sandbox", "--webhook-url", "https://shop.example/"])
    assert (refused.exit_code, "this machine only" in refused.output) == (1, True)


@pytest.mark.parametrize(
    ("more", "starts"),
    [
        ({}, True),
        ({"PUHUI_PAYMENTS_URL": "https://api.stripe.example"}, False),
        ({"PUHUI_ENVIRONMENT": "production", "PUHUI_SECRET_KEY": "x" * 32, "PUHUI_DATA_KEY": "x" * 32}, False),
    ],
)
def test_the_sandbox_is_started_in_development_only(
    environment: dict[str, str], more: dict[str, str], starts: bool
) -> None:
    assert run_module._may_start_sandbox(Settings.from_env(environment | more)) is starts


def test_a_taken_port_means_no_sandbox_and_no_failure(
    environment: dict[str, str], sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = Settings.from_env(environment | {"PUHUI_PAYMENTS_URL": sandbox.url})
    assert run_module._may_start_sandbox(chosen) is False
    assert "is in use: no payment sandbox is started" in capsys.readouterr().out


@pytest.mark.parametrize(
    "url", ["http://pay.example", "ftp://127.0.0.1", "127.0.0.1:1", "http://127.0.0.1:x", "https://pay.example/v1"]
)
def test_an_unfit_payment_address_is_refused(environment: dict[str, str], url: str) -> None:
    with pytest.raises(SettingsInvalid, match="PUHUI_PAYMENTS_URL"):
        Settings.from_env(environment | {"PUHUI_PAYMENTS_URL": url})


def test_production_has_no_payment_key_of_its_own(environment: dict[str, str]) -> None:
    more = {"PUHUI_ENVIRONMENT": "production", "PUHUI_SECRET_KEY": "x" * 32, "PUHUI_DATA_KEY": "x" * 32}
    chosen = Settings.from_env(environment | more)
    assert (chosen.payments_key, chosen.payments_webhook_secret) == ("", "")


@pytest.fixture
def running(environment: dict[str, str], tmp_path: Path) -> Iterator[Sandbox]:
    """Puhui started by its one command, and the sandbox that it started."""
    command = [sys.executable, "-m", "puhui.cli", "run", "--empty"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, cwd=tmp_path)
    yield Sandbox(environment["PUHUI_PAYMENTS_URL"])
    process.terminate()
    try:
        process.wait(20)
    finally:
        process.kill()


@pytest.mark.slow
def test_puhui_run_starts_the_sandbox_and_hears_from_it(
    running: Sandbox, runner: CliRunner, environment: dict[str, str]
) -> None:
    health = f"http://127.0.0.1:{environment['PUHUI_PORT']}/api/v1/health"
    assert eventually(lambda: _answers(health) and _answers(f"{running.url}/v1"), 90)
    done = runner.invoke(payments_command, ["smoke", "--base-url", running.url])
    assert done.exit_code == 0, done.output
    assert eventually(lambda: _statuses(running) == [200] * 11, 30)


def _statuses(running: Sandbox) -> list[int]:
    """Answer how each event was received: three payments (7), refund, transfer, payout made and paid (4)."""
    done = running.control("deliveries")["done"]
    return [one["status"] for one in done] if isinstance(done, list) else []


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).status_code in (200, 401)
    except requests.RequestException:
        return False
