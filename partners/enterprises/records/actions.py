"""Bringing files: checked whole, staged, approved by a second person, and only then booked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

import ledger
from partners.enterprises.bulk import (
    cell,
    connection_of,
    copy_lines,
    read_rows,
    row_ids,
    uncollected,
)
from partners.enterprises.calendar import trading_calendar
from partners.enterprises.holdings.actions import Synced, lock_books, synchronise
from partners.enterprises.instruments.queries import instruments_by_code
from partners.enterprises.parties.queries import enterprise_of
from partners.enterprises.records import files, queries
from partners.enterprises.records.errors import FileDecided, MappingUnknown
from partners.enterprises.records.files import Staged
from partners.enterprises.records.mapping import Mapping
from partners.enterprises.records.model import Record
from partners.enterprises.records.parsing import read_csv, read_table
from partners.enterprises.records.surroundings import Surroundings
from partners.enterprises.records.templates import TEMPLATES
from partners.enterprises.records.validator import Answer, Outcome, validate
from partners.enterprises.rulebook.queries import rulebook

RECORD_COLUMNS = (
    *(
        "stripe",
        "id",
        "enterprise_id",
        "instrument",
        "kind",
        "action",
        "natural_key",
        "revision",
        "content_hash",
        "business_at",
    ),
    *("sequence", "units", "price_fen", "amount_fen", "fee_fen", "method", "account_no", "counterparty", "deal_no"),
    *("year", "reason", "beneficiary", "balance_after", "serials", "file_id", "line", "state"),
)

NOTHING = "\\N"


def save_mapping(session: Session, *, enterprise_id: UUID, name: str, mapping: Mapping, now: datetime) -> None:
    """Keep a mapping under a name, in place of an earlier one; each file keeps what it was read with."""
    connection_of(session).execute(
        """INSERT INTO partners.market_mapping (enterprise_id, name, content, saved_at) VALUES (%s, %s, %s, %s)
           ON CONFLICT (enterprise_id, name) DO UPDATE SET content = EXCLUDED.content, saved_at = EXCLUDED.saved_at""",
        (enterprise_id, name, json.dumps(asdict(mapping), ensure_ascii=False), now),
    )


def mapping_names(session: Session, *, enterprise_id: UUID) -> list[str]:
    """Answer the names of the mappings that an enterprise saved."""
    rows = read_rows(
        session,
        "SELECT name FROM partners.market_mapping WHERE enterprise_id = %(id)s ORDER BY name LIMIT 200",
        {"id": enterprise_id},
    )
    return [row[0] for row in rows]


def mapping_of(session: Session, *, enterprise_id: UUID, name: str) -> Mapping:
    """Answer a saved mapping, or one of the templates' own. Raises MappingUnknown."""
    rows = read_rows(
        session,
        "SELECT content FROM partners.market_mapping WHERE enterprise_id = %(id)s AND name = %(name)s",
        {"id": enterprise_id, "name": name},
    )
    if rows:
        return Mapping(**rows[0][0])
    if name in TEMPLATES:
        return TEMPLATES[name].mapping
    raise MappingUnknown(mapping=name)


def stage_file(
    session: Session,
    *,
    enterprise_id: UUID,
    name: str,
    content: bytes,
    mapping: Mapping,
    staged_by: UUID,
    request_id: UUID,
    now: datetime,
    table: Iterable[Sequence[str]] | None = None,
) -> Staged:
    """Check all lines of a file and keep those that pass, to be approved by another person.

    *table* are the rows of a sheet or of the API where *content* is no CSV. Raises RecordFileUnreadable.
    """
    lock_books(session, enterprise_id)
    sha256 = hashlib.sha256(content).digest()
    known = queries.file_by_hash(session, enterprise_id=enterprise_id, sha256=sha256)
    if known is not None:
        return Staged(known.id, seen_before=True, counts=known.answers, answers=[])
    brought = files.Brought(request_id, enterprise_id, name, content, sha256, staged_by, now)
    with uncollected():
        answers, around = check_lines(session, enterprise_id, content, mapping, table=table, now=now)
        named = {answer.record.instrument for answer in answers if answer.record is not None}
        kinds = {one.kind for code in named if (one := around.instrument(code)) is not None}
        until = files.keep_until(around.book, kinds, today=files.today_of(now))
        staged = files.keep(session, brought, answers, what="records", mapping=mapping, keep_until=until)
        copy_lines(session, "market_record", RECORD_COLUMNS, _record_lines(enterprise_id, request_id, answers))
    return staged


