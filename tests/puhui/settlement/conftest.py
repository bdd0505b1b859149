"""The café's town with its people: manager, operator, citizen, and the sandbox of the payments' tests."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ledger.kernel import clock
from partners import settlement, sponsors
from puhui.app import create_app
from puhui.db import Database
from puhui.identity.model import Role
from puhui.identity.people import create_person, join
from tests.factories import SETTINGS, VAULT, Staff, a_phone, log_in, make_operator
from tests.partners.payments.conftest import Sandbox, sandbox, sandbox_process
from tests.partners.settlement.world import NIGHT, Town, open_town

__all__ = ["sandbox", "sandbox_process"]


@dataclass(frozen=True)
class Desk:
    """The café with one settled day, its manager and the operator, and the application that serves them."""

    database: Database
    app: Flask
    town: Town
    manager: Staff
    operator: Staff

    def browser(self, who: Staff | None) -> FlaskClient:
        """Answer a browser on which *who* is logged in."""
        client = self.app.test_client()
        return client if who is None else log_in(client, who)


@pytest.fixture
def desk(own_database: Database, sandbox: Sandbox) -> Desk:
    """The desk, with the sandbox as its payment service."""
    with own_database.transaction() as session:
        town = open_town(session)
        manager, operator = _manager(session, town), make_operator(session)
        town.redeem(30)
        town.undo(town.redeem(12))
        town.settle()
        sponsors.count_coins(session, now=NIGHT)
    app = create_app(replace(SETTINGS, payments_url=sandbox.url, payments_key="sk_test_of_the_tests"), own_database)
    return Desk(own_database, app, town, manager, operator)


def _manager(session: Session, town: Town) -> Staff:
    person = create_person(session, vault=VAULT, phone=a_phone(), name="老陈", now=clock.now())
    cafe = town.cafe.clerk.organisation
    return Staff(person, cafe, join(session, person=person, organisation=cafe, role=Role.MANAGER, now=clock.now()))


@pytest.fixture
def statement(desk: Desk) -> settlement.Statement:
    """The café's statement."""
    with desk.database.transaction() as session:
        return settlement.statements(session)[0]
