"""What may go wrong with parties.

DomainError
├── EnterpriseUnknown    enterprise
├── EnterpriseExists     enterprise: registered before with other facts
├── CreditCodeInvalid    the check digit or form of a unified social credit code is wrong
├── AccountTaken         account: it is another enterprise's
├── ApplicationUnknown   application
├── ApplicationOpen      credit_code: another application of the same firm waits
├── ApplicationDecided   application: it was admitted or refused before
├── MayNotTrade          standing: authority, registry, exchange or technical body (rule 39)
└── ParentInvalid        enterprise: it would be its own parent
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

    code = "enterprise_code_invalid"


class AccountTaken(DomainError):
    """The account is known as another enterprise's, or the enterprise has its one trading account (rule 4)."""

    code = "market_account_taken"


class ApplicationUnknown(DomainError):
    """There is no such application."""

    code = "enterprise_application_unknown"


class ApplicationOpen(DomainError):
    """Another application of the same firm waits for its decision."""

    code = "enterprise_application_open"


class ApplicationDecided(DomainError):
    """The application was admitted or refused before."""

    code = "enterprise_application_decided"


class MayNotTrade(DomainError):
    """Authorities, registries, exchanges and technical bodies are no trading parties (条例 Art. 7, rule 39)."""

    code = "may_not_trade"


class ParentInvalid(DomainError):
    """An enterprise is no part of itself, nor of one of its subsidiaries."""

    code = "parent_invalid"
