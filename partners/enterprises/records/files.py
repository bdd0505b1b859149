"""The files that statements come in: kept by hash, every line answered, decided on by a second person."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from partners.enterprises.bulk import connection_of, copy_rows
from partners.enterprises.instruments.model import Kind
from partners.enterprises.records import queries
from partners.enterprises.records.errors import FileDecided, SecondPersonNeeded
from partners.enterprises.records.mapping import Mapping
from partners.enterprises.records.model import MARKET_TIME
from partners.enterprises.records.validator import Answer, Outcome
from partners.enterprises.rulebook.model import RuleBook

COLUMNS = (
    *("stripe", "id", "enterprise_id", "sha256", "name", "bytes", "content", "mapping", "facts", "rows_read"),
    *("answers", "staged_by", "staged_at", "keep_until"),
)


@dataclass(frozen=True, slots=True)
class Staged:
    """What became of a file: nothing is booked yet. *seen_before*: these bytes were brought earlier."""

    file_id: UUID
    seen_before: bool
    counts: dict[str, int]
    answers: list[Answer]


@dataclass(frozen=True, slots=True)
class Brought:
    """A file as somebody brings it, with its hash."""

    file_id: UUID
    enterprise_id: UUID
    name: str
    content: bytes
    sha256: bytes
    staged_by: UUID
    now: datetime


def keep(
    session: Session,
    brought: Brought,
    answers: Sequence[Answer],
    *,
    what: str,
    mapping: Mapping | None,
    keep_until: date,
    facts: list[dict[str, object]] | None = None,
) -> Staged:
    """Keep the bytes and the answers to their lines; *what* is ``records`` or the kind of sheet whose *facts* wait."""
    stripe = ledger.stripe_of(brought.enterprise_id)
    counts = dict(sorted(Counter(answer.outcome.value for answer in answers).items()))
    cells = (
        *(stripe, brought.file_id, brought.enterprise_id, brought.sha256, brought.name, brought.content, what),
        *(json.dumps(asdict(mapping) if mapping else {}, ensure_ascii=False), None if facts is None else _json(facts)),
        *(len(answers), json.dumps(counts), brought.staged_by, brought.now, keep_until),
    )
    copy_rows(session, "market_file", COLUMNS, [cells])
    _write_rows(session, stripe, brought.file_id, answers)
    return Staged(brought.file_id, seen_before=False, counts=counts, answers=list(answers))


def _json(facts: list[dict[str, object]]) -> str:
    return json.dumps(facts, ensure_ascii=False)


def _write_rows(session: Session, stripe: int, file_id: UUID, answers: Iterable[Answer]) -> None:
    columns = ("stripe", "file_id", "line", "outcome", "findings")
    rows = (
        (stripe, file_id, answer.line, answer.outcome.value, _findings(answer))
        for answer in answers
        if answer.findings or answer.outcome is not Outcome.STAGED
    )
    copy_rows(session, "market_row", columns, rows)


def _findings(answer: Answer) -> str:
    return json.dumps(
        [{"rule": f.rule, "severity": f.severity.value, "code": f.code, "facts": f.facts} for f in answer.findings],
        ensure_ascii=False,
    )


def keep_until(book: RuleBook, kinds: set[Kind], *, today: date) -> date:
    """Answer until when a file with rights of these kinds is kept (rule 40)."""
    years = book.number("keep_years_credits" if Kind.CCER in kinds else "keep_years", today)
    leap_day = (today.month, today.day) == (2, 29)
    return today.replace(year=today.year + years, day=28 if leap_day else today.day)


def today_of(now: datetime) -> date:
    """Answer the day of *now* where the markets are."""
    return now.astimezone(MARKET_TIME).date()


def check_decidable(file: queries.MarketFile, *, by: UUID) -> None:
    """Check that *by* may let the file in. Raises FileDecided, SecondPersonNeeded, the first that holds."""
    if file.state != "staged":
        raise FileDecided(file=file.id, state=file.state)
    if file.staged_by == by:
        raise SecondPersonNeeded(file=file.id)


def decide(
    session: Session, enterprise_id: UUID, file_id: UUID, *, state: str, by: UUID, reason: str | None, now: datetime
) -> None:
    """Write down who decided what about a file."""
    connection_of(session).execute(
        """UPDATE partners.market_file SET state = %s, decided_by = %s, decided_at = %s, reason = %s
           WHERE stripe = %s AND id = %s""",
        (state, by, now, reason, ledger.stripe_of(enterprise_id), file_id),
    )
