"""A change of law is a new row: rules, parameters and accepted vintages get further rows, and none is rewritten."""

from __future__ import annotations

import json

from psycopg import errors as postgres_errors
from sqlalchemy.orm import Session

from partners.enterprises.bulk import connection_of
from partners.enterprises.rulebook.errors import RuleRowExists, RuleRowInvalid
from partners.enterprises.rulebook.model import Acceptance, Parameter, Rule
from partners.enterprises.rulebook.queries import rulebook

SEVERITIES = frozenset({"R", "W", "B", "R/W", "R/B", "-"})
STANDINGS = frozenset({"official", "secondary", "draft", "own"})


def add_rule(session: Session, rule: Rule) -> None:
    """Let a rule stand otherwise from a day on. Raises RuleRowInvalid, RuleRowExists."""
    known = {one.number for one in rulebook(session).rules}
    if rule.number not in known or rule.severity not in SEVERITIES or not _is_sourced(rule.standing, rule.citation):
        raise RuleRowInvalid(rule=rule.number)
    _insert(
        session,
        """INSERT INTO partners.market_rule (number, valid_from, severity, title, standing, citation)
           VALUES (%s, %s, %s, %s, %s, %s)""",
        (rule.number, rule.valid_from, rule.severity, rule.title, rule.standing, rule.citation),
    )


def add_parameter(session: Session, parameter: Parameter) -> None:
    """Let a parameter have another value from a day on, of the same type as before.

    Raises RuleRowInvalid, RuleRowExists.
    """
    earlier = [one for one in rulebook(session).parameters if one.name == parameter.name]
    shapes = {type(one.value) for one in earlier if one.value is not None}
    fits = not shapes or type(parameter.value) in shapes
    if not earlier or not fits or parameter.value is None or not _is_sourced(parameter.standing, parameter.citation):
        raise RuleRowInvalid(rule=parameter.rule, name=parameter.name)
    _insert(
        session,
        """INSERT INTO partners.market_parameter (name, valid_from, value, rule, standing, citation)
           VALUES (%s, %s, %s, %s, %s, %s)""",
        (
            *(parameter.name, parameter.valid_from, json.dumps(parameter.value), earlier[0].rule),
            *(parameter.standing, parameter.citation),
        ),
    )


def add_acceptance(session: Session, said: Acceptance) -> None:
    """Let a vintage count for a year's obligation, or no longer, from a day on.

    Raises RuleRowInvalid, RuleRowExists.
    """
    if (
        said.year not in rulebook(session).years
        or said.accepted is None
        or not _is_sourced(said.standing, said.citation)
    ):
        raise RuleRowInvalid(rule=23)
    _insert(
        session,
        """INSERT INTO partners.vintage_acceptance (year, vintage, valid_from, accepted, standing, citation)
           VALUES (%s, %s, %s, %s, %s, %s)""",
        (said.year, said.vintage, said.valid_from, said.accepted, said.standing, said.citation),
    )


def _is_sourced(standing: str, citation: str) -> bool:
    return standing in STANDINGS and bool(citation.strip())


def _insert(session: Session, statement: str, values: tuple[object, ...]) -> None:
    connection = connection_of(session)
    try:
        with connection.transaction():
            connection.execute(statement.encode(), values)
    except postgres_errors.UniqueViolation as error:
        raise RuleRowExists() from error
    except (postgres_errors.CheckViolation, postgres_errors.ForeignKeyViolation) as error:
        raise RuleRowInvalid() from error
