-- The market mirror, part four: what is owed, pledged, compared and kept.

CREATE TABLE partners.obligation (
    enterprise_id  uuid NOT NULL REFERENCES partners.enterprise (id),
    year           smallint NOT NULL REFERENCES partners.obligation_year (year),
    verified_t     bigint NOT NULL CHECK (verified_t >= 0),
    due_t          bigint NOT NULL CHECK (due_t >= 0),
    notice_no      text NOT NULL,
    completed_on   date,
    recorded_by    uuid NOT NULL,
    recorded_at    timestamptz NOT NULL,
    PRIMARY KEY (enterprise_id, year)
);
COMMENT ON COLUMN partners.obligation.completed_on IS 'Day of the certificate of surrender (履约证明).';

-- A pledge is an overlay: units move in the books only where the source says that they are blocked.
CREATE TABLE partners.market_pledge (
    stripe          smallint NOT NULL,
    id              uuid NOT NULL,
    enterprise_id   uuid NOT NULL,
    instrument      text NOT NULL,
    units           bigint NOT NULL CHECK (units > 0),
    certificate_no  text NOT NULL CHECK (certificate_no <> ''),
    control         text NOT NULL CHECK (control IN ('none', 'registry_frozen', 'exchange_locked', 'tripartite')),
    lender          text NOT NULL CHECK (lender <> ''),
    debt_fen        bigint NOT NULL CHECK (debt_fen > 0),
    alert_percent   smallint NOT NULL CHECK (alert_percent BETWEEN 1 AND 1000),
    starts_on       date NOT NULL,
    ends_on         date NOT NULL,
    made_by         uuid NOT NULL,
    made_at         timestamptz NOT NULL,
    released_at     timestamptz,
    release_no      text,
    PRIMARY KEY (stripe, id),
    CONSTRAINT pledge_ends_after_it_starts CHECK (ends_on > starts_on),
    CONSTRAINT release_has_a_document CHECK ((released_at IS NULL) = (release_no IS NULL))
);
COMMENT ON COLUMN partners.market_pledge.certificate_no IS 'Number of the registration at 中登网; that register has no open interface, so it is typed by hand.';
CREATE INDEX market_pledge_of_enterprise ON partners.market_pledge (stripe, enterprise_id, instrument) WHERE released_at IS NULL;
-- Whatever the stripe: a certificate secures one pledge (rule 30). Pledges are few, so this table is not distributed.
CREATE UNIQUE INDEX market_pledge_certificate ON partners.market_pledge (certificate_no);

-- What the registry said is held, by state, at an instant. Never written into the books: only compared.
CREATE TABLE partners.market_snapshot (
    stripe         smallint NOT NULL,
    id             uuid NOT NULL,
    enterprise_id  uuid NOT NULL,
    instrument     text NOT NULL,
    slot           text NOT NULL,
    taken_at       timestamptz NOT NULL,
    units          bigint NOT NULL CHECK (units >= 0),
    source         text NOT NULL,
    PRIMARY KEY (stripe, id),
    UNIQUE (stripe, enterprise_id, instrument, slot, taken_at)
);

CREATE TABLE partners.market_break (
    stripe         smallint NOT NULL,
    id             uuid NOT NULL,
    enterprise_id  uuid NOT NULL,
    rule           smallint NOT NULL,
    code           text NOT NULL,
    subject        text NOT NULL,
    facts          jsonb NOT NULL,
    facts_hash     bytea NOT NULL CHECK (octet_length(facts_hash) = 32),
    found_at       timestamptz NOT NULL,
    seen_at        timestamptz NOT NULL,
    owner_id       uuid,
    resolved_at    timestamptz,
    resolved_by    uuid,
    reason         text CHECK (reason IN ('timing', 'statement_missing', 'source_corrects', 'our_mistake', 'other')),
    resolution     text,
    PRIMARY KEY (stripe, id),
    UNIQUE (stripe, enterprise_id, rule, code, subject, facts_hash),
    CONSTRAINT resolved_says_how CHECK (num_nonnulls(resolved_at, resolved_by, resolution) IN (0, 3))
);
COMMENT ON COLUMN partners.market_break.seen_at IS 'When a reconciliation found it last. A resolved break stays resolved when it is found again with the same facts.';
CREATE INDEX market_break_open ON partners.market_break (stripe, enterprise_id, found_at) WHERE resolved_at IS NULL;

