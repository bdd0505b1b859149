-- Data providers: who may push which acts, in whose time, and how old they may be.
-- A small table that every intake reads; on Citus a reference table.

CREATE TABLE partners.provider (
    id                 smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code               text NOT NULL UNIQUE CHECK (code ~ '^[a-z0-9-]{2,40}$'),
    name_zh            text NOT NULL CHECK (name_zh <> ''),
    name_en            text NOT NULL CHECK (name_en <> ''),
    time_zone          text NOT NULL,               -- IANA name; local times without an offset are read in it
    not_before         timestamptz,                 -- the window of accepted times is open where both are null
    max_age_days       integer CHECK (max_age_days > 0),
    methods            text[] NOT NULL CHECK (cardinality(methods) > 0),
    formats            text[] NOT NULL DEFAULT '{}',
    created_at         timestamptz NOT NULL DEFAULT now(),
    closed_at          timestamptz
);

-- Rider ids are kept only as HMACs under a platform key. This row says which key that was: with another one the same
-- rider would be a stranger and every act would count twice, so the program refuses to go on.
CREATE TABLE partners.rider_key (
    only_row           boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    check_value        bytea NOT NULL,
    first_used_at      timestamptz NOT NULL DEFAULT now()
);

-- The shared bikes of the demo town. Its rides are of 2015, in Guadalajara's local time, so its window is open.
INSERT INTO partners.provider (code, name_zh, name_en, time_zone, methods, formats)
VALUES ('demo-bike', '示范共享单车', 'Demo shared bikes', 'America/Mexico_City', '{T02}', '{mibici}');
