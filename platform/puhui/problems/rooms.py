"""Refusals of the rooms that all features share: sheets, papers, files, deliveries."""

from __future__ import annotations

from http import HTTPStatus

from flask_babel import lazy_gettext as _l

from puhui.problems.kinds import Problem, bad, conflict, missing

ROOMS: dict[str, Problem] = {
    "sheet_unreadable": bad(_l("无法读取这份表格。请用模板填写，另存为 .xlsx 或 UTF-8 的 .csv 后再传。")),
    "sheet_empty": bad(_l("表格是空的：第一行须是表头。请用模板填写后再传。")),
    "sheet_old_excel": bad(_l("这是旧版 .xls 文件。请在 Excel 或 WPS 中另存为 .xlsx 后再传。")),
    "sheet_damaged": bad(_l("文件不完整或已损坏。请重新导出，另存为 .xlsx 或 UTF-8 的 .csv 后再传。")),
    "sheet_missing": bad(_l("文件中没有名为“%(name)s”的工作表。"), "name"),
    "sheet_encoding_unknown": bad(_l("文字编码无法识别。请另存为 UTF-8 编码的 .csv 或 .xlsx 后再传。")),
    "sheet_too_long": bad(_l("表格太长：一次最多 %(most)s 行，请分成几份再传。"), "most"),
    "sheet_too_wide": bad(_l("第 %(row)s 行的单元格比表头多，请核对是否错列。"), "row"),
    "paper_unavailable": Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, _l("本机缺少生成 PDF 所需的 Pango 或字体，请联系运营方安装；可先下载表格。")
    ),
    "file_kind_refused": bad(_l("不收这种文件。可交：%(kinds)s。"), "kinds"),
    "file_too_large": Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _l("文件太大：最多 %(most_mb)s MB。"), ("most_mb",)),
    "file_empty": bad(_l("文件是空的，请重新选择。")),
    "file_unknown": missing(_l("没有这个文件。")),
    "endpoint_address_refused": bad(_l("推送地址须是 https:// 开头的公网地址。")),
    "endpoint_unknown": missing(_l("没有这个推送地址。")),
    "endpoint_limit_reached": conflict(_l("最多登记 %(most)s 个推送地址，请先停用一个。"), "most"),
}
