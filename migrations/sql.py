"""SQL that is long is SQL: migrations run the files beside them."""

from __future__ import annotations

from pathlib import Path

from alembic import op


def run_file(name: str) -> None:
    """Run ``migrations/sql/<name>`` as one script; colons and percent signs mean themselves."""
    text = (Path(__file__).parent / "sql" / name).read_text()
    driver = op.get_bind().connection.driver_connection
    if driver is None:
        raise RuntimeError("the migration has no connection")
    driver.execute(text.encode(), prepare=False)
