-- Yearly returns of many organisations, read by their headers; and an institution's self-assessment.

CREATE TABLE partners.return_file (
    id             uuid PRIMARY KEY,
    sha256         bytea NOT NULL UNIQUE CHECK (length(sha256) = 32),
    name           text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    year           text NOT NULL CHECK (year ~ '^[0-9]{4}(-[0-9]{2})?$'),
    mapping        jsonb NOT NULL,                  -- measure → the header titles that it was read from
    ignored        jsonb NOT NULL,                  -- columns whose cells do not fit their header, and why
    rows_read      integer NOT NULL,
    rows_done      integer NOT NULL DEFAULT 0,      -- an import that was cut off goes on from here
    started_by     uuid,                            -- null: the command line
    started_at     timestamptz NOT NULL,
    finished_at    timestamptz,
    CONSTRAINT done_within_read CHECK (rows_done BETWEEN 0 AND rows_read)
);

CREATE TABLE partners.return_row (
    code           text NOT NULL CHECK (code ~ '^[!-~]{1,40}$'),
    year           text NOT NULL,
    file_id        uuid NOT NULL REFERENCES partners.return_file (id),
    line           integer NOT NULL,                -- of the file, from 1
    name           text NOT NULL,
    type           text NOT NULL DEFAULT '',
    figures        jsonb NOT NULL,                  -- measure → decimal as text
    missing        jsonb NOT NULL,                  -- measure → why there is no figure
    PRIMARY KEY (code, year)
);
CREATE INDEX return_row_of_year ON partners.return_row (year, code);

-- Indicators of the returns, computed by the same formulas as the institutions' own.
CREATE TABLE partners.return_indicator (
    code           text NOT NULL,
    year           text NOT NULL,
    measure        text NOT NULL,
    value          numeric(18, 6) NOT NULL,
    PRIMARY KEY (code, year, measure),
    FOREIGN KEY (code, year) REFERENCES partners.return_row (code, year)
);

CREATE TABLE partners.return_flag (
    code           text NOT NULL,
    year           text NOT NULL,                   -- the later of the two years
    flag           text NOT NULL CHECK (flag ~ '^[a-z_]{3,40}$'),
    measure        text NOT NULL DEFAULT '',
    facts          jsonb NOT NULL,
    PRIMARY KEY (code, year, flag, measure)
);
CREATE INDEX return_flag_of_year ON partners.return_flag (year, flag, code);

-- 节约型机关: what an assessor asks for. Points that no source gives stay null until the operator enters them with a source.
CREATE TABLE partners.assessment_item (
    code           text PRIMARY KEY CHECK (code ~ '^[A-Z][0-9]{1,3}$'),
    area           text NOT NULL CHECK (area IN ('goals', 'system', 'office', 'waste', 'education')),
    title          text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    must_pass      boolean NOT NULL DEFAULT false,
    position       smallint NOT NULL
);
INSERT INTO partners.assessment_item (code, area, title, must_pass, position) VALUES
    ('G1', 'goals', '单位建筑面积能耗', true, 1),
    ('G2', 'goals', '人均综合能耗', true, 2),
    ('G3', 'goals', '人均用水量', true, 3),
    ('S1', 'system', '管理机构：责任人、岗位、统计人员', false, 4),
    ('S2', 'system', '管理制度：计划、目标、不超过三项制度', false, 5),
    ('S3', 'system', '计量：按单位、区域、用能项目分项计量', false, 6),
    ('O1', 'office', '绿色办公', false, 7),
    ('W1', 'waste', '垃圾分类', false, 8),
    ('E1', 'education', '宣传教育', false, 9);

-- How many points an item, an area or the whole has, and the mark to pass; newest counts, a source is needed.
CREATE TABLE partners.assessment_points (
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    subject        text NOT NULL CHECK (subject ~ '^[A-Za-z0-9_]{1,20}$'),    -- an item's code, an area, or 'pass'
    points         numeric(6, 2) NOT NULL CHECK (points >= 0),
    source         text NOT NULL CHECK (length(source) BETWEEN 1 AND 300),
    set_by         uuid,
    set_at         timestamptz NOT NULL DEFAULT '2026-01-01Z'
);
CREATE INDEX assessment_points_newest ON partners.assessment_points (subject, set_at DESC, id DESC);
INSERT INTO partners.assessment_points (subject, points, source) VALUES
    ('goals', 5, '节约型机关评分表（转载，节选）'), ('system', 25, '节约型机关评分表（转载，节选）：三项合计 24，节选不完整'),
    ('S1', 5, '节约型机关评分表（转载，节选）'), ('S2', 10, '节约型机关评分表（转载，节选）'), ('S3', 9, '节约型机关评分表（转载，节选）');

CREATE TABLE partners.assessment_answer (
    stripe         smallint NOT NULL,
    id             uuid NOT NULL,
    institution_id uuid NOT NULL,
    year           smallint NOT NULL CHECK (year BETWEEN 2000 AND 2100),
    item           text NOT NULL,
    passed         boolean NOT NULL,
    points         numeric(6, 2) CHECK (points >= 0),
    words          text NOT NULL CHECK (length(words) <= 1000),
    file_ids       uuid[] NOT NULL DEFAULT '{}',    -- platform.kept_file.id
    answered_by    uuid NOT NULL,
    answered_at    timestamptz NOT NULL,
    PRIMARY KEY (stripe, id)
);
CREATE INDEX assessment_answer_newest ON partners.assessment_answer (stripe, institution_id, year, item, answered_at DESC, id DESC);
REVOKE UPDATE, DELETE, TRUNCATE ON partners.assessment_answer FROM puhui_app;
