"""Bringing anything: records or sheets, from a file, a form or a program; approving it; sending it back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from partners.enterprises.compliance.actions import complete_obligation, record_obligation
from partners.enterprises.findings import reject
from partners.enterprises.holdings.actions import lock_books
from partners.enterprises.holdings.queries import held_now
from partners.enterprises.instruments.queries import instruments_by_code
from partners.enterprises.parties.queries import accounts_of, enterprise_of
from partners.enterprises.pledges.actions import PLEDGEABLE, pledge_units, release_pledge
from partners.enterprises.pledges.errors import PledgeUnknown
from partners.enterprises.pledges.model import Control, Pledge
from partners.enterprises.pledges.queries import certificates_in_use, pledges_of
from partners.enterprises.reconciliation.actions import record_snapshot
from partners.enterprises.reconciliation.model import Snapshot
from partners.enterprises.records import files, queries
from partners.enterprises.records.actions import approve_file, check_lines, mapping_of, stage_file
from partners.enterprises.records.errors import RecordFileUnreadable
from partners.enterprises.records.files import Staged
from partners.enterprises.records.model import Slot
from partners.enterprises.records.parsing import csv_rows
from partners.enterprises.records.validator import Answer, Outcome
from partners.enterprises.rulebook.queries import rulebook
from partners.enterprises.statements.checks import SHEETS
from partners.enterprises.statements.model import Facts, Sheet, World

Table = Iterable[Sequence[str]]


def bring(
    session: Session,
    *,
    enterprise_id: UUID,
    what: str,
    name: str,
    content: bytes,
    staged_by: UUID,
    request_id: UUID,
    now: datetime,
    table: Table | None = None,
) -> Staged:
    """Check all lines and keep what passes for a second person. *what* names a sheet, a template or a saved mapping.

    *table* are the rows of text where *content* is no CSV: a sheet, a form, the API. The same bytes again are answered
    with the file that is there. Raises RecordFileUnreadable, MappingUnknown.
    """
    sheet = SHEETS.get(what)
    if sheet is None:
        return stage_file(
            session,
            enterprise_id=enterprise_id,
            name=name,
            content=content,
            mapping=mapping_of(session, enterprise_id=enterprise_id, name=what),
            staged_by=staged_by,
            request_id=request_id,
            now=now,
            table=table,
        )
    lock_books(session, enterprise_id)
    sha256 = hashlib.sha256(content).digest()
    known = queries.file_by_hash(session, enterprise_id=enterprise_id, sha256=sha256)
    if known is not None:
        return Staged(known.id, seen_before=True, counts=known.answers, answers=[])
    world = _world(session, enterprise_id, today=files.today_of(now))
    answers, facts = _check(sheet, csv_rows(content) if table is None else table, world)
    brought = files.Brought(request_id, enterprise_id, name, content, sha256, staged_by, now)
    until = files.keep_until(world.book, set(), today=world.today)
    return files.keep(session, brought, answers, what=what, mapping=None, keep_until=until, facts=facts)


def preview(
    session: Session, *, enterprise_id: UUID, what: str, content: bytes, now: datetime, table: Table | None = None
) -> list[Answer]:
    """Answer every line as ``bring`` would, and keep nothing. Raises RecordFileUnreadable, MappingUnknown."""
    sheet = SHEETS.get(what)
    if sheet is not None:
        world = _world(session, enterprise_id, today=files.today_of(now))
        return _check(sheet, csv_rows(content) if table is None else table, world)[0]
    mapping = mapping_of(session, enterprise_id=enterprise_id, name=what)
    return check_lines(session, enterprise_id, content, mapping, table=table, now=now)[0]


def _world(session: Session, enterprise_id: UUID, *, today: date) -> World:
    available: dict[str, int] = {}
    for (code, slot), units in held_now(session, enterprise_id).items():
        if slot in PLEDGEABLE:
            available[code] = available.get(code, 0) + units
    return World(
        enterprise=enterprise_of(session, enterprise_id),
        accounts=accounts_of(session, enterprise_id),
        instruments=instruments_by_code(session),
        book=rulebook(session),
        today=today,
        available=available,
        pledges=pledges_of(session, enterprise_id),
        certificates=certificates_in_use(session, enterprise_id),
    )


def _check(sheet: Sheet, rows: Table, world: World) -> tuple[list[Answer], list[Facts]]:
    table = iter(rows)
    places = {title.strip(): place for place, title in enumerate(next(table, []))}
    missing = sorted(sheet.columns[name] for name in sheet.required if sheet.columns[name] not in places)
    if missing:
        raise RecordFileUnreadable(reason="columns_missing", columns=missing)
    answers: list[Answer] = []
    kept: list[Facts] = []
    seen: set[str] = set()
    for line, row in enumerate(table, start=2):
        if not any(row):
            continue
        cells = {
            name: row[places[title]] for name, title in sheet.columns.items() if places.get(title, 1 << 20) < len(row)
        }
        facts, findings = sheet.check(cells, world)
        if str(facts) in seen:
            findings = [*findings, reject(1, "line_twice")]
        seen.add(str(facts))
        refused = any(one.severity == "R" for one in findings)
        answers.append(Answer(line, Outcome.REJECTED if refused else Outcome.STAGED, None, findings=findings))
        kept.extend([] if refused else facts)
    return answers, kept


def approve(session: Session, *, enterprise_id: UUID, file_id: UUID, approved_by: UUID, now: datetime) -> str:
    """Let a staged file in, whatever it holds; answers what it was. Repeating is safe for the same person.

    Raises FileUnknown, FileDecided, SecondPersonNeeded, and what the holdings of today do not allow any more.
    """
    lock_books(session, enterprise_id)
    file = queries.file_of(session, enterprise_id=enterprise_id, file_id=file_id)
    if file.content == "records":
        approve_file(session, enterprise_id=enterprise_id, file_id=file_id, approved_by=approved_by, now=now)
        return file.content
    if file.state == "approved" and file.decided_by == approved_by:
        return file.content
    files.check_decidable(file, by=approved_by)
    _, facts = queries.bytes_of(session, enterprise_id=enterprise_id, file_id=file_id)
    _apply(session, file, enterprise_id, facts, now=now)
    files.decide(session, enterprise_id, file_id, state="approved", by=approved_by, reason=None, now=now)
    return file.content


def _apply(
    session: Session, file: queries.MarketFile, enterprise_id: UUID, facts: Sequence[dict[str, Any]], *, now: datetime
) -> None:
    match file.content:
        case "snapshot":
            said = [
                Snapshot(one["instrument"], Slot(one["slot"]), datetime.fromisoformat(one["taken_at"]), one["units"])
                for one in facts
            ]
            record_snapshot(session, enterprise_id=enterprise_id, snapshots=said, source=file.name)
        case "pledges":
            for place, one in enumerate(facts):
                made = _pledge(enterprise_id, uuid5(file.id, str(place)), one)
                pledge_units(session, made, made_by=file.staged_by, now=now)
        case "releases":
            _release(session, enterprise_id, facts, now=now)
        case "obligations":
            for one in facts:
                _owe(session, enterprise_id, one, recorded_by=file.staged_by, now=now)


def _pledge(enterprise_id: UUID, pledge_id: UUID, one: Mapping[str, Any]) -> Pledge:
    return Pledge(
        *(pledge_id, enterprise_id, one["instrument"], one["units"], one["certificate_no"], Control(one["control"])),
        *(one["lender"], one["debt_fen"], one["alert_percent"], date.fromisoformat(one["starts_on"])),
        *(date.fromisoformat(one["ends_on"]), None, None),
    )


def _release(session: Session, enterprise_id: UUID, facts: Sequence[Mapping[str, Any]], *, now: datetime) -> None:
    open_ones = {one.certificate_no: one.id for one in pledges_of(session, enterprise_id)}
    for one in facts:
        if one["certificate_no"] not in open_ones:
            raise PledgeUnknown(pledge=one["certificate_no"])
        pledge_id, document = open_ones[one["certificate_no"]], one["release_no"]
        release_pledge(session, enterprise_id=enterprise_id, pledge_id=pledge_id, release_no=document, now=now)


def _owe(session: Session, enterprise_id: UUID, one: Mapping[str, Any], *, recorded_by: UUID, now: datetime) -> None:
    record_obligation(
        session,
        enterprise_id=enterprise_id,
        year=one["year"],
        verified_t=one["verified_t"],
        due_t=one["due_t"],
        notice_no=one["notice_no"],
        recorded_by=recorded_by,
        now=now,
    )
    if one["completed_on"]:
        done = date.fromisoformat(one["completed_on"])
        complete_obligation(session, enterprise_id=enterprise_id, year=one["year"], completed_on=done)
