-- The market mirror, part two: the rules and their parameters, as dated data with their sources. A change of law is a new row.
-- standing: official (read in full), secondary (press or a summary), draft (征求意见稿), own (our choice), unknown (not found: no value).

CREATE TABLE partners.market_rule (
    number      smallint NOT NULL CHECK (number BETWEEN 1 AND 40),
    valid_from  date NOT NULL,
    severity    text NOT NULL CHECK (severity IN ('R', 'W', 'B', 'R/W', 'R/B', '-')),
    title       text NOT NULL,
    standing    text NOT NULL CHECK (standing IN ('official', 'secondary', 'draft', 'own')),
    citation    text NOT NULL CHECK (citation <> ''),
    PRIMARY KEY (number, valid_from)
);

-- What makes a row readable and the books sound holds on every day: those rules begin long before the markets did.
INSERT INTO partners.market_rule (number, valid_from, severity, title, standing, citation) VALUES
    (1, '2000-01-01', 'R', '同一文件不重复入账；同一自然键内容相同为重复，内容不同须更正或撤销', 'own', 'FIX TradeCaptureReport 的 TransType；对账单导入经验'),
    (2, '2000-01-01', 'R', '全部行校验后才入账；CSV、XLSX、接口用同一校验', 'own', '开源登记系统与券商对账单导入经验'),
    (3, '2000-01-01', 'R', '统一社会信用代码 18 位且校验位正确；按代码匹配，名称只作别名', 'official', 'GB 32100-2015'),
    (4, '2000-01-01', 'R', '账户属于该主体和该系统；每个主体一个交易账户', 'secondary', '证券时报 2021-07-16'),
    (5, '2000-01-01', 'R', '标的已知；综合行情是指数，不是标的', 'own', '上海环境能源交易所公开日行情'),
    (6, '2000-01-01', 'R', '数量为不小于 1 的整数；价格不低于 0.01 元，最多两位小数', 'secondary', '交易所公告 2021-06-22'),
    (7, '2000-01-01', 'R/W', '金额 = 数量 × 价格（排污权再 × 年限），单笔容差 0.01 元，日合计容差 1 元', 'own', '公开日行情；江西首笔线上排污权成交，报道 2022'),
    (8, '2021-07-16', 'R', '挂牌协议单笔少于 10 万吨；大宗协议不少于 10 万吨', 'secondary', '交易所公告 2021-06-22'),
    (9, '2021-07-16', 'R/W', '挂牌价在前收盘价 ±10% 内，限价四舍五入到分；CCER 为当日基准价 ±10%', 'secondary', '交易所公告 2021-06-22；CCER 客户端手册'),
    (10, '2021-07-16', 'R', '大宗价在前收盘价 ±30% 内', 'secondary', '交易所公告 2021-06-22'),
    (11, '2021-07-16', 'W', '单向竞价不设涨跌幅，须有竞价编号', 'secondary', '交易所公告 2021-06-22'),
    (12, '2021-07-16', 'W', '挂牌成交价在当日最高最低价之间', 'own', '公开日行情'),
    (13, '2021-07-16', 'W', '交易日与交易时段', 'secondary', '交易所公告 2021-06-22；交易所休市安排'),
    (14, '2021-07-16', 'R', '在标的挂牌期间内', 'own', '公开日行情（首个与最后挂牌日）'),
    (15, '2021-07-16', 'R', '当日买入当日不得卖出（T+1）', 'secondary', '大云网 2023-03-20（仅 CEA；CCER 待确认）'),
    (16, '2000-01-01', 'R/B', '任何业务时刻余额不为负；卖出不超过交易可用量', 'official', '2023、2024年度配额分配方案附5；大云网 2023'),
    (17, '2000-01-01', 'W', '迟到记录按业务时间落位并重算其后；已关闭期间须另行批准', 'own', '设计'),
    (18, '2000-01-01', 'R', '流水余额 = 上一余额 + 本笔', 'own', '登记系统流水；公开累计数连续'),
    (19, '2021-07-16', 'B', '本地双方同一成交编号的数量、价格、标的一致', 'official', '碳排放权交易管理办法（试行）第二十三条'),
    (20, '2024-05-01', 'W', '结算资金 = 买：−金额−手续费；卖：+金额−手续费', 'official', '碳排放权交易管理暂行条例第五条'),
    (21, '2021-02-01', 'B', '镜像余额与登记快照按状态一致；不一致即差异，绝不覆盖', 'official', '管理办法（试行）第五条；世界银行登记系统指南 2016'),
    (22, '2021-02-01', 'B', '登记划转与交易互相对应，超过一个交易日即差异', 'official', '管理办法（试行）第二十三、二十四条'),
    (23, '2021-02-01', 'R', '清缴年份可用的配额年份', 'official', '2023、2024年度配额分配方案七；2026-01-27 通知'),
    (24, '2021-02-01', 'W', '清缴加抵销不少于应清缴量；期限前 90/30/15 天提醒', 'official', '条例第十四条；管理办法（试行）第二十八条'),
    (25, '2021-02-01', 'R', 'CCER 抵销不超过应清缴量 5%（向下取整为本系统约定）；项目不在碳市场内', 'official', '管理办法（试行）第二十九条；CCER 办法第二十八条'),
    (26, '2026-01-01', 'R', '结转总量、持有量、期限与履约前提', 'official', '2023、2024年度配额分配方案附5'),
    (27, '2025-01-01', 'W', '配额数向下取整；调峰系数六位小数四舍五入，缺口率两位小数', 'draft', '2025、2026年度配额分配方案征求意见稿附2'),
    (28, '2023-01-01', 'W', '预分配比例上限；退回须有记录', 'official', '2023、2024年度配额分配方案；2025、2026 征求意见稿'),
    (29, '2000-01-01', 'R', '冻结与在途数量不可动用，只由对应记录释放', 'official', '2023、2024年度配额分配方案附5'),
    (30, '2021-07-16', 'R/W', '质押不超过可质押量；登记证明编号唯一；期限有效', 'secondary', '锦天城 2022-05-05；碳交易网'),
    (31, '2023-10-20', 'W', 'CCER 减排量时间、项目开工时间、审核机构分离、分年合计', 'official', '温室气体自愿减排交易管理办法（试行）第十、十七、十八、二十一条'),
    (32, '2021-02-01', 'R', '注销与清缴须有原因和受益方，不可撤回', 'official', 'CCER 办法第二十八条'),
    (33, '2000-01-01', 'R', '编号区段：止 − 起 + 1 = 数量，不重叠；格式不明按原文保存', 'own', 'UNDP 登记系统 #288/#290；Verra 样例'),
    (34, '2000-01-01', 'B', '各状态之和 = 发放 + 净外部转入，按标的', 'own', 'Regen Ledger 不变式'),
    (35, '2000-01-01', 'R', '绿证编码唯一，仅售一次，同一电量不得同时为 CCER', 'secondary', '中德气候合作 2023；Redex'),
    (36, '2000-01-01', 'W', '估值只用真实成交且可清缴年份的近期价格', 'own', '公开日行情'),
    (37, '2000-01-01', 'W', '行情自洽：综合 = 各年份之和，累计连续', 'own', '公开日行情'),
    (38, '2000-01-01', 'R', '不同种类的数量不相加', 'own', 'KlimaDAO #2123'),
    (39, '2024-05-01', 'R', '主管部门、登记机构、交易机构、技术机构人员不得为交易主体', 'official', '条例第七条'),
    (40, '2024-05-01', '-', '原始文件与记录保存：碳市场至少 5 年，CCER 10 年', 'official', '条例第十一条；CCER 办法第十一、十八条');

