"""Numbers that the operator sets where no citable factor was found; each has its source, the newest counts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from rewards.events import rules
from rewards.events.errors import FactorMissing, ItemUnknown
from rewards.events.factors import PARAMETERS
from rewards.events.model import Parameter


def set_parameter(
    session: Session, *, parameter_id: UUID, item: str, value: Decimal, source: str, by: UUID, now: datetime
) -> Parameter:
    """Set a number with its source; the same id again changes nothing.

    Raises ItemUnknown, QuantityInvalid, FactorMissing without a source.
    """
    if item not in PARAMETERS:
        raise ItemUnknown(item=item)
    rules.check_quantity(value, item=item)
    if not source.strip():
        raise FactorMissing(item=item)
    known = session.get(Parameter, parameter_id)
    if known is not None:
        return known
    made = Parameter(id=parameter_id, item=item, value=value, source=source.strip(), entered_by=by, entered_at=now)
    session.add(made)
    session.flush()
    return made
