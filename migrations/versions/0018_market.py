"""Make what the market mirror still lacked: reminders, documents and deliveries."""

from __future__ import annotations

from migrations.sql import run_file

revision = "0018_market"
down_revision = "0017_events"


def upgrade() -> None:
    """Go forward; there is no way back but a further migration."""
    run_file("0018_market.sql")
