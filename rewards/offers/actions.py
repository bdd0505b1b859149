"""Drafting, publishing and changing offers, and keeping their stock.

What changes whether an offer can be taken locks its stock first, as takers do: no voucher slips in beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from rewards.offers import rules
from rewards.offers.errors import OfferInvalid, OfferUnknown, StockConflict, StockTooLow
from rewards.offers.model import DAY_MINUTES, EVERY_DAY, Deal, Offer, OfferStock, OfferText, StockChange


@dataclass(frozen=True, slots=True)
class Texts:
    """What an offer is called and says, in Chinese and English."""

    title: str
    title_en: str
    description: str
    description_en: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What is given for what, and when it can be used; cash in fen, minutes of the local day."""

    deal: Deal = Deal.COINS
    cash_fen: int | None = None
    discount_percent: int | None = None
    discount_fen: int | None = None
    least_spend_fen: int = 0
    weekdays: int = EVERY_DAY
    opens_minute: int = 0
    closes_minute: int = DAY_MINUTES


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything about an offer but its stock. *valid_until* is exclusive."""

    kind: str
    county_code: str
    texts: Texts
    coins_units: int
    per_person: int
    voucher_days: int
    valid_from: datetime
    valid_until: datetime
    terms: Terms = field(default_factory=Terms)


def draft_offer(session: Session, *, offer_id: UUID, merchant_id: UUID, plan: Plan, stock_units: int) -> Offer:
    """Draft an offer with its stock; nobody sees it yet. Raises OfferInvalid, also where the id is another offer's."""
    offer = Offer(id=offer_id, merchant_id=merchant_id, text_version=1, **_columns(plan))
    rules.check_offer(offer)
    if stock_units < 0:
        raise OfferInvalid(offer=offer_id, fields=["stock_units"])
    known = session.get(Offer, offer_id)
    if known is not None:
        if (known.merchant_id, known.title, known.coins_units) != (merchant_id, plan.texts.title, plan.coins_units):
            raise OfferInvalid(offer=offer_id, fields=["offer_id"])
        return known
    session.add(offer)
    session.flush()
    session.add(OfferStock(offer_id=offer_id, stock_units=stock_units, left_units=stock_units))
    session.add(OfferText(offer_id=offer_id, version=1, **asdict(plan.texts)))
    session.flush()
    return offer


def open_offer(
    session: Session,
    *,
    offer_id: UUID,
    merchant_id: UUID,
    county_code: str,
    kind: str,
    title: str,
    title_en: str,
    description: str,
    description_en: str,
    coins_units: int,
    stock_units: int,
    per_person: int,
    voucher_days: int,
    valid_from: datetime,
    valid_until: datetime,
    terms: Terms | None = None,
) -> Offer:
    """Draft an offer and publish it at once. Raises OfferInvalid, also where the id is another offer's."""
    plan = Plan(
        kind=kind, county_code=county_code, texts=Texts(title, title_en, description, description_en),
        coins_units=coins_units, per_person=per_person, voucher_days=voucher_days, valid_from=valid_from,
        valid_until=valid_until, terms=terms or Terms(),
    )  # fmt: skip
    offer = draft_offer(session, offer_id=offer_id, merchant_id=merchant_id, plan=plan, stock_units=stock_units)
    if offer.published_at is None:
        offer.published_at = valid_from
        session.flush()
    return offer


def publish_offer(session: Session, *, offer_id: UUID, merchant_id: UUID, now: datetime) -> Offer:
    """Put a draft on show. Raises OfferUnknown, OfferStateUnfit."""
    return _step(session, offer_id, merchant_id, "published", now)


def pause_offer(session: Session, *, offer_id: UUID, merchant_id: UUID, now: datetime) -> Offer:
    """Let nobody take the offer for a while; its vouchers stay good. Raises OfferUnknown, OfferStateUnfit."""
    return _step(session, offer_id, merchant_id, "paused", now)


def resume_offer(session: Session, *, offer_id: UUID, merchant_id: UUID, now: datetime) -> Offer:
    """Put a paused offer on show again. Raises OfferUnknown, OfferStateUnfit."""
    return _step(session, offer_id, merchant_id, "resumed", now)


def end_offer(session: Session, *, offer_id: UUID, merchant_id: UUID, now: datetime) -> Offer:
    """End the offer for good; its vouchers stay good until their own end. Raises OfferUnknown, OfferStateUnfit."""
    return _step(session, offer_id, merchant_id, "ended", now)


def revise_draft(session: Session, *, offer_id: UUID, merchant_id: UUID, plan: Plan, now: datetime) -> Offer:
    """Change anything of a draft but its stock. Raises OfferUnknown, OfferTermsFixed, OfferInvalid."""
    offer = _locked(session, offer_id, merchant_id)
    rules.check_draft(offer, now=now)
    for name, value in _columns(plan).items():
        setattr(offer, name, value)
    with session.no_autoflush:
        rules.check_offer(offer)
        text = session.get_one(OfferText, (offer_id, offer.text_version))
    for name, value in asdict(plan.texts).items():
        setattr(text, name, value)
    session.flush()
    return offer


def reword_offer(session: Session, *, offer_id: UUID, merchant_id: UUID, texts: Texts) -> Offer:
    """Give the offer another wording, as a new version: vouchers keep the one under which they were taken.

    The same wording again changes nothing. Raises OfferUnknown, OfferInvalid.
    """
    offer = _locked(session, offer_id, merchant_id)
    if Texts(offer.title, offer.title_en, offer.description, offer.description_en) == texts:
        return offer
    for name, value in asdict(texts).items():
        setattr(offer, name, value)
    with session.no_autoflush:
        rules.check_offer(offer)
    offer.text_version += 1
    session.add(OfferText(offer_id=offer_id, version=offer.text_version, **asdict(texts)))
    session.flush()
    return offer


