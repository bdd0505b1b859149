"""The root of all errors that the domain raises.

An error is a fact, not a sentence: a class carries a stable ``code`` and keyword facts. The platform's table
``puhui.problems`` turns the code into a status and a translated sentence.
"""

from __future__ import annotations


class DomainError(Exception):
    """A rule said no. Subclasses set ``code``; the facts are what a person needs to mend it."""

    code = "domain_error"

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code)
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.code} {self.facts}" if self.facts else self.code
