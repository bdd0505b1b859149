"""Make a schema per floor and the two roles."""

from __future__ import annotations

from migrations.sql import run_file

revision = "0001_schemas_and_roles"
down_revision = None


def upgrade() -> None:
    """Go forward; there is no way back but a further migration."""
    run_file("0001_schemas_and_roles.sql")
