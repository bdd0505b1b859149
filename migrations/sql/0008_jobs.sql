-- What the worker ran: one row per job and business moment, so that a job that two leaders start runs once.
CREATE TABLE platform.job_run (
    job          text NOT NULL,
    due_at       timestamptz NOT NULL,
    started_at   timestamptz NOT NULL,
    finished_at  timestamptz,
    succeeded    boolean,
    outcome      jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (job, due_at),
    CONSTRAINT finished_says_how CHECK ((finished_at IS NULL) = (succeeded IS NULL))
);
CREATE INDEX job_run_by_start ON platform.job_run (started_at DESC);
