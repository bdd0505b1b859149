"""What staff did is listed for their own organisation, for the operator from everywhere, and goes out as a sheet."""

from __future__ import annotations

import re
from pathlib import Path

from flask.testing import FlaskClient

import puhui
from ledger.kernel import clock
from puhui.db import Database
from puhui.identity.audit import record_act
from puhui.sheets import read_table
from puhui.web.audit.words import NOUNS, VERBS
from tests.factories import Staff, log_in, make_merchant_manager, make_operator

ACTION = re.compile(r'(?:\b(?:told|_?record)\(\s*(?:[a-z_]+, )*(?:session\(\), )?|action=)"([a-z_]+)\.([a-z_]+)"')


def _acted(database: Database, who: Staff, subject: str, *, times: int = 1) -> None:
    with database.transaction() as session:
        for number in range(times):
            record_act(
                session,
                person_id=who.person.id,
                organisation_id=who.organisation.id,
                role=str(who.membership.role),
                action="endpoint.opened",
                subject=subject,
                now=clock.now(),
                facts={"number": number},
            )


def test_a_manager_sees_the_acts_of_the_own_house_alone_and_the_operator_all(
    client: FlaskClient, own_database: Database
) -> None:
    with own_database.transaction() as session:
        chen, other, xu = make_merchant_manager(session), make_merchant_manager(session), make_operator(session)
    _acted(own_database, chen, "of-chen")
    _acted(own_database, other, "of-another")
    log_in(client, chen)
    mine = client.get("/audit").text
    assert "of-chen" in mine
    assert "of-another" not in mine
    assert "推送地址：开立" in mine
    log_in(client, xu)
    everyone = client.get("/audit").text
    assert "of-chen" in everyone
    assert "of-another" in everyone
    assert "of-chen" not in client.get("/audit?subject=of-another").text
    assert "of-chen" not in client.get("/audit?until=2020-01-01").text
    assert "of-chen" in client.get("/audit?since=2020-01-01&until=nonsense").text


def test_a_long_trail_has_pages_and_goes_out_whole(client: FlaskClient, own_database: Database) -> None:
    with own_database.transaction() as session:
        chen = make_merchant_manager(session)
    _acted(own_database, chen, "thing", times=35)
    log_in(client, chen)
    first = client.get("/audit").text
    assert first.count("number=") == 30
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    assert client.get(older).text.count("number=") == 5
    table = read_table("操作日志.xlsx", client.get("/audit?as=xlsx").data)
    assert len(table.rows) == 35
    assert table.rows[0][1] == "推送地址：开立"


def test_every_action_that_the_program_records_has_words() -> None:
    folder = Path(puhui.__file__).parent
    found = {match for path in folder.rglob("*.py") for match in ACTION.findall(path.read_text())}
    assert len(found) > 100
    assert {noun for noun, _ in found} - NOUNS.keys() == set()
    assert {verb for _, verb in found} - VERBS.keys() == set()
