"""What the ledger refuses, in order of precedence: where two apply, the first listed wins.

LedgerError
├── RequestConflict      the request id was used with other content
├── AssetUnknown         no such asset
├── AccountDiffers       the account is there with another normal side, floor or spread
├── UnitsInvalid         not a whole number from 1 to 2^53 - 1
├── AccountUnknown       no such account
├── SameAccount          debit and credit are one account
├── AssetMismatch        the two accounts keep different assets
├── AccountClosed        an account takes no further transfers
├── TransferUnknown      no such transfer
├── TransferReversed     the transfer is reversed already
├── InsufficientBalance  a floor would be passed
├── AccountInUse         holds are open on the account that is to be closed
├── HoldUnknown          no such hold
├── HoldEnded            the hold is settled, released or expired already
├── HoldExpired          the hold is past its time
└── HoldExceeded         more was to be settled than is held
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class LedgerError(DomainError):
    """The ledger said no and did nothing."""

    code = "ledger_error"


class RequestConflict(LedgerError):
    """The request id was used before with other content."""

    code = "request_conflict"


class AssetUnknown(LedgerError):
    """There is no such asset."""

    code = "asset_unknown"


class AccountDiffers(LedgerError):
    """The account is there already, with another normal side, floor or spread."""

    code = "account_differs"


class UnitsInvalid(LedgerError):
    """The units are not a whole number from 1 to 2^53 - 1."""

    code = "units_invalid"


class AccountUnknown(LedgerError):
    """There is no such account."""

    code = "account_unknown"


class SameAccount(LedgerError):
    """Debit and credit are the same account."""

    code = "same_account"


class AssetMismatch(LedgerError):
    """The two accounts keep different assets."""

    code = "asset_mismatch"


class AccountClosed(LedgerError):
    """The account is closed."""

    code = "account_closed"


class TransferUnknown(LedgerError):
    """There is no such transfer."""

    code = "transfer_unknown"


class TransferReversed(LedgerError):
    """The transfer is reversed already."""

    code = "transfer_reversed"


class InsufficientBalance(LedgerError):
    """The account's floor would be passed; the facts say what was needed and what is available."""

    code = "insufficient_balance"


class AccountInUse(LedgerError):
    """Holds are open on the account."""

    code = "account_in_use"


class HoldUnknown(LedgerError):
    """There is no such hold."""

    code = "hold_unknown"


class HoldEnded(LedgerError):
    """The hold is settled, released or expired already; the facts say which."""

    code = "hold_ended"


class HoldExpired(LedgerError):
    """The hold is past its time."""

    code = "hold_expired"


class HoldExceeded(LedgerError):
    """More was to be settled than is held."""

    code = "hold_exceeded"


BY_CODE: dict[str, type[LedgerError]] = {error.code: error for error in LedgerError.__subclasses__()}


def refusal(code: str, facts: dict[str, object] | None) -> LedgerError:
    """Make the error of a code that PostgreSQL answered."""
    return BY_CODE[code](**(facts or {}))