CREATE TABLE partners.market_parameter (
    name         text NOT NULL CHECK (name ~ '^[a-z_]+$'),
    valid_from   date NOT NULL,
    value        jsonb,
    rule         smallint NOT NULL,
    standing     text NOT NULL CHECK (standing IN ('official', 'secondary', 'draft', 'own', 'unknown')),
    citation     text NOT NULL CHECK (citation <> ''),
    PRIMARY KEY (name, valid_from),
    CONSTRAINT unknown_has_no_value CHECK ((standing = 'unknown') = (value IS NULL))
);
COMMENT ON COLUMN partners.market_parameter.value IS 'Holds from valid_from until the next row of the same name. Empty where the sources gave none.';

INSERT INTO partners.market_parameter (name, valid_from, value, rule, standing, citation) VALUES
    ('listed_band_bp', '2021-07-16', '1000', 9, 'secondary', '交易所公告 2021-06-22；China Daily 2021-06-23'),
    ('block_band_bp', '2021-07-16', '3000', 10, 'secondary', '交易所公告 2021-06-22；China Daily 2021-06-23'),
    ('block_least_t', '2021-07-16', '100000', 8, 'secondary', '交易所公告 2021-06-22'),
    ('listed_sessions', '2021-07-16', '[["09:30","11:30"],["13:00","15:00"]]', 13, 'secondary', '交易所公告 2021-06-22；其后是否调整未查到'),
    ('block_sessions', '2021-07-16', '[["13:00","15:00"]]', 13, 'secondary', '交易所公告 2021-06-22；其后是否调整未查到'),
    ('next_day_kinds', '2021-07-16', '["CEA"]', 15, 'secondary', '大云网 2023-03-20；CCER 是否 T+1 待确认'),
    ('amount_tolerance_fen', '2021-07-16', '1', 7, 'own', '本系统约定：单笔 0.01 元'),
    ('fee_rate', '2021-07-16', NULL, 20, 'unknown', '条例第五条要求公开；费率未查到'),
    ('holding_limit_t', '2021-07-16', NULL, 16, 'unknown', '最大持仓量限制存在，全国数值未查到'),
    ('offset_cap_bp', '2021-02-01', '500', 25, 'official', '管理办法（试行）第二十九条'),
    ('offset_registered_since', '2024-01-22', '"2024-01-22"', 25, 'draft', '2025、2026年度配额分配方案征求意见稿五（二）'),
    ('credit_project_since', '2023-10-20', '"2012-11-08"', 31, 'official', 'CCER 办法第十条'),
    ('credit_reduction_since', '2023-10-20', '"2020-09-22"', 31, 'official', 'CCER 办法第十七条'),
    ('credit_age_years', '2023-10-20', '5', 31, 'official', 'CCER 办法第十七条'),
    ('carry_base_t', '2026-01-01', '10000', 26, 'official', '2023、2024年度配额分配方案附5'),
    ('carry_ratio_percent', '2026-01-01', '150', 26, 'official', '2023、2024年度配额分配方案附5'),
    ('carry_filed_by', '2026-01-01', '"2026-06-10"', 26, 'official', '2023、2024年度配额分配方案附5'),
    ('carry_traded_since', '2026-01-01', '"2024-01-01"', 26, 'official', '2023、2024年度配额分配方案附5'),
    ('carry_traded_until', '2026-01-01', '"2025-12-31"', 26, 'official', '2023、2024年度配额分配方案附5'),
    ('pre_allocation_most_bp', '2023-01-01', '7000', 28, 'official', '2023、2024年度配额分配方案'),
    ('pre_allocation_most_bp', '2025-01-01', '5000', 28, 'draft', '2025、2026年度配额分配方案征求意见稿'),
    ('penalty_least', '2024-05-01', '5', 24, 'official', '条例第二十四条'),
    ('penalty_most', '2024-05-01', '10', 24, 'official', '条例第二十四条'),
    ('penalty_month', '2024-05-01', NULL, 24, 'unknown', '“期限前一个月”是 12 月还是 11 月，待确认'),
    ('reminder_days', '2021-02-01', '[90,30,15]', 24, 'own', '本系统约定'),
    ('stale_price_days', '2021-07-16', '30', 36, 'own', '本系统约定：超过 30 天无成交即不用于估值'),
    ('keep_years', '2021-02-01', '5', 40, 'official', '条例第十一条'),
    ('keep_years_credits', '2023-10-20', '10', 40, 'official', 'CCER 办法第十一、十八条');

