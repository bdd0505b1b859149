-- Participants and their activities. The stripe leads every key; an activity lies in the stripe of the identity that it
-- came by, and the last byte of its id names that stripe, so an id alone finds its row.

CREATE TABLE rewards.participant (
    stripe             smallint NOT NULL,
    id                 uuid NOT NULL,               -- platform.person.id, platform.organisation.id, or a rider's pseudonym
    kind               text NOT NULL CHECK (kind IN ('person', 'institution', 'pseudonym')),
    provider_id        smallint,                    -- partners.provider.id, where a pseudonym came from
    reduction_account  bigint,                      -- ledger.account.id, opened with the participant
    points_account     bigint,
    claimed_by         uuid,                        -- the person whose rider this is
    claimed_at         timestamptz,                 -- also the date of the person's consent
    created_at         timestamptz NOT NULL,
    closed_at          timestamptz,
    PRIMARY KEY (stripe, id),
    CONSTRAINT stripe_is_in_the_id CHECK (stripe = (get_byte(uuid_send(id), 15) & 63)),
    CONSTRAINT only_pseudonyms_have_a_provider CHECK ((kind = 'pseudonym') = (provider_id IS NOT NULL)),
    CONSTRAINT claims_are_dated CHECK ((claimed_by IS NULL) = (claimed_at IS NULL)),
    CONSTRAINT only_pseudonyms_are_claimed CHECK (claimed_by IS NULL OR kind = 'pseudonym')
);
CREATE INDEX participant_of_claimant ON rewards.participant (claimed_by) WHERE claimed_by IS NOT NULL;

-- One row per reported act that someone may ask about. What the reporter said is kept beside what we made of it.
CREATE TABLE rewards.activity (
    id                 uuid NOT NULL,
    participant_id     uuid NOT NULL,
    started_at         timestamptz NOT NULL,
    ended_at           timestamptz,
    received_at        timestamptz NOT NULL,
    quantity           bigint NOT NULL,             -- thousandths of the unit, as reported
    counted            bigint NOT NULL,             -- thousandths of the unit that were credited, after caps
    factor_mg          bigint,                      -- milligrams of CO2e per unit
    computed_grams     bigint NOT NULL,             -- what the formula gives for the counted quantity
    grams              bigint NOT NULL CHECK (grams >= 0),
    points             bigint NOT NULL CHECK (points >= 0),
    reduction_transfer bigint,                      -- ledger.transfer.id
    points_transfer    bigint,
    fingerprint        bigint,                      -- of method group, person, start and trip; null where the act claims nothing
    request_id         uuid NOT NULL,               -- rewards.intake_call.id and the ledger's request id
    duplicate_of       uuid,
    day                date NOT NULL,               -- of the start, in the provider's local time; caps count by it
    stripe             smallint NOT NULL,
    provider_id        smallint NOT NULL,
    utc_offset_minutes smallint NOT NULL,           -- local time = started_at + offset
    method_version     smallint NOT NULL,
    rate_version       smallint NOT NULL,
    tier               "char" NOT NULL CHECK (tier IN ('A', 'B', 'C')),
    status             text NOT NULL CHECK (status IN ('accepted', 'capped', 'review', 'duplicate', 'rejected')),
    method             text NOT NULL,
    unit               text NOT NULL,
    code               text NOT NULL,
    source_id          text NOT NULL,               -- the provider's own id of the record
    trip_no            text,
    variant            text,
    PRIMARY KEY (stripe, id),
    CONSTRAINT stripe_is_in_the_id CHECK (stripe = (get_byte(uuid_send(id), 15) & 63)),
    CONSTRAINT ends_after_start CHECK (ended_at >= started_at),
    CONSTRAINT counted_within_reported CHECK (counted BETWEEN 0 AND quantity),
    CONSTRAINT only_good_acts_are_credited CHECK (status IN ('accepted', 'capped') OR (counted = 0 AND grams = 0 AND points = 0)),
    CONSTRAINT credit_is_posted CHECK (
        (grams > 0) = (reduction_transfer IS NOT NULL) AND (points > 0) = (points_transfer IS NOT NULL)
    ),
    CONSTRAINT duplicates_name_the_first CHECK ((status = 'duplicate') = (duplicate_of IS NOT NULL))
) WITH (fillfactor = 100);
-- A provider's record is received once; see rules.decide, already_received.
CREATE UNIQUE INDEX activity_record ON rewards.activity (stripe, provider_id, source_id);
-- One physical act counts once; see rules.decide, same_act. The index also finds a person's acts by time.
CREATE UNIQUE INDEX activity_act ON rewards.activity (stripe, participant_id, started_at, fingerprint);

-- A call of the intake and its answer, so that a repeated call gets the same answer and posts nothing.
CREATE TABLE rewards.intake_call (
    id                 uuid NOT NULL,
    stripe             smallint NOT NULL,
    provider_id        smallint NOT NULL,
    request_key        text NOT NULL CHECK (length(request_key) BETWEEN 1 AND 200),
    body_hash          bytea NOT NULL,
    received_at        timestamptz NOT NULL,
    rows               integer NOT NULL,
    answer             bytea NOT NULL,              -- JSON, deflated
    PRIMARY KEY (stripe, provider_id, request_key)
);
ALTER TABLE rewards.intake_call ALTER COLUMN answer SET STORAGE EXTERNAL;
CREATE INDEX intake_call_by_age ON rewards.intake_call (received_at);
