"""Make persons, organisations, memberships, log-ins and the audit trail."""

from __future__ import annotations

from migrations.sql import run_file

revision = "0003_identity"
down_revision = "0002_ledger"


def upgrade() -> None:
    """Go forward; there is no way back but a further migration."""
    run_file("0003_identity.sql")
