"""The nightly round keeps every metered institution's indicators for peers and lists."""

from __future__ import annotations

from datetime import date

from partners.meters.indicators import Period
from partners.meters.keeping import indicators_of_all
from puhui.db import Database
from puhui.jobs import TIMETABLE
from puhui.metering.jobs import keep_all_indicators
from tests.metered import NOW, bill, make_meter, make_metered


def test_the_nightly_round_keeps_what_peers_are_compared_by(own_database: Database) -> None:
    with own_database.transaction() as session:
        institution = make_metered(session)
        bill(session, make_meter(session, institution), ["10000"] * 12, first=date(2025, 1, 1))
    assert any(job.work is keep_all_indicators for job in TIMETABLE)
    for _ in range(2):
        assert keep_all_indicators(own_database, NOW) == {"institutions": 1}
    with own_database.transaction() as session:
        rows = {row.measure: row.value for row in indicators_of_all(session, Period(2025))}
    assert str(rows["energy_per_m2"]) == "1.474800"
    assert rows["water_per_person"] is None
