"""A shop applies, another person decides, one application per credit code waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ledger.kernel.errors import DomainError
from ledger.kernel.ids import new_id
from partners import merchants
from partners.merchants import (
    Application,
    ApplicationConflict,
    ApplicationDecided,
    ApplicationInvalid,
    ApplicationOpen,
    ApplicationOwn,
    ApplicationState,
    ApplicationUnknown,
    Shop,
)
from puhui.db import Database
from tests.cafe import NOON
from tests.factories import make_citizen, make_operator
from tests.rewards.vouchers.test_races import at_once

TEA = Shop("91110000600037341L", "云雾茶庄", "Cloud Tea", "shop", "360102", "东湖区沿江路 9 号")


def apply(session: Session, by: UUID, *, shop: Shop = TEA, application_id: UUID | None = None) -> Application:
    return merchants.apply(
        session, application_id=application_id or new_id(), shop=shop, contact_sealed=b"c", phone_sealed=b"p",
        files=[new_id()], applied_by=by, now=NOON,
    )  # fmt: skip


@pytest.fixture
def lin(session: Session) -> UUID:
    return make_citizen(session).id


def test_one_application_waits_per_credit_code(session: Session, lin: UUID) -> None:
    first = apply(session, lin)
    assert first.state is ApplicationState.OPEN
    with pytest.raises(ApplicationOpen):
        apply(session, lin)
    merchants.withdraw(session, application_id=first.id, applied_by=lin, now=NOON)
    assert apply(session, lin).state is ApplicationState.OPEN


def test_the_same_request_is_the_same_application(session: Session, lin: UUID) -> None:
    first = apply(session, lin)
    assert apply(session, lin, application_id=first.id) is first
    with pytest.raises(ApplicationConflict):
        apply(session, new_id(), application_id=first.id)


def test_an_application_needs_names_place_and_a_document(session: Session, lin: UUID) -> None:
    with pytest.raises(ApplicationInvalid) as refused:
        apply(session, lin, shop=Shop(TEA.credit_code, " ", "x", "bank", "36010", ""))
    assert refused.value.facts["fields"] == ["name", "kind", "county_code", "address"]
    with pytest.raises(ApplicationInvalid) as refused:
        merchants.apply(
            session, application_id=new_id(), shop=TEA, contact_sealed=b"c", phone_sealed=b"p", files=[],
            applied_by=lin, now=NOON,
        )  # fmt: skip
    assert refused.value.facts["fields"] == ["documents"]


def test_who_applied_cannot_decide_and_nobody_decides_twice(session: Session, lin: UUID) -> None:
    application, other = apply(session, lin), make_operator(session).person.id
    for decide in (
        lambda by: merchants.refuse(session, application_id=application.id, reason="照片不清", decided_by=by, now=NOON),
        lambda by: merchants.approve(
            session, application_id=application.id, merchant_id=new_id(), decided_by=by, now=NOON
        ),
    ):
        with pytest.raises(ApplicationOwn):
            decide(lin)
    refused = merchants.refuse(
        session, application_id=application.id, reason="照片不清", decided_by=other, now=NOON + timedelta(hours=1)
    )
    assert (refused.state, refused.refusal) == (ApplicationState.REFUSED, "照片不清")
    with pytest.raises(ApplicationDecided):
        merchants.withdraw(session, application_id=application.id, applied_by=lin, now=NOON)
    with pytest.raises(ApplicationDecided):
        merchants.refuse(session, application_id=application.id, reason="再", decided_by=other, now=NOON)


def test_the_database_itself_refuses_that_who_applied_decides(session: Session, lin: UUID) -> None:
    application = apply(session, lin)
    with pytest.raises(sa.exc.IntegrityError, match="decided_by_another"), session.begin_nested():
        session.execute(
            sa.update(Application)
            .where(Application.id == application.id)
            .values(decided_at=NOON, decided_by=lin, refusal="x")
        )


def test_nobody_else_takes_an_application_back(session: Session, lin: UUID) -> None:
    application = apply(session, lin)
    with pytest.raises(ApplicationUnknown):
        merchants.withdraw(session, application_id=application.id, applied_by=new_id(), now=NOON)


def test_of_many_at_one_instant_one_waits(own_database: Database) -> None:
    with own_database.transaction() as session:
        people = [make_citizen(session).id for _ in range(6)]

    def work(by: UUID) -> Callable[[Session], object]:
        return lambda session: apply(session, by).id

    answers = at_once(own_database, *[work(by) for by in people])
    refused = [answer for answer in answers if isinstance(answer, DomainError)]
    assert [type(answer) for answer in refused] == [ApplicationOpen] * 5


def test_lists_are_bounded_and_go_on_where_they_ended(session: Session, lin: UUID) -> None:
    made = []
    for _ in range(3):
        made.append(apply(session, lin))
        merchants.withdraw(session, application_id=made[-1].id, applied_by=lin, now=NOON)
    first = merchants.applications(session, applied_by=lin, limit=2)
    rest = merchants.applications(session, applied_by=lin, before=first[-1].id, limit=2)
    assert {row.id for row in [*first, *rest]} == {row.id for row in made}
    assert merchants.applications(session, applied_by=lin, only_open=True) == []
