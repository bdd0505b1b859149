"""Make rates, offers and vouchers."""

from __future__ import annotations

from migrations.sql import run_file

revision = "0007_offers_and_vouchers"
down_revision = "0006_merchants"


def upgrade() -> None:
    """Go forward; there is no way back but a further migration."""
    run_file("0007_offers_and_vouchers.sql")
