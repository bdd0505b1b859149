-- Meters of institutions: sites, buildings, meters; bills and readings; what looked strange; remarks; factors and targets.
-- Sites, buildings and meters are small and stay local on Citus; what grows leads its keys with the institution's stripe.

CREATE TABLE partners.site (
    id             uuid PRIMARY KEY,
    institution_id uuid NOT NULL REFERENCES partners.institution (id),
    name           text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    time_zone      text NOT NULL DEFAULT 'Asia/Shanghai',      -- IANA name; months of readings are cut in it
    opened_at      timestamptz NOT NULL,
    UNIQUE (institution_id, name),
    UNIQUE (institution_id, id)
);

CREATE TABLE partners.building (
    id             uuid PRIMARY KEY,
    institution_id uuid NOT NULL,
    site_id        uuid NOT NULL,
    name           text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    floor_area_m2  numeric(14, 2) CHECK (floor_area_m2 > 0),
    opened_at      timestamptz NOT NULL,
    UNIQUE (site_id, name),
    UNIQUE (institution_id, id),
    FOREIGN KEY (institution_id, site_id) REFERENCES partners.site (institution_id, id)
);

CREATE TABLE partners.meter (
    id             uuid PRIMARY KEY,
    institution_id uuid NOT NULL,
    site_id        uuid NOT NULL,
    building_id    uuid,                            -- null: the meter serves the whole site
    name           text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    number         text NOT NULL CHECK (number ~ '^[!-~]{1,40}$'),        -- 户号 or the number on the meter
    energy         text NOT NULL CHECK (energy IN ('electricity', 'water', 'gas', 'petrol', 'diesel', 'heat', 'solar')),
    unit           text NOT NULL CHECK (unit IN ('kWh', 'm³', 'L', 'GJ')),
    for_vehicles   boolean NOT NULL DEFAULT false,  -- fuel of official vehicles is not part of area energy (puhui.md §3.1, E3)
    is_sub_meter   boolean NOT NULL DEFAULT false,  -- a part of what another meter counts: shown, never added
    claimed_for    text CHECK (length(claimed_for) BETWEEN 1 AND 60),     -- 绿证 or CCER: that generation is not credited again
    provider_id    smallint REFERENCES partners.provider (id),            -- who may push readings for it
    opened_on      date NOT NULL,
    closed_on      date,
    UNIQUE (institution_id, number),
    UNIQUE (institution_id, id),
    UNIQUE (provider_id, number),
    FOREIGN KEY (institution_id, site_id) REFERENCES partners.site (institution_id, id),
    FOREIGN KEY (institution_id, building_id) REFERENCES partners.building (institution_id, id),
    CONSTRAINT closed_after_opened CHECK (closed_on >= opened_on),
    CONSTRAINT only_fuel_drives CHECK (NOT for_vehicles OR energy IN ('petrol', 'diesel')),
    CONSTRAINT unit_of_the_energy CHECK (
        CASE energy WHEN 'electricity' THEN unit = 'kWh' WHEN 'solar' THEN unit = 'kWh' WHEN 'water' THEN unit = 'm³'
             WHEN 'gas' THEN unit IN ('m³', 'kWh') WHEN 'heat' THEN unit = 'GJ' ELSE unit = 'L' END)
);

-- A month's bill. A correction is a further row with the next revision; no row is ever changed.
CREATE TABLE partners.bill (
    stripe         smallint NOT NULL,
    id             uuid NOT NULL,
    institution_id uuid NOT NULL,
    meter_id       uuid NOT NULL,
    month          date NOT NULL CHECK (extract(day FROM month) = 1),
    revision       smallint NOT NULL CHECK (revision >= 0),
    quantity       numeric(15, 3),                  -- in the meter's unit; null: the bill was withdrawn
    amount_fen     bigint CHECK (amount_fen >= 0),
    estimated      boolean NOT NULL,
    remark         text NOT NULL DEFAULT '' CHECK (length(remark) <= 300),
    reason         text CHECK (length(reason) BETWEEN 1 AND 300),   -- why it replaces the revision before
    photo_id       uuid,                            -- platform.kept_file.id
    came_by        text NOT NULL CHECK (came_by IN ('form', 'sheet')),
    entered_by     uuid NOT NULL,
    entered_at     timestamptz NOT NULL,
    request_id     uuid NOT NULL,
    PRIMARY KEY (stripe, id),
    UNIQUE (stripe, meter_id, month, revision),
    CONSTRAINT corrections_say_why CHECK ((revision = 0) = (reason IS NULL)),
    CONSTRAINT only_corrections_withdraw CHECK (quantity IS NOT NULL OR revision > 0),
    CONSTRAINT use_is_not_negative CHECK (quantity >= 0)
);
CREATE INDEX bill_of_institution ON partners.bill (stripe, institution_id, month, meter_id, revision DESC);
REVOKE UPDATE, DELETE, TRUNCATE ON partners.bill FROM puhui_app;

