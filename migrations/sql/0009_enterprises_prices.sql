-- The market mirror, part one: what is traded and what it cost, as its publishers said. Money is whole fen, quantity whole units.

CREATE TABLE partners.instrument (
    code             text PRIMARY KEY CHECK (code ~ '^[A-Z][A-Z0-9-]{1,31}$'),
    kind             text NOT NULL CHECK (kind IN ('CEA', 'CCER', 'GEC', 'PDR', 'EUR', 'WUR', 'FCS', 'FOREIGN', 'INDEX')),
    name             text NOT NULL CHECK (name <> ''),
    name_en          text NOT NULL CHECK (name_en <> ''),
    unit             text NOT NULL CHECK (unit IN ('t', 'MWh', 't/a', 'tce', 'm3', 'kg')),
    decimals         smallint NOT NULL DEFAULT 0 CHECK (decimals BETWEEN 0 AND 6),
    price_basis      text NOT NULL DEFAULT 'per_unit' CHECK (price_basis IN ('per_unit', 'per_unit_year')),
    term_years       smallint CHECK (term_years BETWEEN 1 AND 70),
    vintage          smallint CHECK (vintage BETWEEN 1990 AND 2100),
    project_code     text,
    methodology      text,
    pollutant        text,
    registry         text NOT NULL,
    venue            text,
    counts_for       text[] NOT NULL DEFAULT '{}' CHECK (counts_for <@ ARRAY['national_ets', 'ets_offset', 'event_neutrality', 'local']),
    first_quoted_on  date,
    last_quoted_on   date,
    valid_from       date,
    valid_until      date,
    source           text NOT NULL CHECK (source <> ''),
    opened_at        timestamptz NOT NULL,
    CONSTRAINT years_have_a_term CHECK ((price_basis = 'per_unit_year') = (term_years IS NOT NULL)),
    CONSTRAINT quoted_in_order CHECK (first_quoted_on <= last_quoted_on),
    CONSTRAINT valid_in_order CHECK (valid_from <= valid_until)
);
COMMENT ON COLUMN partners.instrument.decimals IS 'Decimals of the displayed unit: one whole unit of the ledger is 10^-decimals of it.';
CREATE INDEX instrument_by_kind ON partners.instrument (kind, code);

INSERT INTO partners.instrument (code, kind, name, name_en, unit, vintage, registry, venue, counts_for, first_quoted_on, source, opened_at)
SELECT code, 'CEA', name, name_en, 't', vintage, '中国碳排放权登记结算有限责任公司', '上海环境能源交易所', ARRAY['national_ets'], quoted,
       '上海环境能源交易所公开日行情（首个挂牌日）', timestamptz '2026-08-19 00:00:00+08'
FROM (VALUES
    ('CEA', '碳排放配额19-20', 'National allowance 2019–2020', 2020, date '2021-07-16'),
    ('CEA21', '碳排放配额21', 'National allowance 2021', 2021, date '2023-08-28'),
    ('CEA22', '碳排放配额22', 'National allowance 2022', 2022, date '2023-08-28'),
    ('CEA23', '碳排放配额23', 'National allowance 2023', 2023, date '2024-10-28'),
    ('CEA24', '碳排放配额24', 'National allowance 2024', 2024, date '2025-04-29'),
    ('CEA25', '碳排放配额25', 'National allowance 2025', 2025, date '2026-01-05')
) AS v (code, name, name_en, vintage, quoted);

INSERT INTO partners.instrument (code, kind, name, name_en, unit, registry, venue, first_quoted_on, source, opened_at) VALUES
    ('COMCEA', 'INDEX', '全国碳市场综合价格行情', 'Composite of the national market (an index, not an instrument)', 't',
     '无', '上海环境能源交易所', '2021-07-16', '上海环境能源交易所公开日行情；综合行情是指数，不是标的', '2026-08-19 00:00:00+08');

