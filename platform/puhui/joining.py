"""A citizen joins: a person who agreed to the privacy text, with the accounts that they earn and spend on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from puhui.identity.model import Person
from puhui.identity.people import create_person
from puhui.identity.vault import Vault
from rewards.activities import Kind, open_participants
from rewards.coins import open_coins


def join_citizen(session: Session, *, vault: Vault, phone: str, name: str | None, now: datetime) -> Person:
    """Make a citizen found by *phone* (E.164) who agreed to the privacy text at *now*, and open the accounts."""
    person = create_person(session, vault=vault, phone=phone, name=name, now=now, consents=True)
    open_participants(session, [person.id], kind=Kind.PERSON, now=now)
    open_coins(session, person.id)
    return person
