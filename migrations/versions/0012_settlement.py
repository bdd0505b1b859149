"""Make sponsors' funds, settlement runs, statements and payouts."""

from __future__ import annotations

from migrations.sql import run_file

revision = "0012_settlement"
down_revision = "0011_rooms"


def upgrade() -> None:
    """Go forward; there is no way back but a further migration."""
    run_file("0012_settlement.sql")
