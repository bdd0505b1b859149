"""The sentences of notices, one line a kind. Facts are named in them; a fact is text, a whole number or an ISO date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """The title and the body of a kind of notice; *urgent* ones are a banner on the first page until read."""

    title: object
    body: object
    urgent: bool = False


# A feature adds its kinds here, a line each.
KINDS: dict[str, NoticeKind] = {
    "merchant_approved": NoticeKind(_l("入驻申请已通过"), _l("%(name)s 已开通，可以店长身份登录。")),
    "merchant_refused": NoticeKind(_l("入驻申请未通过"), _l("%(name)s 的申请未通过，原因见申请页。")),
    "merchant_suspended": NoticeKind(_l("商户已暂停"), _l("%(name)s 已被暂停收取碳币：%(reason)s"), urgent=True),
    "merchant_restored": NoticeKind(_l("商户已恢复"), _l("%(name)s 可以继续收取碳币。"), urgent=True),
    "voucher_withheld": NoticeKind(_l("券已退回"), _l("%(name)s 暂停营业，%(coins)s 碳币已退回您的账户。")),
    "redemption_undone": NoticeKind(_l("核销已撤销"), _l("商户撤销了一笔核销，%(coins)s 碳币已退回您的账户。")),
    "offline_conflict": NoticeKind(_l("离线核销有冲突"), _l("%(count)s 笔离线核销未能入账，请查看原因。"), urgent=True),
    "welcome": NoticeKind(_l("欢迎加入碳普惠"), _l("您的低碳行为会在这里变成积分和碳币。")),
    "institution_approved": NoticeKind(
        _l("单位申请已通过"), _l("“%(name)s”已通过审核，您是节能联络员。请在“切换身份”中进入。"), urgent=True
    ),
    "institution_refused": NoticeKind(_l("单位申请未通过"), _l("“%(name)s”的申请被退回，原因见申请页。"), urgent=True),
    "member_invited": NoticeKind(_l("单位邀请您加入"), _l("“%(name)s”邀请您加入，是否加入由您决定。"), urgent=True),
    "scheme_submitted": NoticeKind(_l("积分制待审核"), _l("“%(name)s”第 %(version)s 版已提交，请审核。"), urgent=True),
    "scheme_decided": NoticeKind(_l("积分制审核结果"), _l("“%(name)s”第 %(version)s 版已有审核结果。")),
    "campaign_published": NoticeKind(_l("单位活动"), _l("“%(title)s”可以参加了，参加与否由您决定。")),
    "coins_expiring": NoticeKind(
        _l("碳币即将到期"), _l("%(coins)s 碳币将于 %(day)s 24 时到期，请及时使用。"), urgent=True
    ),
    "family_coins_expiring": NoticeKind(
        _l("家庭碳币即将到期"), _l("家庭的 %(coins)s 碳币将于 %(day)s 24 时到期，请及时使用。"), urgent=True
    ),
    "market_break": NoticeKind(_l("碳资产有新的差异"), _l("规则 %(rule)s 发现差异，请核对。以注册登记系统记录为准。")),
    "surrender_deadline": NoticeKind(
        _l("清缴期限临近"),
        _l("%(year)s 年度清缴期限 %(deadline)s，不足 %(days)s 天；未完成 %(open_t)s 吨，缺口 %(missing_t)s 吨。"),
        urgent=True,
    ),
    "pledge_alert": NoticeKind(_l("质押需要关注"), _l("%(instrument)s 的质押 %(certificate)s 有新的提示。")),
    "event_waits": NoticeKind(_l("有一场活动等您审核"), _l("“%(name)s”已提交，请核对后通过或退回。"), urgent=True),
    "event_approved": NoticeKind(_l("审核通过"), _l("“%(name)s”已审核通过，可以办下一步。")),
    "event_returned": NoticeKind(_l("被退回"), _l("“%(name)s”被退回，请看审核意见后修改。"), urgent=True),
    "event_inventory_due": NoticeKind(_l("该编制排放清单了"), _l("“%(name)s”已结束，清单还没有审核通过。")),
    "event_offset_due": NoticeKind(
        _l("抵消期限将到"), _l("“%(name)s”最迟在 %(until)s 前注销减排量，还有 %(days)s 天。"), urgent=True
    ),
}


def sentences_of(kind: str, facts: Mapping[str, object]) -> tuple[str, str]:
    """Answer the translated title and body of a notice."""
    found = KINDS[kind]
    return str(found.title) % facts if facts else str(found.title), str(found.body) % facts if facts else str(
        found.body
    )
