-- Make merchants' applications, staff, schedules of offers, undoing and queued scans.

-- A shop asks to become a merchant. Who asked cannot decide. The contact's name and phone are sealed with the asker's key.
CREATE TABLE partners.application (
    id              uuid PRIMARY KEY,
    credit_code     text NOT NULL CHECK (credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'),
    name            text NOT NULL CHECK (name <> ''),
    name_en         text NOT NULL CHECK (name_en <> ''),
    kind            text NOT NULL CHECK (kind IN ('cafe', 'shop', 'restaurant', 'scenic', 'transit', 'culture', 'health')),
    county_code     text NOT NULL CHECK (county_code ~ '^[0-9]{6}$'),
    address         text NOT NULL,
    contact_sealed  bytea NOT NULL,
    phone_sealed    bytea NOT NULL,
    applied_by      uuid NOT NULL,
    applied_at      timestamptz NOT NULL,
    withdrawn_at    timestamptz,
    decided_at      timestamptz,
    decided_by      uuid,
    merchant_id     uuid REFERENCES partners.merchant (id),
    refusal         text CHECK (refusal <> ''),
    CONSTRAINT decided_by_another CHECK (decided_by <> applied_by),
    CONSTRAINT decided_says_by_whom CHECK ((decided_at IS NULL) = (decided_by IS NULL)),
    CONSTRAINT decided_one_way CHECK (num_nonnulls(merchant_id, refusal) = (decided_at IS NOT NULL)::integer),
    CONSTRAINT application_ends_once CHECK (num_nonnulls(withdrawn_at, decided_at) <= 1)
);
COMMENT ON COLUMN partners.application.id IS 'The request id: a repeated request finds its first answer.';
COMMENT ON COLUMN partners.application.credit_code IS '统一社会信用代码, GB 32100-2015.';
CREATE UNIQUE INDEX application_open ON partners.application (credit_code) WHERE decided_at IS NULL AND withdrawn_at IS NULL;
CREATE INDEX application_by_time ON partners.application (applied_at DESC, id DESC);
CREATE INDEX application_of_person ON partners.application (applied_by, applied_at DESC, id DESC);

CREATE TABLE partners.application_document (
    application_id  uuid NOT NULL REFERENCES partners.application (id),
    file_id         uuid NOT NULL,
    PRIMARY KEY (application_id, file_id)
);

-- While a suspension runs, the merchant's account in the ledger is closed, so that the ledger itself refuses.
CREATE TABLE partners.suspension (
    id           uuid PRIMARY KEY,
    merchant_id  uuid NOT NULL REFERENCES partners.merchant (id),
    reason       text NOT NULL CHECK (reason <> ''),
    began_at     timestamptz NOT NULL,
    began_by     uuid NOT NULL,
    lifted_at    timestamptz CHECK (lifted_at >= began_at),
    lifted_by    uuid,
    CONSTRAINT lifted_says_by_whom CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
);
CREATE UNIQUE INDEX suspension_running ON partners.suspension (merchant_id) WHERE lifted_at IS NULL;
CREATE INDEX suspension_of_merchant ON partners.suspension (merchant_id, began_at DESC);

ALTER TABLE partners.store ADD COLUMN closed_at timestamptz;
ALTER TABLE partners.counter ADD COLUMN closed_at timestamptz;

-- A phone is asked to join an organisation. The link works once, and only with a code sent to that phone.
CREATE TABLE platform.staff_invitation (
    id               uuid PRIMARY KEY,
    organisation_id  uuid NOT NULL REFERENCES platform.organisation (id),
    role             text NOT NULL,
    phone_hash       bytea NOT NULL,
    phone_sealed     bytea NOT NULL,             -- under the key of who invited
    token_hash       bytea NOT NULL UNIQUE,
    invited_by       uuid NOT NULL REFERENCES platform.person (id),
    invited_at       timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL CHECK (expires_at > invited_at),
    accepted_at      timestamptz,
    accepted_by      uuid REFERENCES platform.person (id),
    revoked_at       timestamptz,
    CONSTRAINT accepted_says_by_whom CHECK ((accepted_at IS NULL) = (accepted_by IS NULL)),
    CONSTRAINT invitation_ends_once CHECK (num_nonnulls(accepted_at, revoked_at) <= 1)
);
CREATE UNIQUE INDEX staff_invitation_open ON platform.staff_invitation (organisation_id, phone_hash)
    WHERE accepted_at IS NULL AND revoked_at IS NULL;

-- An offer's life: draft (not published) → on show → paused → on show → ended. It is withheld while its merchant is suspended.
ALTER TABLE rewards.offer
    ADD COLUMN deal              text NOT NULL DEFAULT 'coins' CHECK (deal IN ('coins', 'coins_cash', 'discount', 'gift')),
    ADD COLUMN cash_fen          bigint CHECK (cash_fen > 0),
    ADD COLUMN discount_percent  smallint CHECK (discount_percent BETWEEN 1 AND 99),
    ADD COLUMN discount_fen      bigint CHECK (discount_fen > 0),
    ADD COLUMN least_spend_fen   bigint NOT NULL DEFAULT 0 CHECK (least_spend_fen >= 0),
    ADD COLUMN weekdays          smallint NOT NULL DEFAULT 127 CHECK (weekdays BETWEEN 1 AND 127),
    ADD COLUMN opens_minute      smallint NOT NULL DEFAULT 0 CHECK (opens_minute >= 0),
    ADD COLUMN closes_minute     smallint NOT NULL DEFAULT 1440 CHECK (closes_minute <= 1440),
    ADD COLUMN text_version      smallint NOT NULL DEFAULT 1 CHECK (text_version > 0),
    ADD COLUMN published_at      timestamptz,
    ADD COLUMN paused_at         timestamptz,
    ADD COLUMN ended_at          timestamptz,
    ADD COLUMN withheld_at       timestamptz,
    ADD CONSTRAINT opens_before_it_closes CHECK (opens_minute < closes_minute),
    ADD CONSTRAINT cash_where_cash_is_asked CHECK ((deal = 'coins_cash') = (cash_fen IS NOT NULL)),
    ADD CONSTRAINT one_discount CHECK (num_nonnulls(discount_percent, discount_fen) = (deal = 'discount')::integer);
COMMENT ON COLUMN rewards.offer.weekdays IS 'When it can be used at the counter: bit 0 is Monday, bit 6 Sunday, in town.';
COMMENT ON COLUMN rewards.offer.opens_minute IS 'From which minute of the local day it can be used; closes_minute is the first after it.';
COMMENT ON COLUMN rewards.offer.least_spend_fen IS 'What the customer has to buy for at least (discount and gift), in fen.';

-- Every wording of an offer; a voucher keeps the one under which it was taken.
CREATE TABLE rewards.offer_text (
    offer_id        uuid NOT NULL REFERENCES rewards.offer (id),
    version         smallint NOT NULL CHECK (version > 0),
    title           text NOT NULL CHECK (title <> ''),
    title_en        text NOT NULL CHECK (title_en <> ''),
    description     text NOT NULL,
    description_en  text NOT NULL,
    PRIMARY KEY (offer_id, version)
);

CREATE TABLE rewards.stock_change (
    id          uuid PRIMARY KEY,
    offer_id    uuid NOT NULL REFERENCES rewards.offer (id),
    units       bigint NOT NULL CHECK (units <> 0),
    reason      text NOT NULL CHECK (reason <> ''),
    changed_at  timestamptz NOT NULL,
    changed_by  uuid NOT NULL
);
COMMENT ON COLUMN rewards.stock_change.id IS 'The request id.';
CREATE INDEX stock_change_of_offer ON rewards.stock_change (offer_id, changed_at DESC, id DESC);

-- An undone redemption is released too: coins and stock went back at that instant.
ALTER TABLE rewards.voucher
    ADD COLUMN offer_version  smallint NOT NULL DEFAULT 1,
    ADD COLUMN undone_at      timestamptz,
    ADD COLUMN undone_by      uuid,
    ADD COLUMN undo_reason    text CHECK (undo_reason <> ''),
    DROP CONSTRAINT ends_once,
    ADD CONSTRAINT ends_once CHECK (num_nonnulls(redeemed_at, released_at) <= 1 OR undone_at IS NOT NULL),
    ADD CONSTRAINT undone_after_redeeming CHECK (
        undone_at IS NULL OR (redeemed_at IS NOT NULL AND undone_at >= redeemed_at AND undone_at = released_at)
    ),
    ADD CONSTRAINT undone_says_why CHECK (num_nonnulls(undone_at, undone_by, undo_reason) IN (0, 3));
-- What is over before its time: a counter fetches the list, to refuse them when it cannot ask.
CREATE INDEX voucher_over ON rewards.voucher (merchant_id, expires_at DESC, id)
    WHERE redeemed_at IS NOT NULL OR released_at IS NOT NULL;

-- A counter reads pay codes too. The scan says when our own server read one; the charge has the scan's id.
ALTER TABLE rewards.scan
    ADD COLUMN kind text NOT NULL DEFAULT 'voucher' CHECK (kind IN ('voucher', 'pay_code')),
    DROP CONSTRAINT accepted_has_a_voucher,
    ADD CONSTRAINT accepted_has_a_voucher CHECK (refusal IS NOT NULL OR (kind = 'voucher') = (voucher_id IS NOT NULL));
CREATE INDEX scan_refused ON rewards.scan (stripe, merchant_id, scanned_at DESC, id DESC) WHERE refusal IS NOT NULL;

-- What a counter without a network may hand over. A rule is never changed: a new one is dated after it.
CREATE TABLE rewards.offline_rule (
    id                 uuid PRIMARY KEY,
    voucher_units      bigint NOT NULL CHECK (voucher_units >= 0),
    counter_day_units  bigint NOT NULL CHECK (counter_day_units >= 0),
    upload_hours       smallint NOT NULL CHECK (upload_hours > 0),
    valid_from         timestamptz NOT NULL UNIQUE,
    standing           text NOT NULL CHECK (standing IN ('official', 'proposal')),
    source             text NOT NULL CHECK (source <> '')
);
COMMENT ON COLUMN rewards.offline_rule.voucher_units IS 'Coins of one voucher at most.';
COMMENT ON COLUMN rewards.offline_rule.counter_day_units IS 'Coins of one counter and local day at most.';
COMMENT ON COLUMN rewards.offline_rule.upload_hours IS 'After so many hours a queued scan is no longer taken in.';
REVOKE UPDATE, DELETE ON rewards.offline_rule FROM puhui_app;
INSERT INTO rewards.offline_rule (id, voucher_units, counter_day_units, upload_hours, valid_from, standing, source) VALUES
    ('01941f29-7c00-7000-8000-000000000014', 100, 500, 72, '2025-01-01 00:00:00+08', 'proposal',
     '本项目自拟的离线核销上限，不是官方标准：离线时无法查证是否已被使用，损失以此为限。');

-- What a counter handed over without a network, as it was uploaded later. Its id is the nonce made at the counter.
CREATE TABLE rewards.offline_scan (
    stripe          smallint NOT NULL,
    id              uuid NOT NULL,
    merchant_id     uuid NOT NULL,
    counter_id      uuid NOT NULL,
    clerk_id        uuid NOT NULL,
    scanned_at      timestamptz NOT NULL,
    uploaded_at     timestamptz NOT NULL,
    code_hash       bytea NOT NULL,
    outcome         text NOT NULL,
    coins_units     bigint CHECK (coins_units > 0),
    voucher_stripe  smallint,
    voucher_id      uuid,
    seen_at         timestamptz,
    seen_by         uuid,
    PRIMARY KEY (stripe, id),
    CONSTRAINT offline_voucher_is_whole CHECK (num_nonnulls(voucher_stripe, voucher_id) IN (0, 2)),
    CONSTRAINT offline_redeemed_has_a_voucher CHECK (outcome <> 'redeemed' OR num_nonnulls(voucher_id, coins_units) = 2),
    CONSTRAINT seen_says_by_whom CHECK ((seen_at IS NULL) = (seen_by IS NULL))
);
COMMENT ON COLUMN rewards.offline_scan.stripe IS 'The stripe of the merchant.';
COMMENT ON COLUMN rewards.offline_scan.outcome IS 'redeemed, or the machine reason why it was not.';
CREATE INDEX offline_scan_of_merchant ON rewards.offline_scan (stripe, merchant_id, uploaded_at DESC, id DESC);
CREATE INDEX offline_scan_of_counter ON rewards.offline_scan (stripe, counter_id, scanned_at) WHERE outcome = 'redeemed';
