"""What can be wrong about activities as a whole; a single row is answered with a code instead (see rules).

DomainError
├── ActivityUnknown          no such activity, or not this person's
├── ParticipantClosed        the account takes no part any more
├── RiderUnknown             nothing was ever reported for this rider
├── RiderClaimedByAnother    the rider is bound to somebody else
└── IntakeConflict           the request key was used for another body
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class ActivityUnknown(DomainError):
    """No such activity for this person. Facts: ``activity``."""

    code = "activity_unknown"


class ParticipantClosed(DomainError):
    """The account takes no part any more. Facts: ``participant``."""

    code = "participant_closed"


class RiderUnknown(DomainError):
    """Nothing was ever reported for this rider. Facts: ``provider``."""

    code = "rider_unknown"


class RiderClaimedByAnother(DomainError):
    """The rider is bound to somebody else. Facts: ``provider``."""

    code = "rider_claimed_by_another"


class IntakeConflict(DomainError):
    """The request key was used before for another body. Facts: ``request_key``."""

    code = "intake_conflict"
