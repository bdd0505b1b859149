"""What a carbon sink refuses. In this order: the first that applies is raised.

DomainError
├── SinkUnknown           project: there is none, or it is another organisation's
├── SinkRecordUnknown     record
├── SinkMethodUnknown     method
├── SinkInvalid           fields
├── SinkNotApproved       project
├── SinkReviewed          at: it was reviewed already
├── OwnSinkWork           who wrote it cannot review it
├── SinkMethodUnset       method: no factor was set, so nothing is issued
├── SinkRecordMissing     year: no approved record
├── SinkYearIssued        year
├── SinkTooLittle         grams: less than one unit
├── ShiftInvalid          fields
└── ShiftSignedOff        day: the volunteer's day was signed off with other hours
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class SinkUnknown(DomainError):
    """There is no such project, or it is another organisation's."""

    code = "sink_unknown"


class SinkRecordUnknown(DomainError):
    """There is no such record."""

    code = "sink_record_unknown"


class SinkMethodUnknown(DomainError):
    """There is no such method."""

    code = "sink_method_unknown"


class SinkInvalid(DomainError):
    """Something about the project or its record cannot be; the facts name the fields."""

    code = "sink_invalid"


class SinkNotApproved(DomainError):
    """The project was not approved."""

    code = "sink_not_approved"


class SinkReviewed(DomainError):
    """It was reviewed already."""

    code = "sink_reviewed"


class OwnSinkWork(DomainError):
    """A second person reviews."""

    code = "own_sink_work"


class SinkMethodUnset(DomainError):
    """No factor was set for the method, because no certain one was found; nothing is issued."""

    code = "sink_method_unset"


class SinkRecordMissing(DomainError):
    """The year has no approved record."""

    code = "sink_record_missing"


class SinkYearIssued(DomainError):
    """The year's quantity was issued already."""

    code = "sink_year_issued"


class SinkTooLittle(DomainError):
    """The year's quantity is less than one unit."""

    code = "sink_too_little"


class ShiftInvalid(DomainError):
    """The hours cannot be; the facts name the fields."""

    code = "sink_shift_invalid"


class ShiftSignedOff(DomainError):
    """The volunteer's day was signed off with other hours."""

    code = "sink_shift_signed_off"