-- Every file that brought prices, by the hash of its bytes: the same file twice books nothing.
CREATE TABLE partners.price_file (
    id           uuid PRIMARY KEY,
    sha256       bytea NOT NULL UNIQUE CHECK (octet_length(sha256) = 32),
    name         text NOT NULL,
    content      text NOT NULL CHECK (content IN ('price', 'trade', 'month', 'credit')),
    imported_at  timestamptz NOT NULL,
    rows_read    integer NOT NULL,
    answers      jsonb NOT NULL
);

-- Listed prices of a day. Without a trade the exchange prints high and low as 0.00: they are missing here.
CREATE TABLE partners.day_price (
    instrument   text NOT NULL REFERENCES partners.instrument (code),
    day          date NOT NULL,
    name         text NOT NULL,
    prev_fen     bigint CHECK (prev_fen > 0),
    open_fen     bigint CHECK (open_fen > 0),
    high_fen     bigint CHECK (high_fen > 0),
    low_fen      bigint CHECK (low_fen > 0),
    close_fen    bigint NOT NULL CHECK (close_fen > 0),
    change_bp    integer,
    volume_t     bigint NOT NULL CHECK (volume_t >= 0),
    amount_fen   bigint NOT NULL CHECK (amount_fen >= 0),
    file_id      uuid NOT NULL REFERENCES partners.price_file (id),
    PRIMARY KEY (instrument, day)
);
COMMENT ON COLUMN partners.day_price.change_bp IS 'Against the previous close, in hundredths of a percent, as printed.';
CREATE INDEX day_price_last_traded ON partners.day_price (instrument, day DESC) WHERE volume_t > 0;

-- Volume and amount of a day by method: 10 挂牌 listed, 20 大宗 block, 21 单向竞价 auction.
CREATE TABLE partners.day_trade (
    instrument   text NOT NULL REFERENCES partners.instrument (code),
    day          date NOT NULL,
    method       smallint NOT NULL CHECK (method IN (10, 20, 21)),
    name         text NOT NULL,
    volume_t     bigint NOT NULL CHECK (volume_t >= 0),
    amount_fen   bigint NOT NULL CHECK (amount_fen >= 0),
    year_t       bigint NOT NULL,
    year_fen     bigint NOT NULL,
    ever_t       bigint NOT NULL,
    ever_fen     bigint NOT NULL,
    file_id      uuid NOT NULL REFERENCES partners.price_file (id),
    PRIMARY KEY (instrument, day, method)
);
CREATE INDEX day_trade_by_day ON partners.day_trade (day);

CREATE TABLE partners.month_trade (
    month        date PRIMARY KEY CHECK (extract(day FROM month) = 1),
    volume_t     bigint NOT NULL,
    amount_fen   bigint NOT NULL,
    average      text NOT NULL,
    file_id      uuid NOT NULL REFERENCES partners.price_file (id)
);

-- The voluntary market publishes one average over all projects a day: not the price of any instrument.
CREATE TABLE partners.credit_day (
    day          date PRIMARY KEY,
    volume_t     bigint NOT NULL CHECK (volume_t >= 0),
    amount_fen   bigint NOT NULL CHECK (amount_fen >= 0),
    average_fen  bigint CHECK (average_fen > 0),
    ever_t       bigint NOT NULL,
    ever_fen     bigint NOT NULL,
    standing     text NOT NULL CHECK (standing IN ('ok', 'ok_no_trade', 'review', 'inferred')),
    note         text NOT NULL,
    source_url   text NOT NULL,
    file_id      uuid NOT NULL REFERENCES partners.price_file (id)
);

-- What was remarkable about a row of a price file, by the number of the rule that says so.
CREATE TABLE partners.price_finding (
    file_id      uuid NOT NULL REFERENCES partners.price_file (id),
    line         integer NOT NULL,
    rule         smallint NOT NULL,
    severity     text NOT NULL CHECK (severity IN ('R', 'W', 'B', 'N')),
    code         text NOT NULL,
    facts        jsonb NOT NULL,
    PRIMARY KEY (file_id, line, code)
);

REVOKE UPDATE, DELETE, TRUNCATE ON partners.price_file, partners.day_price, partners.day_trade, partners.month_trade, partners.credit_day, partners.price_finding FROM puhui_app;