-- By when a year's emissions are to be surrendered.
CREATE TABLE partners.obligation_year (
    year      smallint PRIMARY KEY,
    deadline  date NOT NULL,
    standing  text NOT NULL CHECK (standing IN ('official', 'secondary', 'draft')),
    citation  text NOT NULL
);
INSERT INTO partners.obligation_year (year, deadline, standing, citation) VALUES
    (2020, '2021-12-31', 'secondary', '2019—2020 年度合并清缴；期限待确认'),
    (2021, '2023-12-31', 'secondary', '期限待确认'),
    (2022, '2023-12-31', 'secondary', '期限待确认'),
    (2023, '2024-12-31', 'official', '2023、2024年度配额分配方案'),
    (2024, '2025-12-31', 'official', '2023、2024年度配额分配方案'),
    (2025, '2026-12-31', 'official', '2026-01-27 通知'),
    (2026, '2027-12-31', 'draft', '2025、2026年度配额分配方案征求意见稿');

-- Which vintage counts for which year's obligation; accepted is empty where the sources do not settle it.
CREATE TABLE partners.vintage_acceptance (
    year        smallint NOT NULL REFERENCES partners.obligation_year (year),
    vintage     smallint NOT NULL,
    valid_from  date NOT NULL DEFAULT '2021-02-01',
    accepted    boolean,
    standing    text NOT NULL CHECK (standing IN ('official', 'secondary', 'draft', 'unknown')),
    citation    text NOT NULL,
    PRIMARY KEY (year, vintage, valid_from),
    CONSTRAINT unknown_is_not_settled CHECK ((standing = 'unknown') = (accepted IS NULL))
);
COMMENT ON COLUMN partners.vintage_acceptance.vintage IS 'The allowance of 2019–2020 has the vintage 2020. A pair that is not listed is not accepted.';
INSERT INTO partners.vintage_acceptance (year, vintage, accepted, standing, citation)
SELECT y, v, true, 'official', '不晚于清缴年度的配额可用；2023、2024年度配额分配方案七' FROM generate_series(2020, 2024) y, generate_series(2020, 2024) v WHERE v <= y
UNION ALL SELECT 2025, 2025, true, 'official', '2026-01-27 通知'
UNION ALL SELECT 2025, 2026, NULL, 'unknown', '征求意见稿称 2025 年度可用 2026 年配额，待确认'
UNION ALL SELECT 2025, v, false, 'official', '2026-01-27 通知：2019—2024 年配额不得用于 2025 年度' FROM generate_series(2020, 2024) v
UNION ALL SELECT 2026, v, true, 'draft', '2025、2026年度配额分配方案征求意见稿' FROM generate_series(2025, 2026) v;

