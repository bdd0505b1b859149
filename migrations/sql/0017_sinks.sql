-- Carbon sinks: projects of villages and schools, their parcels, what was seen there, who helped, and the methods' factors.

CREATE SEQUENCE rewards.sink_number START 1;

CREATE TABLE rewards.sink_project (
    id              uuid PRIMARY KEY,
    number          integer NOT NULL UNIQUE DEFAULT nextval('rewards.sink_number'),
    organisation_id uuid NOT NULL REFERENCES platform.organisation (id),
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    county_code     text NOT NULL CHECK (county_code ~ '^[0-9]{6}$'),
    method          text NOT NULL,
    words           text NOT NULL,
    author_id       uuid NOT NULL,
    made_at         timestamptz NOT NULL,
    reviewer_id     uuid,
    reviewed_at     timestamptz,
    approved        boolean,
    review_note     text,
    gifts_at        timestamptz,
    CONSTRAINT sink_reviewed_is_whole CHECK (num_nonnulls(reviewer_id, reviewed_at, approved, review_note) IN (0, 4)),
    CONSTRAINT sink_reviewed_by_another CHECK (reviewer_id <> author_id)
);
CREATE INDEX sink_project_of_organisation ON rewards.sink_project (organisation_id, id);

CREATE TABLE rewards.sink_parcel (
    project_id      uuid NOT NULL REFERENCES rewards.sink_project (id),
    place           smallint NOT NULL,
    name            text NOT NULL CHECK (name <> ''),
    area_mu         numeric(12, 3) NOT NULL CHECK (area_mu > 0),
    county_code     text NOT NULL CHECK (county_code ~ '^[0-9]{6}$'),
    PRIMARY KEY (project_id, place)
);

-- What was measured or counted in a year, in the unit of the project's method. A later approved record of a year replaces it.
CREATE TABLE rewards.sink_record (
    id              uuid PRIMARY KEY,
    project_id      uuid NOT NULL REFERENCES rewards.sink_project (id),
    year            smallint NOT NULL CHECK (year BETWEEN 2000 AND 2100),
    quantity        numeric(18, 3) NOT NULL CHECK (quantity > 0),
    words           text NOT NULL,
    files           uuid[] NOT NULL DEFAULT '{}',
    author_id       uuid NOT NULL,
    made_at         timestamptz NOT NULL,
    reviewer_id     uuid,
    reviewed_at     timestamptz,
    approved        boolean,
    review_note     text,
    CONSTRAINT record_reviewed_is_whole CHECK (num_nonnulls(reviewer_id, reviewed_at, approved, review_note) IN (0, 4)),
    CONSTRAINT record_reviewed_by_another CHECK (reviewer_id <> author_id)
);
CREATE INDEX sink_record_of_project ON rewards.sink_record (project_id, year, made_at);

-- Grams per unit and year, as the operator set it and from which source. Without a row a method issues nothing.
CREATE TABLE rewards.sink_factor (
    id              uuid PRIMARY KEY,
    method          text NOT NULL,
    grams_per_unit  bigint NOT NULL CHECK (grams_per_unit > 0),
    permille        integer NOT NULL CHECK (permille BETWEEN 0 AND 5000),
    source          text NOT NULL CHECK (source <> ''),
    set_by          uuid NOT NULL,
    set_at          timestamptz NOT NULL
);
CREATE INDEX sink_factor_newest ON rewards.sink_factor (method, set_at DESC, id DESC);
REVOKE UPDATE, DELETE, TRUNCATE ON rewards.sink_factor FROM puhui_app;

-- Hours that a volunteer gave, signed off by the project. Points come through the method S01, grams through none.
CREATE TABLE rewards.sink_shift (
    stripe          smallint NOT NULL,
    id              uuid NOT NULL,
    project_id      uuid NOT NULL,
    person_id       uuid NOT NULL,
    day             date NOT NULL,
    hours           smallint NOT NULL CHECK (hours BETWEEN 1 AND 8),
    signed_off_by   uuid NOT NULL,
    signed_off_at   timestamptz NOT NULL,
    activity_id     uuid,
    points          bigint NOT NULL CHECK (points >= 0),
    answer          text NOT NULL,
    PRIMARY KEY (stripe, id),
    UNIQUE (stripe, project_id, person_id, day),
    CONSTRAINT signed_off_by_another CHECK (person_id <> signed_off_by)
);
COMMENT ON COLUMN rewards.sink_shift.stripe IS 'The stripe of the volunteer.';
CREATE INDEX sink_shift_of_project ON rewards.sink_shift (project_id, day DESC, id);

-- The platform itself reports the hours, as the organiser's sign-off (tier B of method S01).
INSERT INTO partners.provider (code, name_zh, name_en, time_zone, methods, max_age_days)
VALUES ('puhui-sinks', '碳汇项目志愿服务', 'Volunteers of carbon sinks', 'Asia/Shanghai', '{S01}', 90);
