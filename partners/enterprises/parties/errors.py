"""What may go wrong with parties.

DomainError
├── EnterpriseUnknown    enterprise
├── EnterpriseExists     enterprise: registered before with other facts
├── CreditCodeInvalid    the check digit or form of a unified social credit code is wrong
└── AccountTaken         account: it is another enterprise's
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class EnterpriseUnknown(DomainError):
    """No enterprise has this id or code."""

    code = "enterprise_unknown"


class EnterpriseExists(DomainError):
    """The enterprise was registered before with other facts."""

    code = "enterprise_exists"


class CreditCodeInvalid(DomainError):
    """The check digit or form of a unified social credit code is wrong (rule 3)."""

    code = "credit_code_invalid"


class AccountTaken(DomainError):
    """The account is known as another enterprise's, or the enterprise has its one trading account (rule 4)."""

    code = "market_account_taken"
