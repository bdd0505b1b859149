"""Reading files and records, and what a file is checked against."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from partners.enterprises.bulk import read_rows
from partners.enterprises.calendar import trading_calendar
from partners.enterprises.compliance.queries import carry_limit, obligations_of
from partners.enterprises.holdings.queries import booked_until
from partners.enterprises.instruments.queries import instruments_by_code
from partners.enterprises.parties.model import Enterprise
from partners.enterprises.parties.queries import accounts_of
from partners.enterprises.prices.model import DayPrice
from partners.enterprises.prices.queries import PRICES
from partners.enterprises.records.errors import FileUnknown
from partners.enterprises.records.model import Record
from partners.enterprises.records.surroundings import Surroundings
from partners.enterprises.registries.projects import projects_by_code
from partners.enterprises.rulebook.queries import rulebook


@dataclass(frozen=True, slots=True)
class MarketFile:
    """A statement that was brought, and what was decided about it."""

    id: UUID
    name: str
    state: str
    rows_read: int
    answers: dict[str, int]
    staged_by: UUID
    staged_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    reason: str | None
    content: str


@dataclass(frozen=True, slots=True)
class BlotterRow:
    """A record as the blotter shows it."""

    id: UUID
    instrument: str
    kind: str
    action: str
    business_at: datetime
    units: int
    price_fen: int | None
    amount_fen: int | None
    fee_fen: int | None
    method: int | None
    counterparty: str | None
    deal_no: str | None
    state: str
    waiting_for: str | None


FILE: LiteralString = """
    SELECT id, name, state, rows_read, answers, staged_by, staged_at, decided_by, decided_at, reason,
           content
    FROM partners.market_file"""


def file_of(session: Session, *, enterprise_id: UUID, file_id: UUID) -> MarketFile:
    """Answer a file of an enterprise. Raises FileUnknown."""
    statement: LiteralString = FILE + " WHERE stripe = %(stripe)s AND enterprise_id = %(enterprise)s AND id = %(id)s"
    rows = read_rows(session, statement, _keys(enterprise_id) | {"id": file_id})
    if not rows:
        raise FileUnknown(file=file_id)
    return MarketFile(*rows[0])


def file_by_hash(session: Session, *, enterprise_id: UUID, sha256: bytes) -> MarketFile | None:
    """Answer the enterprise's file with these bytes, if it was brought before."""
    statement: LiteralString = (
        FILE + " WHERE stripe = %(stripe)s AND enterprise_id = %(enterprise)s AND sha256 = %(sha256)s"
    )
    rows = read_rows(session, statement, _keys(enterprise_id) | {"sha256": sha256})
    return MarketFile(*rows[0]) if rows else None


def bytes_of(session: Session, *, enterprise_id: UUID, file_id: UUID) -> tuple[bytes, list[dict[str, Any]]]:
    """Answer a file as it was brought, and what its lines say where it is a sheet. Raises FileUnknown."""
    rows = read_rows(
        session,
        """SELECT bytes, facts FROM partners.market_file
           WHERE stripe = %(stripe)s AND enterprise_id = %(enterprise)s AND id = %(id)s""",
        _keys(enterprise_id) | {"id": file_id},
    )
    if not rows:
        raise FileUnknown(file=file_id)
    return rows[0][0], rows[0][1] or []


@dataclass(frozen=True, slots=True)
class KeptFinding:
    """A remark about a line, as it was kept."""

    rule: int
    severity: str
    code: str
    facts: dict[str, str | int | None]


def answers_of(
    session: Session, *, enterprise_id: UUID, file_id: UUID, after: int = 0, limit: int = 200
) -> list[tuple[int, str, list[KeptFinding]]]:
    """Answer the lines of a file behind line *after* that have something to say: line, outcome, remarks."""
    rows = read_rows(
        session,
        """SELECT line, outcome, findings FROM partners.market_row
           WHERE stripe = %(stripe)s AND file_id = %(id)s AND line > %(after)s ORDER BY line LIMIT %(limit)s""",
        {"stripe": ledger.stripe_of(enterprise_id), "id": file_id, "after": after, "limit": limit},
    )
    return [(line, outcome, [KeptFinding(**one) for one in findings]) for line, outcome, findings in rows]


def files_of(session: Session, enterprise_id: UUID, *, before: UUID | None = None, limit: int = 20) -> list[MarketFile]:
    """Answer the files of an enterprise, newest first."""
    statement: LiteralString = (
        FILE
        + """ WHERE stripe = %(stripe)s AND enterprise_id = %(enterprise)s AND id < coalesce(%(before)s, id_max())
              ORDER BY id DESC LIMIT %(limit)s"""
    ).replace("id_max()", "'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid")
    rows = read_rows(session, statement, _keys(enterprise_id) | {"before": before, "limit": limit})
    return [MarketFile(*row) for row in rows]


