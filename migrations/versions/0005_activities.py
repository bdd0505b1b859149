"""Make methods and activities."""

from __future__ import annotations

from migrations.sql import run_file

revision = "0005_activities"
down_revision = "0004_providers"


def upgrade() -> None:
    """Go forward; there is no way back but a further migration."""
    run_file("0005_activities.sql")
