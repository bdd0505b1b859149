"""Becoming a merchant: a shop applies, somebody else decides."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from partners.merchants import rules
from partners.merchants.actions import open_merchant
from partners.merchants.errors import (
    ApplicationConflict,
    ApplicationDecided,
    ApplicationInvalid,
    ApplicationOpen,
    ApplicationUnknown,
)
from partners.merchants.model import Application, ApplicationDocument, ApplicationState, Merchant


@dataclass(frozen=True, slots=True)
class Shop:
    """What a shop says about itself. *kind* is its trade, *county_code* six digits of the MCA."""

    credit_code: str
    name: str
    name_en: str
    kind: str
    county_code: str
    address: str


def apply(
    session: Session,
    *,
    application_id: UUID,
    shop: Shop,
    contact_sealed: bytes,
    phone_sealed: bytes,
    files: Collection[UUID],
    applied_by: UUID,
    now: datetime,
) -> Application:
    """Hand in an application with its documents; one may wait per credit code. The same request answers the same one.

    Raises ApplicationConflict, CreditCode…Wrong, ApplicationInvalid (also without a document), ApplicationOpen.
    """
    code = rules.credit_code(shop.credit_code)
    known = session.get(Application, application_id)
    if known is not None:
        if (known.credit_code, known.applied_by) != (code, applied_by):
            raise ApplicationConflict(application=application_id)
        return known
    application = Application(
        id=application_id, credit_code=code, name=shop.name.strip(), name_en=shop.name_en.strip(), kind=shop.kind,
        county_code=shop.county_code, address=shop.address.strip(), contact_sealed=contact_sealed,
        phone_sealed=phone_sealed, applied_by=applied_by, applied_at=now, withdrawn_at=None, decided_at=None,
        decided_by=None, merchant_id=None, refusal=None,
    )  # fmt: skip
    rules.check_application(application)
    if not files:
        raise ApplicationInvalid(fields=["documents"])
    _add(session, application)
    session.add_all(ApplicationDocument(application_id=application_id, file_id=file_id) for file_id in set(files))
    session.flush()
    return application


def withdraw(session: Session, *, application_id: UUID, applied_by: UUID, now: datetime) -> Application:
    """Take an application back. Raises ApplicationUnknown, ApplicationDecided."""
    application = _locked(session, application_id)
    if application.applied_by != applied_by:
        raise ApplicationUnknown(application=application_id)
    if application.state is not ApplicationState.OPEN:
        raise ApplicationDecided(application=application_id, state=application.state.value)
    application.withdrawn_at = now
    session.flush()
    return application


def approve(session: Session, *, application_id: UUID, merchant_id: UUID, decided_by: UUID, now: datetime) -> Merchant:
    """Open the merchant that was applied for as organisation *merchant_id*, with its account in the ledger.

    Raises ApplicationUnknown, ApplicationDecided, ApplicationOwn.
    """
    application = _locked(session, application_id)
    rules.check_decidable(application, decided_by=decided_by)
    merchant = open_merchant(
        session, merchant_id=merchant_id, name=application.name, name_en=application.name_en, kind=application.kind,
        county_code=application.county_code, now=now,
    )  # fmt: skip
    application.decided_at, application.decided_by, application.merchant_id = now, decided_by, merchant_id
    session.flush()
    return merchant


def refuse(session: Session, *, application_id: UUID, reason: str, decided_by: UUID, now: datetime) -> Application:
    """Turn an application down. Raises ApplicationUnknown, ApplicationDecided, ApplicationOwn, ApplicationInvalid."""
    application = _locked(session, application_id)
    rules.check_decidable(application, decided_by=decided_by)
    if not reason.strip():
        raise ApplicationInvalid(fields=["reason"])
    application.decided_at, application.decided_by, application.refusal = now, decided_by, reason.strip()
    session.flush()
    return application


def application_of(session: Session, application_id: UUID) -> Application:
    """Answer an application. Raises ApplicationUnknown."""
    application = session.get(Application, application_id)
    if application is None:
        raise ApplicationUnknown(application=application_id)
    return application


def applications(
    session: Session,
    *,
    applied_by: UUID | None = None,
    only_open: bool = False,
    before: UUID | None = None,
    limit: int = 20,
) -> Sequence[Application]:
    """Answer applications, the newest first, from the one after *before* on; one person's where *applied_by* says so.

    Raises ApplicationUnknown.
    """
    query = sa.select(Application)
    if applied_by is not None:
        query = query.where(Application.applied_by == applied_by)
    if only_open:
        query = query.where(Application.decided_at.is_(None), Application.withdrawn_at.is_(None))
    if before is not None:
        last = application_of(session, before)
        place = sa.tuple_(sa.literal(last.applied_at), sa.literal(last.id))
        query = query.where(sa.tuple_(Application.applied_at, Application.id) < place)
    return session.scalars(query.order_by(Application.applied_at.desc(), Application.id.desc()).limit(limit)).all()


def documents_of(session: Session, application_id: UUID) -> Sequence[UUID]:
    """Answer the files that came with an application, ten at most."""
    query = sa.select(ApplicationDocument.file_id).where(ApplicationDocument.application_id == application_id)
    return session.scalars(query.order_by(ApplicationDocument.file_id).limit(10)).all()


def _add(session: Session, application: Application) -> None:
    """Insert; of two at one instant the index ``application_open`` lets one in."""
    try:
        with session.begin_nested():
            session.add(application)
    except sa.exc.IntegrityError as error:
        if "application_open" not in str(error.orig):
            raise
        raise ApplicationOpen(credit_code=application.credit_code) from error


def _locked(session: Session, application_id: UUID) -> Application:
    query = sa.select(Application).where(Application.id == application_id)
    found = session.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise ApplicationUnknown(application=application_id)
    return found
