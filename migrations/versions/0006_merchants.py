"""Make merchants, stores and counters."""

from __future__ import annotations

from migrations.sql import run_file

revision = "0006_merchants"
down_revision = "0005_activities"


def upgrade() -> None:
    """Go forward; there is no way back but a further migration."""
    run_file("0006_merchants.sql")
