"""Importing price files: every line answered, each fact booked once, what is strange named by the rule that says so."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from partners.enterprises.bulk import connection_of, copy_rows
from partners.enterprises.findings import Finding, reject
from partners.enterprises.instruments.queries import instruments_by_code
from partners.enterprises.prices import queries, rules
from partners.enterprises.prices.model import (
    Content,
    CreditDay,
    DayPrice,
    DayTrade,
    Key,
    MonthTrade,
    Row,
    key_of,
)
from partners.enterprises.prices.parsing import Line, parse

TABLES: dict[Content, tuple[str, type[Row]]] = {
    Content.PRICE: ("day_price", DayPrice),
    Content.TRADE: ("day_trade", DayTrade),
    Content.MONTH: ("month_trade", MonthTrade),
    Content.CREDIT: ("credit_day", CreditDay),
}
# One importer at a time: files are few, and each is checked against the whole history.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('partners.price_file'))"


class Outcome(StrEnum):
    """The answer to a line."""

    BOOKED = "booked"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REJECTED = "rejected"


@dataclass(slots=True)
class Answer:
    """What became of one line, and every remark about it."""

    line: int
    outcome: Outcome
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PriceImport:
    """What became of a file; *seen_before* means that its bytes were imported earlier and nothing was done."""

    file_id: UUID
    content: Content
    seen_before: bool
    counts: dict[str, int]
    answers: list[Answer]


def import_prices(session: Session, *, name: str, content: bytes, now: datetime) -> PriceImport:
    """Import one file of prices. Raises PriceFileUnreadable.

    A line whose key is on file with the same facts is a duplicate, with other facts a conflict: nothing is overwritten.
    """
    kind, lines = parse(content)
    connection_of(session).execute(LOCK)
    sha256 = hashlib.sha256(content).digest()
    known = queries.file_by_hash(session, sha256)
    if known is not None:
        return PriceImport(known.id, kind, seen_before=True, counts=known.answers, answers=[])
    file_id = new_id()
    answers = _sort_out(session, kind, lines)
    counts = _counts(answers.values())
    _write_file(session, (file_id, sha256, name, kind.value, now, len(lines), json.dumps(counts)))
    booked = [line.row for line in lines if line.row and answers[line.number].outcome is Outcome.BOOKED]
    table, row_type = TABLES[kind]
    columns = (*(column.name for column in fields(row_type)), "file_id")
    copy_rows(session, table, columns, ((*astuple(row), file_id) for row in booked))
    _remark(session, kind, lines, answers)
    _write_findings(session, file_id, answers.values())
    return PriceImport(file_id, kind, seen_before=False, counts=counts, answers=list(answers.values()))


def _sort_out(session: Session, kind: Content, lines: list[Line]) -> dict[int, Answer]:
    """Decide for each line before any is booked."""
    instruments = instruments_by_code(session)
    on_file = {key_of(row): row for row in queries.history(session, kind)}
    answers: dict[int, Answer] = {}
    for line in lines:
        findings = list(line.findings)
        row = line.row
        if isinstance(row, DayPrice | DayTrade):
            quoted = instruments.get(row.instrument)
            if quoted is None:
                findings.append(reject(5, "instrument_unknown", instrument=row.instrument))
            elif not quoted.is_quoted_on(row.day):
                findings.append(reject(14, "outside_quoted_window", instrument=row.instrument, day=row.day.isoformat()))
        answers[line.number] = Answer(line.number, _outcome(row, findings, on_file), findings)
        if row is not None and answers[line.number].outcome is Outcome.BOOKED:
            on_file[key_of(row)] = row
    return answers


def _outcome(row: Row | None, findings: list[Finding], on_file: dict[Key, Row]) -> Outcome:
    if row is None or any(finding.severity == "R" for finding in findings):
        return Outcome.REJECTED
    known = on_file.get(key_of(row))
    if known is None:
        return Outcome.BOOKED
    if known == row:
        return Outcome.DUPLICATE
    findings.append(reject(1, "known_with_other_content"))
    return Outcome.CONFLICT


def _remark(session: Session, kind: Content, lines: list[Line], answers: dict[int, Answer]) -> None:
    """Check the merged history and add what concerns the lines of this file."""
    numbers = {key_of(line.row): line.number for line in lines if line.row is not None}
    for key, finding in _checks(session, kind):
        number = numbers.get(key)
        if number is not None and answers[number].outcome is Outcome.BOOKED:
            answers[number].findings.append(finding)


def _checks(session: Session, kind: Content) -> Iterator[rules.Remark]:
    if kind is Content.PRICE:
        yield from rules.check_prices(queries.day_prices(session))
    if kind in (Content.PRICE, Content.TRADE):
        trades, prices = queries.day_trades(session), {key_of(row): row for row in queries.day_prices(session)}
        found = [*rules.check_agreement(trades, prices), *rules.check_blocks(trades, prices)]
        if kind is Content.TRADE:
            yield from rules.check_trades(trades)
            yield from found
        else:
            yield from ((key[:2], finding) for key, finding in found)
    if kind is Content.MONTH:
        yield from rules.check_months(queries.months(session), queries.month_totals(session))
    if kind is Content.CREDIT:
        yield from rules.check_credits(queries.credit_days(session))


def _counts(answers: Iterable[Answer]) -> dict[str, int]:
    return dict(sorted(Counter(answer.outcome.value for answer in answers).items()))


def _write_file(session: Session, cells: tuple[object, ...]) -> None:
    columns = ("id", "sha256", "name", "content", "imported_at", "rows_read", "answers")
    copy_rows(session, "price_file", columns, [cells])


def _write_findings(session: Session, file_id: UUID, answers: Iterable[Answer]) -> None:
    rows = {
        (answer.line, finding.code): (
            *(file_id, answer.line, finding.rule, finding.severity.value, finding.code),
            json.dumps(finding.facts, ensure_ascii=False),
        )
        for answer in answers
        for finding in answer.findings
    }
    copy_rows(session, "price_finding", ("file_id", "line", "rule", "severity", "code", "facts"), rows.values())
