-- Zero-carbon events, carbon sinks and their units.
--
-- Grams of certified units are in the ledger under the asset ``offset``; these tables say which serials they are. Everything
-- here is small (an event has tens of rows) but the people of an event, whose table leads its keys with the event's stripe.

CREATE EXTENSION IF NOT EXISTS btree_gist;
SELECT ledger.open_asset('offset', 0, 'certified reduction, grams of CO2e');

-- Serial numbers of one registry that share a prefix. The numbers behind it are whole and have this many digits.
CREATE TABLE rewards.unit_series (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    registry        text NOT NULL CHECK (registry <> ''),
    prefix          text NOT NULL,
    digits          smallint NOT NULL CHECK (digits BETWEEN 1 AND 15),
    UNIQUE (registry, prefix, digits)
);

-- What a registry, the province or the operator issued: one run of serials. It counts once a second person approved it.
CREATE TABLE rewards.unit_issue (
    id              uuid PRIMARY KEY,
    kind            text NOT NULL CHECK (kind IN ('allowance', 'ccer', 'puhui', 'other', 'sink')),
    series_id       bigint NOT NULL REFERENCES rewards.unit_series (id),
    first           bigint NOT NULL CHECK (first >= 0),
    last            bigint NOT NULL,
    grams_per_unit  bigint NOT NULL CHECK (grams_per_unit > 0),
    holder          uuid NOT NULL,
    project         text NOT NULL CHECK (project <> ''),
    method          text NOT NULL,
    year            smallint NOT NULL CHECK (year BETWEEN 2000 AND 2100),
    source          text NOT NULL CHECK (source <> ''),
    sink_project_id uuid,
    proof_file      uuid,
    cancelled_on    date,
    certificate_no  text,
    entered_by      uuid NOT NULL,
    entered_at      timestamptz NOT NULL,
    approved_by     uuid,
    approved_at     timestamptz,
    transfer_id     bigint,
    CONSTRAINT serials_in_order CHECK (first <= last),
    CONSTRAINT approved_by_another CHECK (approved_by <> entered_by),
    CONSTRAINT approved_is_posted CHECK (num_nonnulls(approved_by, approved_at, transfer_id) IN (0, 3)),
    CONSTRAINT cancelled_in_the_registry CHECK (num_nonnulls(cancelled_on, certificate_no) IN (0, 2))
);
COMMENT ON COLUMN rewards.unit_issue.cancelled_on IS 'The registry''s own cancellation, for units that are cancelled there and mirrored here; its record is final.';
CREATE INDEX unit_issue_of_holder ON rewards.unit_issue (holder, kind, year, id);
CREATE UNIQUE INDEX unit_issue_of_sink_year ON rewards.unit_issue (sink_project_id, year) WHERE sink_project_id IS NOT NULL;

CREATE TABLE rewards.unit_retirement (
    id              uuid PRIMARY KEY,
    beneficiary     uuid NOT NULL,
    reason          text NOT NULL CHECK (reason <> ''),
    grams           bigint NOT NULL CHECK (grams > 0),
    retired_by      uuid NOT NULL,
    retired_at      timestamptz NOT NULL
);
COMMENT ON COLUMN rewards.unit_retirement.id IS 'The request id in the ledger too: a repeated request finds its first answer.';
CREATE INDEX unit_retirement_of_beneficiary ON rewards.unit_retirement (beneficiary, retired_at, id);

