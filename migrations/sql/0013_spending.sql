-- How citizens spend: dated rules, pay codes and what was charged on them, gifts, favourites, families.
-- Coins themselves are in the ledger; these tables say what they were for. What grows with use leads its keys with the
-- stripe of the citizen (of a family's shares: of the family). Families and recipients are few; they stay whole.

-- A limit is never changed: a new one is dated after it.
CREATE TABLE rewards.spending_limit (
    name        text NOT NULL CHECK (name IN ('exchange_day', 'charge', 'charge_day', 'pay_code_seconds', 'undo_seconds', 'family_members')),
    valid_from  timestamptz NOT NULL,
    units       bigint NOT NULL CHECK (units > 0),
    standing    text NOT NULL CHECK (standing IN ('official', 'operator')),
    source      text NOT NULL CHECK (source <> ''),
    PRIMARY KEY (name, valid_from)
);
COMMENT ON TABLE rewards.spending_limit IS 'exchange_day: coins a person may make of points in a local day. charge, charge_day: coins of one pay code charge, and of a person''s charges in a local day. pay_code_seconds: how long a pay code stays open. undo_seconds: how long a charge can be undone. family_members: people in a family, minors too.';
REVOKE UPDATE, DELETE ON rewards.spending_limit FROM puhui_app;

INSERT INTO rewards.spending_limit (name, valid_from, units, standing, source) VALUES
    ('exchange_day', '2025-01-01 00:00:00+08', 2000, 'operator', '运营方设定：每人每日最多换得 2000 碳币，防止盗号后一次换空。'),
    ('charge', '2025-01-01 00:00:00+08', 200, 'operator', '运营方设定：付款码单笔最多 200 碳币。'),
    ('charge_day', '2025-01-01 00:00:00+08', 500, 'operator', '运营方设定：每人每日付款码合计最多 500 碳币。'),
    ('pay_code_seconds', '2025-01-01 00:00:00+08', 300, 'operator', '运营方设定：付款码打开 5 分钟后自动关闭。'),
    ('undo_seconds', '2025-01-01 00:00:00+08', 600, 'operator', '运营方设定：柜台收款后 10 分钟内可撤销。'),
    ('family_members', '2025-01-01 00:00:00+08', 8, 'operator', '运营方设定：一个家庭最多 8 人。');

-- How long coins live. Coins credited within one cohort (so many months from January on) expire together, so many
-- months after the cohort's end, at local midnight.
CREATE TABLE rewards.coin_life (
    valid_from     timestamptz PRIMARY KEY,
    cohort_months  smallint NOT NULL CHECK (cohort_months IN (1, 2, 3, 4, 6, 12)),
    keeps_months   smallint NOT NULL CHECK (keeps_months BETWEEN 1 AND 120),
    standing       text NOT NULL CHECK (standing IN ('official', 'operator')),
    source         text NOT NULL CHECK (source <> '')
);
REVOKE UPDATE, DELETE ON rewards.coin_life FROM puhui_app;

INSERT INTO rewards.coin_life (valid_from, cohort_months, keeps_months, standing, source) VALUES
    ('2025-01-01 00:00:00+08', 6, 6, 'operator',
     '运营方设定：上半年得到的碳币于当年 12 月 31 日 24 时到期，下半年得到的于次年 6 月 30 日 24 时到期。已公布的各地规则未见统一有效期（深圳规定不超过 10 年）。');

-- Whose coins a voucher holds: the citizen's own, or the family's.
ALTER TABLE rewards.voucher ADD COLUMN family_id uuid;

-- A pay code that a citizen opened. Its number is made as a voucher's is: serial * 64 + stripe.
CREATE SEQUENCE rewards.pay_code_serial MINVALUE 0 MAXVALUE 156249999 START 1 CYCLE;

CREATE TABLE rewards.pay_code (
    stripe      smallint NOT NULL,
    id          uuid NOT NULL,
    number      bigint NOT NULL,
    citizen_id  uuid NOT NULL,
    family_id   uuid,
    opened_at   timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    closed_at   timestamptz,
    PRIMARY KEY (stripe, id),
    CONSTRAINT pay_number_says_the_stripe CHECK (number BETWEEN 0 AND 9999999999 AND number % 64 = stripe),
    CONSTRAINT pay_code_has_a_time CHECK (opened_at < expires_at)
);
COMMENT ON COLUMN rewards.pay_code.id IS 'The request id: a repeated request finds its first answer.';
COMMENT ON COLUMN rewards.pay_code.closed_at IS 'Charged, closed by the citizen, or replaced by a newer one.';
-- One open pay code a person: with it the day''s sum cannot be passed by two counters at one instant.
CREATE UNIQUE INDEX pay_code_open ON rewards.pay_code (stripe, citizen_id) WHERE closed_at IS NULL;
CREATE INDEX pay_code_by_number ON rewards.pay_code (stripe, number, opened_at DESC);

CREATE TABLE rewards.charge (
    stripe        smallint NOT NULL,
    id            uuid NOT NULL,
    pay_code_id   uuid NOT NULL,
    step          bigint NOT NULL,
    citizen_id    uuid NOT NULL,
    family_id     uuid,
    merchant_id   uuid NOT NULL,
    counter_id    uuid NOT NULL,
    clerk_id      uuid NOT NULL,
    coins_units   bigint NOT NULL CHECK (coins_units > 0),
    transfer_id   bigint NOT NULL,
    charged_at    timestamptz NOT NULL,
    undone_at     timestamptz,
    undone_by     uuid,
    undo_reason   text CHECK (undo_reason <> ''),
    undo_id       uuid,
    PRIMARY KEY (stripe, id),
    CONSTRAINT undo_is_whole CHECK (num_nonnulls(undone_at, undone_by, undo_reason, undo_id) IN (0, 4))
);
COMMENT ON COLUMN rewards.charge.id IS 'The request id of the clerk''s charge.';
COMMENT ON COLUMN rewards.charge.step IS 'The time step of the code that was read: no code pays twice.';
CREATE UNIQUE INDEX charge_once ON rewards.charge (stripe, pay_code_id);
CREATE INDEX charge_of_citizen ON rewards.charge (stripe, citizen_id, charged_at DESC, id DESC);
CREATE INDEX charge_of_merchant ON rewards.charge (merchant_id, charged_at DESC, id DESC);

-- Whom coins and points may be given to. Events and sinks write it by rewards.gifts.open_recipient.
CREATE TABLE rewards.recipient (
    id         uuid PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('event', 'sink')),
    name       text NOT NULL CHECK (name <> ''),
    name_en    text CHECK (name_en <> ''),
    opened_at  timestamptz NOT NULL,
    closed_at  timestamptz
);
CREATE INDEX recipient_open ON rewards.recipient (opened_at DESC, id) WHERE closed_at IS NULL;

