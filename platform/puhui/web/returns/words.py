"""The words of returns: measures, flags, reasons."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

MEASURES: dict[str, object] = {
    "floor_area_m2": _l("建筑面积（m²）"),
    "occupied_area_m2": _l("使用面积（m²）"),
    "headcount": _l("人数"),
    "beds": _l("床位"),
    "electricity_kwh": _l("用电合计（kWh）"),
    "electricity_grid_kwh": _l("电网供电（kWh）"),
    "electricity_local_kwh": _l("就近供电（kWh）"),
    "electricity_renewable_kwh": _l("可再生电力（kWh）"),
    "gas_kwh": _l("用气（kWh）"),
    "gas_m3": _l("用气（m³）"),
    "oil_kwh": _l("用油（kWh）"),
    "coal_kwh": _l("用煤（kWh）"),
    "steam_kwh": _l("蒸汽（kWh）"),
    "hot_water_kwh": _l("热水（kWh）"),
    "other_fuel_kwh": _l("其他燃料（kWh）"),
    "chp_fuel_kwh": _l("热电联产燃料（kWh）"),
    "exported_kwh": _l("外送电（kWh）"),
    "water_m3": _l("用水（m³）"),
    "energy_per_m2": _l("单位建筑面积能耗"),
    "energy_per_person": _l("人均综合能耗"),
    "water_per_person": _l("人均用水量"),
    "": _l("机构"),
}
FLAGS: dict[str, object] = {
    "vanished": _l("本年没有报表：可能合并、撤销或漏报，少掉的用量不是节约"),
    "appeared": _l("上年没有报表，没有可比的基准"),
    "change_implausible": _l("由 %(before)s 变为 %(now)s，变化过大，多半是口径或范围变了，不计入"),
    "moved_column": _l("由“%(from)s”改记在“%(to)s”，合计相近，不是节约"),
    "area_inconsistent": _l("使用面积 %(occupied)s 大于建筑面积 %(area)s"),
    "negative": _l("数值为负：%(value)s"),
    "intensity_odd": _l("单位面积能耗 %(value)s，与同类（约 %(usual)s）相差五倍以上"),
    "no_figure": _l("没有数值（%(why)s），不作零处理"),
}
FLAG_NAMES: dict[str, object] = {
    "vanished": _l("消失"),
    "appeared": _l("新出现"),
    "change_implausible": _l("变化不合理"),
    "moved_column": _l("换列"),
    "area_inconsistent": _l("面积矛盾"),
    "negative": _l("负值"),
    "intensity_odd": _l("强度异常"),
    "no_figure": _l("缺数"),
}
WHY: dict[str, object] = {
    "blank": _l("空白"),
    "not_applicable": _l("填“不适用”"),
    "not_provided": _l("未提供"),
    "unreadable": _l("不是数字"),
    "part_missing": _l("组成部分不全"),
    "columns_split": _l("该列被千分位逗号错分，数字不对应表头"),
    "zero": _l("为零"),
}
