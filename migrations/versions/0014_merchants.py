"""Make merchants' applications, staff, schedules of offers, undoing and queued scans."""

from __future__ import annotations

from migrations.sql import run_file

revision = "0014_merchants"
down_revision = "0013_spending"


def upgrade() -> None:
    """Go forward; there is no way back but a further migration."""
    run_file("0014_merchants.sql")
