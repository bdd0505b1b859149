"""The table of the forty rules: for each a row that passes, one that fails and one on the boundary.

A case runs a piece of the mirror and answers the codes that were said, or a plain answer; the table names what is to
be answered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

Run = Callable[[Session], object]
KINDS = ("passes", "fails", "boundary")
CASES: list[Case] = []


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the table: the number of its rule, its kind, what it is about, and what is to be answered."""

    rule: int
    kind: str
    about: str
    run: Run
    expected: object


def case(rule: int, kind: str, about: str, run: Run, expected: object) -> None:
    """Write a row into the table."""
    CASES.append(Case(rule, kind, about, run, expected))
