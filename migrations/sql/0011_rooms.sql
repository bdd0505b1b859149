-- Make files that were handed in, notices to people, and messages to other programs.
--
-- Kept by hash: the same bytes of one owner are one file, whatever they are called. None of these lie beside transfers, so on
-- Citus they stay local to the coordinator.

CREATE TABLE platform.kept_file (
    id                 uuid PRIMARY KEY,
    owner              uuid NOT NULL,               -- the organisation or person that it was handed in for
    sha256             bytea NOT NULL CHECK (length(sha256) = 32),
    name               text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    kind               text NOT NULL CHECK (kind IN ('pdf', 'jpeg', 'png', 'webp', 'xlsx', 'csv')),
    size               integer NOT NULL CHECK (size BETWEEN 1 AND 26214400),
    content            bytea NOT NULL,
    handed_in_by       uuid NOT NULL,
    handed_in_at       timestamptz NOT NULL,
    UNIQUE (owner, sha256)
);
ALTER TABLE platform.kept_file ALTER COLUMN content SET STORAGE EXTERNAL;   -- pictures and PDF do not compress further
REVOKE UPDATE, DELETE, TRUNCATE ON platform.kept_file FROM puhui_app;

-- A word to a person: its kind has the sentence, the facts fill it in. Facts hold no name and no phone.
CREATE TABLE platform.notice (
    id                 uuid PRIMARY KEY,
    person_id          uuid NOT NULL,
    kind               text NOT NULL CHECK (kind ~ '^[a-z_]+$'),
    facts              jsonb NOT NULL DEFAULT '{}',
    link               text NOT NULL CHECK (link ~ '^/'),
    key                text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    at                 timestamptz NOT NULL,
    read_at            timestamptz CHECK (read_at >= at),
    UNIQUE (person_id, key)
);
CREATE INDEX notice_of_person ON platform.notice (person_id, id);
CREATE INDEX notice_unread ON platform.notice (person_id, id) WHERE read_at IS NULL;

-- Where an organisation's own program listens, and what was sent there. The secret that signs is derived from
-- the platform's key and the endpoint's id, so none is stored.
CREATE TABLE platform.endpoint (
    id                 uuid PRIMARY KEY,
    organisation_id    uuid NOT NULL REFERENCES platform.organisation (id),
    address            text NOT NULL CHECK (length(address) <= 500),
    opened_at          timestamptz NOT NULL,
    closed_at          timestamptz CHECK (closed_at >= opened_at)
);
CREATE INDEX endpoint_of_organisation ON platform.endpoint (organisation_id, id) WHERE closed_at IS NULL;

CREATE TABLE platform.delivery (
    id                 uuid PRIMARY KEY,
    endpoint_id        uuid NOT NULL REFERENCES platform.endpoint (id),
    event              text NOT NULL CHECK (event ~ '^[a-z_]+\.[a-z_]+$'),
    key                text NOT NULL,
    body               jsonb NOT NULL,
    enqueued_at        timestamptz NOT NULL,
    due_at             timestamptz,                 -- NULL once it is over, delivered or given up
    tries              smallint NOT NULL DEFAULT 0,
    delivered_at       timestamptz,
    last_answer        text,
    UNIQUE (endpoint_id, key)
);
CREATE INDEX delivery_due ON platform.delivery (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX delivery_of_endpoint ON platform.delivery (endpoint_id, id);
