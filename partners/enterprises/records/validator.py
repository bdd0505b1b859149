"""The one validator for every way in: all lines are checked, in file order, before any is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from partners.enterprises.findings import Finding, Severity, reject, warn
from partners.enterprises.instruments.model import Instrument, Kind
from partners.enterprises.parties.rules import credit_code
from partners.enterprises.records import trade_rules
from partners.enterprises.records.model import MOVES, TRADES, Action, Record, RecordKind, Slot
from partners.enterprises.records.movement_rules import check_certificate, check_movement
from partners.enterprises.records.parsing import Unreadable
from partners.enterprises.records.surroundings import Surroundings

TRADING_KINDS = TRADES | {RecordKind.TRADING_FROZEN, RecordKind.TRADING_UNFROZEN}
Parties = dict[tuple[str, str, RecordKind], tuple[Finding, ...]]


class Outcome(StrEnum):
    """The answer to a line before anything is booked."""

    STAGED = "staged"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


@dataclass(slots=True)
class Answer:
    """What became of one line, its record where it is one, and the remarks about it."""

    line: int
    outcome: Outcome
    record: Record | None
    content_hash: bytes = b""
    revision: int = 0
    findings: list[Finding] = field(default_factory=list)


def validate(lines: Iterable[Record | Unreadable], around: Surroundings) -> list[Answer]:
    """Answer every line. The surroundings remember the keys and sums of earlier lines of the same file."""
    balances: dict[tuple[str, str], int] = {}
    parties: Parties = {}
    return [_answer(line, around, balances, parties) for line in lines]


def _answer(
    line: Record | Unreadable, around: Surroundings, balances: dict[tuple[str, str], int], parties: Parties
) -> Answer:
    if isinstance(line, Unreadable):
        return Answer(line.line, Outcome.REJECTED, None, b"", 0, [line.finding])
    instrument = around.instrument(line.instrument)
    if instrument is not None:
        line.instrument = instrument.code
    content_hash = line.content_hash()
    key = line.natural_key
    known = around.on_file.get(key)
    if known == content_hash and line.action is not Action.CANCEL:
        return Answer(line.line, Outcome.DUPLICATE, line, content_hash, 0, [warn(1, "known_already")])
    findings = [*_key(line, known, around), *_who(line, around, parties), *_what(line, instrument, around)]
    if line.balance_after is not None:
        findings += _running_balance(line, balances)
    findings += _late(line, around)
    if findings:
        findings = around.book.weighed(findings, line.day)
        for finding in findings:
            if finding.severity is Severity.REJECT:
                return Answer(line.line, Outcome.REJECTED, line, content_hash, 0, findings)
    if line.action is Action.CANCEL:
        around.on_file.pop(key, None)
    else:
        around.on_file[key] = content_hash
    revision = around.revisions[key] = around.revisions.get(key, -1) + 1
    return Answer(line.line, Outcome.STAGED, line, content_hash, revision, findings)


def _key(record: Record, known: bytes | None, around: Surroundings) -> Sequence[Finding]:
    """Rule 1: other facts under a known key need REPLACE or CANCEL, and these need a known key."""
    if not record.number:
        return (reject(1, "number_missing"),)
    if record.action is Action.NEW:
        return () if known is None else (reject(1, "known_with_other_content"),)
    if known is None:
        return (reject(1, "nothing_to_correct"),)
    return (reject(1, "earlier_row_not_approved"),) if record.natural_key in around.unapproved else ()


def _who(record: Record, around: Surroundings, parties: Parties) -> tuple[Finding, ...]:
    """Rules 3, 4 and 39: the enterprise's own credit code and account, in the right system, and it may hold rights."""
    asked = (record.credit_code, record.account_no, record.kind)
    known = parties.get(asked)
    if known is None:
        known = parties[asked] = tuple(_parties(record, around))
    return known


def _parties(record: Record, around: Surroundings) -> Iterator[Finding]:
    enterprise = around.enterprise
    if record.credit_code:
        code = credit_code(record.credit_code)
        if code is None:
            yield reject(3, "credit_code_invalid")
        elif code != enterprise.credit_code:
            yield reject(3, "another_enterprise")
    account = around.accounts.get(record.account_no)
    if account is None or account.enterprise_id != enterprise.id:
        yield reject(4, "account_not_of_enterprise", account=record.account_no[:60])
    elif account.system != ("trading" if record.kind in TRADING_KINDS else "registry"):
        yield reject(4, "account_of_another_system", system=account.system)
    if enterprise.standing != "participant":
        yield reject(39, "may_not_hold_rights", standing=enterprise.standing)


def _what(record: Record, instrument: Instrument | None, around: Surroundings) -> list[Finding]:
    """Rule 5, then the rules of trades or of movements."""
    if instrument is None or not instrument.is_tradable:
        code = "instrument_unknown" if instrument is None else "index_is_no_instrument"
        return [reject(5, code, instrument=record.instrument[:60])]
    findings: list[Finding] = []
    if record.kind in TRADES:
        ground = around.ground(instrument, record.day, record.method)
        for check in trade_rules.CHECKS:
            finding = check(record, ground)
            if finding is not None:
                findings.append(finding)
    else:
        findings.extend(check_movement(record, instrument, around))
    if instrument.kind is Kind.GEC:
        findings.extend(check_certificate(record, around.certificates_sold))
    return findings


def _running_balance(record: Record, balances: dict[tuple[str, str], int]) -> Iterator[Finding]:
    """Rule 18: a statement's balance is the one before and the movement."""
    printed = record.balance_after or 0
    key = (record.account_no, record.instrument)
    before, balances[key] = balances.get(key), printed
    if before is None:
        return
    source, target = MOVES.get(record.kind, (None, None))
    slot = Slot.TRADING if record.kind in TRADING_KINDS else Slot.REGISTRY
    change = (record.units if target is slot else 0) - (record.units if source is slot else 0)
    if before + change != printed:
        yield reject(18, "running_balance_differs", expected=before + change, printed=printed)


def _late(record: Record, around: Surroundings) -> Sequence[Finding]:
    """Rule 17: late rows land at their business time; closed days need an approval of their own."""
    booked_until, closed = around.booked_until, around.enterprise.closed_until
    if (booked_until is None or record.business_at >= booked_until) and (closed is None or record.day > closed):
        return ()
    late = [warn(17, "arrived_late")] if booked_until is not None and record.business_at < booked_until else []
    if closed is not None and record.day <= closed:
        late.append(warn(17, "period_closed", closed_until=closed.isoformat()))
    return late
