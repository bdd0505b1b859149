"""Rules of the way in: pure, with time as an argument.

The limits follow what Chinese public services do: a code of 6 digits for 5 minutes, again after 60 seconds, limits per
phone, address and day; a lock after 5 wrong passwords (等保, the graded protection of information systems).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import phonenumbers

from puhui.identity.errors import AccountLocked, PasswordTooWeak, PhoneInvalid, RoleUnfit
from puhui.identity.model import Kind, Person, Role

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=5)
CODE_PAUSE = timedelta(seconds=60)
CODE_FAILURES = 5
PASSWORD_FAILURES = 5
PASSWORD_LOCK = timedelta(minutes=15)
PASSWORD_LEAST = 10
PRIVACY_VERSION = "2026-11"
TOKEN_LIFE = timedelta(hours=1)

ROLES: dict[Kind, frozenset[Role]] = {
    Kind.MERCHANT: frozenset({Role.CLERK, Role.MANAGER}),
    Kind.INSTITUTION: frozenset({Role.MEMBER, Role.LIAISON, Role.DEPARTMENT_MANAGER, Role.REVIEWER}),
    Kind.ENTERPRISE: frozenset({Role.VIEWER, Role.MAKER, Role.CHECKER}),
    Kind.OPERATOR: frozenset({Role.OPERATOR, Role.SECURITY, Role.AUDITOR}),
    Kind.PROVIDER: frozenset({Role.TECHNICIAN}),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """At most *count* tries of one *subject* in a window of *per*."""

    subject: str
    count: int
    per: timedelta


CODE_PER_PHONE = (
    Limit("code phone hour", 5, timedelta(hours=1)),
    Limit("code phone day", 10, timedelta(days=1)),
)
CODE_PER_ADDRESS = (
    Limit("code address hour", 60, timedelta(hours=1)),
    Limit("code address day", 300, timedelta(days=1)),
)
LOG_IN_PER_ADDRESS = (Limit("log-in address minute", 30, timedelta(minutes=1)),)
TOKEN_PER_ADDRESS = (Limit("token address minute", 60, timedelta(minutes=1)),)


@dataclass(frozen=True, slots=True)
class Life:
    """How long a log-in lasts: *idle* without a request, *whole* in any case."""

    idle: timedelta
    whole: timedelta


CITIZEN_LIFE = Life(idle=timedelta(days=30), whole=timedelta(days=180))
COUNTER_LIFE = Life(idle=timedelta(hours=12), whole=timedelta(days=7))
STAFF_LIFE = Life(idle=timedelta(minutes=30), whole=timedelta(hours=12))


def life_of(kind: Kind | None) -> Life:
    """Answer how long someone who acts for an organisation of *kind* stays logged in; None is a citizen."""
    if kind is None:
        return CITIZEN_LIFE
    return COUNTER_LIFE if kind is Kind.MERCHANT else STAFF_LIFE


def phone_number(text: str) -> str:
    """Answer the mobile number in E.164, as ``+8613800138000``. Raises PhoneInvalid."""
    try:
        parsed = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException as error:
        raise PhoneInvalid from error
    is_mobile = phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE
    if parsed.country_code != 86 or not is_mobile:
        raise PhoneInvalid
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def masked(phone: str) -> str:
    """Answer a phone as it may be shown to its owner: ``138****8000``."""
    national = phone.removeprefix("+86")
    return f"{national[:3]}****{national[-4:]}"


def check_password(password: str) -> None:
    """Refuse a password that is too short or of one character only. Raises PasswordTooWeak."""
    if len(password) < PASSWORD_LEAST or len(set(password)) < 4:
        raise PasswordTooWeak(least=PASSWORD_LEAST)


def check_unlocked(person: Person, *, now: datetime) -> None:
    """Raises AccountLocked while too many wrong passwords keep the account shut."""
    if person.locked_until is not None and person.locked_until > now:
        raise AccountLocked(locked_until=person.locked_until)


def check_role(kind: Kind, role: Role) -> None:
    """Raises RoleUnfit where an organisation of *kind* has no *role*."""
    if role not in ROLES[kind]:
        raise RoleUnfit(kind=kind.value, role=role.value)