def reschedule_offer(
    session: Session, *, offer_id: UUID, merchant_id: UUID, valid_until: datetime, per_person: int, now: datetime
) -> Offer:
    """Change until when the offer can be taken and how many a person may take; vouchers that are out stay as they are.

    Raises OfferUnknown, OfferStateUnfit (it has ended), OfferInvalid.
    """
    offer = _locked(session, offer_id, merchant_id)
    rules.check_step(offer, "ended", now=now)
    offer.valid_until, offer.per_person = valid_until, per_person
    with session.no_autoflush:
        rules.check_offer(offer)
    session.flush()
    return offer


def change_stock(
    session: Session,
    *,
    offer_id: UUID,
    merchant_id: UUID,
    units: int,
    reason: str,
    changed_by: UUID,
    request_id: UUID,
    now: datetime,
) -> StockChange:
    """Add *units* to the stock, or take them out where negative. The same request answers the same change.

    Raises OfferUnknown, OfferInvalid (nothing to change), StockConflict, StockTooLow.
    """
    _locked(session, offer_id, merchant_id)
    known = session.get(StockChange, request_id)
    if known is not None:
        if (known.offer_id, known.units) != (offer_id, units):
            raise StockConflict(change=request_id)
        return known
    if units == 0 or not reason:
        raise OfferInvalid(offer=offer_id, fields=["stock_units"])
    stock = session.get_one(OfferStock, offer_id, populate_existing=True)
    if stock.left_units + units < 0:
        raise StockTooLow(offer=offer_id, left=stock.left_units)
    stock.stock_units, stock.left_units = stock.stock_units + units, stock.left_units + units
    change = StockChange(
        id=request_id, offer_id=offer_id, units=units, reason=reason, changed_at=now, changed_by=changed_by
    )
    session.add(change)
    session.flush()
    return change


def withhold_offers(session: Session, *, merchant_id: UUID, now: datetime) -> None:
    """Take every offer of a suspended merchant off show, waiting for who is taking one at this moment."""
    session.execute(
        sa.select(OfferStock.offer_id)
        .join(Offer, Offer.id == OfferStock.offer_id)
        .where(Offer.merchant_id == merchant_id)
        .order_by(OfferStock.offer_id)
        .with_for_update(of=OfferStock)
    )
    session.execute(
        sa.update(Offer).where(Offer.merchant_id == merchant_id, Offer.withheld_at.is_(None)).values(withheld_at=now)
    )


def restore_offers(session: Session, *, merchant_id: UUID) -> None:
    """Put the offers of a merchant back as they were before they were withheld."""
    session.execute(sa.update(Offer).where(Offer.merchant_id == merchant_id).values(withheld_at=None))


def lock_stock(session: Session, offer_id: UUID) -> int:
    """Answer what is left, and keep other takers of the same offer waiting until this transaction ends.

    Raises OfferUnknown.
    """
    query = sa.select(OfferStock.left_units).where(OfferStock.offer_id == offer_id).with_for_update()
    left: int | None = session.scalars(query).one_or_none()
    if left is None:
        raise OfferUnknown(offer=offer_id)
    return left


def move_stock(session: Session, changes: Mapping[UUID, int]) -> None:
    """Add each change (negative when taken, positive when given back) to what is left of its offer.

    One statement for any number of offers; their rows are locked in the order of their ids.
    """
    if not changes:
        return
    ids = sorted(changes)
    session.execute(_MOVE, {"ids": ids, "units": [changes[offer_id] for offer_id in ids]})


_MOVE = sa.text(
    """
    WITH change AS (
        SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:units AS bigint[])) AS given (offer_id, units)
    ), locked AS (
        SELECT offer_id FROM rewards.offer_stock WHERE offer_id = ANY(:ids) ORDER BY offer_id FOR UPDATE
    )
    UPDATE rewards.offer_stock AS stock SET left_units = stock.left_units + change.units
    FROM change JOIN locked USING (offer_id) WHERE stock.offer_id = change.offer_id
    """
)


def _columns(plan: Plan) -> dict[str, object]:
    return {
        "kind": plan.kind, "county_code": plan.county_code, "coins_units": plan.coins_units,
        "per_person": plan.per_person, "voucher_days": plan.voucher_days, "valid_from": plan.valid_from,
        "valid_until": plan.valid_until, **asdict(plan.texts), **asdict(plan.terms),
    }  # fmt: skip


def _locked(session: Session, offer_id: UUID, merchant_id: UUID) -> Offer:
    lock_stock(session, offer_id)
    offer = session.get(Offer, offer_id, populate_existing=True)
    if offer is None or offer.merchant_id != merchant_id:
        raise OfferUnknown(offer=offer_id)
    return offer


def _step(session: Session, offer_id: UUID, merchant_id: UUID, step: str, now: datetime) -> Offer:
    offer = _locked(session, offer_id, merchant_id)
    rules.check_step(offer, step, now=now)
    match step:
        case "published":
            offer.published_at = now
        case "paused":
            offer.paused_at = now
        case "resumed":
            offer.paused_at = None
        case "ended":
            offer.ended_at = now
    session.flush()
    return offer