-- What a provider's program reported: the use between two instants. Received once by the provider's own id.
CREATE TABLE partners.meter_reading (
    stripe         smallint NOT NULL,
    meter_id       uuid NOT NULL,
    provider_id    smallint NOT NULL,
    source_id      text NOT NULL CHECK (source_id ~ '^[!-~]{1,64}$'),
    started_at     timestamptz NOT NULL,
    ended_at       timestamptz NOT NULL,
    quantity       numeric(15, 3) NOT NULL CHECK (quantity >= 0),
    received_at    timestamptz NOT NULL,
    PRIMARY KEY (stripe, meter_id, provider_id, source_id),
    CONSTRAINT ends_after_start CHECK (ended_at > started_at)
);
CREATE UNIQUE INDEX meter_reading_in_time ON partners.meter_reading (stripe, meter_id, started_at);
REVOKE UPDATE, DELETE, TRUNCATE ON partners.meter_reading FROM puhui_app;

-- The months of the readings, made from them after every call: how much, and how much of the month is known.
CREATE TABLE partners.meter_month (
    stripe         smallint NOT NULL,
    meter_id       uuid NOT NULL,
    month          date NOT NULL,
    institution_id uuid NOT NULL,
    quantity       numeric(18, 3) NOT NULL,
    readings       integer NOT NULL,
    zeros          integer NOT NULL,                -- readings of exactly zero
    known_seconds  bigint NOT NULL,
    all_seconds    bigint NOT NULL,
    PRIMARY KEY (stripe, meter_id, month)
);

CREATE TABLE partners.meter_finding (
    stripe         smallint NOT NULL,
    id             uuid NOT NULL,
    institution_id uuid NOT NULL,
    meter_id       uuid NOT NULL,
    month          date NOT NULL,
    code           text NOT NULL CHECK (code ~ '^[a-z_]{3,40}$'),
    facts          jsonb NOT NULL,
    basis          text NOT NULL,                   -- the figures that it was found in; other figures are another finding
    found_at       timestamptz NOT NULL,
    settled_at     timestamptz,
    settlement     text CHECK (settlement IN ('confirmed', 'corrected')),
    explanation    text CHECK (length(explanation) BETWEEN 1 AND 300),
    settled_by     uuid,
    PRIMARY KEY (stripe, id),
    UNIQUE (stripe, meter_id, month, code, basis),
    CONSTRAINT settled_says_how CHECK ((settled_at IS NULL) = (settlement IS NULL)),
    CONSTRAINT confirmed_is_explained CHECK (settlement <> 'confirmed' OR (explanation IS NOT NULL AND settled_by IS NOT NULL))
);
CREATE INDEX meter_finding_open ON partners.meter_finding (stripe, institution_id, month DESC, id) WHERE settled_at IS NULL;

-- What a figure does not say by itself: closed days, weather, works. Site and building null: the whole institution.
CREATE TABLE partners.use_remark (
    id             uuid PRIMARY KEY,
    institution_id uuid NOT NULL REFERENCES partners.institution (id),
    building_id    uuid,
    kind           text NOT NULL CHECK (kind IN ('closure', 'milder_weather', 'harsher_weather', 'other')),
    first_day      date NOT NULL,
    last_day       date NOT NULL,
    words          text NOT NULL CHECK (length(words) BETWEEN 1 AND 300),
    noted_by       uuid NOT NULL,
    noted_at       timestamptz NOT NULL,
    withdrawn_at   timestamptz,
    FOREIGN KEY (institution_id, building_id) REFERENCES partners.building (institution_id, id),
    CONSTRAINT days_in_order CHECK (last_day >= first_day)
);
CREATE INDEX use_remark_of_institution ON partners.use_remark (institution_id, first_day) WHERE withdrawn_at IS NULL;

