"""What can go wrong on the way in.

DomainError
├── PhoneInvalid            not a Chinese mobile number
├── TooManyAttempts         (retry_at) a limit per phone, address or day
├── CodeNotAccepted         wrong, used, expired or never sent: the answer does not say which
├── CodeUndeliverable       no way to send a message is set up
├── PasswordNotAccepted     unknown person, no password or a wrong one: the answer does not say which
├── PasswordTooWeak         (least)
├── AccountLocked           (locked_until)
├── PersonClosed
├── RoleUnfit               (kind, role) an organisation of this kind has no such role
├── MembershipUnknown
└── ClientNotAccepted       unknown or revoked client, wrong secret
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class PhoneInvalid(DomainError):
    """The text is not a mobile number of mainland China."""

    code = "phone_invalid"


class TooManyAttempts(DomainError):
    """A limit was reached; *retry_at* says when the next try is counted anew."""

    code = "too_many_attempts"


class CodeNotAccepted(DomainError):
    """The one-time code is wrong, used, expired or was never sent."""

    code = "code_not_accepted"


class CodeUndeliverable(DomainError):
    """Outside development a code needs a message gateway, and none is set up."""

    code = "code_undeliverable"


class PasswordNotAccepted(DomainError):
    """The phone is unknown, has no password, or the password is another."""

    code = "password_not_accepted"


class PasswordTooWeak(DomainError):
    """The new password is shorter than *least* characters."""

    code = "password_too_weak"


class AccountLocked(DomainError):
    """Too many wrong passwords; the account opens again at *locked_until*."""

    code = "account_locked"


class PersonClosed(DomainError):
    """The person has left."""

    code = "person_closed"


class RoleUnfit(DomainError):
    """An organisation of *kind* has no *role*."""

    code = "role_unfit"


class MembershipUnknown(DomainError):
    """The person has no such membership, or it has ended."""

    code = "membership_unknown"


class ClientNotAccepted(DomainError):
    """The provider's program is unknown or revoked, or its secret is another."""

    code = "client_not_accepted"
