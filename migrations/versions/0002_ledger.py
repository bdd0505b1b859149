"""Make the ledger: tables, guards, and the functions that are the only way to write."""

from __future__ import annotations

from migrations.sql import run_file

revision = "0002_ledger"
down_revision = "0001_schemas_and_roles"

FILES = (
    "0002_ledger.sql",
    "0002_ledger_accounts.sql",
    "0002_ledger_post.sql",
    "0002_ledger_across.sql",
    "0002_ledger_list.sql",
    "0002_ledger_outcomes.sql",
    "0002_ledger_holds.sql",
    "0002_ledger_reads.sql",
    "0002_ledger_chains.sql",
    "0002_ledger_audit.sql",
    "0002_ledger_guards.sql",
    "0002_ledger_cohorts.sql",
    "0002_ledger_journals.sql",
)


def upgrade() -> None:
    """Go forward; there is no way back but a further migration."""
    for name in FILES:
        run_file(name)