def blotter(
    session: Session,
    enterprise_id: UUID,
    *,
    since: date,
    until: date,
    instrument: str | None = None,
    kind: str | None = None,
    state: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[BlotterRow]:
    """Answer records between two business days, both included, newest first, filtered where a filter is given."""
    rows = read_rows(
        session,
        """SELECT id, instrument, kind, action, business_at, units, price_fen, amount_fen, fee_fen, method,
                  counterparty, deal_no, state, waiting_for
           FROM partners.market_record
           WHERE stripe = %(stripe)s AND enterprise_id = %(enterprise)s
             AND business_at >= (%(since)s::date)::timestamp AT TIME ZONE 'Asia/Shanghai'
             AND business_at < (%(until)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
             AND instrument = coalesce(%(instrument)s, instrument) AND kind = coalesce(%(kind)s, kind)
             AND state = coalesce(%(state)s, state)
           ORDER BY business_at DESC, sequence DESC, natural_key DESC, id DESC LIMIT %(limit)s OFFSET %(offset)s""",
        _keys(enterprise_id)
        | {"since": since, "until": until, "instrument": instrument, "kind": kind, "state": state}
        | {"limit": limit, "offset": offset},
    )
    return [BlotterRow(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class KnownKeys:
    """Natural keys on file: the content that counts, which of them wait for approval, and their last revision."""

    contents: dict[str, bytes]
    unapproved: set[str]
    revisions: dict[str, int]


def known_keys(session: Session, enterprise_id: UUID, keys: Sequence[str]) -> KnownKeys:
    """Answer what is on file under *keys*."""
    rows = read_rows(
        session,
        """SELECT r.natural_key, r.content_hash, r.revision, r.state,
                  r.action <> 'cancel' AND r.state IN ('staged', 'approved')
           FROM unnest(%(keys)s::text[]) AS w (natural_key)
           JOIN partners.market_record r USING (natural_key)
           WHERE r.stripe = %(stripe)s AND r.enterprise_id = %(enterprise)s
           ORDER BY r.revision""",
        _keys(enterprise_id) | {"keys": list(keys)},
    )
    return KnownKeys(
        contents={key: content for key, content, _, _, counts in rows if counts},
        unapproved={key for key, _, _, state, counts in rows if counts and state == "staged"},
        revisions={key: revision for key, _, revision, _, _ in rows},
    )


def surroundings(session: Session, enterprise: Enterprise, records: Iterable[Record], *, today: date) -> Surroundings:
    """Read what the records of one file are checked against, in a constant number of statements."""
    listed = list(records)
    known = known_keys(session, enterprise.id, sorted({record.natural_key for record in listed}))
    obligations = obligations_of(session, enterprise.id)
    book = rulebook(session)
    return Surroundings(
        enterprise=enterprise,
        accounts=accounts_of(session, enterprise.id),
        instruments=instruments_by_code(session),
        book=book,
        calendar=trading_calendar(session),
        prices=_prices(session, listed),
        on_file=known.contents,
        unapproved=known.unapproved,
        revisions=known.revisions,
        booked_until=booked_until(session, enterprise.id),
        due_t={one.year: one.due_t for one in obligations},
        verified_t={one.year: one.verified_t for one in obligations},
        offset_filed_t=_filed(session, enterprise.id, "offset"),
        carry_limit_t=carry_limit(session, enterprise.id, book=book, today=today),
        carry_filed_t=sum(_filed(session, enterprise.id, "carry").values()),
        projects=projects_by_code(session),
        certificates_sold=_certificates(session, listed),
    )


def _prices(session: Session, records: Sequence[Record]) -> dict[tuple[str, date], DayPrice]:
    if not records:
        return {}
    statement: LiteralString = PRICES + " WHERE day BETWEEN %(since)s AND %(until)s"
    span = {"since": min(record.day for record in records), "until": max(record.day for record in records)}
    return {(row[0], row[1]): DayPrice(*row) for row in read_rows(session, statement, span)}


def _filed(session: Session, enterprise_id: UUID, what: str) -> dict[int, int]:
    """Answer what was applied for and not refused, by year (0 where the statement gave no year)."""
    rows = read_rows(
        session,
        """SELECT coalesce(year, 0), sum(CASE WHEN kind = %(filed)s THEN units ELSE -units END)::bigint
           FROM partners.market_record
           WHERE stripe = %(stripe)s AND enterprise_id = %(enterprise)s AND kind IN (%(filed)s, %(refused)s)
             AND state IN ('staged', 'approved') AND action <> 'cancel'
           GROUP BY 1""",
        _keys(enterprise_id) | {"filed": f"{what}_filed", "refused": f"{what}_refused"},
    )
    return dict(rows)


def _certificates(session: Session, records: Sequence[Record]) -> set[str]:
    """Answer which of the file's certificate codes were sold before, by anyone (rule 35)."""
    codes = sorted({record.serials for record in records if record.serials})
    rows = read_rows(
        session,
        """SELECT serials FROM partners.market_record
           WHERE serials = ANY(%(codes)s) AND kind IN ('buy', 'sell') AND state IN ('staged', 'approved')
             AND instrument IN (SELECT code FROM partners.instrument WHERE kind = 'GEC')""",
        {"codes": codes},
    )
    return {row[0] for row in rows}


def _keys(enterprise_id: UUID) -> dict[str, Any]:
    return {"stripe": ledger.stripe_of(enterprise_id), "enterprise": enterprise_id}
