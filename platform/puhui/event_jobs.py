"""What the worker does for events: remind before deadlines, forget guests, check units against the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from puhui.db import Database
from puhui.identity.model import Role
from puhui.notices import Notice, staff_of, tell_many
from rewards import units
from rewards.events import offsets, participants, queries
from rewards.events.queries import Standing
from rewards.events.rules import CITY_TIME
from rewards.units import UnitKind

log = structlog.get_logger()
BATCH = 1000
TOLD = (Role.LIAISON, Role.REVIEWER, Role.DEPARTMENT_MANAGER)
LOOK_BACK = timedelta(days=367)


class UnitsDiffer(Exception):
    """Serials and grams do not tell the same; the log has where."""


def remind_events(database: Database, now: datetime) -> Mapping[str, object]:
    """Tell organisers of inventories and offsets that are due, each reminder once."""
    return {"told": database.run(partial(_remind, now=now))}


def forget_guests(database: Database, now: datetime) -> Mapping[str, object]:
    """Destroy the keys of guests of events that were over ninety days ago, a thousand in a transaction."""
    forgotten = 0
    while done := database.run(partial(participants.forget_guests, now=now, limit=BATCH)):
        forgotten += done
        if done < BATCH:
            break
    return {"guests": forgotten}


def check_units(database: Database, now: datetime) -> Mapping[str, object]:  # noqa: ARG001  # Every job's shape.
    """Compare serials with the ledger. Raises UnitsDiffer; nothing is repaired."""
    found = database.run(units.differences)
    if found:
        log.error("units.differ", places=found[:20])
        raise UnitsDiffer
    return {"differences": 0}


def _remind(session: Session, now: datetime) -> int:
    due = queries.unfinished(session, since=now - LOOK_BACK, until=now)
    staff = {
        organiser: staff_of(session, organiser, TOLD) for organiser in sorted({one.event.organiser_id for one in due})
    }
    notices = [notice for one in due for notice in _notices(one, staff[one.event.organiser_id], now)]
    return tell_many(session, notices, now=now)


def _notices(standing: Standing, staff: list[UUID], now: datetime) -> list[Notice]:
    event = standing.event
    link = f"/event-desk/{event.id}"
    found = []
    is_counted = standing.inventory is not None and standing.inventory.approved
    if not is_counted and now >= event.ends_at + timedelta(days=offsets.INVENTORY_DAYS):
        key = f"event/{event.id}/inventory-due"
        found += [Notice(person, "event_inventory_due", link, key, {"name": event.name}) for person in staff]
    until = offsets.last_day(UnitKind.PUHUI, ended_at=event.ends_at)
    left = (until - now.astimezone(CITY_TIME).date()).days
    step = min((days for days in offsets.REMIND_DAYS if 0 <= left <= days), default=None)
    if step is not None:
        facts: dict[str, str | int] = {"name": event.name, "until": until.isoformat(), "days": left}
        key = f"event/{event.id}/offset-due/{step}"
        found += [Notice(person, "event_offset_due", link, key, facts) for person in staff]
    return found
