"""A family: one head, invited members, shared coins, children who redeem nothing, an end by a stated rule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from rewards import coins, families, vouchers
from rewards.families import Family, Member, rules
from tests.cafe import NOON, Cafe, give_coins, left, open_cafe, purse, redeem, scan
from tests.purse import charge, open_pay_code, undo

KEY = b"the tests' own key of families"
NEW_YEAR, JULY = datetime(2026, 12, 31, 16, tzinfo=UTC), datetime(2027, 6, 30, 16, tzinfo=UTC)
SPRING = datetime(2026, 3, 5, 4, tzinfo=UTC)


@pytest.fixture
def lin(session: Session) -> UUID:
    return person(session, 100)


@pytest.fixture
def family(session: Session, lin: UUID) -> Family:
    return families.found(session, head_id=lin, request_id=new_id(), now=NOON)


@pytest.fixture
def cafe(session: Session) -> Cafe:
    return open_cafe(session)


def person(session: Session, units: int) -> UUID:
    made = new_id()
    give_coins(session, made, units)
    return made


def code_for(session: Session, family: Family, *, now: datetime = NOON) -> str:
    made = families.invite(session, family_id=family.id, by=family.head_id, key=KEY, request_id=new_id(), now=now)
    return families.code_of(made.id, key=KEY)


def let_in(session: Session, family: Family, somebody: UUID, *, spends: bool = False) -> Member:
    families.accept(session, code=code_for(session, family), person_id=somebody, request_id=new_id(), now=NOON)
    member = families.membership_of(session, family_id=family.id, person_id=somebody)
    if spends:
        families.allow_spending(session, family_id=family.id, by=family.head_id, member_id=member.id, may_spend=True)
    return member


def ends_of(session: Session, owner: UUID) -> dict[datetime, int]:
    """Answer how many coins of an owner expire when."""
    account = ledger.account_of(session, owner=owner, purpose="coins", asset="coin")
    return {part.expires_at: part.units for part in coins.expiring_of(session, account, now=NOON)}


def put_in(session: Session, family: Family, somebody: UUID, units: int) -> None:
    families.put_in(session, family_id=family.id, person_id=somebody, units=units, request_id=new_id(), now=NOON)


def take(session: Session, cafe: Cafe, somebody: UUID, family: Family) -> vouchers.Voucher:
    return vouchers.take_offer(
        session, offer_id=cafe.coffee, citizen_id=somebody, request_id=new_id(), now=NOON, family_id=family.id
    )


def test_the_head_founds_one_family(session: Session, family: Family, lin: UUID) -> None:
    assert families.family_of(session, lin) is family
    again = families.found(session, head_id=lin, request_id=family.id, now=NOON)
    assert again is family
    with pytest.raises(families.FamilyTaken):
        families.found(session, head_id=lin, request_id=new_id(), now=NOON)
    with pytest.raises(families.FamilyConflict):
        families.found(session, head_id=new_id(), request_id=family.id, now=NOON)


def test_an_invitation_lets_one_person_in_once(session: Session, family: Family) -> None:
    code, wang = code_for(session, family), new_id()
    shown = f" {code[:4].lower()}-{code[4:]} "
    assert families.accept(session, code=shown, person_id=wang, request_id=new_id(), now=NOON) is family
    assert families.accept(session, code=code, person_id=wang, request_id=new_id(), now=NOON) is family
    with pytest.raises(families.FamilyInvitationRefused):
        families.accept(session, code=code, person_id=new_id(), request_id=new_id(), now=NOON)
    assert [member.person_id for member in families.members_of(session, family.id)] == [family.head_id, wang]


def test_an_invitation_is_over_after_a_day_or_when_revoked(session: Session, family: Family) -> None:
    code = code_for(session, family)
    with pytest.raises(families.FamilyInvitationRefused):
        families.accept(session, code=code, person_id=new_id(), request_id=new_id(), now=NOON + timedelta(hours=24))
    open_one = families.invitations_of(session, family.id, now=NOON)[0]
    families.revoke_invitation(session, family_id=family.id, by=family.head_id, invitation_id=open_one.id, now=NOON)
    with pytest.raises(families.FamilyInvitationRefused):
        families.accept(session, code=code, person_id=new_id(), request_id=new_id(), now=NOON)
    with pytest.raises(families.FamilyInvitationRefused):
        families.accept(session, code="ABCDEFGH", person_id=new_id(), request_id=new_id(), now=NOON)


def test_a_person_is_in_one_family_at_a_time(session: Session, family: Family) -> None:
    wang = new_id()
    let_in(session, family, wang)
    other = families.found(session, head_id=new_id(), request_id=new_id(), now=NOON)
    with pytest.raises(families.FamilyTaken):
        families.accept(session, code=code_for(session, other), person_id=wang, request_id=new_id(), now=NOON)


def test_only_the_head_invites_allows_and_removes(session: Session, family: Family) -> None:
    wang, li = new_id(), new_id()
    let_in(session, family, wang)
    member = let_in(session, family, li)
    for act in (
        lambda: families.invite(session, family_id=family.id, by=wang, key=KEY, request_id=new_id(), now=NOON),
        lambda: families.allow_spending(session, family_id=family.id, by=wang, member_id=member.id, may_spend=True),
        lambda: families.remove(session, family_id=family.id, by=wang, member_id=member.id, now=NOON),
        lambda: families.add_minor(
            session, family_id=family.id, by=wang, born_from=2016, request_id=new_id(), now=NOON
        ),
        lambda: families.dissolve(session, family_id=family.id, by=wang, now=NOON),
    ):
        with pytest.raises(families.FamilyHeadOnly):
            act()


def test_a_family_has_room_for_so_many(session: Session, family: Family) -> None:
    for _ in range(7):
        families.add_minor(
            session, family_id=family.id, by=family.head_id, born_from=2016, request_id=new_id(), now=NOON
        )
    with pytest.raises(families.FamilyFull):
        code_for(session, family)


def test_a_child_is_a_band_of_birth_years_and_redeems_nothing(session: Session, family: Family, cafe: Cafe) -> None:
    assert families.bands(NOON) == [2024, 2020, 2016, 2012, 2008]
    child = families.add_minor(
        session, family_id=family.id, by=family.head_id, born_from=2016, request_id=new_id(), now=NOON
    )
    assert (child.person_id, child.may_spend, child.is_minor) == (None, False, True)
    with pytest.raises(families.FamilyMemberUnknown):
        families.allow_spending(session, family_id=family.id, by=family.head_id, member_id=child.id, may_spend=True)
    with pytest.raises(families.FamilyUnknown):
        take(session, cafe, child.id, family)
    with pytest.raises(families.FamilyBandInvalid):
        families.add_minor(
            session, family_id=family.id, by=family.head_id, born_from=1990, request_id=new_id(), now=NOON
        )
    with pytest.raises(sa.exc.IntegrityError, match="minors_do_not_spend"), session.begin_nested():
        session.execute(sa.update(Member).where(Member.id == child.id).values(may_spend=True))


def test_members_put_in_and_those_allowed_spend(session: Session, family: Family, cafe: Cafe, lin: UUID) -> None:
    wang = person(session, 20)
    member = let_in(session, family, wang)
    put_in(session, family, lin, 40)
    put_in(session, family, wang, 20)
    assert (purse(session, lin), purse(session, wang), purse(session, family.id)) == ((60, 0), (0, 0), (60, 0))
    with pytest.raises(families.FamilySpendingRefused):
        take(session, cafe, wang, family)
    families.allow_spending(session, family_id=family.id, by=lin, member_id=member.id, may_spend=True)
    voucher = take(session, cafe, wang, family)
    assert purse(session, family.id) == (30, 30)
    redeem(session, cafe, scan(session, cafe, voucher))
    made = charge(session, cafe, open_pay_code(session, wang, family_id=family.id), 25)
    assert (made.family_id, purse(session, family.id), purse(session, wang)) == (family.id, (5, 0), (0, 0))
    assert ledger.audit(session).holds


def test_a_cancelled_voucher_gives_the_coins_back_to_the_family(session: Session, family: Family, cafe: Cafe) -> None:
    put_in(session, family, family.head_id, 30)
    voucher = take(session, cafe, family.head_id, family)
    vouchers.cancel(session, voucher_id=voucher.id, citizen_id=family.head_id, now=NOON)
    assert (purse(session, family.id), left(session, cafe.coffee)) == ((30, 0), 10)


def test_a_member_who_may_no_longer_spend_cannot_be_charged(session: Session, family: Family, cafe: Cafe) -> None:
    wang = new_id()
    member = let_in(session, family, wang, spends=True)
    put_in(session, family, family.head_id, 30)
    pay_code = open_pay_code(session, wang, family_id=family.id)
    families.allow_spending(session, family_id=family.id, by=family.head_id, member_id=member.id, may_spend=False)
    with pytest.raises(families.FamilySpendingRefused):
        charge(session, cafe, pay_code, 5)
    families.remove(session, family_id=family.id, by=family.head_id, member_id=member.id, now=NOON)
    with pytest.raises(families.FamilyUnknown):
        charge(session, cafe, pay_code, 5)


def test_a_member_leaves_and_what_they_put_in_stays(session: Session, family: Family) -> None:
    wang = person(session, 20)
    member = let_in(session, family, wang)
    put_in(session, family, wang, 20)
    families.remove(session, family_id=family.id, by=wang, member_id=member.id, now=NOON)
    assert (families.family_of(session, wang), purse(session, family.id)) == (None, (20, 0))
    head = families.members_of(session, family.id)[0]
    with pytest.raises(families.FamilyHeadStays):
        families.remove(session, family_id=family.id, by=family.head_id, member_id=head.id, now=NOON)


def test_putting_in_by_the_same_request_happens_once(session: Session, family: Family, lin: UUID) -> None:
    request_id = new_id()
    for _ in range(2):
        families.put_in(session, family_id=family.id, person_id=lin, units=40, request_id=request_id, now=NOON)
    assert purse(session, family.id) == (40, 0)
    with pytest.raises(families.FamilyConflict):
        families.put_in(session, family_id=family.id, person_id=lin, units=41, request_id=request_id, now=NOON)


def test_at_the_end_coins_go_back_in_proportion_and_as_old_as_they_were(
    session: Session, family: Family, lin: UUID
) -> None:
    wang, li = person(session, 50), new_id()
    give_coins(session, li, 10, now=SPRING)
    for somebody in (wang, li):
        let_in(session, family, somebody)
    put_in(session, family, lin, 30)
    put_in(session, family, wang, 15)
    put_in(session, family, li, 10)
    parts = families.dissolve(session, family_id=family.id, by=lin, now=NOON)
    assert parts == {lin: 30, wang: 15, li: 10}
    assert [purse(session, somebody) for somebody in (lin, wang, li, family.id)] == [
        (100, 0), (50, 0), (10, 0), (0, 0),
    ]  # fmt: skip
    assert [ends_of(session, somebody) for somebody in (lin, wang, li)] == [{JULY: 100}, {JULY: 50}, {NEW_YEAR: 10}]
    assert families.family_of(session, wang) is None
    with pytest.raises(families.FamilyUnknown):
        put_in(session, family, lin, 1)


def test_the_share_of_one_who_left_goes_to_those_who_stayed_as_old_as_it_was(
    session: Session, family: Family, lin: UUID
) -> None:
    li = new_id()
    give_coins(session, li, 10, now=SPRING)
    member = let_in(session, family, li)
    put_in(session, family, li, 10)
    put_in(session, family, lin, 5)
    families.remove(session, family_id=family.id, by=li, member_id=member.id, now=NOON)
    assert families.dissolve(session, family_id=family.id, by=lin, now=NOON) == {lin: 15}
    assert (purse(session, lin), purse(session, family.id)) == ((110, 0), (0, 0))
    assert ledger.audit(session).holds


def test_what_was_spent_is_shared_and_the_rest_that_does_not_divide_is_the_heads() -> None:
    lin, wang, gone = new_id(), new_id(), new_id()
    shares = {lin: 10, wang: 20, gone: 70}
    assert rules.split(10, shares=shares, members=[lin, wang], head=lin) == {lin: 4, wang: 6}
    assert rules.split(10, shares={gone: 70}, members=[lin, wang], head=lin) == {lin: 10}
    assert rules.split(0, shares=shares, members=[lin, wang], head=lin) == {}


def test_a_family_does_not_end_while_coins_could_still_come_back(
    session: Session, family: Family, cafe: Cafe, lin: UUID
) -> None:
    put_in(session, family, lin, 80)
    voucher = take(session, cafe, lin, family)
    with pytest.raises(families.FamilyCoinsInUse):
        families.dissolve(session, family_id=family.id, by=lin, now=NOON)
    vouchers.cancel(session, voucher_id=voucher.id, citizen_id=lin, now=NOON)
    made = charge(session, cafe, open_pay_code(session, lin, family_id=family.id), 25)
    with pytest.raises(families.FamilyCoinsInUse):
        families.dissolve(session, family_id=family.id, by=lin, now=NOON + timedelta(minutes=9))
    undo(session, cafe, made)
    assert families.dissolve(session, family_id=family.id, by=lin, now=NOON + timedelta(minutes=9)) == {lin: 80}
