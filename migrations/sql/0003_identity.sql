-- Make persons, organisations, memberships, log-ins and the audit trail.
--
-- These tables are read by phone, token or person, never beside transfers, so on Citus they stay local to the
-- coordinator; nothing that is distributed by stripe refers to them with a foreign key.

CREATE TABLE platform.person (
    id                 uuid PRIMARY KEY,
    phone_hash         bytea UNIQUE,                -- HMAC under the platform's lookup key; gone when the account is closed
    phone_sealed       bytea,                       -- AES-GCM under the person's own key, as is the name
    name_sealed        bytea,
    password_hash      text,                        -- Argon2id; staff only
    privacy_version    text,
    consented_at       timestamptz,
    failed_log_ins     integer NOT NULL DEFAULT 0 CHECK (failed_log_ins >= 0),
    locked_until       timestamptz,
    created_at         timestamptz NOT NULL,
    closed_at          timestamptz,
    CONSTRAINT privacy_is_dated CHECK ((privacy_version IS NULL) = (consented_at IS NULL)),
    CONSTRAINT closed_keeps_nothing CHECK (
        closed_at IS NULL OR (phone_hash IS NULL AND phone_sealed IS NULL AND name_sealed IS NULL AND password_hash IS NULL)
    )
);

-- The key of a person, wrapped by the platform's key. Closing an account deletes the row, and what was sealed with it is noise.
CREATE TABLE platform.person_key (
    person_id          uuid PRIMARY KEY REFERENCES platform.person (id),
    wrapped            bytea NOT NULL
);

CREATE TABLE platform.organisation (
    id                 uuid PRIMARY KEY,
    kind               text NOT NULL CHECK (kind IN ('merchant', 'institution', 'enterprise', 'operator', 'provider')),
    name               text NOT NULL CHECK (name <> ''),
    name_en            text,
    credit_code        text UNIQUE CHECK (credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'),   -- 统一社会信用代码, GB 32100-2015
    created_at         timestamptz NOT NULL,
    closed_at          timestamptz
);
CREATE INDEX organisation_by_kind ON platform.organisation (kind, name, id);

CREATE TABLE platform.membership (
    id                 uuid PRIMARY KEY,
    person_id          uuid NOT NULL REFERENCES platform.person (id),
    organisation_id    uuid NOT NULL REFERENCES platform.organisation (id),
    role               text NOT NULL CHECK (role IN (
                           'clerk', 'manager',                                        -- merchant
                           'member', 'liaison', 'department_manager', 'reviewer',     -- institution (节能联络员 is liaison)
                           'viewer', 'maker', 'checker',                              -- enterprise
                           'operator', 'security', 'auditor',                         -- operator: 系统, 安全 and 审计管理员
                           'technician')),                                            -- provider
    started_at         timestamptz NOT NULL,
    ended_at           timestamptz CHECK (ended_at >= started_at)
);
CREATE UNIQUE INDEX membership_once ON platform.membership (person_id, organisation_id, role) WHERE ended_at IS NULL;
CREATE INDEX membership_of_organisation ON platform.membership (organisation_id, id) WHERE ended_at IS NULL;

-- A log-in on one device. Only the hash of the cookie's token is kept.
CREATE TABLE platform.session (
    token_hash         bytea PRIMARY KEY,
    person_id          uuid NOT NULL REFERENCES platform.person (id),
    membership_id      uuid REFERENCES platform.membership (id),
    created_at         timestamptz NOT NULL,
    seen_at            timestamptz NOT NULL,
    expires_at         timestamptz NOT NULL CHECK (expires_at > created_at)
);
CREATE INDEX session_of_person ON platform.session (person_id);
CREATE INDEX session_by_expiry ON platform.session (expires_at);

-- The one-time code that was last sent to a phone.
CREATE TABLE platform.log_in_code (
    phone_hash         bytea PRIMARY KEY,
    code_hash          bytea NOT NULL,
    sent_at            timestamptz NOT NULL,
    expires_at         timestamptz NOT NULL CHECK (expires_at > sent_at),
    failures           integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    used_at            timestamptz
);

-- How often something was tried in a window of time; the subject is a keyed hash.
CREATE TABLE platform.attempt (
    subject            bytea NOT NULL,
    window_start       timestamptz NOT NULL,
    count              integer NOT NULL CHECK (count > 0),
    PRIMARY KEY (subject, window_start)
);
CREATE INDEX attempt_by_window ON platform.attempt (window_start);

-- What staff did. Nobody edits it: the program may only insert and read.
CREATE TABLE platform.audit_entry (
    id                 uuid PRIMARY KEY,
    at                 timestamptz NOT NULL,
    person_id          uuid NOT NULL,
    organisation_id    uuid,
    role               text,
    action             text NOT NULL CHECK (action ~ '^[a-z_]+\.[a-z_]+$'),
    subject            text NOT NULL,
    facts              jsonb NOT NULL DEFAULT '{}',
    address            inet,
    request_id         text
);
CREATE INDEX audit_entry_of_organisation ON platform.audit_entry (organisation_id, id);
CREATE INDEX audit_entry_of_person ON platform.audit_entry (person_id, id);
REVOKE UPDATE, DELETE, TRUNCATE ON platform.audit_entry FROM puhui_app;

-- A program of a data provider, and the tokens that it was given. Secrets and tokens are kept as hashes.
CREATE TABLE platform.provider_client (
    client_id          text PRIMARY KEY CHECK (client_id ~ '^[a-z0-9-]{3,64}$'),
    provider_code      text NOT NULL CHECK (provider_code ~ '^[a-z0-9-]{2,40}$'),   -- partners.provider.code
    secret_hash        bytea NOT NULL,
    scopes             text[] NOT NULL CHECK (scopes <@ ARRAY['activities:write', 'activities:read']),
    created_at         timestamptz NOT NULL,
    revoked_at         timestamptz
);
CREATE INDEX provider_client_of_provider ON platform.provider_client (provider_code);

CREATE TABLE platform.provider_token (
    token_hash         bytea PRIMARY KEY,
    client_id          text NOT NULL REFERENCES platform.provider_client (client_id),
    scopes             text[] NOT NULL,
    issued_at          timestamptz NOT NULL,
    expires_at         timestamptz NOT NULL CHECK (expires_at > issued_at),
    revoked_at         timestamptz
);
CREATE INDEX provider_token_by_expiry ON platform.provider_token (expires_at);

-- The health of the service names the newest migration.
GRANT SELECT ON schema_version TO puhui_app;
