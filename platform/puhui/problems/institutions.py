"""Refusals of institutions, their schemes and their campaigns."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from puhui.problems.kinds import Problem, bad, conflict, missing

INSTITUTIONS: dict[str, Problem] = {
    "credit_code_invalid": bad(_l("统一社会信用代码有误：应为 18 位，请对照证书核对校验位。")),
    "institution_exists": conflict(_l("这个统一社会信用代码已经申请过。请联系本单位的节能联络员邀请您加入。")),
    "institution_unknown": missing(_l("没有这个单位，或它还没有登记资料。")),
    "institution_not_approved": conflict(_l("单位还在等待运营方审核，暂不能办理。")),
    "institution_decided": conflict(_l("这份申请已经处理过了。")),
    "parent_unfit": bad(_l("上级单位不合适：须是已通过审核的单位，且不能是本单位的下级。")),
    "institution_year_invalid": bad(_l("年份、建筑面积或人数超出合理范围，请核对单位（平方米、人）。")),
    "department_unknown": missing(_l("没有这个部门，或它已关闭。")),
    "department_name_taken": conflict(_l("同一上级下已有部门叫“%(name)s”，请换个名称。"), "name"),
    "department_too_deep": conflict(_l("部门最多 %(most)s 级，请放到更上一级。"), "most"),
    "department_cycle": conflict(_l("不能把部门移到它自己或它的下级之下。")),
    "department_in_use": conflict(
        _l("部门里还有 %(members)s 人、%(departments)s 个下级部门，请先移走再关闭。"), "members", "departments"
    ),
    "too_many_departments": conflict(_l("部门最多 %(most)s 个。"), "most"),
    "member_unknown": missing(_l("没有这位成员，或已离开。")),
    "member_elsewhere": conflict(_l("这位成员不在您管理的部门里。")),
    "last_liaison": conflict(_l("这是最后一位节能联络员，请先指定另一位。")),
    "department_needed": bad(_l("部门管理员须指定所管的部门。")),
    "invitation_not_accepted": conflict(_l("邀请无法使用。请联系发出邀请的节能联络员重新发一份。")),
    "scheme_unknown": missing(_l("没有这个积分制。")),
    "scheme_exists": conflict(_l("本年度已有积分制叫“%(name)s”，请换个名称。"), "name"),
    "scheme_ended": conflict(_l("这个积分制已经结束。")),
    "scheme_version_unknown": missing(_l("没有这个版本。")),
    "scheme_version_open": conflict(_l("第 %(version)s 版正等待审核，请先处理。"), "version"),
    "scheme_version_fixed": conflict(_l("第 %(version)s 版已经提交，不能再改；请在审核后另起新版。"), "version"),
    "scheme_version_not_ready": conflict(_l("第 %(version)s 版不在等待审核的状态。"), "version"),
    "reviewer_is_author": conflict(_l("起草人不能审核自己的版本，请由另一人审核。")),
    "scheme_dates_unfit": bad(_l("日期不合适：须在本年度内，先后有序；新版本须从明天或更晚开始，并晚于前一版。")),
    "scheme_methods_unfit": bad(_l("请至少选一种行为，权重为 1% 至 1000%。")),
    "scheme_quota_unfit": bad(_l("限额须大于 0，且每日不超过每月、每月不超过每年。")),
    "scheme_budget_unfit": bad(_l("预算须大于 0，且不少于已发的积分。")),
    "campaign_unknown": missing(_l("没有这个活动。")),
    "campaign_dates_unfit": bad(_l("时间不合适：结束须晚于开始和现在，最长一年。")),
    "campaign_goal_unfit": bad(_l("目标须大于 0；以行为或减排量为目标时须选计入的行为。")),
    "campaign_fixed": conflict(_l("活动已发布，约定的内容不再改。")),
    "campaign_closed": conflict(_l("活动现在不能参加：尚未发布，或已结束。")),
    "campaign_team_unknown": missing(_l("活动里没有这支队伍。")),
    "campaign_place_unknown": missing(_l("活动里没有这个签到点。")),
    "campaign_place_unfit": bad(
        _l("签到点“%(name)s”不合适：名称不能重复，开放时间须有先后，海报须填每日上限。"), "name"
    ),
    "campaign_entry_unknown": conflict(_l("您没有参加这个活动。")),
    "check_in_not_accepted": conflict(_l("签到码无法使用。请在现场重新扫码，或向工作人员询问。")),
    "certificate_not_earned": conflict(_l("还没有可写进证书的记录：先签到，或完成一次计入的行为。")),
    "certificate_unknown": missing(_l("没有这个编号的证书，请核对 12 位编号。")),
}
