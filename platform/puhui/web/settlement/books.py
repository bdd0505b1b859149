"""Statements and lists as XLSX, a statement as PDF: everything that is on the page, every line of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext
from sqlalchemy.orm import Session

from partners import merchants, settlement, sponsors
from partners.merchants import Merchant
from partners.receipts import Receipt
from partners.settlement import Correction, Dispute, Payout, Statement, StatementLine
from puhui.papers import write_paper
from puhui.sheets import Column, Sheet, write_book
from puhui.web.settlement.words import CYCLES, PAYOUT_STATES, line_kind


@dataclass(frozen=True, slots=True)
class Whole:
    """A statement with everything that belongs to it; *lines* may be a page of them."""

    statement: Statement
    merchant: Merchant
    lines: Sequence[StatementLine]
    cash: Sequence[Receipt]
    corrections: Sequence[Correction]
    funding: Sequence[tuple[str, int]]
    payout: Payout | None
    disputes: Sequence[Dispute]


def whole(session: Session, statement: Statement, *, after: int = 0, limit: int | None = None) -> Whole:
    """Read a statement with its lines from behind place *after*."""
    funds = {fund.id: fund for fund in sponsors.funds(session)}
    paid = settlement.funding_of(session, statement.id)
    lines = (
        settlement.lines_of(session, statement.id)
        if limit is None
        else settlement.lines_of(session, statement.id, after=after, limit=limit)
    )
    return Whole(
        statement=statement,
        merchant=merchants.merchant_of(session, statement.merchant_id),
        lines=lines,
        cash=settlement.cash_of(session, statement.id, statement.merchant_id),
        corrections=settlement.corrections_of(session, statement.id),
        funding=[(funds[fund_id].name, fen) for fund_id, fen in paid.items()],
        payout=settlement.payouts_of(session, [statement.id]).get(statement.id),
        disputes=settlement.disputes_of(session, statement.id),
    )


def title_of(one: Whole) -> str:
    """Answer what a statement's file is called."""
    return str(gettext("结算单 %(name)s %(day)s", name=one.merchant.name, day=one.statement.through.isoformat()))


def statement_book(one: Whole) -> bytes:
    """Write a statement as XLSX: the sums, every line, cash, corrections."""
    lines = [
        Column(gettext("行号"), "whole"), Column(gettext("时间"), "moment"), Column(gettext("种类")),
        Column(gettext("碳币"), "whole"), Column(gettext("金额（元）"), "decimal"),
        Column(gettext("账本编号"), width=24), Column(gettext("撤销的是"), width=24),
    ]  # fmt: skip
    cash = [
        Column(gettext("收款编号"), width=38),
        Column(gettext("核销时间"), "moment"),
        Column(gettext("金额（元）"), "decimal"),
    ]
    other = [
        Column(gettext("时间"), "moment"),
        Column(gettext("金额（元）"), "decimal"),
        Column(gettext("原因"), width=50),
    ]
    return write_book(
        [
            Sheet(gettext("汇总"), [Column(gettext("项目"), width=26), Column(gettext("数值"), width=26)], _sums(one)),
            Sheet(gettext("明细"), lines, [_line(line) for line in one.lines]),
            Sheet(
                gettext("现金部分"), cash, [[str(row.id), row.earned_at, amount(row.amount_fen)] for row in one.cash]
            ),
            Sheet(gettext("更正"), other, [[row.made_at, amount(row.fen), row.reason] for row in one.corrections]),
        ]
    )


def statement_paper(one: Whole, *, now: datetime) -> bytes:
    """Write a statement as PDF. Raises PaperUnavailable."""
    return write_paper("settlement/paper.html", whole=one, now=now)


def statements_book(rows: Sequence[Statement], names: dict[UUID, Merchant], paid: dict[UUID, Payout]) -> bytes:
    """Write a list of statements as XLSX."""
    columns = [
        Column(gettext("商户"), width=24), Column(gettext("结算到"), "date"), Column(gettext("碳币"), "whole"),
        Column(gettext("折合（元）"), "decimal"), Column(gettext("现金（元）"), "decimal"),
        Column(gettext("更正（元）"), "decimal"), Column(gettext("费用（元）"), "decimal"),
        Column(gettext("应付（元）"), "decimal"),
        Column(gettext("等待的碳币"), "whole"), Column(gettext("付款")),
    ]  # fmt: skip
    lines = [
        [
            names[row.merchant_id].name, row.through, row.settled_coins, amount(row.gross_fen), amount(row.cash_fen),
            amount(row.correction_fen), amount(row.fee_fen), amount(row.net_fen), row.closing_coins,
            str(PAYOUT_STATES[paid[row.id].state]) if row.id in paid else "",
        ]
        for row in rows
    ]  # fmt: skip
    return write_book([Sheet(gettext("结算单"), columns, lines)])


def payouts_book(rows: Sequence[Payout], names: dict[UUID, Merchant]) -> bytes:
    """Write a list of payouts as XLSX."""
    columns = [
        Column(gettext("商户"), width=24), Column(gettext("金额（元）"), "decimal"), Column(gettext("状态")),
        Column(gettext("备付于"), "moment"), Column(gettext("付出于"), "moment"), Column(gettext("到账于"), "moment"),
        Column(gettext("退回于"), "moment"), Column(gettext("支付服务编号"), width=34),
    ]  # fmt: skip
    lines = [
        [
            names[row.merchant_id].name, amount(row.amount_fen), str(PAYOUT_STATES[row.state]), row.prepared_at,
            row.sent_at, row.paid_at, row.failed_at, row.payment_id,
        ]
        for row in rows
    ]  # fmt: skip
    return write_book([Sheet(gettext("付款"), columns, lines)])


def amount(fen: int) -> Decimal:
    """Answer fen as exact yuan, for a sheet."""
    return Decimal(fen) / 100


def _sums(one: Whole) -> list[list[object]]:
    made = one.statement
    return [
        [gettext("商户"), one.merchant.name],
        [gettext("结算到"), made.through],
        [gettext("结算周期"), str(CYCLES[settlement.Cycle(made.cycle)])],
        [gettext("期初等待的碳币"), made.opening_coins],
        [gettext("本期收到碳币"), made.taken_coins],
        [gettext("本期撤销碳币"), made.undone_coins],
        [gettext("本次结算碳币"), made.settled_coins],
        [gettext("期末等待的碳币"), made.closing_coins],
        [gettext("碳币折合（元）"), amount(made.gross_fen)],
        [gettext("现金部分（元）"), amount(made.cash_fen)],
        [gettext("更正（元）"), amount(made.correction_fen)],
        [gettext("费用（元）"), amount(made.fee_fen)],
        [gettext("本次应付（元）"), amount(made.net_fen)],
        [gettext("期初应付余额（元）"), amount(made.opening_fen)],
        [gettext("期末应付余额（元）"), amount(made.closing_fen)],
        *([gettext("由基金支付：%(name)s", name=name), amount(fen)] for name, fen in one.funding),
    ]


def _line(line: StatementLine) -> list[object]:
    return [
        line.place, line.occurred_at, str(line_kind(line.kind)), line.coins_units, amount(line.fen),
        str(line.transfer_id), str(line.reverses) if line.reverses else None,
    ]  # fmt: skip