-- Coal-equivalent and carbon factors with their sources. A newer row for the same days counts; none is changed.
CREATE TABLE partners.energy_factor (
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind           text NOT NULL CHECK (kind IN ('coal', 'carbon')),      -- kgce or kgCO2 per unit
    energy         text NOT NULL,
    unit           text NOT NULL,
    value          numeric(12, 6) NOT NULL CHECK (value >= 0),
    area           text NOT NULL,
    vintage        text NOT NULL DEFAULT '',
    valid_from     date NOT NULL,
    status         text NOT NULL CHECK (status IN ('published', 'published (copy)', 'derived', 'uncertain')),
    source         text NOT NULL CHECK (length(source) BETWEEN 1 AND 300),
    set_by         uuid,                            -- null: came with the program
    set_at         timestamptz NOT NULL DEFAULT '2026-01-01Z'
);
INSERT INTO partners.energy_factor (kind, energy, unit, value, area, vintage, valid_from, status, source) VALUES
    ('coal', 'electricity', 'kWh', 0.1229, '全国', '2020', '2000-01-01', 'published (copy)', 'GB/T 2589-2020 当量值 (copy)'),
    ('coal', 'gas', 'm³', 1.33, '全国', '', '2000-01-01', 'uncertain', 'factor table (copy)'),
    ('coal', 'gas', 'kWh', 0.1229, '全国', '2020', '2000-01-01', 'derived', '当量值即热量：1 kWh 任何能源均为 3.6 MJ，按 GB/T 2589-2020 当量值 (copy)'),
    ('coal', 'heat', 'GJ', 34.138889, '全国', '2020', '2000-01-01', 'derived', '0.1229 kgce/kWh ÷ 3.6 MJ/kWh × 1000，按 GB/T 2589-2020 当量值 (copy)'),
    ('carbon', 'electricity', 'kWh', 0.5752, '江西', '2022', '2000-01-01', 'published (copy)', '生态环境部、国家统计局 (read in copies)'),
    ('carbon', 'electricity', 'kWh', 0.5836, '江西', '2023', '2025-12-31', 'published (copy)', '生态环境部、国家统计局 (read in copies); 公告2025年第47号'),
    ('carbon', 'gas', 'm³', 2.16, '全国', '', '2000-01-01', 'published (copy)', 'energy-factor annex (copy)'),
    ('carbon', 'petrol', 'L', 2.23, 'China (handbook)', '2021', '2000-01-01', 'uncertain', '河南省发展改革委 2021 (reprint of an energy-saving handbook)'),
    ('carbon', 'diesel', 'L', 2.718, '全国', '', '2000-01-01', 'uncertain', 'factor table (copy)'),
    ('carbon', 'heat', 'GJ', 110, '全国', '', '2000-01-01', 'uncertain', 'factor table (copy): 0.11 tCO2/GJ');
REVOKE UPDATE, DELETE, TRUNCATE ON partners.energy_factor FROM puhui_app;

-- An institution's own target for an indicator, or its quota of an energy for a year; the newest row counts.
CREATE TABLE partners.energy_target (
    id             uuid PRIMARY KEY,
    institution_id uuid NOT NULL REFERENCES partners.institution (id),
    year           smallint NOT NULL CHECK (year BETWEEN 2000 AND 2100),
    measure        text NOT NULL CHECK (measure ~ '^[a-z0-9_]{3,40}$'),
    value          numeric(15, 3) NOT NULL CHECK (value > 0),
    source         text NOT NULL CHECK (length(source) BETWEEN 1 AND 300),
    set_by         uuid NOT NULL,
    set_at         timestamptz NOT NULL
);
CREATE INDEX energy_target_newest ON partners.energy_target (institution_id, year, measure, set_at DESC, id DESC);

-- Indicators as they were last computed, for peers and lists; the pages compute their own afresh.
CREATE TABLE partners.indicator (
    institution_id uuid NOT NULL REFERENCES partners.institution (id),
    period         text NOT NULL CHECK (period ~ '^[0-9]{4}(Q[1-4])?$'),
    measure        text NOT NULL CHECK (measure ~ '^[a-z0-9_]{3,40}$'),
    value          numeric(18, 6),                  -- null: something is missing, and the facts say what
    facts          jsonb NOT NULL,
    computed_at    timestamptz NOT NULL,
    PRIMARY KEY (institution_id, period, measure)
);
CREATE INDEX indicator_of_period ON partners.indicator (period, measure, institution_id);

-- What was decided about a month's saving: credited in the ledger, or not and why.
CREATE TABLE partners.saving (
    stripe         smallint NOT NULL,
    id             uuid NOT NULL,
    institution_id uuid NOT NULL,
    method         text NOT NULL,
    variant        text NOT NULL DEFAULT '',
    month          date NOT NULL,
    revision       smallint NOT NULL,
    baseline       numeric(18, 3),
    used           numeric(18, 3),
    saved          numeric(18, 3),
    unit           text NOT NULL,
    outcome        text NOT NULL CHECK (outcome IN ('credited', 'not_credited')),
    reason         text NOT NULL CHECK (reason ~ '^[a-z_]{3,40}$'),
    facts          jsonb NOT NULL,
    activity_id    uuid,
    grams          bigint NOT NULL CHECK (grams >= 0),
    points         bigint NOT NULL CHECK (points >= 0),
    decided_by     uuid NOT NULL,
    decided_at     timestamptz NOT NULL,
    reversed_at    timestamptz,
    reversal       text CHECK (length(reversal) BETWEEN 1 AND 300),
    PRIMARY KEY (stripe, id),
    UNIQUE (stripe, institution_id, method, variant, month, revision),
    CONSTRAINT credit_has_an_act CHECK ((outcome = 'credited') = (activity_id IS NOT NULL)),
    CONSTRAINT reversals_say_why CHECK ((reversed_at IS NULL) = (reversal IS NULL))
);
CREATE INDEX saving_of_institution ON partners.saving (stripe, institution_id, month DESC, method);

-- The platform's own meters as a provider of acts: what it reports was computed from the institution's figures.
INSERT INTO partners.provider (code, name_zh, name_en, time_zone, methods)
VALUES ('puhui-meters', '公共机构计量', 'Meters of institutions', 'Asia/Shanghai', '{P01,P02,P03,P04}');
