"""Certificates: what is said of an event in public, frozen with its numbers, its serials and its transfers."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from rewards import units
from rewards.events import queries, rules
from rewards.events.codes import ALPHABET
from rewards.events.model import Certificate, Event, Inventory, Plan, Source

CODE_LENGTH = 12
METHOD = "生态环境部公告2019年第19号《大型活动碳中和实施指南（试行）》；不确定性：IPCC 2006 指南第1卷第3章方法1"


def issue_certificate(
    session: Session,
    *,
    event: Event,
    inventory: Inventory,
    plan: Plan,
    organiser_name: str,
    by: UUID,
    now: datetime,
) -> Certificate:
    """Issue the next version of the event's certificate; what it says never changes afterwards."""
    earlier = queries.certificates_of(session, event.id)
    certificate = Certificate(
        id=new_id(), event_id=event.id, version=len(earlier) + 1, code=new_code(), plan_id=plan.id, issued_at=now,
        issued_by=by, content=_content(session, event, inventory, plan, organiser_name),
    )  # fmt: skip
    session.add(certificate)
    session.flush()
    return certificate


def new_code() -> str:
    """Make a verification code of twelve letters and digits that nobody mixes up."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def read_code(text: str) -> str:
    """Read a code as people type it: small letters, spaces and dashes do no harm."""
    return "".join(sign for sign in text.upper() if sign.isalnum())[:CODE_LENGTH]


def grouped(code: str) -> str:
    """Answer a code as people read it out: ABCD-EFGH-JKMN."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _content(session: Session, event: Event, inventory: Inventory, plan: Plan, organiser_name: str) -> dict[str, Any]:
    lines = queries.lines_of(session, inventory.id)
    retired = units.retirements_of(session, event.id)
    grams, half = inventory.grams or 0, inventory.half_grams or 0
    return {
        "organiser": organiser_name,
        "name": event.name,
        "kind": event.kind,
        "place": event.place,
        "boundary": event.boundary,
        "starts_at": event.starts_at.isoformat(),
        "ends_at": event.ends_at.isoformat(),
        "people": event.people,
        "is_large": rules.is_large(event),
        "grams": grams,
        "half_grams": half,
        "permille": rules.permille_of(grams, half),
        "by_source": {source: sum(line.grams for line in lines if line.source == source) for source in Source},
        "lines": [
            {
                "source": line.source,
                "item": line.item,
                "words": line.words,
                "quantity": plain(line.quantity),
                "unit": line.unit,
                "factor": plain(line.factor),
                "factor_status": line.factor_status,
                "factor_source": line.factor_source,
                "factor_area": line.factor_area,
                "factor_vintage": line.factor_vintage,
                "grams": line.grams,
                "half_grams": line.half_grams,
            }
            for line in lines
        ],
        "measures": [
            {"source": measure.source, "words": measure.words, "done": measure.done_at is not None}
            for measure in queries.measures_of(session, event.id)
        ],
        "covers": plan.covers,
        "order_reason": plan.order_reason,
        "retired_grams": sum(each.grams for each in retired),
        "units": [
            {name: getattr(block, name) for name in units.RetiredBlock.__slots__}
            for block in units.retired_blocks(session, [each.id for each in retired])
        ],
        "request_ids": [str(each.id) for each in retired],
        "retired_at": [each.retired_at.isoformat() for each in retired],
        "evaluator": event.evaluator,
        "method": METHOD,
        "inventory_version": inventory.version,
        "plan_version": plan.version,
    }


def plain(number: object) -> str:
    """Answer a decimal without idle noughts: 12.500000 is 12.5."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
