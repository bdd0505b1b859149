"""Pay codes: a citizen opens one, shows it, and a clerk takes an amount of coins on it, once.

For the counter:

- ``codes`` is ``puhui.codes.pay_code_book()``. Its digits begin with 71 (vouchers: 70), so that one scanner tells them
  apart: ``codes.read(digits)`` is None for anything else.
- ``read_pay_code(session, digits, codes=, now=)`` answers the pay code, where it could be charged now, and changes
  nothing.
- ``charge(session, digits=, codes=, counter=, merchant=, coins_units=, clerk=, request_id=, now=)`` takes the coins:
  they are the merchant's takings at once (a posted transfer of the kind ``pay_code``, ``transfer_id`` of the answer,
  its reference the charge's id). A clerk who scans first and types the amount afterwards passes ``read_at``, the
  instant at which our own server read the digits; it may lie three minutes back. A form must not carry it.
- ``undo_charge(session, charge_id=, merchant=, clerk=, reason=, request_id=, now=)`` gives it back within ten minutes
  (a dated limit, `rewards.limits`).
- ``charges_of_merchant(session, merchant_id=, since=, counter_id=, until=)`` lists them, ``merchant_charge`` reads one.
- Errors are in ``rewards.paycodes.errors``, in their order of precedence. Outside they are one sentence; a signed-in
  clerk may see the reason: `PayCodeWrong` counts as a wrong try, as a wrong voucher code does.
- ``AccountClosed`` of the ledger means that the merchant is suspended; `PayCodeFundsShort` that the payer has too few
  coins, and the clerk learns no more than that.
"""

from rewards.paycodes.actions import charge, close_pay_code, open_pay_code, read_pay_code, undo_charge
from rewards.paycodes.errors import (
    ChargeConflict,
    ChargeDayReached,
    ChargeInvalid,
    ChargeTooLarge,
    ChargeUndone,
    ChargeUnknown,
    PayCodeExpired,
    PayCodeFundsShort,
    PayCodeTooOld,
    PayCodeUnknown,
    PayCodeUsed,
    PayCodeWrong,
    UndoTooLate,
)
from rewards.paycodes.model import Charge, PayCode
from rewards.paycodes.queries import (
    charge_of,
    charge_on,
    charged_today,
    charges_of_merchant,
    merchant_charge,
    open_pay_code_of,
    pay_code_of,
)

__all__ = [
    "Charge",
    "ChargeConflict",
    "ChargeDayReached",
    "ChargeInvalid",
    "ChargeTooLarge",
    "ChargeUndone",
    "ChargeUnknown",
    "PayCode",
    "PayCodeExpired",
    "PayCodeFundsShort",
    "PayCodeTooOld",
    "PayCodeUnknown",
    "PayCodeUsed",
    "PayCodeWrong",
    "UndoTooLate",
    "charge",
    "charge_of",
    "charge_on",
    "charged_today",
    "charges_of_merchant",
    "close_pay_code",
    "merchant_charge",
    "open_pay_code",
    "open_pay_code_of",
    "pay_code_of",
    "read_pay_code",
    "undo_charge",
]
