"""The public register of voluntary projects: keyed by the application, never by the name."""

from __future__ import annotations

from sqlalchemy.orm import Session

from partners.enterprises.bulk import read_rows
from partners.enterprises.records.surroundings import Project


def projects_by_code(session: Session) -> dict[str, Project]:
    """Answer the registered projects by their code; the latest issued reduction names the verifier."""
    rows = read_rows(
        session,
        """SELECT DISTINCT ON (project_code) project_code, started_on, registered_on, validator, verifier
           FROM partners.credit_project WHERE project_code IS NOT NULL
           ORDER BY project_code, verifier = '', line""",
        {},
    )
    return {
        code: Project(code, started_on, registered_on, None, validator, verifier)
        for code, started_on, registered_on, validator, verifier in rows
    }
