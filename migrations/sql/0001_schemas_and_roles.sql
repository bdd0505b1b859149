-- A schema per floor, so that the database has the same map as the code and rights follow it.
-- The owner migrates; puhui_app is what the program runs as.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'puhui_app') THEN
        BEGIN
            CREATE ROLE puhui_app NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- Another database of the same server made it a moment ago.
        END;
    END IF;
    IF NOT pg_has_role(current_user, 'puhui_app', 'MEMBER') THEN
        EXECUTE format('GRANT puhui_app TO %I', current_user);
    END IF;
END $$;

CREATE SCHEMA ledger;
CREATE SCHEMA rewards;
CREATE SCHEMA partners;
CREATE SCHEMA platform;

GRANT USAGE ON SCHEMA ledger, rewards, partners, platform TO puhui_app;

ALTER DEFAULT PRIVILEGES IN SCHEMA rewards, partners, platform GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO puhui_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA rewards, partners, platform GRANT USAGE ON SEQUENCES TO puhui_app;
