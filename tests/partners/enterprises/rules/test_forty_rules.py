"""Each of the forty rules has a row that passes, one that fails and one on the boundary; the rulebook is walked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from partners.enterprises.findings import reject
from partners.enterprises.rulebook.actions import add_acceptance, add_parameter, add_rule
from partners.enterprises.rulebook.errors import RuleRowExists, RuleRowInvalid
from partners.enterprises.rulebook.model import Acceptance, Parameter, Rule
from partners.enterprises.rulebook.queries import rulebook
from tests.partners.enterprises.rules import books, lines  # noqa: F401  # They write the table.
from tests.partners.enterprises.rules.cases import CASES, KINDS, Case


@pytest.mark.parametrize("row", CASES, ids=[f"{row.rule}-{row.kind}-{row.about}" for row in CASES])
def test_a_row_of_the_table(session: Session, row: Case) -> None:
    assert row.run(session) == row.expected


def test_every_rule_of_the_rulebook_has_the_three_kinds_of_rows(session: Session) -> None:
    numbers = {rule.number for rule in rulebook(session).rules}
    missing = {(number, kind) for number in numbers for kind in KINDS} - {(row.rule, row.kind) for row in CASES}
    assert numbers == set(range(1, 41))
    assert missing == set()


def test_a_rule_holds_from_its_day_and_a_change_of_law_is_a_new_row(session: Session) -> None:
    book = rulebook(session)
    found = [reject(8, "listed_too_large", units=100_000, least_t=100_000)]
    assert [one.severity for one in book.weighed(found, date(2026, 1, 1))] == ["R"]
    assert book.weighed(found, date(2021, 7, 15)) == []
    eighth = next(rule for rule in book.rules if rule.number == 8)
    add_rule(session, replace(eighth, valid_from=date(2027, 1, 1), severity="W", citation="虚构公告"))
    add_rule(session, replace(eighth, valid_from=date(2028, 1, 1), severity="-", citation="虚构公告"))
    later = rulebook(session)
    days = (date(2026, 12, 31), date(2027, 1, 1), date(2028, 1, 1))
    assert [[one.severity for one in later.weighed(found, day)] for day in days] == [["R"], ["W"], []]
    with pytest.raises(RuleRowExists):
        add_rule(session, replace(eighth, valid_from=date(2027, 1, 1), citation="虚构公告"))
    with pytest.raises(RuleRowInvalid):
        add_rule(session, Rule(41, date(2027, 1, 1), "R", "没有的规则", "own", "虚构"))


def test_what_nobody_published_is_empty_until_somebody_enters_it_with_its_source(session: Session) -> None:
    limit = Parameter("holding_limit_t", date(2027, 1, 1), 1_000_000, 16, "official", "虚构公告")
    add_parameter(session, limit)
    book = rulebook(session)
    assert book.parameter("holding_limit_t", date(2026, 12, 31)).value is None
    assert book.number("holding_limit_t", date(2027, 1, 1)) == 1_000_000
    for wrong in (replace(limit, citation=" "), replace(limit, name="unheard_of"), replace(limit, value=None)):
        with pytest.raises(RuleRowInvalid):
            add_parameter(session, wrong)
    with pytest.raises(RuleRowInvalid):
        add_parameter(session, replace(limit, name="block_least_t", value="many"))


def test_a_vintage_may_come_to_count(session: Session) -> None:
    add_acceptance(session, Acceptance(2025, 2026, date(2026, 9, 1), True, "official", "虚构方案"))
    book = rulebook(session)
    said = [book.acceptance(year=2025, vintage=2026, day=day) for day in (date(2026, 8, 31), date(2026, 9, 1))]
    assert [one.accepted if one else None for one in said] == [None, True]
