"""A person is told once, reads it on a page, and sees what is urgent first."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from ledger.kernel import clock
from puhui.db import Database
from puhui.identity.model import Role
from puhui.notices import KINDS, Notice, NoticeKind, staff_of, tell, tell_many, unread_of
from tests.factories import csrf_token, log_in, make_citizen, make_merchant_manager


def test_a_notice_is_told_once(own_database: Database) -> None:
    with own_database.transaction() as session:
        lin = make_citizen(session)
        other = make_citizen(session)
        notice = Notice(lin.id, "welcome", "/", "welcome")
        assert tell_many(session, [notice, notice, Notice(other.id, "welcome", "/", "welcome")], now=clock.now()) == 2
    with own_database.transaction() as session:
        assert not tell(session, person=lin.id, kind="welcome", link="/", key="welcome", now=clock.now())
        assert len(unread_of(session, lin.id)) == 1


def test_a_kind_without_sentences_is_a_mistake(own_database: Database) -> None:
    with own_database.transaction() as session, pytest.raises(KeyError):
        tell(session, person=make_citizen(session).id, kind="nonsense", link="/", key="x", now=clock.now())


def test_what_is_urgent_stands_on_the_first_page_until_it_is_read(
    client: FlaskClient, own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KINDS, "test_urgent", NoticeKind("要紧", "还有 %(days)s 天。", urgent=True))
    with own_database.transaction() as session:
        lin = make_citizen(session)
        tell(session, person=lin.id, kind="test_urgent", link="/vouchers", key="u", now=clock.now(), facts={"days": 7})
        tell(session, person=lin.id, kind="welcome", link="/", key="w", now=clock.now())
    log_in(client, lin)
    assert "还有 7 天。" in client.get("/").text
    listed = client.get("/notices").text
    assert "还有 7 天。" in listed
    assert "欢迎加入碳普惠" in listed
    client.post("/notices/readings", data={"csrf_token": csrf_token(client)})
    assert "还有 7 天。" not in client.get("/").text
    assert "还有 7 天。" in client.get("/notices").text


def test_a_long_list_of_notices_has_pages(client: FlaskClient, own_database: Database) -> None:
    with own_database.transaction() as session:
        lin = make_citizen(session)
        notices = [Notice(lin.id, "welcome", f"/?n={number}", f"w{number}") for number in range(25)]
        tell_many(session, notices, now=clock.now())
    log_in(client, lin)
    first = client.get("/notices").text
    assert first.count("/?n=") == 20
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    assert client.get(older).text.count("/?n=") == 5


def test_staff_are_found_by_role(own_database: Database) -> None:
    with own_database.transaction() as session:
        chen = make_merchant_manager(session)
        assert staff_of(session, chen.organisation.id, [Role.MANAGER]) == [chen.person.id]
        assert staff_of(session, chen.organisation.id, [Role.CLERK]) == []
