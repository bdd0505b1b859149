"""Make what the payment service told us, and what we know of each payment."""

from __future__ import annotations

from migrations.sql import run_file

revision = "0010_payments"
down_revision = "0009_enterprises"


def upgrade() -> None:
    """Go forward; there is no way back but a further migration."""
    run_file("0010_payments.sql")
