"""节约型机关 self-assessment: what an assessor asks for (puhui.md §3.2, E6–E8), answered with words and evidence.

The published excerpt gives points for some items only. What it does not give stays empty until the operator enters it
with its source; until then there is a part of a score, and no verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ledger import stripe_of
from ledger.kernel.ids import new_id
from partners.meters.errors import AssessmentInvalid

PASS = "pass"  # noqa: S105  # The mark to reach, no secret.
AREAS = ("goals", "system", "office", "waste", "education")


class Item(NamedTuple):
    """What is asked for. *points* is None where no source gives any."""

    code: str
    area: str
    title: str
    must_pass: bool
    points: Decimal | None
    source: str | None


class Answer(NamedTuple):
    """What an institution says about an item, with the files that show it."""

    item: str
    passed: bool
    points: Decimal | None
    words: str
    file_ids: Sequence[UUID]
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Score:
    """Where an institution stands. *verdict* is None while items or the mark to pass have no points."""

    points: Decimal
    out_of: Decimal
    without_points: Sequence[str]
    unanswered: Sequence[str]
    failed_musts: Sequence[str]
    mark: Decimal | None
    verdict: bool | None


def items(session: Session) -> list[Item]:
    """Every item in its order, with the newest points."""
    rows = session.execute(
        sa.text(
            "SELECT i.code, i.area, i.title, i.must_pass, p.points, p.source FROM partners.assessment_item i"
            " LEFT JOIN LATERAL (SELECT points, source FROM partners.assessment_points WHERE subject = i.code"
            "  ORDER BY set_at DESC, id DESC LIMIT 1) p ON true ORDER BY i.position LIMIT 200"
        )
    )
    return [Item(*row) for row in rows]


def area_points(session: Session) -> dict[str, tuple[Decimal, str]]:
    """The newest points and source by area, and of the mark to pass."""
    rows = session.execute(
        sa.text(
            "SELECT DISTINCT ON (subject) subject, points, source FROM partners.assessment_points"
            " WHERE subject = ANY (:subjects) ORDER BY subject, set_at DESC, id DESC"
        ),
        {"subjects": [*AREAS, PASS]},
    )
    return {subject: (points, source) for subject, points, source in rows}


def set_points(session: Session, *, subject: str, points: Decimal, source: str, by: UUID, now: datetime) -> None:
    """Set the points of an item, an area or the mark to pass, with the source. Raises AssessmentInvalid."""
    known = {item.code for item in items(session)} | set(AREAS) | {PASS}
    if subject not in known or points < 0 or not source.strip():
        raise AssessmentInvalid(subject=subject)
    session.execute(
        sa.text(
            "INSERT INTO partners.assessment_points (subject, points, source, set_by, set_at)"
            " VALUES (:subject, :points, :source, :by, :now)"
        ),
        {"subject": subject, "points": points, "source": source.strip(), "by": by, "now": now},
    )


def answers(session: Session, institution_id: UUID, year: int) -> dict[str, Answer]:
    """The newest answer by item."""
    rows = session.execute(
        sa.text(
            "SELECT DISTINCT ON (item) item, passed, points, words, file_ids, answered_at"
            " FROM partners.assessment_answer WHERE stripe = :stripe AND institution_id = :institution AND year = :year"
            " ORDER BY item, answered_at DESC, id DESC"
        ),
        {"stripe": stripe_of(institution_id), "institution": institution_id, "year": year},
    )
    return {row.item: Answer(*row) for row in rows}


def answer(
    session: Session,
    *,
    institution_id: UUID,
    year: int,
    item: Item,
    passed: bool,
    points: Decimal | None,
    words: str,
    file_ids: Sequence[UUID],
    by: UUID,
    now: datetime,
) -> None:
    """Say where the institution stands with an item; earlier files stay with it. Raises AssessmentInvalid."""
    if points is not None and (item.points is None or not 0 <= points <= item.points):
        raise AssessmentInvalid(subject=item.code)
    earlier = answers(session, institution_id, year).get(item.code)
    files = list(dict.fromkeys([*(earlier.file_ids if earlier else ()), *file_ids]))
    session.execute(
        sa.text(
            "INSERT INTO partners.assessment_answer"
            " (stripe, id, institution_id, year, item, passed, points, words, file_ids, answered_by, answered_at)"
            " VALUES (:stripe, :id, :institution, :year, :item, :passed, :points, :words, :files, :by, :now)"
        ),
        {
            "stripe": stripe_of(institution_id),
            "id": new_id(),
            "institution": institution_id,
            "year": year,
            "item": item.code,
            "passed": passed,
            "points": points,
            "words": words,
            "files": files,
            "by": by,
            "now": now,
        },
    )


def score(asked: Sequence[Item], given: dict[str, Answer], mark: Decimal | None) -> Score:
    """Add up what can be added up; the verdict waits until nothing is missing."""
    without = [item.code for item in asked if item.points is None and not item.must_pass]
    unanswered = [item.code for item in asked if item.code not in given]
    failed = [item.code for item in asked if item.must_pass and item.code in given and not given[item.code].passed]
    total = sum((one.points or Decimal(0) for one in given.values()), Decimal(0))
    out_of = sum((item.points or Decimal(0) for item in asked), Decimal(0))
    decided = mark is not None and not without and not unanswered
    verdict = not failed and total >= (mark or Decimal(0)) if decided else None
    return Score(total, out_of, without, unanswered, failed, mark, verdict)
