"""Column mappings: how an enterprise's file calls our fields, its vocabulary, and the units of its numbers."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass, field

from partners.enterprises.records.errors import RecordFileUnreadable

FIELDS = (
    *("action", "kind", "number", "sequence", "day", "time", "instrument", "units", "account_no", "credit_code"),
    *("method", "price", "amount", "fee", "cash", "balance_after", "counterparty", "auction_no", "year", "reason"),
    *("beneficiary", "serials", "computed", "peak_factor", "gap_rate"),
)
REQUIRED = frozenset({"kind", "number", "day", "instrument", "units", "account_no"})
MONEY_SCALES = {"fen": 0, "yuan": 2, "wan_yuan": 6}


@dataclass(frozen=True, slots=True)
class Mapping:
    """*columns*: field → header. *constants*: field → value where the file has no column.

    *words*: field → the file's word → ours. *money*: ``fen``, ``yuan`` or ``wan_yuan`` for amounts; prices are yuan.
    """

    columns: Map[str, str]
    constants: Map[str, str] = field(default_factory=dict)
    words: Map[str, Map[str, str]] = field(default_factory=dict)
    money: str = "yuan"
    delimiter: str = ","

    def __post_init__(self) -> None:
        unknown = sorted({*self.columns, *self.constants, *self.words} - set(FIELDS))
        missing = sorted(REQUIRED - {*self.columns, *self.constants})
        if unknown or missing or self.money not in MONEY_SCALES or len(self.delimiter) != 1:
            raise RecordFileUnreadable(reason="mapping_invalid", unknown=unknown, missing=missing)


TRADE_CONFIRMATION = Mapping(
    columns={
        "account_no": "交易账号",
        "credit_code": "统一社会信用代码",
        "instrument": "标的代码",
        "method": "交易方式",
        "kind": "买卖方向",
        "number": "成交编号",
        "day": "成交日期",
        "time": "成交时间",
        "price": "成交价",
        "units": "成交量",
        "amount": "成交金额",
        "fee": "手续费",
        "cash": "结算资金",
        "counterparty": "对手方",
        "auction_no": "竞价编号",
        "action": "更正类型",
    },
    words={
        "kind": {"买入": "buy", "卖出": "sell"},
        "method": {"挂牌协议": "10", "大宗协议": "20", "单向竞价": "21"},
        "action": {"": "new", "新增": "new", "撤销": "cancel", "更正": "replace"},
    },
)
REGISTRY_MOVEMENTS = Mapping(
    columns={
        "account_no": "登记账号",
        "credit_code": "统一社会信用代码",
        "instrument": "标的代码",
        "number": "流水号",
        "kind": "业务类型",
        "units": "数量",
        "balance_after": "余额",
        "day": "日期",
        "time": "时间",
        "year": "年度",
        "reason": "事由",
        "beneficiary": "受益方",
        "serials": "编号区段",
        "action": "更正类型",
        "sequence": "序号",
    },
    words={
        "kind": {
            "预分配": "pre_allocation",
            "核定分配": "allocation",
            "补发": "top_up",
            "缴回": "allocation_return",
            "差异化分配": "province_allocation",
            "差异化交付": "province_delivery",
            "差异化履约": "province_surrender",
            "划转至交易": "to_trading",
            "划转至登记": "to_registry",
            "期初": "opening",
            "履约申请": "surrender_filed",
            "履约": "surrender_approved",
            "履约驳回": "surrender_refused",
            "抵销申请": "offset_filed",
            "抵销": "offset_approved",
            "抵销驳回": "offset_refused",
            "结转申请": "carry_filed",
            "结转回收": "carry_reclaimed",
            "结转驳回": "carry_refused",
            "结转发放": "carry_issued",
            "注销申请": "cancel_filed",
            "自愿注销": "cancel_approved",
            "注销驳回": "cancel_refused",
            "司法冻结": "frozen",
            "司法解冻": "unfrozen",
            "司法扣划": "deducted",
            "扣划转入": "deduction_received",
            "继承转出": "succession_out",
            "继承转入": "succession_in",
            "交易冻结": "trading_frozen",
            "交易解冻": "trading_unfrozen",
            "失效": "expired",
            "交易过户转入": "trade_in",
            "交易过户转出": "trade_out",
        },
        "action": {"": "new", "新增": "new", "撤销": "cancel", "更正": "replace"},
    },
)
