"""The sheets that can be handed in as they are: what each is called, its mapping, and how it is filled in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from partners.enterprises.records.mapping import REGISTRY_MOVEMENTS, TRADE_CONFIRMATION, Mapping

_ACTIONS = REGISTRY_MOVEMENTS.words["action"]
_KINDS = REGISTRY_MOVEMENTS.words["kind"]


def _movements(number: str, kinds: Iterable[str], **columns: str) -> Mapping:
    """Make a mapping of registry movements of some kinds, under the names that their notice uses."""
    usual = {"account_no": "登记账号", "credit_code": "统一社会信用代码", "instrument": "标的代码", "number": number}
    usual |= {"kind": "业务类型", "units": "数量", "day": "日期", "time": "时间"} | columns | {"action": "更正类型"}
    return Mapping(columns=usual, words={"kind": {word: _KINDS[word] for word in kinds}, "action": _ACTIONS})


ALLOCATIONS = _movements(
    "通知编号",
    ("预分配", "核定分配", "补发", "缴回", "差异化分配", "差异化交付"),
    year="年度",
    reason="事由",
    computed="计算值",
    peak_factor="调峰系数",
    gap_rate="缺口率",
)
SURRENDERS = _movements(
    "凭证编号",
    ("履约申请", "履约", "履约驳回", "差异化履约", "抵销申请", "抵销", "抵销驳回", "注销申请", "自愿注销", "注销驳回"),
    year="年度",
    reason="事由",
    beneficiary="受益方",
    serials="编号区段",
)
CARRY_OVERS = _movements("申请编号", ("结转申请", "结转回收", "结转驳回", "结转发放"), year="年度", reason="事由")
FREEZES = _movements(
    "文书编号",
    ("司法冻结", "司法解冻", "司法扣划", "扣划转入", "交易冻结", "交易解冻"),
    account_no="账号",
    reason="事由",
    beneficiary="受益方",
)
OPENINGS = Mapping(
    columns={
        "account_no": "登记账号",
        "credit_code": "统一社会信用代码",
        "instrument": "标的代码",
        "number": "期初编号",
        "units": "数量",
        "day": "日期",
        "amount": "账面成本",
        "reason": "依据",
        "action": "更正类型",
    },
    constants={"kind": "opening", "time": "00:00"},
    words={"action": _ACTIONS},
)


@dataclass(frozen=True, slots=True)
class Template:
    """A mapping with a line to show how it is filled in: field → cell."""

    mapping: Mapping
    sample: dict[str, str] = field(default_factory=dict)

    @property
    def titles(self) -> list[str]:
        """The header."""
        return list(self.mapping.columns.values())

    def choices(self, name: str) -> tuple[str, ...]:
        """Answer the words of a field, for a drop-down; none where anything may be written."""
        return tuple(word for word in self.mapping.words.get(name, ()) if word)


_TRADE = {
    "account_no": "JY-0001",
    "instrument": "CEA25",
    "method": "挂牌协议",
    "kind": "买入",
    "number": "CJ001",
}
_TRADE |= {
    "number": "CJ001",
    "day": "2026-03-02",
    "time": "10:15:00",
    "price": "80.00",
    "units": "100",
    "amount": "8000.00",
}
_MOVE = {"account_no": "DJ-0001", "instrument": "CEA25", "units": "1000", "day": "2026-03-02", "year": "2025"}
TEMPLATES: dict[str, Template] = {
    "trades": Template(TRADE_CONFIRMATION, _TRADE),
    "movements": Template(REGISTRY_MOVEMENTS, _MOVE | {"number": "LS0001", "kind": "核定分配"}),
    "allocations": Template(ALLOCATIONS, _MOVE | {"number": "FP-2025-001", "kind": "核定分配", "computed": "1000.4"}),
    "surrenders": Template(SURRENDERS, _MOVE | {"number": "LY-2025-001", "kind": "履约申请"}),
    "carry_overs": Template(CARRY_OVERS, _MOVE | {"number": "JZ-001", "kind": "结转申请", "instrument": "CEA24"}),
    "freezes": Template(FREEZES, _MOVE | {"number": "(2026)虚执1号", "kind": "司法冻结", "reason": "法院文书"}),
    "openings": Template(OPENINGS, _MOVE | {"number": "QC-001", "amount": "58000.00", "reason": "期初盘点表"}),
}


def template(name: str) -> str:
    """Answer the header line of an empty file of a template."""
    return ",".join(TEMPLATES[name].titles) + "\r\n"
