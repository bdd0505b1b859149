"""Make data providers and their riders."""

from __future__ import annotations

from migrations.sql import run_file

revision = "0004_providers"
down_revision = "0003_identity"


def upgrade() -> None:
    """Go forward; there is no way back but a further migration."""
    run_file("0004_providers.sql")