-- A run of serials that nobody can own twice: the live blocks of a series never overlap. A part of a block is retired by
-- splitting it; the parent stays as history. The rule in Python is rewards.units.rules.allocate.
CREATE TABLE rewards.unit_block (
    id              uuid PRIMARY KEY,
    issue_id        uuid NOT NULL REFERENCES rewards.unit_issue (id),
    series_id       bigint NOT NULL REFERENCES rewards.unit_series (id),
    serials         int8range NOT NULL CHECK (NOT isempty(serials) AND NOT lower_inf(serials) AND NOT upper_inf(serials)),
    parent_id       uuid REFERENCES rewards.unit_block (id),
    made_at         timestamptz NOT NULL,
    split_at        timestamptz,
    retirement_id   uuid REFERENCES rewards.unit_retirement (id),
    transfer_id     bigint,
    CONSTRAINT ends_once CHECK (split_at IS NULL OR retirement_id IS NULL),
    CONSTRAINT retired_is_posted CHECK (num_nonnulls(retirement_id, transfer_id) IN (0, 2)),
    CONSTRAINT blocks_never_overlap EXCLUDE USING gist (series_id WITH =, serials WITH &&) WHERE (split_at IS NULL)
);
CREATE INDEX unit_block_of_issue ON rewards.unit_block (issue_id, lower(serials));
CREATE INDEX unit_block_of_retirement ON rewards.unit_block (retirement_id) WHERE retirement_id IS NOT NULL;

CREATE FUNCTION rewards.keep_ended_block() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.split_at IS NOT NULL OR OLD.retirement_id IS NOT NULL OR NEW.serials <> OLD.serials OR NEW.series_id <> OLD.series_id THEN
        RAISE EXCEPTION 'a block that was retired or split stays so' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_ended_block BEFORE UPDATE ON rewards.unit_block FOR EACH ROW EXECUTE FUNCTION rewards.keep_ended_block();
REVOKE DELETE, TRUNCATE ON rewards.unit_block, rewards.unit_issue, rewards.unit_series FROM puhui_app;
REVOKE UPDATE, DELETE, TRUNCATE ON rewards.unit_retirement FROM puhui_app;

CREATE TABLE rewards.event (
    id              uuid PRIMARY KEY,
    organiser_id    uuid NOT NULL REFERENCES platform.organisation (id),
    form            text NOT NULL CHECK (form IN ('short', 'full')),
    kind            text NOT NULL CHECK (kind IN ('meeting', 'conference', 'show', 'sport', 'exhibition')),
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    place           text NOT NULL CHECK (length(place) BETWEEN 1 AND 200),
    boundary        text NOT NULL DEFAULT '',
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    people          integer NOT NULL CHECK (people BETWEEN 1 AND 1000000),
    author_id       uuid NOT NULL,
    made_at         timestamptz NOT NULL,
    evaluator       text NOT NULL DEFAULT '',
    poster_version  integer,
    gifts_at        timestamptz,
    cancelled_at    timestamptz,
    cancelled_by    uuid,
    cancel_reason   text,
    CONSTRAINT event_has_a_time CHECK (starts_at < ends_at),
    CONSTRAINT cancelled_says_why CHECK (num_nonnulls(cancelled_at, cancelled_by, cancel_reason) IN (0, 3))
);
COMMENT ON COLUMN rewards.event.poster_version IS 'Its number is in the poster''s code; NULL while no poster may be used.';
CREATE INDEX event_of_organiser ON rewards.event (organiser_id, starts_at DESC, id DESC);
CREATE INDEX event_by_time ON rewards.event (starts_at DESC, id DESC);

CREATE TABLE rewards.event_measure (
    event_id        uuid NOT NULL REFERENCES rewards.event (id),
    place           smallint NOT NULL,
    source          text NOT NULL,
    words           text NOT NULL CHECK (length(words) BETWEEN 1 AND 300),
    done_at         timestamptz,
    PRIMARY KEY (event_id, place)
);

