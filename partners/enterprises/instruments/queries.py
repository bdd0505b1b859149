"""Reading instruments."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

from sqlalchemy.orm import Session

from partners.enterprises.bulk import read_rows
from partners.enterprises.instruments.errors import InstrumentUnknown
from partners.enterprises.instruments.model import Instrument, Kind

COLUMNS = """code, kind, name, name_en, unit, decimals, price_basis, term_years, vintage, project_code, methodology,
    pollutant, registry, venue, counts_for, first_quoted_on, last_quoted_on, valid_from, valid_until, source"""
CODE = re.compile(r"[A-Z][A-Z0-9-]{1,31}\Z", re.ASCII)
BY_KIND = f"SELECT {COLUMNS} FROM partners.instrument WHERE kind = coalesce(%(kind)s, kind) ORDER BY code"  # noqa: S608  # Constants only.
BY_CODE = f"SELECT {COLUMNS} FROM partners.instrument WHERE code = %(code)s"  # noqa: S608  # Constants only.


def instruments_by_code(session: Session, *, kind: Kind | None = None) -> dict[str, Instrument]:
    """Answer the instruments, of one kind where it is given, by code. There are as many as projects and years."""
    rows = read_rows(session, BY_KIND, {"kind": kind.value if kind else None})
    return {row[0]: _instrument(row) for row in rows}


def instrument_of(session: Session, code: str) -> Instrument:
    """Answer one instrument. Raises InstrumentUnknown."""
    rows = read_rows(session, BY_CODE, {"code": code}) if CODE.match(code) else []
    if not rows:
        raise InstrumentUnknown(instrument=code)
    return _instrument(rows[0])


def _instrument(row: tuple[Any, ...]) -> Instrument:
    facts: dict[str, Any] = dict(zip((field.name for field in fields(Instrument)), row, strict=True))
    return Instrument(**facts | {"kind": Kind(facts["kind"]), "counts_for": tuple(facts["counts_for"])})
