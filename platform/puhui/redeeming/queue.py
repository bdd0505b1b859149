"""Taking in what a counter queued without a network, with the audit trail and words to managers about conflicts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from puhui.cash_parts import take_queued_cash
from puhui.identity.audit import record_act
from puhui.identity.invitations import persons_of
from puhui.identity.model import Role
from puhui.notices import Notice, staff_of, tell_many
from puhui.redeeming.acts import Place
from rewards import vouchers
from rewards.vouchers import OfflineScan, Outcome, QueuedScan
from rewards.vouchers.counter import Verify


def take_in_queue(
    session: Session, *, items: Sequence[QueuedScan], verify: Verify, place: Place, now: datetime
) -> list[OfflineScan]:
    """Take a queue in, each nonce once, and answer what became of each scan. Raises OfflineBatchInvalid.

    A clerk who never worked for the merchant is not believed: the scan is then the uploader's.
    """
    staff = persons_of(session, place.merchant_id)
    believed = [
        item if item.clerk_id in staff else QueuedScan(item.nonce, item.code, item.scanned_at, place.clerk_id)
        for item in items
    ]
    taken = vouchers.upload_scans(
        session, items=believed, verify=verify, merchant_id=place.merchant_id, counter_id=place.desk.counter_id, now=now
    )
    fresh = [row for row in taken if row.uploaded_at == now and row.outcome != Outcome.NONCE_USED]
    take_queued_cash(session, fresh, now=now)
    conflicts = [row for row in fresh if row.outcome != Outcome.REDEEMED]
    if fresh:
        record_act(
            session, person_id=place.clerk_id, organisation_id=place.merchant_id, role=place.role,
            action="offline.uploaded", subject=str(place.counter_id), now=now,
            facts={"scans": len(fresh), "conflicts": len(conflicts)}, address=place.address,
        )  # fmt: skip
    if conflicts:
        facts, key = {"count": len(conflicts)}, f"offline-{conflicts[0].id}"
        words = [
            Notice(person, "offline_conflict", "/merchant/offline-scans", key, facts)
            for person in staff_of(session, place.merchant_id, [Role.MANAGER])
        ]
        tell_many(session, words, now=now)
    return taken
