"""The one validator for every way in: all lines are checked, in file order, before any is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from partners.enterprises.findings import Finding, Severity, reject, warn
from partners.enterprises.instruments.model import Instrument
from partners.enterprises.parties.rules import credit_code
from partners.enterprises.records import trade_rules
from partners.enterprises.records.model import MOVES, TRADES, Action, Record, RecordKind, Slot
from partners.enterprises.records.movement_rules import check_certificate, check_movement
from partners.enterprises.records.parsing import Unreadable
from partners.enterprises.records.surroundings import Surroundings

TRADING_KINDS = TRADES | {RecordKind.TRADING_FROZEN, RecordKind.TRADING_UNFROZEN}
AVAILABLE = {"registry": Slot.REGISTRY, "trading": Slot.TRADING}


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
    return [_answer(line, around, balances) for line in lines]


def _answer(line: Record | Unreadable, around: Surroundings, balances: dict[tuple[str, str], int]) -> Answer:
    if isinstance(line, Unreadable):
        return Answer(line.line, Outcome.REJECTED, None, findings=[line.finding])
    instrument = around.instrument(line.instrument)
    if instrument is not None:
        line.instrument = instrument.code
    content_hash = line.content_hash()
    key = line.natural_key
    known = around.on_file.get(key)
    if known == content_hash and line.action is not Action.CANCEL:
        return Answer(line.line, Outcome.DUPLICATE, line, content_hash, findings=[warn(1, "known_already")])
    findings = list(_key(line, known, waits=key in around.unapproved))
    findings += _who(line, around)
    findings += _what(line, instrument, around)
    findings += _running_balance(line, balances)
    findings += _late(line, around)
    for finding in findings:
        if finding.severity is Severity.REJECT:
            return Answer(line.line, Outcome.REJECTED, line, content_hash, findings=findings)
    if line.action is Action.CANCEL:
        around.on_file.pop(key, None)
    else:
        around.on_file[key] = content_hash
    revision = around.revisions[key] = around.revisions.get(key, -1) + 1
    return Answer(line.line, Outcome.STAGED, line, content_hash, revision, findings)


def _key(record: Record, known: bytes | None, *, waits: bool) -> Iterator[Finding]:
    """Rule 1: other facts under a known key need REPLACE or CANCEL, and these need a known key."""
    if not record.number:
        yield reject(1, "number_missing")
    if record.action is Action.NEW and known is not None:
        yield reject(1, "known_with_other_content")
    if record.action is not Action.NEW and known is None:
        yield reject(1, "nothing_to_correct")
    if record.action is not Action.NEW and waits:
        yield reject(1, "earlier_row_not_approved")


def _who(record: Record, around: Surroundings) -> Iterator[Finding]:
    """Rules 3, 4 and 39: the enterprise's own credit code and account, in the right system, and it may hold rights."""
    enterprise = around.enterprise
    if record.credit_code:
        code = credit_code(record.credit_code)
        if code is None:
            yield reject(3, "credit_code_invalid")
        elif code != enterprise.credit_code:
            yield reject(3, "another_enterprise")
    account = around.accounts.get(record.account_no)
    if account is None or account.enterprise_id != enterprise.id:
        yield reject(4, "account_not_of_enterprise", account=record.account_no)
    elif account.system != ("trading" if record.kind in TRADING_KINDS else "registry"):
        yield reject(4, "account_of_another_system", system=account.system)
    if enterprise.standing != "participant":
        yield reject(39, "may_not_hold_rights", standing=enterprise.standing)


def _what(record: Record, instrument: Instrument | None, around: Surroundings) -> Iterator[Finding]:
    """Rule 5, then the rules of trades or of movements."""
    if instrument is None or not instrument.is_tradable:
        code = "instrument_unknown" if instrument is None else "index_is_no_instrument"
        yield reject(5, code, instrument=record.instrument)
        return
    if record.kind in TRADES:
        price = around.prices.get((instrument.code, record.day))
        trade = trade_rules.Trade(record, instrument, around.limits(record.day), price, around.calendar)
        for check in trade_rules.CHECKS:
            finding = check(trade)
            if finding is not None:
                yield finding
    else:
        yield from check_movement(record, instrument, around)
    yield from check_certificate(record, instrument, around.certificates_sold)


def _running_balance(record: Record, balances: dict[tuple[str, str], int]) -> Iterator[Finding]:
    """Rule 18: a statement's balance is the one before and the movement."""
    if record.balance_after is None:
        return
    key = (record.account_no, record.instrument)
    before, balances[key] = balances.get(key), record.balance_after
    if before is None:
        return
    source, target = MOVES.get(record.kind, (None, None))
    slot = Slot.TRADING if record.kind in TRADING_KINDS else Slot.REGISTRY
    change = (record.units if target is slot else 0) - (record.units if source is slot else 0)
    if before + change != record.balance_after:
        yield reject(18, "running_balance_differs", expected=before + change, printed=record.balance_after)


def _late(record: Record, around: Surroundings) -> Iterator[Finding]:
    """Rule 17: late rows land at their business time; closed days need an approval of their own."""
    if around.booked_until is not None and record.business_at < around.booked_until:
        yield warn(17, "arrived_late")
    closed = around.enterprise.closed_until
    if closed is not None and record.day <= closed:
        yield warn(17, "period_closed", closed_until=closed.isoformat())
