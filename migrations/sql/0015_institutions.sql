-- Public institutions: who they are by year, their departments and members. An institution is an organisation and has its id.
--
-- These tables are read by institution or person, never beside transfers, so on Citus they stay local to the coordinator
-- like platform.membership; nothing that is distributed by stripe refers to them with a foreign key.

CREATE TABLE partners.institution (
    id             uuid PRIMARY KEY REFERENCES platform.organisation (id),
    name           text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    name_en        text CHECK (length(name_en) BETWEEN 1 AND 200),
    credit_code    text NOT NULL CHECK (credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'),   -- 统一社会信用代码, GB 32100-2015
    type           text NOT NULL CHECK (type IN (
                       'provincial_agency', 'local_agency', 'university', 'school', 'hospital', 'venue', 'other')),
    county_code    text NOT NULL CHECK (county_code ~ '^[0-9]{6}$'),                         -- administrative division (MCA)
    parent_id      uuid REFERENCES partners.institution (id),
    applied_by     uuid NOT NULL,                   -- platform.person.id, who becomes the first liaison
    applied_at     timestamptz NOT NULL,
    decided_by     uuid,
    decided_at     timestamptz,
    refusal        text CHECK (length(refusal) BETWEEN 1 AND 500),
    name_key       bytea,                           -- wrapped key under which invitations and staff numbers are sealed
    CONSTRAINT decisions_are_signed CHECK ((decided_at IS NULL) = (decided_by IS NULL)),
    CONSTRAINT refusals_are_decided CHECK (refusal IS NULL OR decided_at IS NOT NULL),
    CONSTRAINT no_parent_of_itself CHECK (parent_id <> id)
);
-- Who was refused may apply again.
CREATE UNIQUE INDEX institution_code ON partners.institution (credit_code) WHERE refusal IS NULL;
CREATE INDEX institution_by_parent ON partners.institution (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX institution_by_name ON partners.institution (name, id);
CREATE INDEX institution_waiting ON partners.institution (applied_at, id) WHERE decided_at IS NULL;

-- What an institution is measured against, by calendar year; a correction is a further row, the newest counts.
CREATE TABLE partners.institution_year (
    id             uuid PRIMARY KEY,
    institution_id uuid NOT NULL REFERENCES partners.institution (id),
    year           smallint NOT NULL CHECK (year BETWEEN 2000 AND 2100),
    floor_area_m2  numeric(14, 2) NOT NULL CHECK (floor_area_m2 > 0),
    headcount      integer NOT NULL CHECK (headcount > 0),
    source         text NOT NULL CHECK (length(source) BETWEEN 1 AND 300),
    recorded_by    uuid NOT NULL,
    recorded_at    timestamptz NOT NULL
);
CREATE INDEX institution_year_newest ON partners.institution_year (institution_id, year, recorded_at DESC, id DESC);

CREATE TABLE partners.department (
    id             uuid PRIMARY KEY,
    institution_id uuid NOT NULL REFERENCES partners.institution (id),
    parent_id      uuid,
    name           text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    opened_at      timestamptz NOT NULL,
    closed_at      timestamptz CHECK (closed_at >= opened_at),
    UNIQUE (institution_id, id),
    FOREIGN KEY (institution_id, parent_id) REFERENCES partners.department (institution_id, id),
    CONSTRAINT no_parent_of_itself CHECK (parent_id <> id)
);
-- Two open departments of one parent have two names; see rules.check_name.
CREATE UNIQUE INDEX department_name ON partners.department (institution_id, coalesce(parent_id, institution_id), name)
WHERE closed_at IS NULL;

-- A person in an institution, from a day until it ended. What the person may do stands in platform.membership; role here says
-- the same for lists. How the person appears to colleagues is the person's own choice.
CREATE TABLE partners.institution_member (
    id             uuid PRIMARY KEY,
    institution_id uuid NOT NULL REFERENCES partners.institution (id),
    person_id      uuid NOT NULL,                   -- platform.person.id
    department_id  uuid,
    role           text NOT NULL CHECK (role IN ('member', 'liaison', 'department_manager', 'reviewer')),
    shown_as       text NOT NULL DEFAULT 'anonymous' CHECK (shown_as IN ('anonymous', 'initial', 'name')),
    number         integer NOT NULL CHECK (number > 0),   -- of the member within the institution, for lists without names
    staff_sealed   bytea,                           -- 工号, sealed under the institution's key
    staff_hash     bytea,
    joined_at      timestamptz NOT NULL,
    ended_at       timestamptz CHECK (ended_at >= joined_at),
    UNIQUE (institution_id, number),
    FOREIGN KEY (institution_id, department_id) REFERENCES partners.department (institution_id, id),
    CONSTRAINT a_manager_has_a_department CHECK (role <> 'department_manager' OR department_id IS NOT NULL OR ended_at IS NOT NULL)
);
CREATE UNIQUE INDEX institution_member_once ON partners.institution_member (institution_id, person_id) WHERE ended_at IS NULL;
CREATE INDEX institution_member_of_person ON partners.institution_member (person_id);
CREATE INDEX institution_member_of_department ON partners.institution_member (institution_id, department_id, number)
WHERE ended_at IS NULL;
CREATE INDEX institution_member_by_staff ON partners.institution_member (institution_id, staff_hash)
WHERE ended_at IS NULL AND staff_hash IS NOT NULL;

-- An invitation by link or QR code serves many, one by sheet serves the phone whose keyed hash it carries.
CREATE TABLE partners.institution_invitation (
    id             uuid PRIMARY KEY,
    institution_id uuid NOT NULL REFERENCES partners.institution (id),
    department_id  uuid,
    role           text NOT NULL CHECK (role IN ('member', 'liaison', 'department_manager', 'reviewer')),
    addressee      bytea,                           -- HMAC of the phone; null for a link
    name_sealed    bytea,                           -- of whom the sheet names, under the institution's key; gone when accepted
    staff_sealed   bytea,
    staff_hash     bytea,
    uses           integer NOT NULL DEFAULT 0 CHECK (uses >= 0),
    most_uses      integer NOT NULL CHECK (most_uses BETWEEN 1 AND 10000),
    made_by        uuid NOT NULL,
    made_at        timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL CHECK (expires_at > made_at),
    ended_at       timestamptz,
    FOREIGN KEY (institution_id, department_id) REFERENCES partners.department (institution_id, id),
    CONSTRAINT used_within_measure CHECK (uses <= most_uses),
    CONSTRAINT links_are_for_members CHECK (addressee IS NOT NULL OR role = 'member')
);
CREATE UNIQUE INDEX institution_invitation_once ON partners.institution_invitation (institution_id, addressee)
WHERE addressee IS NOT NULL AND ended_at IS NULL;
CREATE INDEX institution_invitation_of_addressee ON partners.institution_invitation (addressee)
WHERE addressee IS NOT NULL AND ended_at IS NULL;
CREATE INDEX institution_invitation_of_institution ON partners.institution_invitation (institution_id, made_at DESC, id DESC);
