-- Campaigns of an institution: 节能宣传周, 低碳日, 光盘周, 135 绿色出行 and own ones. Who takes part chooses to, and chooses how to appear.

CREATE TABLE rewards.campaign (
    id             uuid PRIMARY KEY,
    institution_id uuid NOT NULL REFERENCES partners.institution (id),
    template       text NOT NULL CHECK (template IN ('energy_week', 'low_carbon_day', 'clean_plate', 'green_travel', 'own')),
    title          text NOT NULL CHECK (length(title) BETWEEN 1 AND 80),
    purpose        text NOT NULL CHECK (length(purpose) BETWEEN 1 AND 500),
    starts_at      timestamptz NOT NULL,
    ends_at        timestamptz NOT NULL,
    goal           text NOT NULL CHECK (goal IN ('people', 'acts', 'grams', 'check_ins')),
    goal_amount    bigint NOT NULL CHECK (goal_amount > 0),
    methods        text[] NOT NULL DEFAULT '{}',
    ranks          boolean NOT NULL DEFAULT false,
    least_group    smallint NOT NULL DEFAULT 5 CHECK (least_group BETWEEN 3 AND 1000),
    opened_by      uuid NOT NULL,
    opened_at      timestamptz NOT NULL,
    published_at   timestamptz,
    ended_at       timestamptz,                     -- called off before its time
    counted_at     timestamptz,
    CONSTRAINT campaign_has_a_time CHECK (starts_at < ends_at)
);
CREATE INDEX campaign_of_institution ON rewards.campaign (institution_id, starts_at DESC, id);
CREATE INDEX campaign_to_count ON rewards.campaign (ends_at) WHERE published_at IS NOT NULL;

CREATE TABLE rewards.campaign_team (
    id             uuid PRIMARY KEY,
    campaign_id    uuid NOT NULL REFERENCES rewards.campaign (id),
    department_id  uuid,                            -- partners.department.id, where the team is one
    name           text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    heads          integer NOT NULL CHECK (heads >= 0),   -- of the department when the campaign was last counted
    UNIQUE (campaign_id, id),
    UNIQUE (campaign_id, name)
);

CREATE TABLE rewards.campaign_entry (
    campaign_id    uuid NOT NULL,
    person_id      uuid NOT NULL,
    team_id        uuid,
    grams          bigint NOT NULL DEFAULT 0 CHECK (grams >= 0),
    joined_at      timestamptz NOT NULL,
    left_at        timestamptz,
    acts           integer NOT NULL DEFAULT 0 CHECK (acts >= 0),
    check_ins      integer NOT NULL DEFAULT 0 CHECK (check_ins >= 0),
    stripe         smallint NOT NULL,
    shown_as       text NOT NULL DEFAULT 'anonymous' CHECK (shown_as IN ('anonymous', 'initial', 'name')),
    PRIMARY KEY (stripe, campaign_id, person_id),
    CONSTRAINT stripe_is_the_persons CHECK (stripe = (get_byte(uuid_send(person_id), 15) & 63))
);
CREATE INDEX campaign_entry_of_campaign ON rewards.campaign_entry (campaign_id, grams DESC, person_id) WHERE left_at IS NULL;

-- Where a code is shown: a screen whose code changes, or a poster whose code stays and is good at its place and hours alone.
CREATE SEQUENCE rewards.campaign_place_number MINVALUE 1 MAXVALUE 9999999999;
CREATE TABLE rewards.campaign_place (
    id             uuid PRIMARY KEY,
    campaign_id    uuid NOT NULL REFERENCES rewards.campaign (id),
    number         bigint NOT NULL UNIQUE DEFAULT nextval('rewards.campaign_place_number'),
    kind           text NOT NULL CHECK (kind IN ('screen', 'poster')),
    name           text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    opens          smallint NOT NULL DEFAULT 0 CHECK (opens BETWEEN 0 AND 1439),       -- minutes of the local day
    closes         smallint NOT NULL DEFAULT 1440 CHECK (closes BETWEEN 1 AND 1440),
    most_a_day     integer CHECK (most_a_day > 0),  -- check-ins that a poster takes in a day
    opened_at      timestamptz NOT NULL,
    closed_at      timestamptz,
    UNIQUE (campaign_id, name),
    CONSTRAINT opens_before_it_closes CHECK (opens < closes),
    CONSTRAINT posters_are_limited CHECK (kind = 'screen' OR most_a_day IS NOT NULL)
);

-- A person checks in at a place once a day, whatever the number of scans.
CREATE TABLE rewards.campaign_check_in (
    campaign_id    uuid NOT NULL,
    person_id      uuid NOT NULL,
    place_id       uuid NOT NULL,
    at             timestamptz NOT NULL,
    day            date NOT NULL,                   -- in the town's time
    stripe         smallint NOT NULL,
    PRIMARY KEY (stripe, campaign_id, person_id, place_id, day),
    CONSTRAINT stripe_is_the_persons CHECK (stripe = (get_byte(uuid_send(person_id), 15) & 63))
);
CREATE INDEX campaign_check_in_of_place ON rewards.campaign_check_in (place_id, day);

-- What a certificate says was true when it was asked for; the code finds it, and says nothing of whose it is.
CREATE TABLE rewards.campaign_certificate (
    code           text PRIMARY KEY CHECK (code ~ '^[2-9A-HJ-NP-Z]{12}$'),
    campaign_id    uuid NOT NULL REFERENCES rewards.campaign (id),
    person_id      uuid NOT NULL,
    grams          bigint NOT NULL,
    acts           integer NOT NULL,
    check_ins      integer NOT NULL,
    issued_at      timestamptz NOT NULL,
    UNIQUE (campaign_id, person_id)
);
REVOKE UPDATE, DELETE, TRUNCATE ON rewards.campaign_certificate FROM puhui_app;
