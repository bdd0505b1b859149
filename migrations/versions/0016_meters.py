"""Make sites, meters, readings, indicators and yearly returns."""

from __future__ import annotations

from migrations.sql import run_file

revision = "0016_meters"
down_revision = "0015_institutions"


def upgrade() -> None:
    """Go forward; there is no way back but a further migration."""
    run_file("0016_meters.sql")
    run_file("0016_returns.sql")
