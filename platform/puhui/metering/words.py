"""The words of meters: energies, measures, and a sentence for every code, filled in with its facts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from flask_babel import lazy_gettext as _l

from partners.meters.indicators import Missing
from partners.meters.model import Energy, RemarkKind

ENERGIES: dict[str, object] = {
    Energy.ELECTRICITY: _l("电"),
    Energy.WATER: _l("水"),
    Energy.GAS: _l("天然气"),
    Energy.PETROL: _l("汽油"),
    Energy.DIESEL: _l("柴油"),
    Energy.HEAT: _l("热力"),
    Energy.SOLAR: _l("屋顶光伏发电"),
}
MEASURES: dict[str, object] = {
    "energy_per_m2": _l("单位建筑面积能耗"),
    "energy_per_person": _l("人均综合能耗"),
    "water_per_person": _l("人均用水量"),
    "carbon_per_m2": _l("单位建筑面积碳排放"),
    "quota_electricity": _l("全年用电定额（kWh）"),
    "quota_water": _l("全年用水定额（m³）"),
    "quota_gas": _l("全年用气定额（m³）"),
    "quota_petrol": _l("全年汽油定额（L）"),
}
MEASURE_UNITS: dict[str, str] = {
    "energy_per_m2": "kgce/m²",
    "energy_per_person": "kgce/人",
    "water_per_person": "m³/人",
    "carbon_per_m2": "kgCO2/m²",
}
FORMULAS: dict[str, object] = {
    "energy_per_m2": _l("（各类能源折标准煤合计 − 公务用车燃料）÷ 建筑面积"),
    "energy_per_person": _l("各类能源折标准煤合计（含公务用车）÷ 用能人数"),
    "water_per_person": _l("用水量 ÷ 用能人数"),
    "carbon_per_m2": _l("各类能源用量 × 碳排放因子之和（不含公务用车）÷ 建筑面积"),
}
REMARKS: dict[str, object] = {
    RemarkKind.CLOSURE: _l("停用、放假"),
    RemarkKind.MILDER_WEATHER: _l("天气较常年温和"),
    RemarkKind.HARSHER_WEATHER: _l("天气较常年恶劣"),
    RemarkKind.OTHER: _l("其他情况"),
}
METHODS: dict[str, object] = {
    "P01": _l("节电"),
    "P02water": _l("节水"),
    "P02gas": _l("节气"),
    "P03": _l("公务车节油"),
    "P04": _l("屋顶光伏"),
}
FINDINGS: dict[str, object] = {
    "gap": _l("这个月没有账单，前后月份都有。请补录账单，或说明原因。"),
    "readings_missing": _l("读数不全：缺 %(hours)s 小时。缺的时段不会被当作零，也不算节约。"),
    "zeros_for_missing": _l("有 %(zeros)s 个读数恰好为零，这块表平时几乎不会读到零，疑似缺数（共 %(hours)s 小时）。"),
    "zero": _l("用量为零，而平常每月约 %(usual)s %(unit)s。是停用、换表，还是漏抄？"),
    "spike": _l(
        "用量 %(quantity)s %(unit)s，是平常（约 %(usual)s %(unit)s）的 %(times)s 倍。是多写了一位，还是确有原因？"
    ),
    "drop": _l(
        "用量 %(quantity)s %(unit)s，只有平常（约 %(usual)s %(unit)s）的 1/%(times)s。是停用、换表，还是少写了一位？"
    ),
    "columns_swapped": _l(
        "用量 %(quantity)s、金额 %(amount)s 元，折合 %(price)s 元/%(unit)s，"
        "平常约 %(usual)s 元；互换后正好相符。是否填反了列？"
    ),
    "meters_swapped": _l("用量 %(quantity)s %(unit)s 与“%(other)s”平常的用量相符，两块表的数可能互相填错了。"),
    "price_odd": _l("折合 %(price)s 元/%(unit)s，平常约 %(usual)s 元。用量或金额是否有误？"),
    "estimated_long": _l("已连续 %(months)s 个月为估抄，请安排实抄。"),
}
FINDING_NAMES: dict[str, object] = {
    "gap": _l("缺账单"),
    "readings_missing": _l("读数不全"),
    "zeros_for_missing": _l("疑似缺数"),
    "zero": _l("用量为零"),
    "spike": _l("突增"),
    "drop": _l("突降"),
    "columns_swapped": _l("疑似填反列"),
    "meters_swapped": _l("疑似两表互错"),
    "price_odd": _l("单价异常"),
    "estimated_long": _l("连续估抄"),
}
REASONS: dict[str, object] = {
    "credited": _l("可计入"),
    "no_saving": _l("没有少用，不计入"),
    "nothing_made": _l("没有发电，不计入"),
    "no_meter": _l("没有这类计量表"),
    "meters_changed": _l("与上年同月的计量表不同（%(meters)s），不可比，不计入"),
    "no_bill": _l("%(at)s 的数据不全（%(meters)s），缺数不算节约"),
    "no_bill_before": _l("上年同月 %(at)s 的数据不全（%(meters)s），没有基准，不计入"),
    "estimated": _l("%(at)s 是估抄（%(meters)s），不计入"),
    "finding_open": _l("%(at)s 的数据有疑问尚未说明（%(meters)s），不计入"),
    "closed_days": _l("%(at)s 有停用或放假（%(words)s），少用不是节约，不计入"),
    "empty": _l("数据已说明为停用或异常（%(meters)s），少用不是节约，不计入"),
    "weather": _l("%(at)s 的天气使两年不可比（%(words)s），不计入"),
    "area_smaller": _l("建筑面积由 %(before)s 减为 %(now)s 平方米，不可比，不计入"),
    "claimed_elsewhere": _l("这部分发电量已用于 %(claimed)s，不重复计入"),
    "quantity_absurd": _l("一个月的节约量超过方法允许的上限，请核对计量表和基准"),
    "same_act": _l("同一时段的减排量已经计入"),
    "record_changed": _l("该月已用别的数值报送过，先撤回再核定"),
    "points_only": _l("只计积分"),
    "recorded": _l("已登记，不计减排量"),
}
REFUSALS: dict[str, object] = {
    "meter_unknown": _l("没有表号 %(meter)s。请先在“计量表”中登记，或核对表号。"),
    "month_invalid": _l("月份“%(month)s”看不懂，请写成 2026-03。"),
    "month_future": _l("%(month)s 还没有到。"),
    "meter_not_there": _l("表 %(meter)s 在 %(month)s 不在用，请核对启用和停用日期。"),
    "quantity_invalid": _l("用量“%(quantity)s”不是有效的数：请填不小于零、最多三位小数的数。"),
    "quantity_too_large": _l("用量 %(quantity)s 大得不合常理，请核对单位。"),
    "amount_invalid": _l("金额“%(amount)s”不是有效的数：请填元，最多两位小数。"),
    "estimated_invalid": _l("“是否估抄”请填 是 或 否，现为“%(estimated)s”。"),
    "text_too_long": _l("备注或原因超过 %(most)s 字。"),
    "row_repeated": _l("表 %(meter)s 的 %(month)s 在本表中出现了两次。"),
    "reason_missing": _l("表 %(meter)s 的 %(month)s 已有账单（用量 %(was)s）。如要更正，请填写更正原因。"),
}
MISSING: dict[str, object] = {
    "no_floor_area": _l("没有 %(year)s 年的建筑面积"),
    "no_headcount": _l("没有 %(year)s 年的用能人数"),
    "no_meter": _l("没有%(energy)s表"),
    "no_bill": _l("%(meter)s 缺 %(month)s"),
    "no_factor": _l("%(energy)s没有%(kind)s，运营方录入并注明来源后才能计算"),
}
KINDS: dict[str, object] = {"coal": _l("折标准煤系数"), "carbon": _l("碳排放因子")}
STATUSES: dict[str, object] = {
    "published": _l("官方发布"),
    "published (copy)": _l("官方发布（读自转载）"),
    "derived": _l("据引用值推算"),
    "uncertain": _l("来源不一，存疑"),
}


def sentence(table: Mapping[str, object], code: str, facts: Mapping[str, object]) -> str:
    """Answer the sentence of *code* with its facts; an unknown code answers itself."""
    text = str(table.get(code, code))
    named = {name: str(ENERGIES.get(str(fact), KINDS.get(str(fact), fact))) for name, fact in facts.items()}
    return text % {**dict.fromkeys(("hours", "zeros", "meters", "words", "at"), "—"), **named} if "%(" in text else text


def reason_of(code: str, facts: Mapping[str, object]) -> str:
    """Answer why a month is credited or not, with the hours that are missing where some are."""
    found = sentence(REASONS, code, facts)
    return f"{found}（{sentence(FINDINGS, 'readings_missing', facts)}）" if "hours" in facts else found


def missing_of(gaps: tuple[Missing, ...], *, most: int = 4) -> str:
    """Answer what is missing in one sentence, the first few by name."""
    told = [sentence(MISSING, one.code, one.facts) for one in gaps[:most]]
    return "；".join(told) + (f"…（{len(gaps)}）" if len(gaps) > most else "")


def plain(value: Decimal | None, places: str = "0.01") -> str:
    """Answer a figure with two places, or a dash where there is none."""
    return "—" if value is None else f"{value.quantize(Decimal(places), ROUND_HALF_UP):,f}"
