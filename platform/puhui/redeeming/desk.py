"""Who stands at the counter in the request at hand."""

from __future__ import annotations

from base64 import b64encode
from uuid import UUID

from flask import request

from partners import merchants
from puhui.edge import house, session
from puhui.identity.current import current_person
from puhui.redeeming.acts import Place
from puhui.redeeming.books import public_keys_of


def place_at(counter_id: UUID) -> Place:
    """Answer who asks, at a counter of their merchant. Raises CounterUnknown."""
    merchants.check_counter(session(), counter_id, merchant_id=current_person().organisation_id)
    return place_of(counter_id)


def place_of(counter_id: UUID | None) -> Place:
    """Answer who asks, at a counter that was checked when its code was read; None where the voucher will say it."""
    person = current_person()
    role = person.acting.role.value if person.acting else ""
    return Place(person.organisation_id, counter_id, person.id, role, request.remote_addr)


def encoded_keys() -> dict[str, str]:
    """Answer the public keys of static codes, raw and in base64, by their id."""
    keys = public_keys_of(house().settings)
    return {key_id: b64encode(key.public_bytes_raw()).decode() for key_id, key in keys.items()}
