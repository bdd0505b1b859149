-- 公共机构低碳积分制: an institution's own rules, and what they gave for which act. The points themselves are in the ledger,
-- in an asset of their own, so that they never mix with a citizen's points.

CREATE TABLE rewards.scheme (
    id             uuid PRIMARY KEY,
    institution_id uuid NOT NULL REFERENCES partners.institution (id),
    year           smallint NOT NULL CHECK (year BETWEEN 2000 AND 2100),
    name           text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    opened_by      uuid NOT NULL,
    opened_at      timestamptz NOT NULL,
    ended_at       timestamptz,
    awarded_units  bigint NOT NULL DEFAULT 0 CHECK (awarded_units >= 0),   -- hundredths of a point; kept under the row's lock
    seen_until     timestamptz,                     -- acts received before were looked at; null: none
    UNIQUE (institution_id, year, name)
);

-- A version is drafted by one person and approved by another. Once submitted its settings never change: a new version
-- takes over from a date.
CREATE TABLE rewards.scheme_version (
    id              uuid PRIMARY KEY,
    scheme_id       uuid NOT NULL REFERENCES rewards.scheme (id),
    version         smallint NOT NULL CHECK (version > 0),
    purpose         text NOT NULL CHECK (length(purpose) BETWEEN 1 AND 500),
    starts_on       date NOT NULL,
    ends_on         date NOT NULL CHECK (ends_on >= starts_on),
    valid_from      date NOT NULL CHECK (valid_from BETWEEN starts_on AND ends_on),
    grams_per_point integer NOT NULL CHECK (grams_per_point BETWEEN 1 AND 1000000),
    budget_units    bigint NOT NULL CHECK (budget_units > 0),
    weights         jsonb NOT NULL CHECK (jsonb_typeof(weights) = 'object' AND weights <> '{}'),   -- method code: percent
    quotas          jsonb NOT NULL CHECK (jsonb_typeof(quotas) = 'object'),                        -- "person day": units
    author          uuid NOT NULL,
    drafted_at      timestamptz NOT NULL,
    submitted_at    timestamptz,
    reviewer        uuid,
    decided_at      timestamptz,
    refusal         text CHECK (length(refusal) BETWEEN 1 AND 500),
    UNIQUE (scheme_id, version),
    CONSTRAINT a_second_person_decides CHECK (reviewer <> author),
    CONSTRAINT decisions_are_signed CHECK ((decided_at IS NULL) = (reviewer IS NULL)),
    CONSTRAINT submitted_before_decided CHECK (decided_at IS NULL OR submitted_at IS NOT NULL),
    CONSTRAINT refusals_are_decided CHECK (refusal IS NULL OR decided_at IS NOT NULL)
);
CREATE UNIQUE INDEX scheme_version_open ON rewards.scheme_version (scheme_id) WHERE decided_at IS NULL;

-- See schemes.rules.check_draft, which says it to the person first.
CREATE FUNCTION rewards.scheme_version_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.submitted_at IS NOT NULL AND (
        (NEW.id, NEW.scheme_id, NEW.version, NEW.purpose, NEW.starts_on, NEW.ends_on, NEW.valid_from, NEW.grams_per_point,
            NEW.budget_units, NEW.weights, NEW.quotas, NEW.author, NEW.drafted_at, NEW.submitted_at)
        IS DISTINCT FROM
        (OLD.id, OLD.scheme_id, OLD.version, OLD.purpose, OLD.starts_on, OLD.ends_on, OLD.valid_from, OLD.grams_per_point,
            OLD.budget_units, OLD.weights, OLD.quotas, OLD.author, OLD.drafted_at, OLD.submitted_at)
        OR OLD.decided_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a submitted version of a scheme is never rewritten' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER scheme_version_is_fixed BEFORE UPDATE ON rewards.scheme_version
FOR EACH ROW EXECUTE FUNCTION rewards.scheme_version_is_fixed();
REVOKE DELETE, TRUNCATE ON rewards.scheme_version FROM puhui_app;

-- What an act gave in a scheme, once. It lies in the person's stripe, as the transfer does; a person's claim to a rider is
-- for good, so an act has one person.
CREATE TABLE rewards.scheme_award (
    scheme_id      uuid NOT NULL,
    activity_id    uuid NOT NULL,
    person_id      uuid NOT NULL,
    department_id  uuid,                            -- of the member when the award was made
    units          bigint NOT NULL CHECK (units >= 0),
    wanted_units   bigint NOT NULL,                 -- before quotas and budget
    transfer       bigint,                          -- ledger.transfer.id
    awarded_at     timestamptz NOT NULL,
    reversed_at    timestamptz,
    day            date NOT NULL,
    stripe         smallint NOT NULL,
    version        smallint NOT NULL,
    method         text NOT NULL,
    code           text NOT NULL CHECK (code IN (
                       'awarded', 'too_small', 'person_quota', 'department_quota', 'budget_spent')),
    PRIMARY KEY (stripe, scheme_id, activity_id),
    CONSTRAINT stripe_is_the_persons CHECK (stripe = (get_byte(uuid_send(person_id), 15) & 63)),
    CONSTRAINT awarded_within_wanted CHECK (units <= wanted_units),
    CONSTRAINT award_is_posted CHECK ((units > 0) = (transfer IS NOT NULL))
);
CREATE INDEX scheme_award_of_person ON rewards.scheme_award (stripe, scheme_id, person_id, day);
CREATE INDEX scheme_award_of_department ON rewards.scheme_award (scheme_id, department_id, day) INCLUDE (units);

-- The asset of every scheme; an account's owner says which scheme and which person it is of.
SELECT ledger.open_asset('scheme_point', 2, '积分制积分');
