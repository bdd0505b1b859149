"""Refusals of merchants' sign-up, places, staff, offers, undoing and offline uploads."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from puhui.problems.kinds import Problem, bad, conflict, missing

MERCHANTS: dict[str, Problem] = {
    "store_unknown": missing(_l("没有这家门店，或已停用。")),
    "place_invalid": bad(_l("请把名称、英文名称和地址填写完整。")),
    "credit_code_length_wrong": bad(
        _l("统一社会信用代码应为 18 位，现在是 %(length)s 位，请对照营业执照核对。"), "length"
    ),
    "credit_code_characters_wrong": bad(
        _l("统一社会信用代码只含数字和大写字母（不用 I、O、S、V、Z），第 3 至 8 位是数字，请核对。")
    ),
    "credit_code_checksum_wrong": bad(_l("统一社会信用代码的校验位不符，可能有一位抄错，请逐位核对。")),
    "application_invalid": bad(_l("申请资料不完整，请核对：%(fields)s。"), "fields"),
    "application_open": conflict(_l("这个统一社会信用代码已有一份申请正在审核，请等待结果。")),
    "credit_code_taken": conflict(_l("这个统一社会信用代码已经入驻，请联系店长邀请您加入。")),
    "application_unknown": missing(_l("没有这份申请。")),
    "application_decided": conflict(_l("这份申请已经处理过，请刷新查看结果。")),
    "application_own": conflict(_l("申请人不能审核自己提交的申请，请由另一位运营人员处理。")),
    "merchant_suspended": conflict(_l("这家商户已处于暂停状态。")),
    "merchant_not_suspended": conflict(_l("这家商户没有被暂停。")),
    "offer_state_unfit": conflict(_l("兑换品目前的状态不能这样操作，请刷新查看。")),
    "offer_terms_fixed": conflict(_l("已上架的兑换品不能改价格、类型和可用时段；请结束后另建新的。")),
    "stock_too_low": conflict(_l("只剩 %(left)s 份，不能减这么多。"), "left"),
    "voucher_outside_hours": conflict(_l("这张券不在可用时段内。")),
    "redemption_unknown": missing(_l("这次扫码没有核销，不用撤销。")),
    "redemption_undo_too_late": conflict(_l("核销超过 %(minutes)s 分钟，不能撤销；请联系运营方处理。"), "minutes"),
    "redemption_paid_out": conflict(_l("这笔碳币已经结算，不能撤销；请联系运营方处理。")),
    "offline_batch_invalid": bad(_l("一次上传 1 至 %(most)s 笔离线核销。"), "most"),
    "last_manager": conflict(_l("这是最后一位店长。请先邀请另一位店长，再移除。")),
    "invitation_unusable": missing(_l("这个邀请链接无效、已用过或已过期，请让店长重新邀请。")),
    "invitation_open": conflict(_l("已邀请过这个手机号，链接还有效；要重发请先撤回。")),
    "staff_already": conflict(_l("这个手机号已经是本店人员。")),
}
