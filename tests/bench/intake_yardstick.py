"""The yardstick: pgbench calls one function that inserts two rows and updates two balances over 10,000 random accounts.

Machines differ, so figures of intake are given as multiples of it, measured in the same run on the same server.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import psycopg

from puhui.postgres import binaries

ACCOUNTS = 10_000
TABLES = f"""
CREATE SCHEMA yardstick;
CREATE TABLE yardstick.account (id integer PRIMARY KEY, balance bigint NOT NULL);
INSERT INTO yardstick.account SELECT n, 0 FROM generate_series(1, {ACCOUNTS}) n;
CREATE TABLE yardstick.leg (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account integer NOT NULL, units bigint NOT NULL
);
CREATE FUNCTION yardstick.move(a integer, b integer, units bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO yardstick.leg (account, units) VALUES (a, -units), (b, units);
    UPDATE yardstick.account SET balance = balance - units WHERE id = least(a, b);
    UPDATE yardstick.account SET balance = balance + units WHERE id = greatest(a, b);
END $$;
"""
SCRIPT = f"\\set a random(1, {ACCOUNTS})\n\\set b random(1, {ACCOUNTS})\nSELECT yardstick.move(:a, :b, 1);\n"


def yardstick(owner_url: str, folder: Path, *, clients: int, seconds: int = 6) -> float:
    """Measure the yardstick in calls per second with *clients* connections."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        if connection.execute("SELECT to_regclass('yardstick.account')").fetchone() == (None,):
            connection.execute(TABLES.encode())
        connection.execute("VACUUM ANALYZE yardstick.account")
    script = folder / "yardstick.sql"
    script.write_text(SCRIPT)
    line = [str(binaries() / "pgbench"), "-n", "-M", "prepared", "-f", str(script), "-c", str(clients), "-j", "2"]
    said = subprocess.run([*line, "-T", str(seconds), owner_url], check=True, capture_output=True, text=True).stdout
    found = re.search(r"tps = ([0-9.]+)", said)
    assert found is not None, said
    return float(found[1])
