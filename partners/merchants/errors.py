"""What may go wrong with merchants. Where two apply, the first listed wins.

DomainError
├── MerchantUnknown          merchant
├── MerchantExists           merchant: opened before with other facts
├── CounterUnknown           counter: no such counter, another merchant's, or closed
├── StoreUnknown             store: no such store, another merchant's, or closed
├── PlaceInvalid             fields: a name or address that says nothing
├── CreditCodeLengthWrong    length: a code has eighteen characters
├── CreditCodeCharactersWrong
├── CreditCodeChecksumWrong  one character was mistyped, most likely
├── ApplicationInvalid       fields
├── ApplicationOpen          credit_code: another application for it waits
├── ApplicationUnknown       application
├── ApplicationConflict      application: the request id was used for another application
├── ApplicationDecided       application, state
├── ApplicationOwn           application: who applied cannot decide
├── MerchantSuspended        merchant, at
└── MerchantNotSuspended     merchant
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class MerchantUnknown(DomainError):
    """No merchant has this id."""

    code = "merchant_unknown"


class MerchantExists(DomainError):
    """The merchant, store or counter was opened before with other facts."""

    code = "merchant_exists"


class CounterUnknown(DomainError):
    """The counter does not exist, belongs to another merchant, or is closed."""

    code = "counter_unknown"


class StoreUnknown(DomainError):
    """The store does not exist, belongs to another merchant, or is closed."""

    code = "store_unknown"


class PlaceInvalid(DomainError):
    """A store or counter needs a name, a store an address."""

    code = "place_invalid"


class CreditCodeLengthWrong(DomainError):
    """A 统一社会信用代码 has eighteen characters."""

    code = "credit_code_length_wrong"


class CreditCodeCharactersWrong(DomainError):
    """Only digits and capital letters but I, O, S, V, Z; the county's six are digits."""

    code = "credit_code_characters_wrong"


class CreditCodeChecksumWrong(DomainError):
    """The last character, or that of the organisation code inside, does not fit the others."""

    code = "credit_code_checksum_wrong"


class ApplicationInvalid(DomainError):
    """The fields named are empty or unknown."""

    code = "application_invalid"


class ApplicationOpen(DomainError):
    """Another application for this credit code waits to be decided."""

    code = "application_open"


class ApplicationUnknown(DomainError):
    """No application has this id, or it is another's."""

    code = "application_unknown"


class ApplicationConflict(DomainError):
    """The request id was used for another application."""

    code = "request_conflict"


class ApplicationDecided(DomainError):
    """The application was decided or withdrawn already."""

    code = "application_decided"


class ApplicationOwn(DomainError):
    """A second person has to look: who applied cannot decide."""

    code = "application_own"


class MerchantSuspended(DomainError):
    """The merchant is suspended already."""

    code = "merchant_suspended"


class MerchantNotSuspended(DomainError):
    """There is no suspension to lift."""

    code = "merchant_not_suspended"
