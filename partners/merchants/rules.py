"""Is this a credit code, is this an application that can be decided, and by whom?"""

from __future__ import annotations

import re
from uuid import UUID

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength

from partners.merchants.errors import (
    ApplicationDecided,
    ApplicationInvalid,
    ApplicationOwn,
    CreditCodeCharactersWrong,
    CreditCodeChecksumWrong,
    CreditCodeLengthWrong,
    PlaceInvalid,
)
from partners.merchants.model import KINDS, Application, ApplicationState

LONGEST_NAME, LONGEST_ADDRESS = 80, 200
_COUNTY = re.compile(r"[0-9]{6}")


def credit_code(text: str) -> str:
    """Answer a 统一社会信用代码 (GB 32100-2015) in capitals without spaces.

    Raises CreditCodeLengthWrong, CreditCodeCharactersWrong, CreditCodeChecksumWrong: which check failed, in this order.
    """
    code = "".join(text.split()).replace("-", "").upper()
    try:
        checked: str = uscc.validate(code)
    except InvalidLength as error:
        raise CreditCodeLengthWrong(length=len(code)) from error
    except InvalidFormat as error:
        raise CreditCodeCharactersWrong from error
    except InvalidChecksum as error:
        raise CreditCodeChecksumWrong from error
    return checked


def check_application(application: Application) -> None:
    """Refuse an application that leaves out what has to be known. Raises ApplicationInvalid naming the fields."""
    faults = {
        "name": not _is_name(application.name),
        "name_en": not _is_name(application.name_en),
        "kind": application.kind not in KINDS,
        "county_code": not _COUNTY.fullmatch(application.county_code),
        "address": not 0 < len(application.address) <= LONGEST_ADDRESS,
    }
    if any(faults.values()):
        raise ApplicationInvalid(fields=[name for name, wrong in faults.items() if wrong])


def check_decidable(application: Application, *, decided_by: UUID) -> None:
    """Refuse a decision. Raises ApplicationDecided, ApplicationOwn.

    PostgreSQL says it again: constraints ``application_ends_once`` and ``decided_by_another``.
    """
    if application.state is not ApplicationState.OPEN:
        raise ApplicationDecided(application=application.id, state=application.state.value)
    if application.applied_by == decided_by:
        raise ApplicationOwn(application=application.id)


def check_place(*, name: str, name_en: str, address: str = "-") -> None:
    """Refuse a store or counter that nobody could find. Raises PlaceInvalid naming the fields."""
    faults = {
        "name": not _is_name(name),
        "name_en": not _is_name(name_en),
        "address": not 0 < len(address) <= LONGEST_ADDRESS,
    }
    if any(faults.values()):
        raise PlaceInvalid(fields=[field for field, wrong in faults.items() if wrong])


def _is_name(name: str) -> bool:
    return 0 < len(name.strip()) <= LONGEST_NAME
