"""Opening instruments: a voluntary project's year, a certificate, a right; each gets a ledger asset when used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from partners.enterprises.bulk import connection_of
from partners.enterprises.instruments.errors import InstrumentExists
from partners.enterprises.instruments.model import Instrument
from partners.enterprises.instruments.queries import instrument_of
from partners.enterprises.instruments.rules import check_instrument


def open_instrument(session: Session, instrument: Instrument, *, now: datetime) -> Instrument:
    """Open an instrument; again with the same facts is safe. Raises InstrumentInvalid, InstrumentExists."""
    check_instrument(instrument)
    connection_of(session).execute(
        """INSERT INTO partners.instrument (code, kind, name, name_en, unit, decimals, price_basis, term_years, vintage,
               project_code, methodology, pollutant, registry, venue, counts_for, first_quoted_on, last_quoted_on,
               valid_from, valid_until, source, opened_at)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
           ON CONFLICT DO NOTHING""",
        (
            *(instrument.code, instrument.kind.value, instrument.name, instrument.name_en, instrument.unit),
            *(instrument.decimals, instrument.price_basis, instrument.term_years, instrument.vintage),
            *(instrument.project_code, instrument.methodology, instrument.pollutant, instrument.registry),
            *(instrument.venue, list(instrument.counts_for), instrument.first_quoted_on, instrument.last_quoted_on),
            *(instrument.valid_from, instrument.valid_until, instrument.source, now),
        ),
    )
    opened = instrument_of(session, instrument.code)
    if opened != instrument:
        raise InstrumentExists(instrument=instrument.code)
    return opened
