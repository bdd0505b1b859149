-- The ledger's tables. The stripe leads every key, so the same SQL runs on one PostgreSQL and on Citus.
--
-- account id  = number << 7 | spread << 6 | stripe      (a spread account owns the 64 ids of its number)
-- transfer id = call << 23 | ordinal << 6 | stripe      (a call posts at most 131,072 rows; id order is posting order)

CREATE SEQUENCE ledger.account_number AS bigint;
CREATE SEQUENCE ledger.call_number AS bigint;

-- sum(bigint) answers numeric, which costs more than the sum; this one stays bigint and refuses an overflow.
CREATE AGGREGATE ledger.sum8(bigint) (SFUNC = int8pl, STYPE = bigint, INITCOND = '0', COMBINEFUNC = int8pl, PARALLEL = SAFE);

-- Bounds are domains: PostgreSQL keeps a domain's check ready for the session, but reads a table's checks anew from their
-- text at every statement (12 µs each). So a bound over several columns is kept as a column of its own: see account.free.
CREATE DOMAIN ledger.units AS bigint CHECK (VALUE BETWEEN 1 AND 9007199254740991);
CREATE DOMAIN ledger.pending AS bigint CHECK (VALUE >= 0);
CREATE DOMAIN ledger.floored AS bigint CHECK (VALUE >= 0);
CREATE DOMAIN ledger.kind AS text CHECK (length(VALUE) BETWEEN 1 AND 32);
CREATE DOMAIN ledger.normal_side AS "char" CHECK (VALUE IN ('D', 'C'));

CREATE TABLE ledger.asset (
    id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text NOT NULL UNIQUE CHECK (code ~ '^[A-Za-z][A-Za-z0-9._-]{0,31}$'),
    scale smallint NOT NULL CHECK (scale BETWEEN 0 AND 12),
    name text NOT NULL,
    clearing bigint NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now()
);

-- One row per account; a spread account has one per stripe. Nothing but what a posting reads and writes is here: rows are
-- few bytes and one index is all there is to keep. The counters are kept by the posting functions alone; last_debit and
-- last_credit head the two chains that statements walk (see transfer).
--
-- free is the truth behind InsufficientBalance: what can be spent (posted on the normal side less what is held), NULL where
-- the account has no floor. Its domain refuses what passes the floor; that it follows the counters is the audit's to say.
CREATE TABLE ledger.account (
    id bigint NOT NULL,
    debits_posted bigint NOT NULL DEFAULT 0,
    credits_posted bigint NOT NULL DEFAULT 0,
    debits_pending ledger.pending NOT NULL DEFAULT 0,
    credits_pending ledger.pending NOT NULL DEFAULT 0,
    free ledger.floored,
    last_debit bigint NOT NULL DEFAULT 0,
    last_credit bigint NOT NULL DEFAULT 0,
    debit_count bigint NOT NULL DEFAULT 0,
    credit_count bigint NOT NULL DEFAULT 0,
    posted_at timestamptz NOT NULL DEFAULT '-infinity',
    debit_latest timestamptz NOT NULL DEFAULT '-infinity',
    credit_latest timestamptz NOT NULL DEFAULT '-infinity',
    stripe smallint NOT NULL,
    asset smallint NOT NULL,
    normal_side ledger.normal_side NOT NULL,
    closed_at timestamptz,
    PRIMARY KEY (stripe, id)
) WITH (fillfactor = 65, autovacuum_vacuum_scale_factor = 0.1);

-- What accounts are called: one row per account, in its owner's stripe, however many sub-accounts it has.
CREATE TABLE ledger.account_name (
    owner uuid NOT NULL,
    account bigint NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now(),
    stripe smallint NOT NULL,
    asset smallint NOT NULL REFERENCES ledger.asset (id),
    purpose text NOT NULL CHECK (purpose ~ '^[a-z][a-z0-9_.:-]{0,63}$'),
    PRIMARY KEY (stripe, owner, purpose, asset)
);
CREATE INDEX account_name_account ON ledger.account_name (account);

-- One row per writing call: its idempotency, its place in time, and the salt of its transfers' leaves in a public log
-- (salt of a transfer = sha256(salt ‖ id)). xid tells when no older transaction can still appear. input_hash binds what the
-- caller sent; the audit computes it again from the transfers (post, reverse) and the holds (hold, settle).
CREATE TABLE ledger.request (
    number bigint NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    posted_at timestamptz NOT NULL,
    items integer NOT NULL,
    stripe smallint NOT NULL,
    id uuid NOT NULL,
    salt uuid NOT NULL DEFAULT gen_random_uuid(),
    input_hash bytea NOT NULL,
    operation text NOT NULL,
    PRIMARY KEY (stripe, id)
);
CREATE INDEX request_number ON ledger.request USING brin (number) WITH (pages_per_range = 16, autosummarize = on);

