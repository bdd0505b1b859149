"""Guests of events: who somebody is gets sealed with a key of the guest's own before it reaches the tables.

The key lies wrapped in the guest's row; destroying it, ninety days after the event, makes name and phone noise.
"""

from __future__ import annotations

from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from puhui.identity.rules import masked
from puhui.identity.vault import Vault
from puhui.settings import Settings
from rewards.events.codes import SignInBook
from rewards.events.model import Participant
from rewards.events.participants import NewParticipant
from rewards.events.rules import Trip

FORGOTTEN = "—"


def new_guest(
    vault: Vault, *, guest_id: UUID, event_id: UUID, how: str, name: str, phone: str | None, trip: Trip | None = None
) -> NewParticipant:
    """Seal a guest who has no account. The phone is found again within this one event only."""
    wrapped = vault.new_key(guest_id)
    return NewParticipant(
        id=guest_id,
        how=how,
        key_wrapped=wrapped,
        name_sealed=vault.seal(wrapped, person=guest_id, field="guest_name", text=name),
        phone_sealed=vault.seal(wrapped, person=guest_id, field="guest_phone", text=phone) if phone else None,
        phone_hash=vault.fingerprint("guest_phone", f"{event_id}\0{phone}") if phone else None,
        trip=trip,
    )


def name_of_guest(vault: Vault, guest: Participant) -> str:
    """Open a guest's name; a dash where the guest has an account of their own or was forgotten."""
    if guest.key_wrapped is None or guest.name_sealed is None:
        return FORGOTTEN
    return vault.open(guest.key_wrapped, person=guest.id, field="guest_name", sealed=guest.name_sealed)


def phone_of_guest(vault: Vault, guest: Participant) -> str:
    """Open a guest's phone with its middle hidden; empty where there is none."""
    if guest.key_wrapped is None or guest.phone_sealed is None:
        return ""
    phone = vault.open(guest.key_wrapped, person=guest.id, field="guest_phone", sealed=guest.phone_sealed)
    return masked(phone)


def sign_in_book(settings: Settings) -> SignInBook:
    """Answer the book of sign-in codes of *settings*. Every web process derives the same key."""
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"puhui event sign-in codes").derive(
        settings.secret_key.encode()
    )
    return SignInBook(key=key, step_seconds=settings.code_step_seconds)
