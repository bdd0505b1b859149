-- Rates, exchanges, offers, vouchers and scans. Coins themselves are in the ledger; these tables say what they were for.
-- Tables that grow with use lead their keys with the stripe of their owner: the citizen's, for a scan the merchant's.

-- A rate is never changed: a new one is dated after it. takes_units of one asset give gives_units of the other.
CREATE TABLE rewards.rate (
    id           uuid PRIMARY KEY,
    from_asset   text NOT NULL,
    to_asset     text NOT NULL,
    takes_units  bigint NOT NULL CHECK (takes_units > 0),
    gives_units  bigint NOT NULL CHECK (gives_units > 0),
    valid_from   timestamptz NOT NULL,
    standing     text NOT NULL CHECK (standing IN ('official', 'proposal')),
    source       text NOT NULL CHECK (source <> ''),
    UNIQUE (from_asset, to_asset, valid_from)
);
REVOKE UPDATE, DELETE ON rewards.rate FROM puhui_app;

INSERT INTO rewards.rate (id, from_asset, to_asset, takes_units, gives_units, valid_from, standing, source) VALUES
    ('01941f29-7c00-7000-8000-000000000001', 'point', 'coin', 100, 1, '2025-01-01 00:00:00+08', 'proposal',
     '本项目自拟的兑换比例，不是官方标准；各地做法不同，抚州“绿宝”按次给碳币，郑州“碳易行”50 分换 5 元商户券。');

CREATE TABLE rewards.exchange (
    stripe        smallint NOT NULL,
    id            uuid NOT NULL,
    citizen_id    uuid NOT NULL,
    rate_id       uuid NOT NULL,
    points_units  bigint NOT NULL CHECK (points_units > 0),
    coins_units   bigint NOT NULL CHECK (coins_units > 0),
    exchanged_at  timestamptz NOT NULL,
    PRIMARY KEY (stripe, id)
);
COMMENT ON COLUMN rewards.exchange.id IS 'The request id: a repeated request finds its first answer.';
CREATE INDEX exchange_of_citizen ON rewards.exchange (stripe, citizen_id, exchanged_at DESC, id DESC);

CREATE TABLE rewards.offer (
    id              uuid PRIMARY KEY,
    merchant_id     uuid NOT NULL REFERENCES partners.merchant (id),
    county_code     text NOT NULL CHECK (county_code ~ '^[0-9]{6}$'),
    kind            text NOT NULL CHECK (kind IN ('drink', 'food', 'goods', 'ticket', 'transit', 'service')),
    title           text NOT NULL CHECK (title <> ''),
    title_en        text NOT NULL CHECK (title_en <> ''),
    description     text NOT NULL,
    description_en  text NOT NULL,
    coins_units     bigint NOT NULL CHECK (coins_units > 0),
    per_person      smallint NOT NULL CHECK (per_person BETWEEN 1 AND 1000),
    voucher_days    smallint NOT NULL CHECK (voucher_days BETWEEN 1 AND 366),
    valid_from      timestamptz NOT NULL,
    valid_until     timestamptz NOT NULL,
    CONSTRAINT offer_has_a_time CHECK (valid_from < valid_until)
);
CREATE INDEX offer_by_price ON rewards.offer (coins_units, id);
CREATE INDEX offer_of_merchant ON rewards.offer (merchant_id, id);

-- Apart from the offer, because each taking writes it. The rule in Python is rewards.offers.rules.check_takable.
CREATE TABLE rewards.offer_stock (
    offer_id     uuid PRIMARY KEY REFERENCES rewards.offer (id),
    stock_units  bigint NOT NULL CHECK (stock_units >= 0),
    left_units   bigint NOT NULL,
    CONSTRAINT stock_floor CHECK (left_units BETWEEN 0 AND stock_units)
);

-- A voucher's number is serial * 64 + stripe: it has ten digits at most and says where its row is.
-- After 156,250,000 vouchers the serials begin again; only open vouchers need a number of their own.
CREATE SEQUENCE rewards.voucher_serial MINVALUE 0 MAXVALUE 156249999 START 1 CYCLE;

