-- The market mirror, part three: whose rights, which files said so, and what was recorded. The registry's record is final.
-- Tables that grow with use lead their keys with the stripe of the enterprise.

CREATE TABLE partners.enterprise (
    id             uuid PRIMARY KEY REFERENCES platform.organisation (id),
    credit_code    text NOT NULL UNIQUE CHECK (credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'),
    name           text NOT NULL CHECK (name <> ''),
    sector         text NOT NULL CHECK (sector IN ('power', 'steel', 'cement', 'aluminium', 'other')),
    standing       text NOT NULL DEFAULT 'participant' CHECK (standing IN ('participant', 'authority', 'registry', 'exchange', 'technical')),
    lot_policy     text NOT NULL DEFAULT 'moving_average' CHECK (lot_policy IN ('moving_average', 'first_in_first_out')),
    free_first     boolean NOT NULL DEFAULT true,
    parent_id      uuid REFERENCES partners.enterprise (id),
    closed_until   date,
    joined_at      timestamptz NOT NULL,
    CONSTRAINT not_its_own_parent CHECK (parent_id <> id)
);
COMMENT ON COLUMN partners.enterprise.free_first IS 'Whether free units are surrendered before bought ones: a policy to be confirmed by the enterprise''s accountant.';
COMMENT ON COLUMN partners.enterprise.closed_until IS 'Records of business days up to here need an approval of their own (rule 17).';
CREATE INDEX enterprise_by_parent ON partners.enterprise (parent_id, id);

CREATE TABLE partners.enterprise_name (
    enterprise_id  uuid NOT NULL REFERENCES partners.enterprise (id),
    name           text NOT NULL CHECK (name <> ''),
    PRIMARY KEY (enterprise_id, name)
);

CREATE TABLE partners.market_account (
    system         text NOT NULL CHECK (system IN ('registry', 'trading', 'bank')),
    account_no     text NOT NULL CHECK (account_no <> ''),
    market         text NOT NULL CHECK (market IN ('CEA', 'CCER', 'local')),
    enterprise_id  uuid NOT NULL REFERENCES partners.enterprise (id),
    opened_at      timestamptz NOT NULL,
    PRIMARY KEY (system, account_no)
);
CREATE UNIQUE INDEX one_trading_account ON partners.market_account (enterprise_id, market) WHERE system = 'trading';

-- How an enterprise's columns are called; saved once, used for every file.
CREATE TABLE partners.market_mapping (
    enterprise_id  uuid NOT NULL REFERENCES partners.enterprise (id),
    name           text NOT NULL CHECK (name ~ '^[a-z0-9-]{1,40}$'),
    content        jsonb NOT NULL,
    saved_at       timestamptz NOT NULL,
    PRIMARY KEY (enterprise_id, name)
);

CREATE TABLE partners.market_file (
    stripe         smallint NOT NULL,
    id             uuid NOT NULL,
    enterprise_id  uuid NOT NULL,
    sha256         bytea NOT NULL CHECK (octet_length(sha256) = 32),
    name           text NOT NULL,
    bytes          bytea NOT NULL,
    content        text NOT NULL DEFAULT 'records' CHECK (content IN ('records', 'snapshot', 'pledges', 'releases', 'obligations')),
    mapping        jsonb NOT NULL,
    facts          jsonb,
    rows_read      integer NOT NULL,
    answers        jsonb NOT NULL,
    state          text NOT NULL DEFAULT 'staged' CHECK (state IN ('staged', 'approved', 'rejected')),
    staged_by      uuid NOT NULL,
    staged_at      timestamptz NOT NULL,
    decided_by     uuid,
    decided_at     timestamptz,
    reason         text,
    keep_until     date NOT NULL,
    PRIMARY KEY (stripe, id),
    UNIQUE (stripe, enterprise_id, sha256),
    CONSTRAINT decided_says_who CHECK ((state = 'staged') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT second_person CHECK (decided_by IS DISTINCT FROM staged_by OR state = 'rejected'),
    CONSTRAINT rejected_says_why CHECK (state <> 'rejected' OR reason IS NOT NULL)
);
COMMENT ON COLUMN partners.market_file.facts IS 'What the lines of a snapshot, of pledges or of obligations say, until a second person lets them in; records have rows of their own.';
CREATE INDEX market_file_of_enterprise ON partners.market_file (stripe, enterprise_id, id DESC);

-- Every line of a file that has something to say; the line itself is in the file's bytes.
CREATE TABLE partners.market_row (
    stripe         smallint NOT NULL,
    file_id        uuid NOT NULL,
    line           integer NOT NULL,
    outcome        text NOT NULL CHECK (outcome IN ('staged', 'duplicate', 'rejected')),
    findings       jsonb NOT NULL,
    PRIMARY KEY (stripe, file_id, line)
);

CREATE TABLE partners.market_record (
    stripe         smallint NOT NULL,
    id             uuid NOT NULL,
    enterprise_id  uuid NOT NULL,
    instrument     text NOT NULL,
    kind           text NOT NULL CHECK (kind ~ '^[a-z_]{3,32}$'),
    action         text NOT NULL DEFAULT 'new' CHECK (action IN ('new', 'cancel', 'replace')),
    natural_key    text NOT NULL,
    revision       smallint NOT NULL,
    content_hash   bytea NOT NULL,
    business_at    timestamptz NOT NULL,
    sequence       bigint NOT NULL DEFAULT 0,
    units          bigint NOT NULL CHECK (units > 0),
    price_fen      bigint CHECK (price_fen > 0),
    amount_fen     bigint CHECK (amount_fen >= 0),
    fee_fen        bigint CHECK (fee_fen >= 0),
    method         smallint,
    account_no     text,
    counterparty   text,
    deal_no        text,
    year           smallint,
    reason         text,
    beneficiary    text,
    balance_after  bigint,
    serials        text,
    file_id        uuid NOT NULL,
    line           integer NOT NULL,
    state          text NOT NULL CHECK (state IN ('staged', 'approved', 'superseded', 'rejected')),
    waiting_for    text,
    booked_at      timestamptz,
    PRIMARY KEY (stripe, id)
) WITH (fillfactor = 45);
-- No index knows a column that changes, so an approval rewrites rows in their own pages and touches no index.
COMMENT ON COLUMN partners.market_record.waiting_for IS 'Why an approved record is not in the books at its business time: units that are not there (rules 15, 16, 29).';
COMMENT ON COLUMN partners.market_record.booked_at IS 'When the ledger was told; emptied when the record is undone there.';
COMMENT ON COLUMN partners.market_record.revision IS 'The how-manieth line about this fact: 0 is the first, each correction counts on.';
CREATE UNIQUE INDEX market_record_once ON partners.market_record (stripe, enterprise_id, natural_key, revision);
CREATE INDEX market_record_in_time ON partners.market_record (stripe, enterprise_id, instrument, business_at);
CREATE INDEX market_record_of_file ON partners.market_record (stripe, file_id, line);
CREATE INDEX market_record_by_deal ON partners.market_record (deal_no) WHERE deal_no IS NOT NULL;

-- How far the ledger was told about one enterprise and instrument, and when bought units become free next.
CREATE TABLE partners.market_book (
    stripe           smallint NOT NULL,
    enterprise_id    uuid NOT NULL,
    instrument       text NOT NULL,
    booked_until     timestamptz,
    next_release_at  timestamptz,
    waiting          integer NOT NULL DEFAULT 0,
    synced_at        timestamptz NOT NULL,
    PRIMARY KEY (stripe, enterprise_id, instrument)
);
CREATE INDEX market_book_to_release ON partners.market_book (next_release_at) WHERE next_release_at IS NOT NULL;

-- Units bought are free on the next trading day: what the ledger was told so far, per day.
CREATE TABLE partners.market_release (
    stripe         smallint NOT NULL,
    enterprise_id  uuid NOT NULL,
    instrument     text NOT NULL,
    day            date NOT NULL,
    units          bigint NOT NULL CHECK (units >= 0),
    PRIMARY KEY (stripe, enterprise_id, instrument, day)
);

REVOKE DELETE, TRUNCATE ON partners.market_file, partners.market_row, partners.market_record FROM puhui_app;
