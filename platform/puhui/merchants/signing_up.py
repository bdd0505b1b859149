"""A shop signs up: the application with its documents, and what an approval opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ledger.kernel.errors import DomainError
from partners import merchants
from partners.merchants import Application, Merchant, Shop
from puhui.files import DOCUMENTS, keep_file
from puhui.identity.model import Kind, Organisation, PersonKey, Role
from puhui.identity.people import create_organisation, create_person, join, person_of_phone
from puhui.identity.vault import Vault
from puhui.notices import tell


class CreditCodeTaken(DomainError):
    """An organisation with this credit code is here already."""

    code = "credit_code_taken"


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom the shop names; the phone (E.164) was proved by a code."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Document:
    """A file as it was sent."""

    name: str
    content: bytes


def apply_for(
    session: Session,
    *,
    vault: Vault,
    application_id: UUID,
    shop: Shop,
    contact: Contact,
    documents: Sequence[Document],
    applied_by: UUID,
    now: datetime,
) -> Application:
    """Hand in an application. Raises what ``merchants.apply`` and ``keep_file`` raise, and CreditCodeTaken."""
    code = merchants.credit_code(shop.credit_code)
    if session.scalars(sa.select(Organisation.id).where(Organisation.credit_code == code)).first() is not None:
        raise CreditCodeTaken(credit_code=code)
    key = session.get_one(PersonKey, applied_by)
    kept = [
        keep_file(
            session, owner=application_id, name=one.name, content=one.content, kinds=DOCUMENTS, by=applied_by, now=now
        )
        for one in documents
    ]
    return merchants.apply(
        session,
        application_id=application_id,
        shop=shop,
        contact_sealed=vault.seal(key.wrapped, person=applied_by, field="contact", text=contact.name),
        phone_sealed=vault.seal(key.wrapped, person=applied_by, field="contact phone", text=contact.phone),
        files=[file.id for file in kept],
        applied_by=applied_by,
        now=now,
    )


def contact_of(session: Session, *, vault: Vault, application: Application) -> Contact | None:
    """Open the contact of an application; None once who applied has left."""
    key = session.get(PersonKey, application.applied_by)
    if key is None:
        return None
    by = application.applied_by
    return Contact(
        name=vault.open(key.wrapped, person=by, field="contact", sealed=application.contact_sealed),
        phone=vault.open(key.wrapped, person=by, field="contact phone", sealed=application.phone_sealed),
    )


def approve_application(
    session: Session, *, vault: Vault, application_id: UUID, decided_by: UUID, now: datetime
) -> Merchant:
    """Open the organisation, the merchant with its account in the ledger, a first store and counter, and let the
    contact in as its manager.

    Raises ApplicationUnknown, ApplicationDecided, ApplicationOwn, CreditCodeTaken.
    """
    application = merchants.application_of(session, application_id)
    contact = contact_of(session, vault=vault, application=application)
    if contact is None:
        raise merchants.ApplicationUnknown(application=application_id)
    organisation = _organisation(session, application, now)
    merchant = merchants.approve(
        session, application_id=application_id, merchant_id=organisation.id, decided_by=decided_by, now=now
    )
    _open_first_counter(session, application, organisation.id)
    manager = person_of_phone(session, vault=vault, phone=contact.phone) or create_person(
        session, vault=vault, phone=contact.phone, name=contact.name, now=now
    )
    join(session, person=manager, organisation=organisation, role=Role.MANAGER, now=now)
    for person in {manager.id, application.applied_by}:
        tell(
            session, person=person, kind="merchant_approved", facts={"name": application.name},
            link=f"/merchant-applications/{application_id}", key=f"merchant-approved-{application_id}", now=now,
        )  # fmt: skip
    return merchant


def _organisation(session: Session, application: Application, now: datetime) -> Organisation:
    try:
        with session.begin_nested():
            return create_organisation(
                session, kind=Kind.MERCHANT, name=application.name, name_en=application.name_en,
                credit_code=application.credit_code, now=now, id=uuid5(application.id, "organisation"),
            )  # fmt: skip
    except sa.exc.IntegrityError as error:
        decided = merchants.application_of(session, application.id)
        session.refresh(decided)
        if decided.decided_at is not None:
            raise merchants.ApplicationDecided(application=application.id, state=decided.state.value) from error
        raise CreditCodeTaken(credit_code=application.credit_code) from error


def _open_first_counter(session: Session, application: Application, merchant_id: UUID) -> None:
    store = merchants.open_store(
        session, store_id=uuid5(application.id, "store"), merchant_id=merchant_id, name=f"{application.name[:70]}总店",
        name_en=f"{application.name_en[:60]}, main store", address=application.address,
        county_code=application.county_code,
    )  # fmt: skip
    merchants.open_counter(
        session, counter_id=uuid5(application.id, "counter"), store_id=store.id, merchant_id=merchant_id,
        name="1 号台", name_en="Counter 1",
    )  # fmt: skip