-- Who came and how. What says who somebody is, is sealed with a key of the row's own; without the key it is noise.
CREATE TABLE rewards.event_participant (
    stripe          smallint NOT NULL,
    id              uuid NOT NULL,
    event_id        uuid NOT NULL,
    person_id       uuid,
    key_wrapped     bytea,
    name_sealed     bytea,
    phone_sealed    bytea,
    phone_hash      bytea,
    registered_at   timestamptz NOT NULL,
    registered_how  text NOT NULL CHECK (registered_how IN ('sheet', 'program', 'self')),
    signed_in_at    timestamptz,
    signed_in_how   text CHECK (signed_in_how IN ('screen', 'poster', 'desk')),
    mode            text,
    metres          bigint CHECK (metres BETWEEN 0 AND 100000000),
    PRIMARY KEY (stripe, id),
    CONSTRAINT signed_in_says_how CHECK (num_nonnulls(signed_in_at, signed_in_how) IN (0, 2)),
    CONSTRAINT travelled_is_whole CHECK (num_nonnulls(mode, metres) IN (0, 2)),
    CONSTRAINT sealed_has_a_key CHECK (key_wrapped IS NOT NULL OR (name_sealed IS NULL AND phone_sealed IS NULL AND phone_hash IS NULL))
);
COMMENT ON COLUMN rewards.event_participant.stripe IS 'The stripe of the event.';
COMMENT ON COLUMN rewards.event_participant.metres IS 'There and back.';
CREATE UNIQUE INDEX participant_by_phone ON rewards.event_participant (stripe, event_id, phone_hash) WHERE phone_hash IS NOT NULL;
CREATE UNIQUE INDEX participant_by_person ON rewards.event_participant (stripe, event_id, person_id) WHERE person_id IS NOT NULL;
CREATE INDEX participant_of_event ON rewards.event_participant (stripe, event_id, registered_at, id);

CREATE TABLE rewards.event_inventory (
    id              uuid PRIMARY KEY,
    event_id        uuid NOT NULL REFERENCES rewards.event (id),
    version         smallint NOT NULL CHECK (version > 0),
    author_id       uuid NOT NULL,
    made_at         timestamptz NOT NULL,
    submitted_at    timestamptz,
    grams           bigint CHECK (grams >= 0),
    half_grams      bigint CHECK (half_grams >= 0),
    reviewer_id     uuid,
    reviewed_at     timestamptz,
    approved        boolean,
    review_note     text,
    UNIQUE (event_id, version),
    CONSTRAINT submitted_has_a_sum CHECK (num_nonnulls(submitted_at, grams, half_grams) IN (0, 3)),
    CONSTRAINT reviewed_is_whole CHECK (num_nonnulls(reviewer_id, reviewed_at, approved, review_note) IN (0, 4)),
    CONSTRAINT reviewed_after_submission CHECK (reviewed_at IS NULL OR submitted_at IS NOT NULL),
    CONSTRAINT reviewed_by_another CHECK (reviewer_id <> author_id)
);
CREATE UNIQUE INDEX one_open_inventory ON rewards.event_inventory (event_id) WHERE reviewed_at IS NULL;

CREATE TABLE rewards.event_line (
    inventory_id      uuid NOT NULL REFERENCES rewards.event_inventory (id),
    place             smallint NOT NULL,
    source            text NOT NULL CHECK (source IN ('energy', 'transport', 'lodging', 'catering', 'waste', 'materials')),
    item              text NOT NULL,
    words             text NOT NULL,
    quantity          numeric(18, 6) NOT NULL CHECK (quantity >= 0),
    unit              text NOT NULL,
    factor            numeric(18, 6) NOT NULL,
    factor_status     text NOT NULL CHECK (factor_status IN ('published', 'published (copy)', 'uncertain', 'definition', 'entered')),
    factor_source     text NOT NULL CHECK (factor_source <> ''),
    factor_area       text NOT NULL,
    factor_vintage    text NOT NULL,
    quantity_permille integer NOT NULL CHECK (quantity_permille BETWEEN 0 AND 5000),
    factor_permille   integer NOT NULL CHECK (factor_permille BETWEEN 0 AND 5000),
    grams             bigint NOT NULL CHECK (grams >= 0),
    half_grams        bigint NOT NULL CHECK (half_grams >= 0),
    PRIMARY KEY (inventory_id, place)
);
COMMENT ON COLUMN rewards.event_line.factor IS 'Kilograms of CO2 or CO2e per unit, as its source gives it.';
COMMENT ON COLUMN rewards.event_line.grams IS 'Rounded up to whole grams; a negative factor counts as nought.';

