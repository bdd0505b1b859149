"""The yardstick: PostgreSQL's own pgbench calling one small function, on the server that the ledger is measured on."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from puhui.postgres import binaries

SCHEMA = (Path(__file__).parent / "yardstick.sql").read_text()
# The lower account first: without an order of locks the yardstick would measure PostgreSQL's deadlock detector.
SCRIPT = r"""
\set a random(1, 10000)
\set b random(1, 10000)
SELECT yardstick.move(least(:a, :b)::integer, greatest(:a, :b)::integer, 1);
"""


def transactions_per_second(url: str, *, clients: int, seconds: int) -> float:
    """Run the yardstick for *seconds* with prepared statements and answer its rate."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(SCRIPT)
        script.flush()
        command = [
            str(binaries() / "pgbench"),
            "-n",
            "-M",
            "prepared",
            "-f",
            script.name,
            "-c",
            str(clients),
            "-j",
            "2",
        ]
        done = subprocess.run([*command, "-T", str(seconds), url], capture_output=True, text=True, check=True)
    found = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"pgbench answered no rate:\n{done.stdout}")
    return float(found[1])
