"""Why a pay code cannot be charged, or a charge not undone. In this order: the first that applies is raised.

DomainError
├── PayCodeUnknown       pay_code: there is none, or it is another citizen's
├── PayCodeWrong         the digits are no pay code of ours, or prove nothing
├── PayCodeTooOld        shown too long ago; perhaps a screenshot
├── ChargeConflict       charge: the request id was used for another charge
├── PayCodeUsed          pay_code, at: charged, closed, or replaced by a newer one
├── PayCodeExpired       pay_code, at
├── ChargeInvalid        coins: not a whole number from 1 on
├── ChargeTooLarge       coins, most: more than one charge may take
├── ChargeDayReached     coins, left: more than is left of the person's day
├── PayCodeFundsShort    the payer has too few coins; how many is not told
├── ChargeUnknown        charge: this merchant made no such charge
├── ChargeUndone         charge, at
└── UndoTooLate          charge, minutes
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class PayCodeUnknown(DomainError):
    """There is no such pay code, or it is another citizen's."""

    code = "pay_code_unknown"


class PayCodeWrong(DomainError):
    """The digits are no pay code, or their proof is wrong."""

    code = "pay_code_wrong"


class PayCodeTooOld(DomainError):
    """The code was shown too long ago."""

    code = "pay_code_too_old"


class ChargeConflict(DomainError):
    """The request id belongs to another charge."""

    code = "request_conflict"


class PayCodeUsed(DomainError):
    """The pay code was charged, closed or replaced."""

    code = "pay_code_used"


class PayCodeExpired(DomainError):
    """The pay code's time is over."""

    code = "pay_code_expired"


class ChargeInvalid(DomainError):
    """The amount is no whole number of coins from 1 on."""

    code = "charge_invalid"


class ChargeTooLarge(DomainError):
    """One charge may not take so many coins."""

    code = "charge_too_large"


class ChargeDayReached(DomainError):
    """The person's pay codes have paid as many coins as they may in a day."""

    code = "charge_day_reached"


class PayCodeFundsShort(DomainError):
    """The payer has too few coins."""

    code = "pay_code_funds_short"


class ChargeUnknown(DomainError):
    """This merchant, or this citizen, has no such charge."""

    code = "charge_unknown"


class ChargeUndone(DomainError):
    """The charge was undone already."""

    code = "charge_undone"


class UndoTooLate(DomainError):
    """The charge was made too long ago."""

    code = "undo_too_late"
