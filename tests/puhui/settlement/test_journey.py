"""From the sponsor's top-up to money at the café's bank: web server, sandbox and commands as processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

import ledger
from ledger.kernel import clock
from ledger.kernel.ids import new_id
from partners import settlement, sponsors
from partners.payments import PaymentClient, Transport
from partners.receipts import State
from partners.settlement import Payout, PayoutState
from puhui import paying
from puhui.addresses import Addresses
from puhui.db import Database
from puhui.supervisor import web_server
from tests.partners.payments.conftest import eventually, free_port
from tests.partners.settlement.world import OPERATOR, TODAY, open_town

KEY = "sk_test_of_the_journey"


@dataclass(frozen=True)
class House:
    """The running processes, and what they share."""

    database: Database
    environment: dict[str, str]
    cafe: UUID
    fund: UUID

    def type(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run ``puhui`` in a process of its own."""
        command = [sys.executable, "-m", "puhui.cli", *words]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=120)

    def payout(self) -> Payout:
        with self.database.transaction() as session:
            return settlement.payouts(session, merchant_id=self.cafe)[0]


@pytest.fixture
def house(own_addresses: Addresses, own_database: Database, tmp_path: Path) -> Iterator[House]:
    """The café's town with an empty fund, a web server and a sandbox that sends its messages there."""
    with own_database.transaction() as session:
        town = open_town(session, fen=0)
        town.redeem(30)
        town.undo(town.redeem(12))
    web, service = free_port(), free_port()
    own = {
        "PUHUI_DATABASE_URL": own_addresses.app,
        "PUHUI_DATABASE_OWNER_URL": own_addresses.owner,
        "PUHUI_DATA_DIR": str(tmp_path),
        "PUHUI_PORT": str(web),
        "PUHUI_PAYMENTS_URL": f"http://127.0.0.1:{service}",
        "PUHUI_PAYMENTS_KEY": KEY,
        "PUHUI_PAYMENTS_WEBHOOK_SECRET": "whsec_of_the_journey",
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PUHUI_")} | own
    with ExitStack() as stack:
        server = web_server(host="127.0.0.1", port=web, workers=1, environment=own)
        server.start()
        stack.callback(lambda: (server.stop(), server.wait(time.monotonic() + 10)))
        command = [sys.executable, "-m", "puhui.cli", "payments", "sandbox", "--payout-seconds", "0.5"]
        sandbox = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        stack.callback(lambda: (sandbox.terminate(), sandbox.wait(10)))
        yield House(own_database, environment, town.cafe.id, town.fund)


@pytest.mark.slow
def test_coins_become_money_at_the_cafes_bank(house: House) -> None:
    _top_up(house, 10_000)
    done = house.type("settle", "run", "--date", TODAY.isoformat(), "--json")
    assert (done.returncode, json.loads(done.stdout)["net_fen"]) == (0, 1500), done.stderr
    assert house.payout().state is PayoutState.PREPARED
    assert "1 payouts sent" in house.type("settle", "send").stdout
    assert eventually(lambda: house.payout().state is PayoutState.PAID, 30)
    with house.database.transaction() as session:
        owed = settlement.owed(session, house.cafe, now=clock.now())
        left = sum(sponsors.available_fen(session, sponsors.funds(session)).values())
        assert (owed.fen, owed.under_way_fen, left) == (0, 0, 8500)
        assert ledger.audit(session).holds
    agreed = house.type("settle", "reconcile", "--json")
    assert (agreed.returncode, json.loads(agreed.stdout)) == (0, {"open_breaks": []}), agreed.stderr


def _top_up(house: House, fen: int) -> None:
    client = PaymentClient(Transport(base_url=house.environment["PUHUI_PAYMENTS_URL"], key=KEY))
    with house.database.transaction() as session:
        receipt = sponsors.begin_top_up(
            session, fund_id=house.fund, payer_id=OPERATOR, amount_fen=fen, request_id=new_id(), now=clock.now()
        )
    told = {"receipt_id": receipt.id, "payment_method": "pm_card_visa", "attempt_id": new_id(), "now": clock.now()}

    def is_paid() -> bool:
        try:
            return paying.pay(house.database, client, **told) is State.PAID  # type: ignore[arg-type]  # Named as they are.
        except paying.PaymentUnavailable:
            return False

    assert eventually(is_paid, 60)
