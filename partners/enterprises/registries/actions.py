"""Importing registry extracts: blocks once each, foreign instruments opened on the way, exceptions named as breaks."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from partners.enterprises.bulk import connection_of, copy_rows, read_rows
from partners.enterprises.exact import whole
from partners.enterprises.findings import Finding, reject
from partners.enterprises.registries.errors import ExtractUnreadable
from partners.enterprises.registries.model import BlockRow
from partners.enterprises.registries.parsing import ExtractLine, parse_extract
from partners.enterprises.registries.serials import overlaps

LOCK = "SELECT pg_advisory_xact_lock(hashtext('partners.foreign_file'))"
BLOCK_COLUMNS = (
    *("registry", "serial", "event", "instrument", "project", "vintage", "batch", "first_no", "last_no", "units"),
    *("happened_on", "beneficiary", "reason", "file_id", "line"),
)
PROJECT_COLUMNS = (
    *("page", "apply_id", "category", "status", "name", "project_code", "methodology", "province", "owner"),
    *("validator", "verifier", "started_on", "registered_on", "period_start", "period_end", "expected_annual_t"),
    *("issued_t", "reduction_registered", "file_id", "line"),
)


@dataclass(slots=True)
class ExtractAnswer:
    """What became of one line: ``booked``, ``duplicate`` or ``rejected``, and remarks."""

    line: int
    outcome: str
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ExtractImport:
    """What became of an extract; *seen_before*: these bytes were imported earlier."""

    seen_before: bool
    counts: dict[str, int]
    answers: list[ExtractAnswer]


def import_extract(session: Session, *, name: str, content: bytes, now: datetime) -> ExtractImport:
    """Import an extract of Verra, Gold Standard, ACR or CAR. Raises ExtractUnreadable."""
    lines = parse_extract(content)
    sha256 = hashlib.sha256(content).digest()
    known = _seen(session, sha256)
    if known is not None:
        return ExtractImport(True, known, [])
    answers = _sort_out(session, lines)
    rows = {line.number: line.row for line in lines if line.row and answers[line.number].outcome == "booked"}
    for event in sorted({(row.registry, row.event) for row in rows.values()}):
        blocks = [(n, r.block) for n, r in rows.items() if (r.registry, r.event) == event and r.block]
        for number, finding in overlaps((number, block) for number, block in blocks if block):
            answers[number].findings.append(finding)
    registry = next((row.registry for row in rows.values()), "unknown")
    file_id = _write_file(session, sha256, name, registry, answers.values(), now=now)
    _open_instruments(session, rows.values(), now)
    copy_rows(session, "foreign_block", BLOCK_COLUMNS, (_cells(row, file_id, n) for n, row in rows.items()))
    _write_findings(session, file_id, answers.values())
    return ExtractImport(False, _counts(answers.values()), list(answers.values()))


def _seen(session: Session, sha256: bytes) -> dict[str, int] | None:
    connection_of(session).execute(LOCK)
    rows = read_rows(session, "SELECT answers FROM partners.foreign_file WHERE sha256 = %(hash)s", {"hash": sha256})
    return dict(rows[0][0]) if rows else None


def _sort_out(session: Session, lines: list[ExtractLine]) -> dict[int, ExtractAnswer]:
    keys = [(line.row.registry, line.row.event.value, line.row.serial) for line in lines if line.row]
    rows = read_rows(
        session,
        """SELECT b.registry, b.event, b.serial, b.units
           FROM unnest(%(registries)s::text[], %(events)s::text[], %(serials)s::text[]) AS w (registry, event, serial)
           JOIN partners.foreign_block b USING (registry, event, serial)""",
        dict(zip(("registries", "events", "serials"), ([key[i] for key in keys] for i in range(3)), strict=True)),
    )
    on_file = {row[:3]: row[3] for row in rows}
    answers: dict[int, ExtractAnswer] = {}
    for line in lines:
        answer = answers[line.number] = ExtractAnswer(line.number, "booked", list(line.findings))
        if line.row is None:
            answer.outcome = "rejected"
            continue
        key = (line.row.registry, line.row.event.value, line.row.serial)
        if on_file.get(key) == line.row.units:
            answer.outcome = "duplicate"
        elif key in on_file:
            answer.outcome = "rejected"
            answer.findings.append(reject(1, "known_with_other_content", on_file=on_file[key]))
        on_file.setdefault(key, line.row.units)
    return answers


def _open_instruments(session: Session, rows: Iterable[BlockRow], now: datetime) -> None:
    named = {row.instrument: row for row in rows}
    connection_of(session).execute(
        """INSERT INTO partners.instrument (code, kind, name, name_en, unit, vintage, project_code, registry,
               source, opened_at)
           SELECT code, 'FOREIGN', name, name, 't', vintage, project, registry, '登记系统公开摘录', %(now)s
           FROM unnest(%(codes)s::text[], %(names)s::text[], %(vintages)s::int[], %(projects)s::text[],
                       %(registries)s::text[]) AS w (code, name, vintage, project, registry)
           ON CONFLICT DO NOTHING""",
        {
            "now": now,
            "codes": list(named),
            "names": [row.project_name or row.instrument for row in named.values()],
            "vintages": [row.vintage for row in named.values()],
            "projects": [row.project for row in named.values()],
            "registries": [row.registry for row in named.values()],
        },
    )


def _cells(row: BlockRow, file_id: UUID, line: int) -> tuple[object, ...]:
    block = (row.block.batch, row.block.first, row.block.last) if row.block else (None, None, None)
    return (
        *(row.registry, row.serial, row.event.value, row.instrument, row.project, row.vintage, *block, row.units),
        *(row.happened_on, row.beneficiary, row.reason, file_id, line),
    )


def import_projects(session: Session, *, name: str, content: bytes, now: datetime) -> ExtractImport:
    """Import the public register of voluntary projects. Raises ExtractUnreadable.

    A row is a page of the register: the same project has one for its publicity and one for its registration.
    """
    reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    if "detailUrl" not in (reader.fieldnames or ()):
        raise ExtractUnreadable(reason="header_unknown")
    sha256 = hashlib.sha256(content).digest()
    known = _seen(session, sha256)
    if known is not None:
        return ExtractImport(True, known, [])
    pages = {row[0] for row in read_rows(session, "SELECT page FROM partners.credit_project", {})}
    rows = list(enumerate(reader, start=2))
    answers = [
        ExtractAnswer(number, "duplicate" if cells["detailUrl"] in pages else "booked") for number, cells in rows
    ]
    file_id = _write_file(session, sha256, name, "CCER", answers, now=now)
    fresh = [(number, cells) for number, cells in rows if cells["detailUrl"] not in pages]
    copy_rows(session, "credit_project", PROJECT_COLUMNS, (_project(cells, file_id, n) for n, cells in fresh))
    return ExtractImport(False, _counts(answers), answers)


def _project(cells: dict[str, str], file_id: UUID, line: int) -> tuple[object, ...]:
    apply_id = parse_qs(urlsplit(cells["detailUrl"]).query).get("applyId", [""])[0]
    return (
        *(cells["detailUrl"], apply_id, cells["categoryName"], cells["statusName"], cells["projectName"]),
        *(cells["projectCode"] or None, cells["methodologyCode"], cells["province"], cells["owner"]),
        *(cells["auditAgency"], cells["verifyAgency"], _day(cells["commencementDate"])),
        *(_day(cells["registrationDate"]), _day(cells["accountingPeriodStart"]), _day(cells["accountingPeriodEnd"])),
        *(whole(cells["expectedAnnual"] or "0"), whole(cells["actualReduction"] or "0")),
        *(cells["reductionRegistrationDate"], file_id, line),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _counts(answers: Iterable[ExtractAnswer]) -> dict[str, int]:
    return dict(sorted(Counter(answer.outcome for answer in answers).items()))


def _write_file(
    session: Session, sha256: bytes, name: str, registry: str, answers: Iterable[ExtractAnswer], *, now: datetime
) -> UUID:
    file_id = new_id()
    columns = ("id", "sha256", "name", "registry", "imported_at", "answers")
    cells = (file_id, sha256, name, registry, now, json.dumps(_counts(answers)))
    copy_rows(session, "foreign_file", columns, [cells])
    return file_id


def _write_findings(session: Session, file_id: UUID, answers: Iterable[ExtractAnswer]) -> None:
    rows = {
        (answer.line, one.code): (
            *(file_id, answer.line, one.rule, one.severity.value, one.code),
            json.dumps(one.facts, ensure_ascii=False),
        )
        for answer in answers
        for one in answer.findings
    }
    copy_rows(session, "foreign_finding", ("file_id", "line", "rule", "severity", "code", "facts"), rows.values())
