"""The operator's rooms: a line each, shown once its endpoint is there."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class Room:
    """Where a page of the operator's is, its word, and what is done there."""

    endpoint: str
    word: object
    note: object


# A feature adds its pages here, a line each.
ROOMS: tuple[Room, ...] = (
    Room("merchant_operations.applications", _l("入驻申请"), _l("审核商户资料，通过或不通过")),
    Room("merchant_operations.index", _l("商户"), _l("暂停与恢复，未通过的扫码")),
    Room("settlement_operations.index", _l("结算"), _l("批次、结算单、付款、结算价、异议与对账")),
    Room("sponsors.index", _l("资助基金"), _l("基金、注资与碳币覆盖率")),
    Room("audit.index", _l("操作日志"), _l("谁在何时做了什么")),
    Room("operator.jobs", _l("定时任务"), _l("最近的运行与结果")),
    Room("institutions.index", _l("公共机构"), _l("入驻申请与名单")),
    Room("indicators.all", _l("能耗指标"), _l("各单位指标、系数来源、年度报表导入")),
    Room("events.reviews", _l("零碳活动审核"), _l("清单与抵消方案，由第二人决定")),
    Room("events.units_index", _l("减排单位"), _l("减排量池、序列号与复核")),
    Room("events.numbers", _l("活动排放因子"), _l("可引用的因子与运营方参数")),
    Room("sinks.reviews", _l("碳汇审核"), _l("项目、监测、系数与签发")),
    Room("methods.index", _l("方法学"), _l("方法、因子与来源")),
    Room("enterprises.operator_index", _l("企业"), _l("准入、人员、政策与差异")),
    Room("enterprises.rules", _l("规则与参数"), _l("碳市场四十条规则、参数与来源")),
    Room("market.index", _l("碳市场行情"), _l("公开价格与来源")),
)