def check_lines(
    session: Session,
    enterprise_id: UUID,
    content: bytes,
    mapping: Mapping,
    *,
    now: datetime,
    table: Iterable[Sequence[str]] | None = None,
) -> tuple[list[Answer], Surroundings]:
    """Answer every line of a file and what it was checked against; keeps nothing. Raises RecordFileUnreadable."""
    lines = read_csv(content, mapping) if table is None else read_table(table, mapping)
    records = [line for line in lines if isinstance(line, Record)]
    enterprise = enterprise_of(session, enterprise_id)
    around = queries.surroundings(session, enterprise, records, today=files.today_of(now))
    return validate(lines, around), around


def _record_lines(enterprise_id: UUID, file_id: UUID, answers: Sequence[Answer]) -> list[str]:
    """Write the columns of each staged line; one that a later line of the file corrects is superseded."""
    staged = [(answer, answer.record) for answer in answers if answer.outcome is Outcome.STAGED and answer.record]
    last = {record.natural_key: answer.line for answer, record in staged}
    stripe = ledger.stripe_of(enterprise_id)
    known = _Written(cell)
    lines = []
    for row_id, (answer, one) in zip(row_ids(len(staged)), staged, strict=True):
        state = "staged" if last[one.natural_key] == answer.line else "superseded"
        price, amount, fee, balance = one.price_fen, one.amount_fen, one.fee_fen, one.balance_after
        # What is usual is written without a call; a file has hundreds of thousands of lines.
        lines.append(
            f"{stripe}\t{row_id}\t{enterprise_id}\t{one.instrument}\t{one.kind._value_}\t{one.action._value_}\t"
            f"{cell(one.natural_key)}\t{answer.revision}\t\\\\x{answer.content_hash.hex()}\t{one.business_at}\t"
            f"{one.sequence}\t{one.units}\t{NOTHING if price is None else price}\t"
            f"{NOTHING if amount is None else amount}\t{NOTHING if fee is None else fee}\t"
            f"{NOTHING if one.method is None else one.method}\t{known[one.account_no]}\t{known[one.counterparty]}\t"
            f"{cell(one.number) if price else NOTHING}\t{NOTHING if one.year is None else one.year}\t"
            f"{known[one.reason]}\t{known[one.beneficiary]}\t{NOTHING if balance is None else balance}\t"
            f"{cell(one.serials)}\t{file_id}\t{answer.line}\t{state}"
        )
    return lines


class _Written(dict[str, str]):
    """Texts as COPY reads them, each written once."""

    def __init__(self, write: Callable[[str], str]) -> None:
        super().__init__()
        self._write = write

    def __missing__(self, text: str) -> str:
        written = self[text] = self._write(text)
        return written


def approve_file(
    session: Session, *, enterprise_id: UUID, file_id: UUID, approved_by: UUID, now: datetime
) -> list[Synced]:
    """Let the staged lines of a file into the books, each at its business time; repeating is safe for the same person.

    Raises FileUnknown, FileDecided, SecondPersonNeeded.
    """
    lock_books(session, enterprise_id)
    file = queries.file_of(session, enterprise_id=enterprise_id, file_id=file_id)
    if file.state == "approved" and file.decided_by == approved_by:
        return []
    files.check_decidable(file, by=approved_by)
    touched = _admit(session, enterprise_id, file_id, now)
    files.decide(session, enterprise_id, file_id, state="approved", by=approved_by, reason=None, now=now)
    return synchronise_all(
        session, enterprise_id=enterprise_id, codes=touched, request_id=file_id, now=now, fresh_file=file_id
    )


