"""The line that an act of staff leaves in the audit trail, from the request at hand."""

from __future__ import annotations

from flask import g, request

from puhui.identity.audit import record_act
from puhui.web import current_person, now, session


def record(action: str, subject: object, **facts: str | int | bool | None) -> None:
    """Record that who asks did *action* to *subject*, in the request's transaction; *facts* hold no personal data."""
    person = current_person()
    record_act(
        session(),
        person_id=person.id,
        organisation_id=person.acting.organisation_id if person.acting else None,
        role=person.acting.role.value if person.acting else None,
        action=action,
        subject=str(subject),
        now=now(),
        facts=facts,
        address=request.remote_addr,
        request_id=g.request_id,
    )
