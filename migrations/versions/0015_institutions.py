"""Make institutions, their schemes and campaigns."""

from __future__ import annotations

from migrations.sql import run_file

revision = "0015_institutions"
down_revision = "0014_merchants"


def upgrade() -> None:
    """Go forward; there is no way back but a further migration."""
    run_file("0015_institutions.sql")
    run_file("0015_schemes.sql")
    run_file("0015_campaigns.sql")
