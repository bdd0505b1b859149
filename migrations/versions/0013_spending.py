"""Make pay codes, gifts, favourites and families."""

from __future__ import annotations

from migrations.sql import run_file

revision = "0013_spending"
down_revision = "0012_settlement"


def upgrade() -> None:
    """Go forward; there is no way back but a further migration."""
    run_file("0013_spending.sql")
