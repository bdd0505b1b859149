"""What may go wrong with settlement. In this order where two apply: the first that is listed.

DomainError
├── SettlementDayOpen      through, from_: the day (and the time to undo) is not over
├── SettlementRateMissing  at: no rate is in force
├── DatedRowLate           valid_from: it would change what was computed already
├── DatedRowExists         valid_from: a row from the same instant is there, and other
├── CoinsNotBacked         asked: the rule of the day asks for more cover than the funds have
├── StatementUnknown       statement: no such statement, or another merchant's
├── LineUnknown            transfer: not on this statement
├── DisputeUnknown         dispute
├── DisputeOpen            statement, transfer: disputed already
├── DisputeAnswered        dispute
├── CorrectionMissing      dispute: accepted without an amount
├── PayoutUnknown          payout
├── PayoutUnderWay         payout: not failed, so it must not be paid again
└── SettlementBreakUnknown break_id: no such break, or resolved
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class SettlementDayOpen(DomainError):
    """The day, and the time in which its redemptions may be undone, is not over."""

    code = "settlement_day_open"


class SettlementRateMissing(DomainError):
    """No settlement rate was in force at that instant."""

    code = "settlement_rate_missing"


class DatedRowLate(DomainError):
    """A dated row would begin in the past, where statements were computed without it."""

    code = "dated_row_late"


class DatedRowExists(DomainError):
    """Another row begins at the same instant; rows are never overwritten."""

    code = "dated_row_exists"


class CoinsNotBacked(DomainError):
    """The backing rule of the day refuses new coins that the funds do not cover."""

    code = "coins_not_backed"


class StatementUnknown(DomainError):
    """No statement has this id, or it is another merchant's."""

    code = "statement_unknown"


class LineUnknown(DomainError):
    """The statement has no such line."""

    code = "line_unknown"


class DisputeUnknown(DomainError):
    """No dispute has this id, or it is another merchant's."""

    code = "dispute_unknown"


class DisputeOpen(DomainError):
    """This line or statement is disputed already and waits for an answer."""

    code = "dispute_open"


class DisputeAnswered(DomainError):
    """The dispute was answered."""

    code = "dispute_answered"


class CorrectionMissing(DomainError):
    """A dispute is accepted by a correcting entry; one of zero corrects nothing."""

    code = "correction_missing"


class PayoutUnknown(DomainError):
    """No payout has this id, or it is another merchant's."""

    code = "payout_unknown"


class PayoutUnderWay(DomainError):
    """Only a payout that failed may be made again."""

    code = "payout_under_way"


class SettlementBreakUnknown(DomainError):
    """No open break has this id."""

    code = "settlement_break_unknown"
