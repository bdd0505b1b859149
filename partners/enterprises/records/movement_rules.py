"""Rules of registry movements (6, 23, 25, 26, 28, 31, 32, 35): pure functions of a record and its surroundings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from partners.enterprises.findings import Finding, note, reject, warn
from partners.enterprises.instruments.model import Instrument, Kind
from partners.enterprises.records.model import ALLOCATIONS, Action, Record, RecordKind
from partners.enterprises.records.surroundings import Surroundings
from partners.enterprises.registries.serials import check_serials

K = RecordKind
SURRENDERS = frozenset({K.SURRENDER_FILED, K.SURRENDER_APPROVED, K.PROVINCE_SURRENDER})
NEEDS_REASON = frozenset({K.CANCEL_APPROVED, K.OFFSET_APPROVED, K.DEDUCTED})
FINAL = NEEDS_REASON | {K.SURRENDER_APPROVED, K.PROVINCE_SURRENDER, K.EXPIRED}
CARRIED_VINTAGES = range(2020, 2025)
_PLAIN = re.compile(r"-?\d{1,15}(\.\d{1,12})?", re.ASCII)


def check_movement(record: Record, instrument: Instrument, around: Surroundings) -> Iterator[Finding]:
    """Run the rules that concern the kind of the movement."""
    if record.units < 1:
        yield reject(6, "quantity_below_one", units=record.units)
    if record.kind in SURRENDERS:
        yield from _surrender(record, instrument, around)
    elif record.kind in (K.OFFSET_FILED, K.OFFSET_APPROVED):
        yield from _offset(record, instrument, around)
    elif record.kind is K.CARRY_FILED:
        yield from _carry(record, instrument, around)
    elif record.kind is K.PRE_ALLOCATION:
        yield from _pre_allocation(record, around)
    elif record.kind is K.RETURN and not record.reason:
        yield warn(28, "return_without_record")
    if record.kind in ALLOCATIONS:
        yield from _rounding(record)
    yield from _finality(record)
    if record.serials:
        yield from check_serials(record.serials, record.units)


def _surrender(record: Record, instrument: Instrument, around: Surroundings) -> Iterator[Finding]:
    """Rule 23: the vintage counts for the year."""
    if instrument.kind is not Kind.CEA or instrument.vintage is None:
        yield reject(23, "not_an_allowance")
        return
    if record.year is None:
        yield reject(23, "year_missing")
        return
    said = around.book.acceptance(year=record.year, vintage=instrument.vintage, day=record.day)
    facts = {"year": record.year, "vintage": instrument.vintage}
    if said is None or said.accepted is False:
        yield reject(23, "vintage_not_accepted", **facts)
    elif said.accepted is None:
        yield warn(23, "acceptance_unsettled", **facts)
    elif said.standing == "draft":
        yield note(23, "acceptance_is_draft", **facts)


def _offset(record: Record, instrument: Instrument, around: Surroundings) -> Iterator[Finding]:
    """Rule 25: CCER only, at most 5 % of what is due, registered since the market opened, no project of the ETS."""
    if instrument.kind is not Kind.CCER:
        yield reject(25, "not_a_voluntary_credit")
        return
    if record.year is None:
        yield reject(25, "year_missing")
        return
    yield from _offset_project(record, instrument, around)
    if record.kind is not K.OFFSET_FILED:
        return
    due = around.due_t.get(record.year)
    if due is None:
        yield warn(25, "obligation_unknown", year=record.year)
        return
    cap = due * around.book.number("offset_cap_bp", record.day) // 10_000
    filed = around.offset_filed_t.get(record.year, 0) + record.units
    if filed > cap:
        yield reject(25, "offset_over_cap", cap_t=cap, filed_t=filed)
    else:
        around.offset_filed_t[record.year] = filed


def _offset_project(record: Record, instrument: Instrument, around: Surroundings) -> Iterator[Finding]:
    project = around.projects.get(instrument.project_code or "")
    if project is None:
        yield warn(25, "project_not_on_register", project=instrument.project_code)
        return
    if project.in_ets:
        yield reject(25, "project_inside_ets", project=project.code)
    since = around.book.day("offset_registered_since", record.day)
    if project.registered_on is not None and project.registered_on < since:
        yield reject(25, "registered_too_early", registered_on=project.registered_on.isoformat())
    yield from check_project(
        started_on=project.started_on,
        project_since=around.book.day("credit_project_since", record.day),
        validator=project.validator,
        verifier=project.verifier,
    )


def check_project(*, started_on: date | None, project_since: date, validator: str, verifier: str) -> Iterator[Finding]:
    """Rule 31: the project began after the day, and two bodies looked at it."""
    if started_on is not None and started_on <= project_since:
        yield warn(31, "project_began_too_early", started_on=started_on.isoformat())
    if validator and validator == verifier:
        yield warn(31, "validator_is_verifier", body=validator)


def check_reductions(
    *, total_t: int, by_year: dict[int, int], ended_on: date, filed_on: date, since: date, age_years: int
) -> Iterator[Finding]:
    """Rule 31: reductions after the day, not older than some years when applied for, and the years add up."""
    if by_year and sum(by_year.values()) != total_t:
        yield warn(31, "years_do_not_add_up", total_t=total_t, sum_t=sum(by_year.values()))
    if ended_on <= since:
        yield warn(31, "reductions_too_early", ended_on=ended_on.isoformat())
    if (filed_on.year - ended_on.year, filed_on.month, filed_on.day) > (age_years, ended_on.month, ended_on.day):
        yield warn(31, "reductions_too_old", ended_on=ended_on.isoformat())


def _carry(record: Record, instrument: Instrument, around: Surroundings) -> Iterator[Finding]:
    """Rule 26: old vintages, in time, and all applications together within the limit."""
    if instrument.kind is not Kind.CEA or instrument.vintage not in CARRIED_VINTAGES:
        yield reject(26, "vintage_is_not_carried", vintage=instrument.vintage)
    last = around.book.day("carry_filed_by", record.day)
    if record.day > last:
        yield reject(26, "carry_filed_late", last_day=last.isoformat())
    if around.carry_limit_t is None:
        yield warn(26, "carry_limit_unknown")
        return
    filed = around.carry_filed_t + record.units
    if filed > around.carry_limit_t:
        yield reject(26, "carry_over_limit", limit_t=around.carry_limit_t, filed_t=filed)
    else:
        around.carry_filed_t = filed


def _pre_allocation(record: Record, around: Surroundings) -> Iterator[Finding]:
    """Rule 28: a pre-allocation is at most a share of the last verified emissions."""
    if record.year is None:
        yield warn(28, "year_missing")
        return
    verified = around.verified_t.get(record.year - 1)
    if verified is None:
        yield warn(28, "verified_emissions_unknown", year=record.year - 1)
        return
    most = verified * around.book.number("pre_allocation_most_bp", date(record.year, 1, 1)) // 10_000
    if record.units > most:
        yield warn(28, "pre_allocation_too_large", most_t=most)


def _rounding(record: Record) -> Iterator[Finding]:
    """Rule 27: an allowance is its computed number, floored; peak factors have six decimals, gap rates two."""
    if record.computed and (computed := _number(record.computed)) is not None and computed // 1 != record.units:
        yield warn(27, "allowance_not_floored", computed=record.computed[:40], floored=int(computed // 1))
    for text, places, code in (
        (record.peak_factor, 6, "peak_factor_decimals"),
        (record.gap_rate.removesuffix("%"), 2, "gap_rate_decimals"),
    ):
        number = _number(text) if text else None
        if number is not None and number != number.quantize(Decimal(1).scaleb(-places)):
            yield warn(27, code, number=text[:40])
    if None in (_number(text) for text in (record.computed, record.peak_factor, record.gap_rate) if text):
        yield warn(27, "allocation_number_unreadable")


def _number(text: str) -> Decimal | None:
    match = _PLAIN.fullmatch(text.strip().replace(",", "").removesuffix("%"))
    return Decimal(match[0]) if match else None


def _finality(record: Record) -> Iterator[Finding]:
    """Rule 32: what cannot be undone says why and for whom."""
    if record.kind in NEEDS_REASON and not (record.reason.strip() and record.beneficiary.strip()):
        yield reject(32, "reason_or_beneficiary_missing")
    if record.kind in FINAL and record.action is not Action.NEW and not record.reason.strip():
        yield reject(32, "final_needs_official_correction")


def check_certificate(record: Record, sold: set[str]) -> Iterator[Finding]:
    """Rule 35: a green certificate has its code and is sold once."""
    if not record.serials:
        yield reject(35, "certificate_code_missing")
    elif record.kind in (K.SELL, K.BUY) and record.serials in sold:
        yield reject(35, "certificate_sold_before", certificate=record.serials)
    elif record.kind in (K.SELL, K.BUY):
        sold.add(record.serials)