def reject_file(
    session: Session, *, enterprise_id: UUID, file_id: UUID, rejected_by: UUID, reason: str, now: datetime
) -> None:
    """Send a staged file back, with a reason. Raises FileUnknown, FileDecided."""
    lock_books(session, enterprise_id)
    file = queries.file_of(session, enterprise_id=enterprise_id, file_id=file_id)
    if file.state != "staged":
        raise FileDecided(file=file_id, state=file.state)
    connection_of(session).execute(
        "UPDATE partners.market_record SET state = 'rejected' WHERE stripe = %s AND file_id = %s AND state = 'staged'",
        (ledger.stripe_of(enterprise_id), file_id),
    )
    files.decide(session, enterprise_id, file_id, state="rejected", by=rejected_by, reason=reason, now=now)


def synchronise_all(
    session: Session,
    *,
    enterprise_id: UUID,
    codes: Iterable[str],
    request_id: UUID,
    now: datetime,
    fresh_file: UUID | None = None,
) -> list[Synced]:
    """Bring the ledger to the records of some instruments, in the order of their codes."""
    instruments, book, calendar = instruments_by_code(session), rulebook(session), trading_calendar(session)
    with uncollected():
        return [
            synchronise(
                session,
                enterprise_id=enterprise_id,
                instrument=instruments[code],
                book=book,
                calendar=calendar,
                request_id=request_id,
                now=now,
                fresh_file=fresh_file,
            )
            for code in sorted(codes)
        ]


def release_due(session: Session, *, now: datetime, limit: int) -> int:
    """Free the units whose next trading day has come; for the worker. Answers how many books were touched."""
    due = read_rows(
        session,
        """SELECT enterprise_id, instrument, next_release_at FROM partners.market_book
           WHERE next_release_at <= %(now)s ORDER BY next_release_at, enterprise_id, instrument LIMIT %(limit)s""",
        {"now": now, "limit": limit},
    )
    for enterprise_id, code, at in sorted(due, key=lambda row: (str(row[0]), row[1])):
        lock_books(session, enterprise_id)
        request_id = uuid5(enterprise_id, f"release:{code}:{at.isoformat()}")
        synchronise_all(session, enterprise_id=enterprise_id, codes=[code], request_id=request_id, now=now)
    return len(due)


def _admit(session: Session, enterprise_id: UUID, file_id: UUID, now: datetime) -> list[str]:
    """Supersede what the file corrects, then approve its lines. Answers the instruments whose books change."""
    connection = connection_of(session)
    keys = {"stripe": ledger.stripe_of(enterprise_id), "enterprise": enterprise_id, "file": file_id, "now": now}
    connection.execute(
        """UPDATE partners.market_record old SET state = 'superseded'
           FROM partners.market_record new
           WHERE new.stripe = %(stripe)s AND new.file_id = %(file)s AND new.state = 'staged' AND new.action <> 'new'
             AND old.stripe = new.stripe AND old.enterprise_id = new.enterprise_id
             AND old.natural_key = new.natural_key AND old.state = 'approved' AND old.action <> 'cancel'""",
        keys,
    )
    connection.execute(
        """UPDATE partners.market_record
           SET state = 'approved', booked_at = CASE WHEN action <> 'cancel' THEN %(now)s::timestamptz END
           WHERE stripe = %(stripe)s AND file_id = %(file)s AND state = 'staged'""",
        keys,
    )
    rows = read_rows(
        session,
        """SELECT DISTINCT instrument FROM partners.market_record
           WHERE stripe = %(stripe)s AND enterprise_id = %(enterprise)s
             AND (file_id = %(file)s OR (state = 'superseded' AND booked_at IS NOT NULL))""",
        keys,
    )
    return [row[0] for row in rows]