-- A transfer is one immutable row that debits one account and credits another. Each account's debits form a chain
-- (debit_prev), its credits another, with running totals and a running number, so a statement needs no index that
-- grows at random places; every 16th link stands in a table of its own, so that any instant of posting is found in a few
-- steps. debit_latest and credit_latest are the latest occurred_at so far: they grow along the chain, so any instant of the
-- world is found the same way, and what occurred before it but was posted late is noted by itself.
CREATE TABLE ledger.transfer (
    id bigint NOT NULL,
    debit bigint NOT NULL,
    credit bigint NOT NULL,
    units ledger.units NOT NULL,
    occurred_at timestamptz NOT NULL,
    posted_at timestamptz NOT NULL,
    debit_prev bigint NOT NULL,
    credit_prev bigint NOT NULL,
    debit_total bigint NOT NULL,
    credit_total bigint NOT NULL,
    debit_seq bigint NOT NULL,
    credit_seq bigint NOT NULL,
    debit_latest timestamptz NOT NULL,
    credit_latest timestamptz NOT NULL,
    stripe smallint NOT NULL,
    asset smallint NOT NULL,
    kind ledger.kind NOT NULL,
    reference uuid,
    reverses bigint,
    part_of bigint,
    reason text,
    PRIMARY KEY (stripe, id)
) WITH (fillfactor = 100);

-- Every sixteenth link of a chain (debits: of the account's debits, else of its credits). Not partial indexes of transfer:
-- PostgreSQL opens every index of a table at every insert, but a single transfer comes here one time in eight.
CREATE TABLE ledger.link (
    account bigint NOT NULL,
    posted_at timestamptz NOT NULL,
    id bigint NOT NULL,
    latest timestamptz NOT NULL,
    stripe smallint NOT NULL,
    debits boolean NOT NULL,
    PRIMARY KEY (stripe, account, debits, posted_at, id)
);
CREATE INDEX link_latest ON ledger.link (stripe, account, debits, latest, id);

-- Links of a chain that occurred before one that was posted earlier.
CREATE TABLE ledger.late (
    account bigint NOT NULL,
    id bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    units bigint NOT NULL,
    stripe smallint NOT NULL,
    debits boolean NOT NULL,
    PRIMARY KEY (stripe, account, debits, id)
);
CREATE INDEX late_occurred ON ledger.late (stripe, account, debits, occurred_at, id);

-- A place in a chain.
CREATE TYPE ledger.place AS (account bigint, debits boolean, link bigint);

-- A transfer is reversed once. The reversal's own row may lie in another stripe, so this lies in the original's.
CREATE TABLE ledger.reversal (
    transfer bigint NOT NULL,
    by bigint NOT NULL,
    stripe smallint NOT NULL,
    PRIMARY KEY (stripe, transfer)
);

CREATE TABLE ledger.hold (
    id bigint NOT NULL,
    debit bigint NOT NULL,
    credit bigint NOT NULL,
    units ledger.units NOT NULL,
    held_at timestamptz NOT NULL,
    expires_at timestamptz,
    ended_at timestamptz,
    settled_units bigint,
    transfer bigint,
    stripe smallint NOT NULL,
    asset smallint NOT NULL,
    state text NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'settled', 'released', 'expired')),
    kind ledger.kind NOT NULL,
    reference uuid,
    PRIMARY KEY (stripe, id),
    CONSTRAINT never_over_settled CHECK (settled_units IS NULL OR settled_units BETWEEN 1 AND units),
    CONSTRAINT ended_when_not_held CHECK ((state = 'held') = (ended_at IS NULL)),
    CONSTRAINT settled_by_a_transfer CHECK ((state = 'settled') = (transfer IS NOT NULL AND settled_units IS NOT NULL))
) WITH (fillfactor = 70);
CREATE INDEX hold_open_debit ON ledger.hold (stripe, debit, expires_at) INCLUDE (units) WHERE state = 'held';
CREATE INDEX hold_open_credit ON ledger.hold (stripe, credit, expires_at) INCLUDE (units) WHERE state = 'held';
CREATE INDEX hold_expiring ON ledger.hold (stripe, expires_at) WHERE state = 'held' AND expires_at IS NOT NULL;
