"""Activities 低碳行为: reported, checked, counted once, credited in the ledger, explained."""

from __future__ import annotations

from rewards.activities.actions import Line, record
from rewards.activities.calls import Call, close_call, forget_calls, open_call
from rewards.activities.claims import Binding, Claim, bindings_of, claim
from rewards.activities.errors import (
    ActivityUnknown,
    IntakeConflict,
    ParticipantClosed,
    RiderClaimedByAnother,
    RiderUnknown,
)
from rewards.activities.model import Activity, Kind, Outcome
from rewards.activities.participants import close_participant, open_participants
from rewards.activities.queries import Cursor, Page, Totals, activities_of, activity_of, cursor_of, totals_of
from rewards.activities.rules import Clock, Draft, Policy, Status, read

__all__ = [
    "Activity",
    "ActivityUnknown",
    "Binding",
    "Call",
    "Claim",
    "Clock",
    "Cursor",
    "Draft",
    "IntakeConflict",
    "Kind",
    "Line",
    "Outcome",
    "Page",
    "ParticipantClosed",
    "Policy",
    "RiderClaimedByAnother",
    "RiderUnknown",
    "Status",
    "Totals",
    "activities_of",
    "activity_of",
    "bindings_of",
    "claim",
    "close_call",
    "close_participant",
    "cursor_of",
    "forget_calls",
    "open_call",
    "open_participants",
    "read",
    "record",
    "totals_of",
]
