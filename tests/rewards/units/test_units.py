"""Units: serials issued once, retired once, split where a part is retired, and told alike by rows and ledger."""

from __future__ import annotations

import threading
from collections.abc import Callable
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.errors import DomainError
from ledger.kernel.ids import new_id
from puhui.db import Database
from rewards import units
from rewards.units.rules import Free, allocate, read_serials
from tests.cafe import NOON

XU, LUO = new_id(), new_id()
POOL = new_id()


def issue(
    session: Session, *, first: str = "JXPH-2026-000001", last: str = "JXPH-2026-000100", year: int = 2026
) -> units.Issue:
    """Let Xu enter and Luo approve a hundred units of a kilogram for the pool."""
    new = units.NewIssue(
        kind=units.UnitKind.PUHUI, registry="示范登记簿", first_serial=first, last_serial=last, grams_per_unit=1000,
        holder=POOL, project="青禾公交", year=year, source="示范文件 2026-1",
    )  # fmt: skip
    entered = units.enter_issue(session, new, issue_id=new_id(), by=XU, now=NOON)
    return units.approve_issue(session, issue_id=entered.id, by=LUO, now=NOON)


def retire(
    session: Session, grams: int, *, beneficiary: UUID | None = None, request_id: UUID | None = None
) -> units.Retirement:
    """Retire from the pool for a meeting."""
    take = units.Take(POOL, units.UnitKind.PUHUI, grams)
    return units.retire(
        session, [take], beneficiary=beneficiary or new_id(), reason="会议", by=XU, request_id=request_id or new_id(),
        now=NOON,
    )  # fmt: skip


def serials(session: Session, retirement: units.Retirement) -> list[tuple[str, str]]:
    return [(block.first_serial, block.last_serial) for block in units.retired_blocks(session, [retirement.id])]


def left(session: Session) -> int:
    return units.available_grams(session, holder=POOL, kind=units.UnitKind.PUHUI)


def test_an_issue_counts_when_a_second_person_approved_it(session: Session) -> None:
    new = units.NewIssue(
        kind=units.UnitKind.PUHUI, registry="示范登记簿", first_serial="A001", last_serial="A010", grams_per_unit=1000,
        holder=POOL, project="青禾公交", year=2026, source="示范文件",
    )  # fmt: skip
    entered = units.enter_issue(session, new, issue_id=new_id(), by=XU, now=NOON)
    assert left(session) == 0
    with pytest.raises(units.OwnIssue):
        units.approve_issue(session, issue_id=entered.id, by=XU, now=NOON)
    for _ in range(2):
        assert units.approve_issue(session, issue_id=entered.id, by=LUO, now=NOON).approved_by == LUO
    assert left(session) == 10_000
    assert units.differences(session) == []


def test_a_part_of_a_block_is_retired_by_splitting_it(session: Session) -> None:
    issue(session)
    first, second = retire(session, 2_137), retire(session, 1_000)
    assert serials(session, first) == [("JXPH-2026-000001", "JXPH-2026-000003")]
    assert serials(session, second) == [("JXPH-2026-000004", "JXPH-2026-000004")]
    assert (first.grams, left(session)) == (3_000, 96_000)
    assert units.differences(session) == []


def test_a_retirement_takes_the_oldest_year_first_and_crosses_blocks(session: Session) -> None:
    issue(session, first="B01", last="B05", year=2026)
    issue(session, first="A01", last="A03", year=2025)
    assert serials(session, retire(session, 5_000)) == [("A01", "A03"), ("B01", "B02")]


def test_the_same_request_retires_once_and_another_use_of_it_is_a_conflict(session: Session) -> None:
    issue(session)
    meeting, request = new_id(), new_id()
    first, again = (retire(session, 2_000, beneficiary=meeting, request_id=request) for _ in range(2))
    assert first is again
    assert left(session) == 98_000
    with pytest.raises(units.RetirementConflict):
        retire(session, 2_000, request_id=request)


def test_more_than_there_is_is_refused_and_leaves_everything_as_it_was(session: Session) -> None:
    issue(session, first="C1", last="C5")
    with pytest.raises(units.UnitsShort) as refused:
        retire(session, 5_001)
    assert refused.value.facts["available_grams"] == 5_000
    assert left(session) == 5_000


def test_serials_that_are_in_the_book_are_refused_whoever_enters_them(session: Session) -> None:
    issue(session, first="D010", last="D020")
    retire(session, 11_000)
    for first, last in (("D020", "D030"), ("D001", "D010"), ("D012", "D013"), ("D001", "D099")):
        with pytest.raises(units.SerialsTaken):
            issue(session, first=first, last=last)
    assert issue(session, first="D021", last="D030").units == 10
    assert issue(session, first="D0010", last="D0020").units == 11  # Other digits are other serials.


def test_postgresql_itself_refuses_blocks_that_overlap(session: Session) -> None:
    made = issue(session)
    text = (
        "INSERT INTO rewards.unit_block (id, issue_id, series_id, serials, made_at)"
        " VALUES (gen_random_uuid(), :issue, :series, '[50,60)', now())"
    )
    with pytest.raises(IntegrityError, match="blocks_never_overlap"), session.begin_nested():
        session.execute(sa.text(text), {"issue": made.id, "series": made.series_id})


