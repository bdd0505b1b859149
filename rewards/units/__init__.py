"""Units 减排单位: certified grams with serial numbers, issued once, retired once, never overlapping."""

from rewards.units.actions import NewIssue, Take, approve_issue, enter_issue, retire
from rewards.units.errors import (
    IssueConflict,
    IssueUnknown,
    OwnIssue,
    RetirementConflict,
    RetirementUnknown,
    SerialsTaken,
    SerialsUnreadable,
    UnitsShort,
)
from rewards.units.model import Block, Issue, Retirement, Series, UnitKind
from rewards.units.queries import (
    IssueRow,
    RetiredBlock,
    available_grams,
    differences,
    issue_of,
    issues,
    retired_blocks,
    retirement_of,
    retirements_of,
)
from rewards.units.rules import Run, read_serials

__all__ = [
    "Block",
    "Issue",
    "IssueConflict",
    "IssueRow",
    "IssueUnknown",
    "NewIssue",
    "OwnIssue",
    "RetiredBlock",
    "Retirement",
    "RetirementConflict",
    "RetirementUnknown",
    "Run",
    "SerialsTaken",
    "SerialsUnreadable",
    "Series",
    "Take",
    "UnitKind",
    "UnitsShort",
    "approve_issue",
    "available_grams",
    "differences",
    "enter_issue",
    "issue_of",
    "issues",
    "read_serials",
    "retire",
    "retired_blocks",
    "retirement_of",
    "retirements_of",
]
