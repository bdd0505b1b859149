"""Reading the rulebook: a few hundred rows, read whole."""

from __future__ import annotations

from sqlalchemy.orm import Session

from partners.enterprises.bulk import read_rows
from partners.enterprises.rulebook.model import Acceptance, ObligationYear, Parameter, Rule, RuleBook


def rulebook(session: Session) -> RuleBook:
    """Answer all rules, parameters, deadlines and accepted vintages."""
    rules = read_rows(
        session,
        "SELECT number, valid_from, severity, title, standing, citation FROM partners.market_rule ORDER BY 1, 2",
        {},
    )
    parameters = read_rows(
        session,
        "SELECT name, valid_from, value, rule, standing, citation FROM partners.market_parameter ORDER BY 1, 2",
        {},
    )
    years = read_rows(session, "SELECT year, deadline, standing, citation FROM partners.obligation_year ORDER BY 1", {})
    acceptances = read_rows(
        session,
        """SELECT year, vintage, valid_from, accepted, standing, citation
           FROM partners.vintage_acceptance ORDER BY 1, 2, 3""",
        {},
    )
    return RuleBook(
        rules=tuple(Rule(*row) for row in rules),
        parameters=tuple(Parameter(*row) for row in parameters),
        years={row[0]: ObligationYear(*row) for row in years},
        acceptances=tuple(Acceptance(*row) for row in acceptances),
    )
