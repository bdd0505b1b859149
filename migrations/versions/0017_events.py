"""Make zero-carbon events, carbon sinks and their units."""

from __future__ import annotations

from migrations.sql import run_file

revision = "0017_events"
down_revision = "0016_meters"


def upgrade() -> None:
    """Go forward; there is no way back but a further migration."""
    run_file("0017_events.sql")
    run_file("0017_sinks.sql")
