"""Make the record of the worker's runs."""

from __future__ import annotations

from migrations.sql import run_file

revision = "0008_jobs"
down_revision = "0007_offers_and_vouchers"


def upgrade() -> None:
    """Go forward; there is no way back but a further migration."""
    run_file("0008_jobs.sql")
