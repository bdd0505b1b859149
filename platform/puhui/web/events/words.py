"""The words of events: kinds, sources, items, stages. The domain knows codes only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from rewards.events.model import Covers, EventKind, Source, Stage
from rewards.units import UnitKind

KINDS: dict[str, object] = {
    EventKind.MEETING: _l("会议"),
    EventKind.CONFERENCE: _l("大型会议"),
    EventKind.SHOW: _l("演出"),
    EventKind.SPORT: _l("赛事"),
    EventKind.EXHIBITION: _l("展览"),
}
SOURCES: dict[str, object] = {
    Source.ENERGY: _l("能源"),
    Source.TRANSPORT: _l("交通"),
    Source.LODGING: _l("住宿"),
    Source.CATERING: _l("餐饮"),
    Source.WASTE: _l("废弃物"),
    Source.MATERIALS: _l("物料"),
}
ITEMS: dict[str, object] = {
    "grid_power": _l("外购电力"),
    "natural_gas": _l("天然气"),
    "petrol": _l("汽油"),
    "diesel": _l("柴油"),
    "lpg": _l("液化石油气"),
    "bought_heat": _l("外购热力"),
    "walk": _l("步行"),
    "bike": _l("自行车"),
    "metro": _l("地铁"),
    "car": _l("小汽车"),
    "bus": _l("公交"),
    "ebike": _l("电动自行车"),
    "rail": _l("火车"),
    "plane": _l("飞机"),
    "freight": _l("物资运输"),
    "room_night": _l("住宿（间夜）"),
    "meal": _l("用餐（份）"),
    "pork": _l("猪肉"),
    "chicken": _l("鸡肉"),
    "tofu": _l("豆腐"),
    "tap_water": _l("自来水"),
    "mixed_waste": _l("混合垃圾焚烧"),
    "other_waste": _l("其他垃圾处理"),
    "printed_sheet": _l("打印纸"),
    "material_piece": _l("物料（件）"),
    "material_kg": _l("物料（千克）"),
    "meeting_power": _l("会议用电（每人每小时千瓦时）"),
}
STAGES: dict[str, object] = {
    Stage.PLANNED: _l("筹备中"),
    Stage.COUNTING: _l("编制清单"),
    Stage.INVENTORY_IN_REVIEW: _l("清单待审核"),
    Stage.OFFSETTING: _l("编制抵消方案"),
    Stage.PLAN_IN_REVIEW: _l("方案待审核"),
    Stage.RETIRING: _l("待注销"),
    Stage.CERTIFIED: _l("已发证书"),
    Stage.CANCELLED: _l("已取消"),
}
UNIT_KINDS: dict[str, object] = {
    UnitKind.ALLOWANCE: _l("碳排放配额"),
    UnitKind.CCER: _l("国家核证自愿减排量 CCER"),
    UnitKind.PUHUI: _l("省级碳普惠减排量"),
    UnitKind.OTHER: _l("CDM 等其他国内项目减排量"),
    UnitKind.SINK: _l("新建林业碳汇"),
}
STATUSES: dict[str, object] = {
    "published": _l("已公布"),
    "published (copy)": _l("已公布（转载，待核对原件）"),
    "uncertain": _l("不确定"),
    "definition": _l("定义"),
    "entered": _l("组织方填报"),
}
COVERED: dict[str, object] = {Covers.TOTAL: _l("按核算值"), Covers.UPPER: _l("按不确定度上限")}
WAYS: dict[str, object] = {
    "screen": _l("屏幕扫码"),
    "poster": _l("海报扫码"),
    "desk": _l("工作人员"),
    "sheet": _l("名单导入"),
    "program": _l("接口"),
    "self": _l("自行报名"),
}
MEASURES: tuple[tuple[Source, object], ...] = (
    (Source.MATERIALS, _l("不印纸质材料，扫码看文件")),
    (Source.MATERIALS, _l("不用一次性杯和瓶装水，自带水杯")),
    (Source.TRANSPORT, _l("请参会人步行、骑行或乘公共交通")),
    (Source.CATERING, _l("按人数备餐，光盘行动")),
    (Source.ENERGY, _l("利用自然光，空调不低于 26℃")),
)
"""Measures to tick; the text that was ticked is what is kept."""
