"""How the town spends: a family of two and a child, a payment at the café, favourites, a gift to the town's wood."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from puhui.codes import pay_code_book_of
from puhui.demo.cast import known
from puhui.identity.model import Membership
from puhui.settings import Settings
from rewards import coins, families, favourites, gifts, paycodes

HEAD, MEMBER = "林晓禾", "江一帆"
SHARED, PAID, GIVEN = 20, 8, 5


def make(session: Session, settings: Settings, people: dict[str, UUID], now: datetime) -> None:
    """Let the first two citizens share, pay, mark and give, as far as their coins go."""
    head, member = people[HEAD], people[MEMBER]
    _mark(session, head, now)
    if coins.coins_of(session, head, now=now).available < SHARED + PAID + GIVEN:
        return
    _share(session, head, member, now - timedelta(days=2))
    _pay(session, settings, head, now - timedelta(hours=20))
    _give(session, head, now - timedelta(hours=3))


def _mark(session: Session, citizen: UUID, now: datetime) -> None:
    for offer in ("cafe/latte", "bookshop/secondhand"):
        favourites.add_favourite(session, citizen_id=citizen, offer_id=known(offer), now=now)


def _share(session: Session, head: UUID, member: UUID, at: datetime) -> None:
    family = families.found(session, head_id=head, request_id=known("family"), now=at)
    key = known("family/key").bytes
    invited = families.invite(
        session, family_id=family.id, by=head, key=key, request_id=known("family/invitation"), now=at
    )
    code = families.code_of(invited.id, key=key)
    families.accept(session, code=code, person_id=member, request_id=known("family/member"), now=at)
    families.add_minor(
        session, family_id=family.id, by=head, born_from=families.bands(at)[2], request_id=known("family/minor"), now=at
    )
    families.put_in(
        session, family_id=family.id, person_id=head, units=SHARED, request_id=known("family/share"), now=at
    )


def _pay(session: Session, settings: Settings, citizen: UUID, at: datetime) -> None:
    codes = pay_code_book_of(settings)
    clerk = session.scalars(
        sa.select(Membership.person_id).where(Membership.organisation_id == known("cafe")).order_by(Membership.id)
    ).first()
    if clerk is None:
        return
    opened = paycodes.open_pay_code(session, citizen_id=citizen, request_id=known("pay-code"), now=at)
    paycodes.charge(
        session, digits=codes.code(opened.number, at=at), codes=codes, counter=known("cafe/counter"),
        merchant=known("cafe"), clerk=clerk, coins_units=PAID, request_id=known("charge"), now=at,
    )  # fmt: skip


def _give(session: Session, citizen: UUID, at: datetime) -> None:
    takers = gifts.recipients_open(session, limit=1)
    taker = takers[0] if takers else _open_wood(session, at)
    gifts.give(
        session, citizen_id=citizen, recipient_id=taker.id, asset="coin", units=GIVEN, request_id=known("gift"), now=at
    )


def _open_wood(session: Session, at: datetime) -> gifts.Recipient:
    return gifts.open_recipient(
        session, id=known("wood"), kind="sink", name="青禾碳汇林", name_en="Qinghe Carbon Wood", now=at
    )
