"""What counts already is found by index, whatever the size of the table."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from rewards.activities import state
from rewards.activities.participants import LOCK, by_index, driver
from tests.puhui.intake.conftest import a_ride, take

MANY = 3_000
IDS = [UUID(int=n << 64) for n in range(MANY)]
COPIES = b"""
INSERT INTO rewards.activity
SELECT (jsonb_populate_record(a, jsonb_build_object(
    'id', ('01900000' || lpad(to_hex(n * 64 + a.stripe), 24, '0'))::uuid, 'source_id', 'x' || n, 'fingerprint', n
))).*
FROM rewards.activity a CROSS JOIN generate_series(1, 20000) n
"""
QUERIES = {
    "records": (state.RECORDS, ([0] * MANY, [f"s{n}" for n in range(MANY)], 1)),
    "acts": (state.ACTS, ([0] * MANY, IDS, [0] * MANY, [1] * MANY, list(range(MANY)))),
    "locks": (LOCK, ([0] * MANY, IDS)),
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_calls_sets_are_looked_up_by_index(session: Session, name: str) -> None:
    take(session, a_ride())
    connection = driver(session)
    connection.execute(COPIES)
    query, values = QUERIES[name]
    with by_index(session):
        plan = "\n".join(row[0] for row in connection.execute(b"EXPLAIN " + query.encode(), values))
    assert "Index" in plan
    assert "Seq Scan" not in plan
    assert connection.execute("SHOW enable_seqscan").fetchone() == ("on",)
