"""Make files that were handed in, notices to people, and messages to other programs."""

from __future__ import annotations

from migrations.sql import run_file

revision = "0011_rooms"
down_revision = "0010_payments"


def upgrade() -> None:
    """Go forward; there is no way back but a further migration."""
    run_file("0011_rooms.sql")
