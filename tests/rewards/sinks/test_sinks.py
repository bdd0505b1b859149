"""Carbon sinks: approved, recorded, issued by year once a factor is set; volunteers get points and no grams."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from puhui.volunteering import sign_off_shift
from rewards import units
from rewards.sinks import actions, errors, queries
from rewards.sinks.model import SinkProject
from tests.cafe import NOON
from tests.factories import Staff, make_citizen, make_hospital_liaison

XU, LUO = new_id(), new_id()


@pytest.fixture
def wan(session: Session) -> Staff:
    return make_hospital_liaison(session)


def register(session: Session, wan: Staff, *, approved: bool = True) -> SinkProject:
    """Let Wan register the hospital's trees, and Xu approve them."""
    project = actions.register_project(
        session, project_id=new_id(), organisation_id=wan.organisation.id, name="院内护绿", county_code="360102",
        method="tree_care", words="", by=wan.person.id, now=NOON,
    )  # fmt: skip
    actions.add_parcel(session, project=project, name="东院", area_mu=Decimal("2.5"), county_code="360102")
    if approved:
        actions.review_project(session, project=project, approves=True, note="", by=XU, now=NOON)
    return project


def record(session: Session, wan: Staff, project: SinkProject, quantity: str, *, year: int = 2025) -> None:
    """Let Wan count the trees of a year, and Xu approve it."""
    made = actions.record_year(
        session, record_id=new_id(), project=project, year=year, quantity=Decimal(quantity), words="逐棵清点", files=[],
        by=wan.person.id, now=NOON,
    )  # fmt: skip
    with pytest.raises(errors.OwnSinkWork):
        actions.review_record(session, record=made, approves=True, note="", by=wan.person.id, now=NOON)
    actions.review_record(session, record=made, approves=True, note="", by=XU, now=NOON)


def set_factor(session: Session, grams: int = 5_000, permille: int = 300) -> None:
    actions.set_factor(
        session, factor_id=new_id(), method="tree_care", grams_per_unit=grams, permille=permille, source="示范监测报告",
        by=XU, now=NOON,
    )  # fmt: skip


def test_nothing_is_issued_until_the_operator_sets_the_uncertain_methods_factor(session: Session, wan: Staff) -> None:
    project = register(session, wan)
    record(session, wan, project, "120")
    with pytest.raises(errors.SinkMethodUnset):
        actions.enter_year(session, project=project, year=2025, by=XU, now=NOON)
    set_factor(session)
    issue = actions.enter_year(session, project=project, year=2025, by=XU, now=NOON)
    units.approve_issue(session, issue_id=issue.id, by=LUO, now=NOON)
    # 120 trees · 5 kg · (1 − 30 %) = 420 kg, the uncertainty taken off.
    row = units.issues(session, sink_project_id=project.id)[0]
    assert (issue.grams, row.left_grams) == (420_000, 420_000)
    assert row.first_serial == f"SINK-{project.number:06d}-2025-00000001"
    assert units.available_grams(session, holder=wan.organisation.id, kind=units.UnitKind.SINK) == 420_000


def test_a_year_is_issued_once_and_only_from_an_approved_record(session: Session, wan: Staff) -> None:
    project = register(session, wan)
    set_factor(session)
    with pytest.raises(errors.SinkRecordMissing):
        actions.enter_year(session, project=project, year=2025, by=XU, now=NOON)
    record(session, wan, project, "120")
    actions.enter_year(session, project=project, year=2025, by=XU, now=NOON)
    with pytest.raises(errors.SinkYearIssued):
        actions.enter_year(session, project=project, year=2025, by=XU, now=NOON)
    record(session, wan, project, "0.1", year=2024)
    with pytest.raises(errors.SinkTooLittle):
        actions.enter_year(session, project=project, year=2024, by=XU, now=NOON)


def test_a_project_that_was_not_approved_issues_nothing(session: Session, wan: Staff) -> None:
    project = register(session, wan, approved=False)
    with pytest.raises(errors.OwnSinkWork):
        actions.review_project(session, project=project, approves=True, note="", by=wan.person.id, now=NOON)
    with pytest.raises(errors.SinkNotApproved):
        actions.enter_year(session, project=project, year=2025, by=XU, now=NOON)
    with pytest.raises(errors.SinkNotApproved):
        sign_off(session, project, new_id(), wan)


@pytest.mark.parametrize("area", ["0", "-1", "NaN", "0.0001", "1000000000"])
def test_a_parcel_that_cannot_be_is_refused(session: Session, wan: Staff, area: str) -> None:
    project = register(session, wan)
    with pytest.raises(errors.SinkInvalid):
        actions.add_parcel(session, project=project, name="西院", area_mu=Decimal(area), county_code="360102")


def test_sink_units_are_retired_once_for_an_event(session: Session, wan: Staff) -> None:
    project = register(session, wan)
    set_factor(session)
    record(session, wan, project, "120")
    issue = actions.enter_year(session, project=project, year=2025, by=XU, now=NOON)
    units.approve_issue(session, issue_id=issue.id, by=LUO, now=NOON)
    take = units.Take(wan.organisation.id, units.UnitKind.SINK, 420_000)
    units.retire(session, [take], beneficiary=new_id(), reason="会议", by=XU, request_id=new_id(), now=NOON)
    with pytest.raises(units.UnitsShort):
        units.retire(session, [take], beneficiary=new_id(), reason="会议", by=XU, request_id=new_id(), now=NOON)
    assert units.differences(session) == []


def sign_off(session: Session, project: SinkProject, person: UUID, wan: Staff, *, hours: int = 3, days: int = 1) -> int:
    made = sign_off_shift(
        session, shift_id=new_id(), project=project, person_id=person, day=date(2026, 11, 22) - timedelta(days=days),
        hours=hours, by=wan.person.id, now=NOON,
    )  # fmt: skip
    return made.points


def test_a_volunteer_gets_points_once_a_day_and_never_grams(session: Session, wan: Staff) -> None:
    project, lin = register(session, wan), make_citizen(session)
    assert [sign_off(session, project, lin.id, wan) for _ in range(2)] == [60, 60]
    with pytest.raises(errors.ShiftSignedOff):
        sign_off(session, project, lin.id, wan, hours=4)
    points = ledger.account_of(session, owner=lin.id, purpose="points", asset="point")
    grams = ledger.account_of(session, owner=lin.id, purpose="reduction", asset="reduction")
    assert (ledger.balance(session, points).posted, ledger.balance(session, grams).posted) == (60, 0)
    assert queries.shifts_of(session, project.id)[0].hours == 3


def test_nobody_signs_off_their_own_hours_or_hours_that_cannot_be(session: Session, wan: Staff) -> None:
    project, lin = register(session, wan), make_citizen(session)
    with pytest.raises(errors.OwnSinkWork):
        sign_off(session, project, wan.person.id, wan)
    for hours, days in ((0, 1), (9, 1), (3, -1)):
        with pytest.raises(errors.ShiftInvalid):
            sign_off(session, project, lin.id, wan, hours=hours, days=days)


def test_two_projects_on_one_day_share_the_days_cap(session: Session, wan: Staff) -> None:
    lin = make_citizen(session)
    first, second = register(session, wan), register(session, wan)
    assert sign_off(session, first, lin.id, wan, hours=8) == 160
    assert sign_off(session, second, lin.id, wan, hours=3) == 0
