"""Readings of a provider: each row answered, received once, months made from them, gaps never taken for savings."""

from __future__ import annotations

import csv
import lzma
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from partners.meters.model import Energy, Meter, Site
from partners.meters.queries import open_findings_of, uses_of
from partners.meters.readings import Outcome, Reading, take_readings
from partners.providers import Provider, register
from puhui.metering.savings import proposals
from tests.metered import NOW, make_meter, make_metered

HOUR = timedelta(hours=1)
EARLY_2020 = datetime(2020, 1, 20, tzinfo=UTC)


def _provider(session: Session) -> Provider:
    return register(
        session, code="grid-co", name_zh="供电公司", name_en="Grid", time_zone="Asia/Shanghai", methods=["P01"]
    )


def _metered(session: Session) -> tuple[Meter, Provider]:
    provider = _provider(session)
    return make_meter(session, make_metered(session), provider_id=provider.id), provider


def _reading(n: int = 0, **given: object) -> Reading:
    start = datetime(2026, 3, 1, n, tzinfo=UTC)
    facts: dict[str, object] = {
        "id": f"r-{n}",
        "meter": "E-1",
        "quantity": "1.5",
        "unit": "kWh",
        "started_at": start,
        "ended_at": start + HOUR,
    }
    return Reading(**{**facts, **given})  # type: ignore[arg-type]  # The test's own keywords.


def _take(session: Session, provider: Provider, *rows: Reading) -> list[str]:
    return [one.code for one in take_readings(session, provider_id=provider.id, rows=rows, now=NOW)]


REFUSED = [
    ({"meter": "E-404"}, "meter_unknown"),
    ({"unit": "MWh"}, "unit_wrong"),
    ({"quantity": "-1"}, "quantity_invalid"),
    ({"quantity": "1.2345"}, "quantity_invalid"),
    ({"ended_at": datetime(2026, 3, 1, tzinfo=UTC)}, "time_order"),
    ({"ended_at": NOW + timedelta(days=1)}, "time_in_future"),
    ({"ended_at": datetime(2026, 4, 3, tzinfo=UTC)}, "too_long"),
    ({"ended_at": datetime(2026, 3, 31, 20, tzinfo=UTC)}, "crosses_month"),
    ({"started_at": datetime(2019, 1, 1, tzinfo=UTC), "ended_at": datetime(2019, 1, 2, tzinfo=UTC)}, "meter_not_there"),
]


@pytest.mark.parametrize(("given", "code"), REFUSED, ids=[f"{code}-{n}" for n, (_, code) in enumerate(REFUSED)])
def test_a_row_that_breaks_a_rule_says_which(session: Session, given: dict[str, object], code: str) -> None:
    _, provider = _metered(session)
    assert _take(session, provider, _reading(**given)) == [code]


def test_good_rows_go_through_beside_bad_ones_and_once(session: Session) -> None:
    meter, provider = _metered(session)
    rows = [_reading(0), _reading(1, quantity="x"), _reading(2), _reading(2)]
    assert _take(session, provider, *rows) == ["received", "quantity_invalid", "received", "id_repeated"]
    assert _take(session, provider, _reading(0), _reading(2)) == ["already_received"] * 2
    assert _take(session, provider, _reading(2, quantity="9")) == ["record_changed"]
    march = date(2026, 3, 1)
    use = uses_of(session, meter.institution_id, first=march, last=march)[meter.id, march]
    assert (use.quantity, use.gap, use.missing_hours) == (Decimal("3.000"), "readings_missing", 742)


def test_one_stretch_of_time_is_read_once(session: Session) -> None:
    _, provider = _metered(session)
    half = _reading(0, id="half", started_at=datetime(2026, 3, 1, 0, 30, tzinfo=UTC))
    assert _take(session, provider, _reading(0), half) == ["received", "overlaps"]
    assert _take(session, provider, half) == ["overlaps"]


def test_a_meter_is_read_by_its_own_provider_alone(session: Session) -> None:
    _metered(session)
    other = register(session, code="other-co", name_zh="别家", name_en="Other", time_zone="UTC", methods=["P01"])
    assert _take(session, other, _reading()) == ["meter_unknown"]


