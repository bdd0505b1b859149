"""The demo town: believable, by every creditable method, the same each time."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

import ledger
from puhui.db import Database
from puhui.demo.cast import CITIZENS, known
from puhui.demo.town import build_town, is_built, town_reports
from rewards.methods import catalogue
from tests.factories import SETTINGS

FIRST = date(2026, 9, 1)


def test_the_town_lives_by_every_creditable_method() -> None:
    lived = {row.method for rows in town_reports(CITIZENS, FIRST).values() for row in rows}
    assert lived == {method.code for method in catalogue().methods if method.current.creditable}


def test_the_same_seed_makes_the_same_town() -> None:
    assert town_reports(CITIZENS, FIRST) == town_reports(CITIZENS, FIRST)


def test_the_small_town_stands_on_a_sound_ledger(own_database: Database) -> None:
    build_town(own_database, SETTINGS, small=True)
    with own_database.transaction() as session:
        assert is_built(session)
        assert ledger.audit(session).holds
        statuses = dict(session.execute(sa.text("SELECT status, count(*) FROM rewards.activity GROUP BY 1")).all())
        assert statuses["accepted"] > 500
        assert set(statuses) <= {"accepted", "capped"}
        assert session.scalar(sa.text("SELECT count(*) FROM rewards.voucher WHERE redeemed_at IS NOT NULL")) > 0
        assert session.scalar(sa.text("SELECT id FROM platform.organisation WHERE id = :id"), {"id": known("operator")})
