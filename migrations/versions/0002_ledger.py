"""Make the ledger."""

from __future__ import annotations

from migrations.sql import run_file

revision = "0002_ledger"
down_revision = "0001_schemas_and_roles"


def upgrade() -> None:
    """Go forward; there is no way back but a further migration."""
    run_file("0002_ledger.sql")