@pytest.mark.parametrize("change", ["retirement_id = NULL, transfer_id = NULL", "serials = '[1,1000)'"])
def test_postgresql_itself_keeps_a_retired_block_retired(session: Session, change: str) -> None:
    issue(session)
    retired = retire(session, 100_000)
    text = f"UPDATE rewards.unit_block SET {change} WHERE retirement_id = :id"
    with pytest.raises(DBAPIError, match="stays so"), session.begin_nested():
        session.execute(sa.text(text), {"id": retired.id})


@pytest.mark.parametrize(
    ("first", "last"),
    [("A1", "B2"), ("A9", "A1"), ("A01", "A1"), ("", "1"), ("A", "A"), ("A1", ""), ("A-1-x", "A-2-x")],
)
def test_serials_that_are_no_run_are_refused(first: str, last: str) -> None:
    with pytest.raises(units.SerialsUnreadable):
        read_serials(first, last)


def test_serials_are_read_as_the_registry_writes_them() -> None:
    assert read_serials(" ccer-01-002-000007", "CCER-01-002-000123") == units.Run("CCER-01-002-", 6, 7, 123)


@given(
    sizes=st.lists(st.tuples(st.integers(1, 50), st.sampled_from([1, 1000, 1_000_000])), min_size=1, max_size=8),
    grams=st.integers(1, 10_000_000),
)
def test_an_allocation_covers_what_is_asked_with_the_fewest_whole_units(
    sizes: list[tuple[int, int]], grams: int
) -> None:
    blocks = [Free(new_id(), 1, count, weight) for count, weight in sizes]
    total = sum(count * weight for count, weight in sizes)
    if total < grams:
        with pytest.raises(units.UnitsShort):
            allocate(blocks, grams=grams, kind="puhui")
        return
    cuts = allocate(blocks, grams=grams, kind="puhui")
    taken = sum(cut.grams for cut in cuts)
    weights = {block.block_id: block.grams_per_unit for block in blocks}
    assert grams <= taken < grams + weights[cuts[-1].block_id]
    assert all(cut.first == 1 and cut.last >= 1 for cut in cuts)


def at_once(database: Database, *works: Callable[[Session], object]) -> list[object]:
    """Run each work in a thread and transaction of its own, all beginning together; answer results and refusals."""
    start, answers = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[Session], object]) -> None:
        start.wait()
        try:
            answers[place] = database.run(work)
        except DomainError as error:
            answers[place] = error

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_many_retire_at_once_and_no_unit_goes_twice(own_database: Database) -> None:
    """Eight meetings of 17 kg each want 100 kg of the pool: five get theirs, three are told what is left."""
    own_database.run(issue)
    answers = at_once(own_database, *[lambda session: retire(session, 17_000)] * 8)
    assert sum(isinstance(answer, units.Retirement) for answer in answers) == 5
    with own_database.transaction() as session:
        assert left(session) == 100_000 - 5 * 17_000
        assert units.differences(session) == []
        assert ledger.audit(session).holds


def test_two_who_press_at_once_retire_once(own_database: Database) -> None:
    own_database.run(issue)
    meeting, request = new_id(), new_id()
    answers = at_once(
        own_database, *[lambda session: retire(session, 2_000, beneficiary=meeting, request_id=request)] * 4
    )
    assert {answer.id for answer in answers if isinstance(answer, units.Retirement)} == {request}
    with own_database.transaction() as session:
        assert left(session) == 98_000


def test_two_who_enter_the_same_serials_at_once_get_one_block(own_database: Database) -> None:
    answers = at_once(own_database, *[issue] * 4)
    assert sum(isinstance(answer, units.Issue) for answer in answers) == 1
    assert sum(isinstance(answer, units.SerialsTaken) for answer in answers) == 3


def test_a_crash_before_the_end_leaves_nothing_and_the_retry_retires_once(own_database: Database) -> None:
    own_database.run(issue)
    meeting, request = new_id(), new_id()

    class Crash(Exception):
        pass

    def crash(session: Session) -> None:
        retire(session, 2_000, beneficiary=meeting, request_id=request)
        raise Crash

    with pytest.raises(Crash):
        own_database.run(crash)
    with own_database.transaction() as session:
        assert left(session) == 100_000
    own_database.run(lambda session: retire(session, 2_000, beneficiary=meeting, request_id=request))
    with own_database.transaction() as session:
        assert left(session) == 98_000
        assert units.differences(session) == []


def test_the_check_finds_a_block_that_the_ledger_does_not_know(own_database: Database) -> None:
    made = own_database.run(issue)
    with own_database.transaction() as session:
        session.execute(
            sa.text(
                "INSERT INTO rewards.unit_block (id, issue_id, series_id, serials, made_at)"
                " VALUES (gen_random_uuid(), :issue, :series, '[500,501)', now())"
            ),
            {"issue": made.id, "series": made.series_id},
        )
        assert len(units.differences(session)) == 2
