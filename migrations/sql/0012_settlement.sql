-- Money that comes in for a purpose, sponsors' funds, what a coin is worth, statements, corrections and payouts.
-- Every amount of money is whole fen (0.01 yuan). The money itself is in the ledger, in the asset cny:
--     at_service (system)   what lies at the payment service; grows on the debit side
--     fund (a fund)         what sponsors gave and no merchant has yet
--     unearned (merchant)   the cash part of vouchers that are paid and not yet settled
--     payable (merchant)    what the merchant is owed
--     fees (system)         what the operator kept
SELECT ledger.open_asset('cny', 2, '人民币 (分)');

-- A receipt is money that somebody is to pay us: a sponsor's top-up, the cash part of a voucher.
-- Its stripe is that of its own id, so that the id alone finds it.
CREATE TABLE partners.receipt (
    stripe        smallint NOT NULL,
    id            uuid NOT NULL,
    purpose       text NOT NULL CHECK (purpose IN ('top_up', 'cash_part')),
    payee_id      uuid NOT NULL,
    payer_id      uuid NOT NULL,
    account_id    bigint NOT NULL,
    amount_fen    bigint NOT NULL CHECK (amount_fen BETWEEN 1 AND 100000000000),
    reference     uuid,
    begun_at      timestamptz NOT NULL,
    expires_at    timestamptz,
    payment_id    text,
    booked_at     timestamptz,
    given_up_at   timestamptz,
    earned_at     timestamptz,
    statement_id  uuid,
    PRIMARY KEY (stripe, id),
    CONSTRAINT settled_when_earned CHECK (statement_id IS NULL OR earned_at IS NOT NULL)
);
COMMENT ON COLUMN partners.receipt.id IS 'The request id: a repeated request finds its first answer.';
COMMENT ON COLUMN partners.receipt.account_id IS 'The account of the ledger that the money belongs to once it is here.';
COMMENT ON COLUMN partners.receipt.earned_at IS 'When the voucher was redeemed, of a cash part.';
CREATE INDEX receipt_of_payee ON partners.receipt (payee_id, begun_at DESC, id DESC);
CREATE INDEX receipt_by_payment ON partners.receipt (payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX receipt_of_reference ON partners.receipt (reference) WHERE reference IS NOT NULL;
CREATE INDEX receipt_waiting ON partners.receipt (begun_at, id) WHERE booked_at IS NULL AND given_up_at IS NULL;
CREATE INDEX receipt_unsettled ON partners.receipt (payee_id, earned_at, id) WHERE earned_at IS NOT NULL AND statement_id IS NULL;

CREATE TABLE partners.receipt_refund (
    stripe        smallint NOT NULL,
    id            uuid NOT NULL,
    receipt_id    uuid NOT NULL,
    amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
    reason        text NOT NULL CHECK (reason <> ''),
    hold_id       bigint NOT NULL,
    begun_at      timestamptz NOT NULL,
    tries         smallint NOT NULL DEFAULT 0,
    next_try_at   timestamptz NOT NULL,
    key_number    smallint NOT NULL DEFAULT 0,
    refund_id     text,
    booked_at     timestamptz,
    failed_at     timestamptz,
    failure_code  text,
    PRIMARY KEY (stripe, id),
    CONSTRAINT refund_ends_once CHECK (num_nonnulls(booked_at, failed_at) <= 1)
);
COMMENT ON COLUMN partners.receipt_refund.stripe IS 'The stripe of the receipt.';
CREATE INDEX refund_of_receipt ON partners.receipt_refund (stripe, receipt_id);
CREATE INDEX refund_open ON partners.receipt_refund (next_try_at, id) WHERE booked_at IS NULL AND failed_at IS NULL;

CREATE TABLE partners.fund (
    id               uuid PRIMARY KEY,
    name             text NOT NULL UNIQUE CHECK (name <> ''),
    name_en          text NOT NULL CHECK (name_en <> ''),
    purpose          text NOT NULL DEFAULT '',
    organisation_id  uuid REFERENCES platform.organisation (id),
    opened_at        timestamptz NOT NULL,
    closed_at        timestamptz
);
COMMENT ON TABLE partners.fund IS 'Funds pay in the order in which they were opened.';

-- What follows is dated and never rewritten: a new row takes over from its instant on.
CREATE TABLE partners.settlement_rate (
    id           uuid PRIMARY KEY,
    coins_units  bigint NOT NULL CHECK (coins_units BETWEEN 1 AND 1000000),
    fen_units    bigint NOT NULL CHECK (fen_units BETWEEN 1 AND 100000000),
    valid_from   timestamptz NOT NULL UNIQUE,
    source       text NOT NULL CHECK (source <> ''),
    made_by      uuid,
    made_at      timestamptz NOT NULL
);
COMMENT ON TABLE partners.settlement_rate IS 'coins_units coins are worth fen_units fen: an exact ratio.';

CREATE TABLE partners.settlement_fee (
    id            uuid PRIMARY KEY,
    merchant_id   uuid REFERENCES partners.merchant (id),
    basis_points  integer NOT NULL CHECK (basis_points BETWEEN 0 AND 10000),
    fixed_fen     bigint NOT NULL CHECK (fixed_fen BETWEEN 0 AND 10000000),
    valid_from    timestamptz NOT NULL,
    source        text NOT NULL CHECK (source <> ''),
    made_by       uuid,
    made_at       timestamptz NOT NULL,
    UNIQUE NULLS NOT DISTINCT (merchant_id, valid_from)
);
COMMENT ON COLUMN partners.settlement_fee.merchant_id IS 'Null: for every merchant without a fee of its own.';

CREATE TABLE partners.settlement_cycle (
    merchant_id  uuid NOT NULL REFERENCES partners.merchant (id),
    valid_from   timestamptz NOT NULL,
    cycle        text NOT NULL CHECK (cycle IN ('day', 'month')),
    made_by      uuid,
    PRIMARY KEY (merchant_id, valid_from)
);

CREATE TABLE partners.payout_account (
    merchant_id  uuid NOT NULL REFERENCES partners.merchant (id),
    valid_from   timestamptz NOT NULL,
    destination  text NOT NULL CHECK (destination ~ '^ba_[A-Za-z0-9_]{1,60}$'),
    made_by      uuid,
    PRIMARY KEY (merchant_id, valid_from)
);
COMMENT ON COLUMN partners.payout_account.destination IS 'A token of the payment service; we never hold an account number.';

CREATE TABLE partners.backing_rule (
    id            uuid PRIMARY KEY,
    caps          boolean NOT NULL,
    basis_points  integer NOT NULL CHECK (basis_points BETWEEN 0 AND 100000),
    valid_from    timestamptz NOT NULL UNIQUE,
    source        text NOT NULL CHECK (source <> ''),
    made_by       uuid,
    made_at       timestamptz NOT NULL
);
COMMENT ON TABLE partners.backing_rule IS 'Whether points become coins only while funds cover basis_points of what coins may cost.';
INSERT INTO partners.backing_rule (id, caps, basis_points, valid_from, source, made_at) VALUES
    ('01941f29-7c00-7000-8000-000000000012', false, 10000, '2025-01-01 00:00:00+08',
     '本项目自拟：公开覆盖率，不限制兑换。', '2025-01-01 00:00:00+08');

CREATE TABLE partners.settlement_run (
    through      date PRIMARY KEY,
    asked_at     timestamptz NOT NULL,
    asked_by     uuid,
    seen_at      timestamptz,
    finished_at  timestamptz,
    merchants    integer NOT NULL DEFAULT 0,
    done         integer NOT NULL DEFAULT 0
);
COMMENT ON TABLE partners.settlement_run IS 'A run over all merchants and how far it is; what was settled are the statements.';

-- What a run of one merchant may skip and where it has to look: a cursor, no fact. Its lock is the merchant's turn.
CREATE TABLE partners.settlement_mark (
    merchant_id  uuid PRIMARY KEY REFERENCES partners.merchant (id),
    look_since   timestamptz NOT NULL
);

CREATE TABLE partners.settlement_statement (
    id              uuid PRIMARY KEY,
    merchant_id     uuid NOT NULL REFERENCES partners.merchant (id),
    through         date NOT NULL,
    cycle           text NOT NULL CHECK (cycle IN ('day', 'month')),
    made_at         timestamptz NOT NULL,
    lines           integer NOT NULL,
    opening_coins   bigint NOT NULL,
    taken_coins     bigint NOT NULL CHECK (taken_coins >= 0),
    undone_coins    bigint NOT NULL CHECK (undone_coins >= 0),
    settled_coins   bigint NOT NULL CHECK (settled_coins >= 0),
    closing_coins   bigint NOT NULL CHECK (closing_coins >= 0),
    waiting_lines   integer NOT NULL CHECK (waiting_lines >= 0),
    waiting_fen     bigint NOT NULL CHECK (waiting_fen >= 0),
    gross_fen       bigint NOT NULL CHECK (gross_fen >= 0),
    cash_fen        bigint NOT NULL CHECK (cash_fen >= 0),
    correction_fen  bigint NOT NULL,
    basis_points    integer NOT NULL,
    fixed_fen       bigint NOT NULL,
    fee_fen         bigint NOT NULL CHECK (fee_fen >= 0),
    net_fen         bigint NOT NULL CHECK (net_fen >= 0),
    opening_fen     bigint NOT NULL,
    closing_fen     bigint NOT NULL,
    UNIQUE (merchant_id, through),
    CONSTRAINT coins_add_up CHECK (closing_coins = opening_coins + taken_coins - undone_coins - settled_coins),
    CONSTRAINT fen_add_up CHECK (
        net_fen = gross_fen + cash_fen + correction_fen - fee_fen AND closing_fen = opening_fen + net_fen)
);
COMMENT ON COLUMN partners.settlement_statement.waiting_lines IS 'What the funds did not cover, oldest first paid; the next run takes it.';
COMMENT ON COLUMN partners.settlement_statement.opening_coins IS 'What the statement before left waiting.';
CREATE INDEX statement_by_day ON partners.settlement_statement (through DESC, merchant_id);

-- One line per transfer of the merchant's takings: the primary key says that none is settled twice.
CREATE TABLE partners.statement_line (
    stripe        smallint NOT NULL,
    transfer_id   bigint NOT NULL,
    statement_id  uuid NOT NULL,
    place         integer NOT NULL,
    kind          text NOT NULL,
    coins_units   bigint NOT NULL CHECK (coins_units <> 0),
    fen           bigint NOT NULL,
    occurred_at   timestamptz NOT NULL,
    reverses      bigint,
    reference     uuid,
    PRIMARY KEY (stripe, transfer_id)
);
CREATE INDEX line_of_statement ON partners.statement_line (statement_id, place);

CREATE TABLE partners.statement_funding (
    statement_id  uuid NOT NULL REFERENCES partners.settlement_statement (id),
    fund_id       uuid NOT NULL REFERENCES partners.fund (id),
    fen           bigint NOT NULL CHECK (fen <> 0),
    PRIMARY KEY (statement_id, fund_id)
);
CREATE INDEX funding_of_fund ON partners.statement_funding (fund_id, statement_id);

CREATE TABLE partners.settlement_dispute (
    id            uuid PRIMARY KEY,
    merchant_id   uuid NOT NULL REFERENCES partners.merchant (id),
    statement_id  uuid NOT NULL REFERENCES partners.settlement_statement (id),
    transfer_id   bigint,
    reason        text NOT NULL CHECK (reason <> ''),
    raised_by     uuid NOT NULL,
    raised_at     timestamptz NOT NULL,
    answer        text,
    accepted      boolean,
    answered_by   uuid,
    answered_at   timestamptz,
    CONSTRAINT answered_whole CHECK (num_nonnulls(answer, accepted, answered_by, answered_at) IN (0, 4))
);
CREATE INDEX dispute_of_merchant ON partners.settlement_dispute (merchant_id, raised_at DESC, id DESC);
CREATE UNIQUE INDEX dispute_open ON partners.settlement_dispute (statement_id, coalesce(transfer_id, 0)) WHERE answered_at IS NULL;

-- A correction never touches what it corrects: it is a further entry, and the next statement carries it.
CREATE TABLE partners.settlement_correction (
    id            uuid PRIMARY KEY,
    merchant_id   uuid NOT NULL REFERENCES partners.merchant (id),
    dispute_id    uuid UNIQUE REFERENCES partners.settlement_dispute (id),
    fen           bigint NOT NULL CHECK (fen <> 0),
    reason        text NOT NULL CHECK (reason <> ''),
    made_by       uuid NOT NULL,
    made_at       timestamptz NOT NULL,
    statement_id  uuid REFERENCES partners.settlement_statement (id)
);
CREATE INDEX correction_waiting ON partners.settlement_correction (merchant_id, made_at, id) WHERE statement_id IS NULL;
CREATE INDEX correction_of_statement ON partners.settlement_correction (statement_id) WHERE statement_id IS NOT NULL;

CREATE TABLE partners.payout (
    id            uuid PRIMARY KEY,
    merchant_id   uuid NOT NULL REFERENCES partners.merchant (id),
    statement_id  uuid NOT NULL REFERENCES partners.settlement_statement (id),
    attempt       smallint NOT NULL CHECK (attempt > 0),
    amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
    destination   text,
    hold_id       bigint NOT NULL,
    transfer_id   bigint,
    prepared_at   timestamptz NOT NULL,
    tries         smallint NOT NULL DEFAULT 0,
    next_try_at   timestamptz NOT NULL,
    key_number    smallint NOT NULL DEFAULT 0,
    last_problem  text,
    payment_id    text UNIQUE,
    sent_at       timestamptz,
    paid_at       timestamptz,
    failed_at     timestamptz,
    failure_code  text,
    UNIQUE (statement_id, attempt),
    CONSTRAINT sent_says_what CHECK ((payment_id IS NULL) = (sent_at IS NULL)),
    CONSTRAINT paid_was_sent CHECK (paid_at IS NULL OR (sent_at IS NOT NULL AND transfer_id IS NOT NULL))
);
COMMENT ON COLUMN partners.payout.hold_id IS 'The hold on the payable, from prepared until paid or failed.';
COMMENT ON COLUMN partners.payout.transfer_id IS 'The transfer that left the payable when it was paid; reversed where the bank sent it back later.';
COMMENT ON COLUMN partners.payout.key_number IS 'Rises only when the service surely did nothing, so that a repeated call is the same call.';
CREATE INDEX payout_unfinished ON partners.payout (next_try_at, id) WHERE failed_at IS NULL AND paid_at IS NULL;
CREATE INDEX payout_of_merchant ON partners.payout (merchant_id, prepared_at DESC, id DESC);
CREATE UNIQUE INDEX payout_once ON partners.payout (statement_id) WHERE failed_at IS NULL;

CREATE TABLE partners.settlement_break (
    id           uuid PRIMARY KEY,
    kind         text NOT NULL,
    subject      text NOT NULL,
    facts        jsonb NOT NULL,
    facts_hash   bytea NOT NULL,
    found_at     timestamptz NOT NULL,
    seen_at      timestamptz NOT NULL,
    resolved_at  timestamptz,
    resolved_by  uuid,
    resolution   text,
    UNIQUE (kind, subject, facts_hash),
    CONSTRAINT resolved_says_how CHECK (num_nonnulls(resolved_at, resolution) IN (0, 2))
);
COMMENT ON COLUMN partners.settlement_break.resolved_by IS 'Null where the difference was gone at a later look.';
CREATE INDEX break_open ON partners.settlement_break (found_at, id) WHERE resolved_at IS NULL;

CREATE TABLE partners.coin_figures (
    taken_at     timestamptz PRIMARY KEY,
    issued       bigint NOT NULL,
    outstanding  bigint NOT NULL,
    taken        bigint NOT NULL,
    settled      bigint NOT NULL,
    expired      bigint NOT NULL,
    elsewhere    bigint NOT NULL,
    CONSTRAINT every_coin_is_somewhere CHECK (issued = outstanding + taken + settled + expired + elsewhere)
);

-- Coins by where they are; issuance grows on the debit side and is negative here, so that the sum is zero.
CREATE VIEW partners.coins_by_purpose AS
SELECT a.purpose, sum(a.credits_posted - a.debits_posted)::bigint AS units
FROM ledger.named_account a JOIN ledger.asset s ON s.id = a.asset
WHERE s.code = 'coin'
GROUP BY a.purpose;

-- The transfer that a row of the ledger is part of (itself, where it is whole), and what that transfer reverses.
CREATE FUNCTION partners.wholes_of(ids bigint[]) RETURNS TABLE (id bigint, whole bigint, reverses bigint)
LANGUAGE sql STABLE AS $$
    SELECT t.id, w.id, w.reverses
    FROM unnest(ids) AS i (id)
    JOIN ledger.transfer t ON t.stripe = (i.id & 63)::smallint AND t.id = i.id
    JOIN ledger.transfer w ON w.stripe = (coalesce(t.part_of, t.id) & 63)::smallint AND w.id = coalesce(t.part_of, t.id)
$$;

REVOKE UPDATE, DELETE ON
    partners.settlement_rate, partners.settlement_fee, partners.settlement_cycle, partners.payout_account, partners.backing_rule,
    partners.settlement_statement, partners.statement_line, partners.statement_funding, partners.coin_figures
FROM puhui_app;
REVOKE DELETE ON
    partners.receipt, partners.receipt_refund, partners.fund, partners.settlement_dispute, partners.settlement_correction,
    partners.payout, partners.settlement_break
FROM puhui_app;
