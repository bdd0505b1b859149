"""A fictional plant with a maker, a checker and a reader, and browsers for each."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ledger.kernel import clock
from ledger.kernel.ids import new_id
from partners.enterprises.parties.actions import add_account, register_enterprise
from partners.enterprises.prices.actions import import_prices
from puhui.db import Database
from puhui.identity.model import Kind, Role
from puhui.identity.people import create_person, join
from tests.factories import VAULT, Staff, a_phone, csrf_token, log_in, make_operator, make_staff
from tests.partners.enterprises.world import credit_code

PRICES = (
    "trade_date,subject_code,subject_name,prev_close,open,high,low,close,change_rate,listed_qty_t,listed_amount_cny\n"
    "{0},CEA25,碳排放配额25,97.00,97.00,97.50,96.50,97.40,0.0041,100,9740.00\n"
    "{1},CEA25,碳排放配额25,97.40,97.40,98.50,97.00,98.00,0.0062,100,9800.00\n"
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Plant:
    """The people of the plant, and a browser for each."""

    maker: Staff
    checker: Staff
    reader: Staff
    operator: Staff
    browse: Callable[[Staff], FlaskClient]

    def bring(self, what: str, name: str, content: bytes) -> str:
        """Let the maker send a file; answers where its page is."""
        client = self.browse(self.maker)
        sent = {"csrf_token": csrf_token(client), "request_id": str(new_id()), "what": what}
        answer = client.post(
            "/enterprise/files", data=sent | {"file": (io.BytesIO(content), name)}, content_type="multipart/form-data"
        )
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def enter(self, what: str, **cells: str) -> str:
        """Let the maker type one line; answers where its page is."""
        client = self.browse(self.maker)
        answer = client.post(
            f"/enterprise/forms/{what}",
            data={"csrf_token": csrf_token(client), "request_id": str(new_id()), **cells},
        )
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def approve(self, page: str) -> None:
        """Let the checker approve a file."""
        client = self.browse(self.checker)
        answer = client.post(f"{page}/approval", data={"csrf_token": csrf_token(client)})
        assert answer.status_code == 303, answer.text


@pytest.fixture
def firm(own_database: Database, app: Flask) -> Plant:
    """The plant in a database of its own, with prices of yesterday and the day before."""
    now = clock.now()
    with own_database.transaction() as session:
        maker = make_staff(session, kind=Kind.ENTERPRISE, organisation="虚构水泥厂", role=Role.MAKER, name="经办甲")
        plant = maker.organisation
        others = []
        for name, role in (("复核乙", Role.CHECKER), ("查看丙", Role.VIEWER)):
            person = create_person(session, vault=VAULT, phone=a_phone(), name=name, now=now)
            others.append(Staff(person, plant, join(session, person=person, organisation=plant, role=role, now=now)))
        register_enterprise(
            session, organisation_id=plant.id, credit_code=credit_code(1), name="虚构水泥厂", sector="cement", now=now
        )
        for system, number in (("registry", "DJ-0001"), ("trading", "JY-0001")):
            add_account(session, enterprise_id=plant.id, system=system, account_no=number, market="CEA", now=now)
        days = [(now - timedelta(days=ago)).date() for ago in (2, 1)]
        import_prices(session, name="p.csv", content=PRICES.format(*days).encode(), now=now)
        operator = make_operator(session)

    def browse(who: Staff) -> FlaskClient:
        return log_in(app.test_client(), who)

    return Plant(maker, *others, operator, browse)