-- The calendar of monitoring, reporting and verification: a day of the year per task and sector.
CREATE TABLE partners.mrv_task (
    task       text NOT NULL CHECK (task ~ '^[a-z_]+$'),
    sector     text NOT NULL CHECK (sector IN ('power', 'steel', 'cement', 'aluminium', 'other')),
    year       smallint NOT NULL,
    due_on     date NOT NULL,
    standing   text NOT NULL CHECK (standing IN ('official', 'secondary', 'draft')),
    citation   text NOT NULL,
    PRIMARY KEY (task, sector, year)
);
INSERT INTO partners.mrv_task (task, sector, year, due_on, standing, citation)
SELECT task, sector, 2026, due_on, 'official', '2026 年工作通知（2026-02-09 发布）'
FROM (VALUES
    ('annual_report', date '2026-03-31', ARRAY['power', 'steel', 'cement', 'aluminium', 'other']),
    ('pre_allocation', date '2026-04-10', ARRAY['steel', 'cement', 'aluminium']),
    ('pre_allocation', date '2026-06-30', ARRAY['power']),
    ('technical_review', date '2026-06-30', ARRAY['power']),
    ('technical_review', date '2026-07-31', ARRAY['steel', 'cement', 'aluminium', 'other']),
    ('verified_allocation', date '2026-09-30', ARRAY['power', 'steel', 'cement', 'aluminium']),
    ('quality_plan', date '2026-12-31', ARRAY['power', 'steel', 'cement', 'aluminium']),
    ('surrender', date '2026-12-31', ARRAY['power', 'steel', 'cement', 'aluminium'])
) AS t (task, due_on, sectors) CROSS JOIN unnest(sectors) AS sector;

REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON partners.mrv_task FROM puhui_app;
REVOKE DELETE, TRUNCATE ON partners.market_rule, partners.market_parameter, partners.obligation_year, partners.vintage_acceptance FROM puhui_app;
REVOKE UPDATE ON partners.market_rule, partners.market_parameter, partners.obligation_year, partners.vintage_acceptance FROM puhui_app;
