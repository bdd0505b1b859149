-- Make what the market mirror still lacked: enterprises that ask to join, and programs of enterprises.

-- An enterprise asks to join; the operator looks at its papers and decides. Who asked becomes its first maker.
CREATE TABLE partners.enterprise_application (
    id             uuid PRIMARY KEY,
    person_id      uuid NOT NULL,
    credit_code    text NOT NULL CHECK (credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'),
    name           text NOT NULL CHECK (name <> ''),
    sector         text NOT NULL CHECK (sector IN ('power', 'steel', 'cement', 'aluminium', 'other')),
    standing       text NOT NULL CHECK (standing IN ('participant', 'authority', 'registry', 'exchange', 'technical')),
    registry_no    text NOT NULL,
    trading_no     text NOT NULL,
    asked_at       timestamptz NOT NULL,
    decided_at     timestamptz,
    decided_by     uuid,
    refusal        text,
    enterprise_id  uuid REFERENCES partners.enterprise (id),
    CONSTRAINT decided_says_who CHECK ((decided_at IS NULL) = (decided_by IS NULL)),
    CONSTRAINT decided_one_way CHECK ((decided_at IS NOT NULL) = (num_nonnulls(refusal, enterprise_id) = 1))
);
COMMENT ON COLUMN partners.enterprise_application.standing IS 'Authorities, registries, exchanges and technical bodies may not trade (条例 Art. 7): they may ask, and are refused.';
CREATE UNIQUE INDEX enterprise_application_open ON partners.enterprise_application (credit_code) WHERE decided_at IS NULL;
CREATE INDEX enterprise_application_of_person ON partners.enterprise_application (person_id, id);
REVOKE DELETE, TRUNCATE ON partners.enterprise_application FROM puhui_app;

-- A program of an enterprise asks with a token as a provider's does; its code is the enterprise's credit code in small letters.
ALTER TABLE platform.provider_client DROP CONSTRAINT provider_client_scopes_check;
ALTER TABLE platform.provider_client ADD CONSTRAINT provider_client_scopes_check
    CHECK (scopes <@ ARRAY['activities:write', 'activities:read', 'meters:write', 'market:read', 'market:write']);
