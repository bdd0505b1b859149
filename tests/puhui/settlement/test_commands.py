"""``puhui settle`` as a person types it, against a real sandbox."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from puhui.addresses import Addresses
from puhui.cli.settle import settle_command
from tests.partners.payments.conftest import Sandbox
from tests.partners.settlement.world import TODAY
from tests.puhui.settlement.conftest import Desk


@pytest.fixture
def typed(desk: Desk, own_addresses: Addresses, sandbox: Sandbox, tmp_path, monkeypatch):  # type: ignore[no-untyped-def]  # A function that types.
    monkeypatch.setenv("PUHUI_DATABASE_URL", own_addresses.app)
    monkeypatch.setenv("PUHUI_DATABASE_OWNER_URL", own_addresses.owner)
    monkeypatch.setenv("PUHUI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PUHUI_PAYMENTS_URL", sandbox.url)
    monkeypatch.setenv("PUHUI_PAYMENTS_KEY", "sk_test_of_the_tests")

    def write(*words: str) -> Result:
        return CliRunner().invoke(settle_command, words)

    return write


def test_a_day_is_settled_and_again_changes_nothing(typed) -> None:  # type: ignore[no-untyped-def]  # The fixture above.
    for _ in range(2):
        done = typed("run", "--date", TODAY.isoformat(), "--json")
        told = json.loads(done.stdout)
        assert (done.exit_code, told["statements"], told["net_fen"], told["failed"]) == (0, 1, 1500, [])


def test_a_day_that_is_none_or_not_over_is_said(typed) -> None:  # type: ignore[no-untyped-def]  # The fixture above.
    assert typed("run", "--date", "tomorrow").exit_code == 2
    late = typed("run", "--date", "2126-01-01")
    assert (late.exit_code, "settlement_day_open" in late.output) == (1, True)


def test_open_breaks_are_listed_and_the_exit_code_says_so(typed) -> None:  # type: ignore[no-untyped-def]  # The fixture above.
    told = typed("reconcile", "--json")
    assert [one["kind"] for one in json.loads(told.stdout)["open_breaks"]] == ["balance"]
    assert told.exit_code == 1
    assert "1 open breaks" in typed("reconcile").stdout


def test_a_service_that_is_away_is_told_apart(typed, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]  # The fixture above.
    monkeypatch.setenv("PUHUI_PAYMENTS_URL", "http://127.0.0.1:1")
    monkeypatch.setattr("partners.payments.transport.time.sleep", lambda _: None)
    assert typed("reconcile").exit_code == 2
