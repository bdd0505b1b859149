"""Make the market mirror of enterprises."""

from __future__ import annotations

from migrations.sql import run_file

revision = "0009_enterprises"
down_revision = "0008_jobs"


def upgrade() -> None:
    """Go forward; there is no way back but a further migration."""
    for part in ("prices", "rules", "records", "compliance"):
        run_file(f"0009_enterprises_{part}.sql")
