"""Staff come by invitation to a phone and leave at once; one manager stays."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ledger.kernel import clock
from puhui.db import Database
from puhui.identity.invitations import LastManager, dismiss, staff_rows
from puhui.identity.model import Role
from puhui.identity.people import create_person, join
from tests.factories import VAULT, a_phone, csrf_token, make_merchant_manager
from tests.puhui.merchants.conftest import Town, code_on, send
from tests.rewards.vouchers.test_races import at_once

PASSWORD = "自己设的 password 1"


def invited(town: Town, phone: str, role: str = "clerk") -> str:
    shown = send(town.manager, "/merchant/staff-invitations", phone=phone[3:], role=role)
    found = re.search(r'value="http://[^/]+(/staff-invitations/[^"]+)"', shown.text)
    assert found, shown.text
    return found[1]


def join_by(browser: FlaskClient, link: str, **other: object) -> tuple[int, str]:
    browser.get(link)
    token = {"csrf_token": csrf_token(browser)}
    shown = browser.post(f"{link}/phone-code", data=token)
    fields = {"code": code_on(shown), "name": "小吴", "password": PASSWORD, **other}
    answer = browser.post(f"{link}/acceptance", data={**token, **fields}, follow_redirects=True)
    return answer.status_code, answer.text


def test_a_clerk_joins_by_link_and_code_with_a_password_of_their_own(town: Town) -> None:
    phone, browser = a_phone(), town.visitor()
    link = invited(town, phone)
    assert "138****" in browser.get(link).text
    status, words = join_by(browser, link)
    assert (status, "云上咖啡" in words) == (200, True)
    assert browser.get("/counter").status_code == 200
    assert browser.get("/merchant").status_code == 403
    assert town.visitor().get(link).status_code == 404
    assert "小吴" in town.manager.get("/merchant/staff").text
    fresh = town.visitor()
    token = csrf_token(fresh)
    entered = fresh.post(
        "/log-in/staff", data={"csrf_token": token, "phone": phone[3:], "password": PASSWORD, "next": ""},
        follow_redirects=True,
    )  # fmt: skip
    assert "扫码核销" in entered.text


def test_the_link_alone_lets_nobody_in(town: Town) -> None:
    link = invited(town, a_phone())
    status, _ = join_by(town.visitor(), link, code="000000")
    assert status == 422
    assert "小吴" not in town.manager.get("/merchant/staff").text


def test_a_weak_password_is_refused_and_the_code_serves_again(town: Town) -> None:
    browser, link = town.visitor(), invited(town, a_phone())
    browser.get(link)
    token = {"csrf_token": csrf_token(browser)}
    code = code_on(browser.post(f"{link}/phone-code", data=token))
    fields = {**token, "code": code, "name": "小吴", "password": "short"}
    assert browser.post(f"{link}/acceptance", data=fields).status_code == 422
    assert browser.post(f"{link}/acceptance", data={**fields, "password": PASSWORD}).status_code == 303


def test_an_invitation_is_one_per_phone_and_can_be_taken_back(town: Town) -> None:
    phone = a_phone()
    link = invited(town, phone)
    again = send(town.manager, "/merchant/staff-invitations", phone=phone[3:], role="clerk")
    assert again.status_code == 409
    found = re.search(r'action="(/merchant/staff-invitations/[^"]+/revocation)"', again.text)
    assert found is not None
    assert "邀请已撤回" in send(town.manager, found[1]).text
    assert town.visitor().get(link).status_code == 404
    assert invited(town, phone) != link


def test_who_is_removed_is_out_at_once(town: Town) -> None:
    assert town.clerk.get("/counter").status_code == 200
    removal = f"/merchant/staff/{town.cafe.clerk.membership.id}/removal"
    assert "已移除" in send(town.manager, removal).text
    assert town.clerk.get("/counter").status_code == 303
    assert send(town.manager, removal).status_code == 404


def test_the_last_manager_stays_whatever_is_tried(town: Town) -> None:
    mine = f"/merchant/staff/{town.chen.membership.id}"
    for path, fields in ((f"{mine}/removal", {}), (f"{mine}/role", {"role": "clerk"})):
        assert "最后一位店长" in send(town.manager, path, **fields).text
    assert town.manager.get("/merchant").status_code == 200
    promoted = send(town.manager, f"/merchant/staff/{town.cafe.clerk.membership.id}/role", role="manager")
    assert promoted.text.count("店长</span>") == 2
    send(town.manager, f"{mine}/removal")
    assert town.manager.get("/merchant").status_code == 303


def test_staff_are_their_own_merchants_affair(town: Town) -> None:
    with town.database.transaction() as session:
        other = make_merchant_manager(session, merchant="别家")
    assert send(town.manager, f"/merchant/staff/{other.membership.id}/removal").status_code == 404
    assert town.clerk.get("/merchant/staff").status_code == 403


def test_two_managers_who_remove_each_other_leave_one(own_database: Database) -> None:
    with own_database.transaction() as session:
        first = make_merchant_manager(session)
        now, organisation = clock.now(), first.organisation
        person = create_person(session, vault=VAULT, phone=a_phone(), name="老李", now=now)
        second = join(session, person=person, organisation=organisation, role=Role.MANAGER, now=now)

    def remove(membership: object) -> Callable[[Session], object]:
        return lambda session: dismiss(
            session, membership_id=membership, organisation_id=organisation.id, keeps=Role.MANAGER, now=clock.now(),  # type: ignore[arg-type]  # A membership's id.
        ).id  # fmt: skip

    answers = at_once(own_database, remove(first.membership.id), remove(second.id))
    assert sum(isinstance(answer, LastManager) for answer in answers) == 1
    with own_database.transaction() as session:
        assert len(staff_rows(session, organisation.id)) == 1


LISTS = (
    "/merchant/staff", "/merchant/offers", "/merchant/refused-scans", "/merchant/offline-scans", "/counter/takings",
)  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
def test_every_list_of_the_merchant_is_exported(town: Town, path: str) -> None:
    assert town.manager.get(f"{path}?as=xlsx").data.startswith(b"PK")