CREATE TABLE rewards.gift (
    stripe        smallint NOT NULL,
    id            uuid NOT NULL,
    citizen_id    uuid NOT NULL,
    recipient_id  uuid NOT NULL,
    asset         text NOT NULL CHECK (asset IN ('coin', 'point')),
    units         bigint NOT NULL CHECK (units > 0),
    transfer_id   bigint NOT NULL,
    given_at      timestamptz NOT NULL,
    PRIMARY KEY (stripe, id)
);
COMMENT ON COLUMN rewards.gift.id IS 'The request id: a repeated request finds its first answer.';
CREATE INDEX gift_of_citizen ON rewards.gift (stripe, citizen_id, given_at DESC, id DESC);
CREATE INDEX gift_to_recipient ON rewards.gift (recipient_id, asset);

CREATE TABLE rewards.favourite (
    stripe      smallint NOT NULL,
    citizen_id  uuid NOT NULL,
    offer_id    uuid NOT NULL,
    added_at    timestamptz NOT NULL,
    PRIMARY KEY (stripe, citizen_id, offer_id)
);

-- A family has a head and an account of its own in the ledger, whose owner is the family's id.
CREATE TABLE rewards.family (
    id            uuid PRIMARY KEY,
    head_id       uuid NOT NULL,
    founded_at    timestamptz NOT NULL,
    dissolved_at  timestamptz
);

-- A minor is a member without a log-in: a band of birth years, no name and no number.
CREATE TABLE rewards.family_member (
    id          uuid PRIMARY KEY,
    family_id   uuid NOT NULL REFERENCES rewards.family (id),
    person_id   uuid,
    born_from   smallint,
    may_spend   boolean NOT NULL DEFAULT false,
    joined_at   timestamptz NOT NULL,
    left_at     timestamptz,
    removed_by  uuid,
    CONSTRAINT person_or_minor CHECK (num_nonnulls(person_id, born_from) = 1),
    CONSTRAINT minors_do_not_spend CHECK (person_id IS NOT NULL OR NOT may_spend),
    CONSTRAINT removed_has_left CHECK (removed_by IS NULL OR left_at IS NOT NULL)
);
COMMENT ON COLUMN rewards.family_member.born_from IS 'First year of a band of four birth years; only of minors.';
CREATE UNIQUE INDEX family_of_person ON rewards.family_member (person_id) WHERE left_at IS NULL;
CREATE INDEX member_of_family ON rewards.family_member (family_id, joined_at, id);

CREATE TABLE rewards.family_invitation (
    id          uuid PRIMARY KEY,
    family_id   uuid NOT NULL REFERENCES rewards.family (id),
    code_hash   bytea NOT NULL UNIQUE,
    made_at     timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL CHECK (expires_at > made_at),
    used_at     timestamptz,
    used_by     uuid,
    revoked_at  timestamptz,
    CONSTRAINT used_says_by_whom CHECK (num_nonnulls(used_at, used_by) IN (0, 2)),
    CONSTRAINT used_or_revoked CHECK (num_nonnulls(used_at, revoked_at) <= 1)
);
CREATE INDEX invitation_of_family ON rewards.family_invitation (family_id, made_at DESC);

-- What a member put into the family's coins: when a family is dissolved, the rest goes back in these proportions.
CREATE TABLE rewards.family_share (
    stripe     smallint NOT NULL,
    id         uuid NOT NULL,
    family_id  uuid NOT NULL,
    person_id  uuid NOT NULL,
    units      bigint NOT NULL CHECK (units > 0),
    put_at     timestamptz NOT NULL,
    PRIMARY KEY (stripe, id)
);
COMMENT ON COLUMN rewards.family_share.id IS 'The request id: a repeated request finds its first answer.';
CREATE INDEX share_of_family ON rewards.family_share (stripe, family_id, put_at DESC, id DESC);