-- Filings and documents of the year: monthly receipts, reports, verification results, notices, certificates.
CREATE TABLE partners.market_document (
    enterprise_id  uuid NOT NULL REFERENCES partners.enterprise (id),
    id             uuid NOT NULL,
    year           smallint NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('monthly_filing', 'quality_plan', 'annual_report', 'verification_result', 'allocation_notice',
                       'surrender_notice', 'surrender_certificate', 'carry_notice')),
    month          smallint CHECK (month BETWEEN 1 AND 12),
    receipt_no     text NOT NULL CHECK (receipt_no <> ''),
    filed_on       date NOT NULL,
    sha256         bytea CHECK (octet_length(sha256) = 32),
    file_id        uuid,
    recorded_by    uuid NOT NULL,
    recorded_at    timestamptz NOT NULL,
    PRIMARY KEY (enterprise_id, id),
    CONSTRAINT months_are_of_filings CHECK ((kind = 'monthly_filing') = (month IS NOT NULL))
);
COMMENT ON COLUMN partners.market_document.file_id IS 'The paper itself (platform.kept_file), where it was handed in.';
CREATE UNIQUE INDEX market_document_once ON partners.market_document (enterprise_id, year, kind, coalesce(month, 0), receipt_no);

-- Foreign registries: issued and retired blocks of serial numbers, as their extracts said. Money and people are left out.
CREATE TABLE partners.foreign_file (
    id           uuid PRIMARY KEY,
    sha256       bytea NOT NULL UNIQUE CHECK (octet_length(sha256) = 32),
    name         text NOT NULL,
    registry     text NOT NULL,
    imported_at  timestamptz NOT NULL,
    answers      jsonb NOT NULL
);
CREATE TABLE partners.foreign_block (
    registry     text NOT NULL,
    serial       text NOT NULL,
    event        text NOT NULL CHECK (event IN ('issued', 'retired', 'cancelled')),
    instrument   text NOT NULL REFERENCES partners.instrument (code),
    project      text NOT NULL,
    vintage      smallint NOT NULL,
    batch        text,
    first_no     bigint,
    last_no      bigint,
    units        bigint NOT NULL CHECK (units > 0),
    happened_on  date,
    beneficiary  text NOT NULL,
    reason       text NOT NULL,
    file_id      uuid NOT NULL REFERENCES partners.foreign_file (id),
    line         integer NOT NULL,
    PRIMARY KEY (registry, event, serial),
    CONSTRAINT block_is_whole CHECK (num_nonnulls(batch, first_no, last_no) IN (0, 3))
);
-- The public register of voluntary projects (全国碳市场信息网), keyed by its application number and page, never by name.
CREATE TABLE partners.credit_project (
    page                text NOT NULL,
    apply_id            text NOT NULL,
    category            text NOT NULL,
    status              text NOT NULL,
    name                text NOT NULL,
    project_code        text CHECK (project_code ~ '^[AN][0-9]{6}$'),
    methodology         text NOT NULL,
    province            text NOT NULL,
    owner               text NOT NULL,
    validator           text NOT NULL,
    verifier            text NOT NULL,
    started_on          date,
    registered_on       date,
    period_start        date,
    period_end          date,
    expected_annual_t   bigint NOT NULL,
    issued_t            bigint NOT NULL,
    reduction_registered text NOT NULL,
    file_id             uuid NOT NULL REFERENCES partners.foreign_file (id),
    line                integer NOT NULL,
    PRIMARY KEY (page)
);
COMMENT ON COLUMN partners.credit_project.reduction_registered IS 'A day, or the register''s words where it gives none.';
CREATE INDEX credit_project_by_code ON partners.credit_project (project_code, line);

CREATE TABLE partners.foreign_finding (
    file_id   uuid NOT NULL REFERENCES partners.foreign_file (id),
    line      integer NOT NULL,
    rule      smallint NOT NULL,
    severity  text NOT NULL,
    code      text NOT NULL,
    facts     jsonb NOT NULL,
    PRIMARY KEY (file_id, line, code)
);

REVOKE DELETE, TRUNCATE ON partners.obligation, partners.market_pledge, partners.market_snapshot, partners.market_break, partners.market_document FROM puhui_app;
