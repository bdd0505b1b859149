"""What the validator says about a row: the number of the rule, its severity, a code. Sentences are the platform's."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """R rejects the row, W warns, B is a break for reconciliation, N is a note."""

    REJECT = "R"
    WARN = "W"
    BREAK = "B"
    NOTE = "N"


Fact = str | int | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about one row. *rule* is the number in the table of forty; 0 where the row cannot be read."""

    rule: int
    severity: Severity
    code: str
    facts: dict[str, Fact] = field(default_factory=dict)


def reject(rule: int, code: str, **facts: Fact) -> Finding:
    """A finding that keeps the row out of the books."""
    return Finding(rule, Severity.REJECT, code, facts)


def warn(rule: int, code: str, **facts: Fact) -> Finding:
    """A finding that a person should look at; the row is booked."""
    return Finding(rule, Severity.WARN, code, facts)


def broken(rule: int, code: str, **facts: Fact) -> Finding:
    """A finding that becomes a break of the reconciliation."""
    return Finding(rule, Severity.BREAK, code, facts)


def note(rule: int, code: str, **facts: Fact) -> Finding:
    """A finding that only explains how the row was read."""
    return Finding(rule, Severity.NOTE, code, facts)