CREATE TABLE rewards.event_plan (
    id              uuid PRIMARY KEY,
    event_id        uuid NOT NULL REFERENCES rewards.event (id),
    inventory_id    uuid NOT NULL REFERENCES rewards.event_inventory (id),
    version         smallint NOT NULL CHECK (version > 0),
    covers          text NOT NULL CHECK (covers IN ('total', 'upper')),
    target_grams    bigint NOT NULL CHECK (target_grams >= 0),
    order_reason    text NOT NULL,
    author_id       uuid NOT NULL,
    made_at         timestamptz NOT NULL,
    submitted_at    timestamptz,
    reviewer_id     uuid,
    reviewed_at     timestamptz,
    approved        boolean,
    review_note     text,
    retirement_id   uuid UNIQUE REFERENCES rewards.unit_retirement (id),
    UNIQUE (event_id, version),
    CONSTRAINT plan_reviewed_is_whole CHECK (num_nonnulls(reviewer_id, reviewed_at, approved, review_note) IN (0, 4)),
    CONSTRAINT plan_reviewed_after_submission CHECK (reviewed_at IS NULL OR submitted_at IS NOT NULL),
    CONSTRAINT plan_reviewed_by_another CHECK (reviewer_id <> author_id),
    CONSTRAINT retired_when_approved CHECK (retirement_id IS NULL OR approved)
);
COMMENT ON COLUMN rewards.event_plan.target_grams IS 'What the inventory asks for, less what earlier plans of the event retired.';
CREATE UNIQUE INDEX one_open_plan ON rewards.event_plan (event_id) WHERE reviewed_at IS NULL;

CREATE TABLE rewards.event_plan_line (
    plan_id         uuid NOT NULL REFERENCES rewards.event_plan (id),
    place           smallint NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('allowance', 'ccer', 'puhui', 'other', 'sink')),
    grams           bigint NOT NULL CHECK (grams > 0),
    holder          uuid,
    registry        text NOT NULL DEFAULT '',
    first_serial    text NOT NULL DEFAULT '',
    last_serial     text NOT NULL DEFAULT '',
    grams_per_unit  bigint NOT NULL DEFAULT 0,
    project         text NOT NULL DEFAULT '',
    year            smallint NOT NULL DEFAULT 0,
    cancelled_on    date,
    certificate_no  text NOT NULL DEFAULT '',
    proof_file      uuid,
    PRIMARY KEY (plan_id, place),
    CONSTRAINT pool_or_proof CHECK ((holder IS NULL) = (first_serial <> '' AND certificate_no <> '' AND cancelled_on IS NOT NULL))
);

CREATE TABLE rewards.event_certificate (
    id              uuid PRIMARY KEY,
    event_id        uuid NOT NULL REFERENCES rewards.event (id),
    version         smallint NOT NULL CHECK (version > 0),
    code            text NOT NULL UNIQUE CHECK (code ~ '^[2-9A-HJKMNP-TV-Z]{12}$'),
    plan_id         uuid NOT NULL UNIQUE REFERENCES rewards.event_plan (id),
    issued_at       timestamptz NOT NULL,
    issued_by       uuid NOT NULL,
    content         jsonb NOT NULL,
    UNIQUE (event_id, version)
);
REVOKE UPDATE, DELETE, TRUNCATE ON rewards.event_certificate FROM puhui_app;

-- Numbers that the operator sets where no citable factor was found. A later row takes the place of an earlier one.
CREATE TABLE rewards.event_parameter (
    id              uuid PRIMARY KEY,
    item            text NOT NULL,
    value           numeric(18, 6) NOT NULL CHECK (value >= 0),
    source          text NOT NULL CHECK (source <> ''),
    entered_by      uuid NOT NULL,
    entered_at      timestamptz NOT NULL
);
CREATE INDEX event_parameter_newest ON rewards.event_parameter (item, entered_at DESC, id DESC);
REVOKE UPDATE, DELETE, TRUNCATE ON rewards.event_parameter FROM puhui_app;
