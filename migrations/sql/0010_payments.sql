-- Messages of the payment service, stored before anything is done with them, and each payment as we last knew it.
-- Both are known by the service's own ids alone. They hold no card, no name and no address; see partners.payments.rules.KEPT.
CREATE TABLE partners.payment_event (
    id            text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 255),
    type          text NOT NULL,
    created_at    timestamptz NOT NULL,
    received_at   timestamptz NOT NULL,
    body_hash     bytea NOT NULL,
    subject       jsonb NOT NULL,
    processed_at  timestamptz,
    outcome       text,
    CONSTRAINT outcome_is_known CHECK (outcome IN ('applied', 'stale', 'ignored', 'unreadable')),
    CONSTRAINT processed_says_how CHECK ((processed_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX payment_event_waiting ON partners.payment_event (received_at, id) WHERE processed_at IS NULL;

CREATE TABLE partners.payment (
    id            text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 255),
    kind          text NOT NULL,
    status        text NOT NULL,
    amount_fen    bigint NOT NULL,
    settled_fen   bigint NOT NULL,
    parent_id     text,
    failure_code  text,
    told_at       timestamptz NOT NULL,
    changed_at    timestamptz NOT NULL,
    CONSTRAINT kind_is_known CHECK (kind IN ('payment_intent', 'refund', 'transfer', 'payout')),
    CONSTRAINT settled_within_amount CHECK (settled_fen BETWEEN 0 AND amount_fen),
    CONSTRAINT only_a_refund_has_a_parent CHECK (parent_id IS NULL OR kind = 'refund')
);
CREATE INDEX payment_by_parent ON partners.payment (parent_id) WHERE parent_id IS NOT NULL;