CREATE TABLE rewards.voucher (
    stripe         smallint NOT NULL,
    id             uuid NOT NULL,
    number         bigint NOT NULL,
    citizen_id     uuid NOT NULL,
    offer_id       uuid NOT NULL,
    merchant_id    uuid NOT NULL,
    ordinal        smallint NOT NULL CHECK (ordinal > 0),
    coins_units    bigint NOT NULL CHECK (coins_units > 0),
    hold_id        bigint NOT NULL,
    taken_at       timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL,
    redeemed_at    timestamptz,
    redemption_id  uuid,
    redeemed_by    uuid,
    counter_id     uuid,
    cancelled_at   timestamptz,
    released_at    timestamptz,
    PRIMARY KEY (stripe, id),
    CONSTRAINT number_says_the_stripe CHECK (number BETWEEN 0 AND 9999999999 AND number % 64 = stripe),
    CONSTRAINT ends_once CHECK (num_nonnulls(redeemed_at, released_at) <= 1),
    CONSTRAINT redeemed_says_where CHECK (num_nonnulls(redeemed_at, redemption_id, redeemed_by, counter_id) IN (0, 4)),
    CONSTRAINT redeemed_in_time CHECK (redeemed_at < expires_at),
    CONSTRAINT cancelled_is_released CHECK (cancelled_at IS NULL OR cancelled_at IS NOT DISTINCT FROM released_at)
);
COMMENT ON COLUMN rewards.voucher.id IS 'The request id: a repeated request finds its first answer.';
COMMENT ON COLUMN rewards.voucher.ordinal IS 'The how-manieth of this citizen and offer; the unique index holds the per-person limit under races.';
COMMENT ON COLUMN rewards.voucher.redemption_id IS 'The scan that was confirmed.';
COMMENT ON COLUMN rewards.voucher.released_at IS 'When coins and stock went back: cancelled, or expired and seen by the job.';
CREATE UNIQUE INDEX voucher_number_open ON rewards.voucher (stripe, number) WHERE redeemed_at IS NULL AND released_at IS NULL;
CREATE UNIQUE INDEX voucher_limit ON rewards.voucher (stripe, citizen_id, offer_id, ordinal) WHERE released_at IS NULL;
CREATE INDEX voucher_by_number ON rewards.voucher (stripe, number, taken_at DESC);
CREATE INDEX voucher_of_citizen ON rewards.voucher (stripe, citizen_id, taken_at DESC, id DESC);
CREATE INDEX voucher_to_expire ON rewards.voucher (expires_at) WHERE redeemed_at IS NULL AND released_at IS NULL;
CREATE INDEX voucher_redeemed ON rewards.voucher (merchant_id, redeemed_at DESC) WHERE redeemed_at IS NOT NULL;

-- Every code that a clerk read, also the refused ones and why. Confirming an accepted scan redeems.
CREATE TABLE rewards.scan (
    stripe          smallint NOT NULL,
    id              uuid NOT NULL,
    merchant_id     uuid NOT NULL,
    counter_id      uuid NOT NULL,
    clerk_id        uuid NOT NULL,
    scanned_at      timestamptz NOT NULL,
    code_hash       bytea NOT NULL,
    refusal         text,
    voucher_stripe  smallint,
    voucher_id      uuid,
    PRIMARY KEY (stripe, id),
    CONSTRAINT accepted_has_a_voucher CHECK (refusal IS NOT NULL OR voucher_id IS NOT NULL),
    CONSTRAINT voucher_is_whole CHECK (num_nonnulls(voucher_stripe, voucher_id) IN (0, 2))
);
COMMENT ON COLUMN rewards.scan.stripe IS 'The stripe of the merchant.';
COMMENT ON COLUMN rewards.scan.code_hash IS 'SHA-256 of what was read, so that the same request with another code is a conflict.';
CREATE INDEX scan_of_clerk ON rewards.scan (stripe, clerk_id, scanned_at DESC);