def test_a_time_without_offset_is_the_sites_own(session: Session) -> None:
    meter, provider = _metered(session)
    midnight = datetime(2026, 4, 1)  # noqa: DTZ001  # Without a zone on purpose.
    assert _take(session, provider, _reading(started_at=midnight, ended_at=midnight + HOUR)) == ["received"]
    stored = session.scalar(sa.text("SELECT started_at FROM partners.meter_reading"))
    assert stored == datetime(2026, 3, 31, 16, tzinfo=UTC)
    april = date(2026, 4, 1)
    assert (meter.id, april) in uses_of(session, meter.institution_id, first=april, last=april)


CAMBRIDGE = {
    ("b0", "electricity", 2018): "228829.2",
    ("b0", "electricity", 2019): "226971.7",
    ("b19", "electricity", 2018): "2765369.5",
    ("b19", "electricity", 2019): "2722671.0",
}


@pytest.fixture
def cambridge(session: Session, real_data: Path) -> dict[str, Meter]:
    """The hourly electricity of two anonymised buildings, pushed as a provider would, in calls of ten thousand rows."""
    provider = _provider(session)
    meters = {}
    for number in ("b0", "b19"):
        institution = make_metered(session, name=f"剑桥 {number}")
        session.execute(sa.update(Site).where(Site.institution_id == institution).values(time_zone="UTC"))
        meters[number] = make_meter(
            session, institution, number=number, provider_id=provider.id, opened_on=date(2018, 1, 1)
        )
    rows = list(_hourly(real_data / "buildings" / "cambridge_hourly_2018_2019.csv.xz", set(meters)))
    for start in range(0, len(rows), 10_000):
        answers = take_readings(session, provider_id=provider.id, rows=rows[start : start + 10_000], now=EARLY_2020)
        assert set(answers) == {Outcome("accepted", "received")}
    return meters


def _hourly(path: Path, wanted: set[str]) -> Iterator[Reading]:
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        for n, row in enumerate(csv.DictReader(file)):
            if row["building"] in wanted and row["fuel"] == "electricity":
                start = datetime.fromisoformat(row["datetime_utc"]).replace(tzinfo=UTC)
                yield Reading(f"c-{n}", row["building"], row["kwh"], "kWh", start, start + HOUR)


def test_the_real_hourly_sums_are_reproduced_and_their_gaps_are_not_credited(
    session: Session, cambridge: dict[str, Meter], real_data: Path
) -> None:
    months = _months_by_hand(real_data / "buildings" / "cambridge_hourly_2018_2019.csv.xz")
    for (number, _, year), expected in CAMBRIDGE.items():
        meter = cambridge[number]
        uses = uses_of(session, meter.institution_id, first=date(year, 1, 1), last=date(year, 12, 1))
        assert {m: use.quantity for (_, m), use in uses.items()} == {
            month: total for (name, month), total in months.items() if name == number and month.year == year
        }
        assert sum(use.quantity or 0 for use in uses.values()) == Decimal(expected)
    october = _october_2019(session, cambridge["b19"])
    assert october == ("no_bill", "46")
    findings = {(f.code, f.month) for f in open_findings_of(session, cambridge["b19"].institution_id)}
    assert ("zeros_for_missing", date(2019, 10, 1)) in findings


def _months_by_hand(path: Path) -> dict[tuple[str, date], Decimal]:
    totals: dict[tuple[str, date], Decimal] = {}
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["fuel"] == "electricity":
                key = (row["building"], date.fromisoformat(row["datetime_utc"][:7] + "-01"))
                totals[key] = totals.get(key, Decimal(0)) + Decimal(row["kwh"])
    return totals


def _october_2019(session: Session, meter: Meter) -> tuple[str, str]:
    """What October 2019 came to, in which 46 hours read zero: 218,359 kWh would have looked like a saving."""
    found: list[UUID] = [meter.institution_id]
    decisions = [one.decision for one in proposals(session, found[0], year=2019, now=NOW)]
    october = next(d for d in decisions if d.month == date(2019, 10, 1) and d.kind.method == "P01")
    assert meter.energy is Energy.ELECTRICITY
    return october.reason, october.facts["hours"]
