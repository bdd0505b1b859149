"""What may go wrong with meters and bills.

DomainError
├── MeterUnknown         meter: not there, or another institution's
├── SiteUnknown          site: not there, or another institution's
├── BuildingUnknown      building: not there, or not on the site
├── NameTaken            name: a site or building has it already
├── MeterNumberTaken     number: another meter of the institution or of the provider has it
├── MeterInvalid         field: unit, vehicle or day does not fit the energy
├── BillInvalid          reason: see bills.CODES
├── BillUnchanged        the correction says what the bill says already
├── FindingUnknown       finding: not there, or settled before
├── RemarkInvalid        the days are not in order, or lie too far off
├── RemarkUnknown        remark
├── TargetInvalid        measure, year or value
├── FactorInvalid        energy, unit or value
├── SavingUnknown        saving: not there, or not credited
├── AssessmentInvalid    subject: unknown, without source, or more points than it has
├── SecondPersonMissing  who entered the bills does not credit what they saved
└── ReadingsUnreadable   reason: the call is no list of readings
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class MeterUnknown(DomainError):
    """The meter is not there, or is another institution's."""

    code = "meter_unknown"


class SiteUnknown(DomainError):
    """The site is not there, or is another institution's."""

    code = "site_unknown"


class BuildingUnknown(DomainError):
    """The building is not there, or not on the site."""

    code = "building_unknown"


class NameTaken(DomainError):
    """A site or building of this name is there already. Facts: ``name``."""

    code = "site_name_taken"


class MeterNumberTaken(DomainError):
    """Another meter has this number. Facts: ``number``."""

    code = "meter_number_taken"


class MeterInvalid(DomainError):
    """Unit, vehicle or days do not fit the energy. Facts: ``field``."""

    code = "meter_invalid"


class BillInvalid(DomainError):
    """The bill breaks a rule of ``bills``. Facts: ``reason``."""

    code = "bill_invalid"


class BillUnchanged(DomainError):
    """The correction says what the bill says already."""

    code = "bill_unchanged"


class FindingUnknown(DomainError):
    """The finding is not there, or was settled before."""

    code = "meter_finding_unknown"


class RemarkInvalid(DomainError):
    """The days of a remark are not in order, or span more than two years."""

    code = "use_remark_invalid"


class RemarkUnknown(DomainError):
    """The remark is not there, or was withdrawn."""

    code = "use_remark_unknown"


class TargetInvalid(DomainError):
    """The target is not positive, or its measure is unknown."""

    code = "energy_target_invalid"


class FactorInvalid(DomainError):
    """The factor does not fit an energy and its unit."""

    code = "energy_factor_invalid"


class SavingUnknown(DomainError):
    """The saving is not there, or is not credited."""

    code = "saving_unknown"


class ReadingsUnreadable(DomainError):
    """The call holds no reading, or too many. Facts: ``reason``."""

    code = "readings_unreadable"


class SecondPersonMissing(DomainError):
    """Who entered a bill of these months does not decide what it saved."""

    code = "saving_second_person"


class AssessmentInvalid(DomainError):
    """The subject is unknown, the source is missing, or there are more points than it has. Facts: ``subject``."""

    code = "assessment_invalid"
