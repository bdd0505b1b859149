"""What the worker does for the market mirror: free bought units on their day, reconcile every firm at night."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from uuid import UUID

from partners.enterprises.reconciliation.actions import reconcile
from partners.enterprises.reconciliation.queries import enterprise_ids
from partners.enterprises.records.actions import release_due
from puhui.db import Database

BATCH = 100


def release_market_units(database: Database, now: datetime) -> Mapping[str, object]:
    """Free the units whose next trading day has come, a hundred books in a transaction."""
    touched = 0
    while done := database.run(partial(release_due, now=now, limit=BATCH)):
        touched += done
        if done < BATCH:
            break
    return {"books": touched}


def reconcile_market(database: Database, now: datetime) -> Mapping[str, object]:
    """Reconcile every enterprise, each in a transaction of its own; differences are written down, never repaired."""
    firms, found = 0, 0
    after: UUID | None = None
    while ids := database.run(partial(enterprise_ids, after=after, limit=BATCH)):
        for enterprise_id in ids:
            found += len(database.run(partial(reconcile, enterprise_id=enterprise_id, now=now)))
        firms, after = firms + len(ids), ids[-1]
    return {"firms": firms, "open_breaks": found}
